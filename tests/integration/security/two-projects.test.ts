import { beforeAll, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { exportAudit } from '../../../lib/services/audit.ts';
import { exportCustomers, exportEvents } from '../../../lib/services/export.ts';
import { importReport } from '../../../lib/services/import.ts';
import { type Ctx, ServiceError, type VerbName, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { ASKING, canariesIn, furnished, REACHES, type Theirs } from '../../support/reaches.ts';

// Two projects with one of everything each. What is in the first must not be seen by the admin of the second, who has the
// ids of both; everything that can be asked for, exported or read from the rows of the second is searched.
freshDatabase();

let theirs: Theirs;
let own: Theirs;
let admin: Ctx;
/** What tells nothing that is marked: hidden values, a number, equal or nameless versions, a check without findings, rehearsals, one’s own account or file. */
const SILENT: VerbName[] = [
  'api-trigger.call-open',
  'customer.count',
  'preset.diff',
  'rehearsal.list',
  'rehearsal.open',
  'rehearsal.request',
  'rehearsal.reveal',
  'scenario.publish-preview',
  'scenario.versions',
  'session.list',
  'totp.status',
  'transfer.read',
  'webhook.check-people',
  'webhook.reveal',
];
/** Ids of requests by run. */
const requests = new Map<string, string>();

beforeAll(async () => {
  theirs = await furnished();
  own = await furnished('of-ones-own', { password: 'swordfish-one', header: 'swordfish-two' });
  admin = await own.project.as('admin');
  for (const side of [theirs, own]) {
    const { requests: rows } = await verbs['run.requests'](await side.project.as('admin'), { run: side.run });
    requests.set(side.run, rows[0]!.id);
  }
});

/** How a verb is asked about a project; requests by the ids that they have. */
function inputOf(name: VerbName, side: Theirs): object {
  const input = REACHES[name](side);
  return name === 'run.request' || name === 'run.reveal' ? { ...input, request: requests.get(side.run)! } : input;
}

/** What a verb tells, refusals included, as it goes over the network. */
async function told(name: VerbName, ctx: Ctx, input: object): Promise<string> {
  const verb = verbs[name] as unknown as (ctx: Ctx, input: object) => Promise<unknown>;
  try {
    return JSON.stringify(await verb(ctx, input)) ?? '';
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return JSON.stringify([error.code, error.message, error.fields, error.details]);
  }
}

async function textOf(download: Promise<{ fileName: string; lines: AsyncIterable<string> }>): Promise<string> {
  const { fileName, lines } = await download;
  let text = fileName;
  for await (const line of lines) text += line;
  return text;
}

describe('the canaries of one project', () => {
  it.each(ASKING)('are not in what %s tells the admin of another, about either', async (name) => {
    expect(canariesIn(await told(name, admin, inputOf(name, own)))).toEqual([]);
    expect(canariesIn(await told(name, admin, inputOf(name, theirs)))).toEqual([]);
  });

  it.each(ASKING)('are not in what %s tells that admin in the name of the project itself', async (name) => {
    const stranger: Ctx = { ...admin, projectId: theirs.projectId, role: null };
    const answer = await told(name, stranger, inputOf(name, theirs));
    expect(answer).toContain('not-found');
    expect(canariesIn(answer)).toEqual([]);
  });

  it('are in no export of the other', async () => {
    for (const text of [
      await textOf(exportCustomers(admin, {})),
      await textOf(exportCustomers(admin, { query: 'canary' })),
      await textOf(exportEvents(admin, {})),
      await textOf(exportAudit(admin, {})),
      await textOf(importReport(admin, { id: own.import })),
    ])
      expect(canariesIn(text)).toEqual([]);
    await expect(importReport(admin, { id: theirs.import })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are in no row of the other, in any table', async () => {
    const { rows: tables } = await pool().query<{ name: string }>(
      `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
        WHERE c.table_schema = 'public' AND c.column_name = 'project_id' AND t.table_type = 'BASE TABLE' GROUP BY 1`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const { rows } = await pool().query<{ row: string }>(
        `SELECT t::text AS row FROM ${name} t WHERE project_id = $1`,
        [own.projectId],
      );
      expect(canariesIn(rows.map(({ row }) => row).join('\n')), name).toEqual([]);
    }
  });

  it('are seen by the admin of their own project, so that a search which finds none says something', async () => {
    const theirAdmin = await theirs.project.as('admin');
    const silent: VerbName[] = [];
    for (const name of ASKING)
      if (canariesIn(await told(name, theirAdmin, inputOf(name, theirs))).length === 0) silent.push(name);
    expect(silent).toEqual(SILENT);
    expect(await told('run.request', theirAdmin, inputOf('run.request', theirs))).toContain('x-said');
    expect(canariesIn(await textOf(exportCustomers(theirAdmin, {})))).not.toEqual([]);
    expect(canariesIn(await textOf(exportAudit(theirAdmin, {})))).not.toEqual([]);
    expect(canariesIn(await textOf(importReport(theirAdmin, { id: theirs.import })))).not.toEqual([]);
  });
});
