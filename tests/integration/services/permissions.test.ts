import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { type Ctx, may, type Role, ServiceError, type VerbName, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject, type TestProject } from '../../support/members.ts';
import { CANARY, furnished, OWN, REACHES, type Theirs } from '../../support/reaches.ts';

// Generated from the registry: a verb that is added is tested as soon as it is there.
freshDatabase();

const NAMES = Object.keys(verbs) as VerbName[];
const ROLES: Role[] = ['viewer', 'marketer', 'developer', 'admin'];

/** What a call ends with: the code of its refusal, "answered", or the failure that it should not have. */
async function outcome(name: VerbName, ctx: Ctx, input: unknown): Promise<string> {
  const verb = verbs[name] as unknown as (ctx: Ctx, input: unknown) => Promise<unknown>;
  try {
    await verb(ctx, input);
    return 'answered';
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

describe('the role decides', () => {
  let project: TestProject;
  const ctxs = new Map<Role | null, Ctx>();
  beforeAll(async () => {
    project = await newProject();
    for (const role of [...ROLES, null]) ctxs.set(role, await project.as(role));
  });

  // Nothing is given, so that what is allowed ends with its input at the latest.
  it.each(NAMES)('%s: refused to every role that lacks the capability, and to no other', async (name) => {
    const { needs } = verbs[name].spec;
    for (const role of ROLES) {
      const code = await outcome(name, ctxs.get(role)!, {});
      if (may(role, needs)) expect(code, role).not.toBe('forbidden');
      else expect(code, role).toBe('forbidden');
    }
  });

  it.each(NAMES)('%s: a stranger does not learn that the project exists', async (name) => {
    expect(await outcome(name, ctxs.get(null)!, {})).toBe('not-found');
    const nowhere = { ...ctxs.get(null)!, projectId: randomUUID() };
    expect(await outcome(name, nowhere, {})).toBe('not-found');
  });

  it.each(NAMES)('%s: an API key needs its scope', async (name) => {
    const { scope } = verbs[name].spec;
    const key = (scopes: string[]): Ctx => ({
      ...ctxs.get('admin')!,
      actor: { kind: 'key', id: randomUUID(), name: 'key', scopes },
      role: null,
    });
    expect(await outcome(name, key([]), {})).toBe('forbidden');
    const all = [...new Set(NAMES.flatMap((other) => verbs[other].spec.scope ?? []))];
    expect(await outcome(name, key(all.filter((other) => other !== scope)), {})).toBe('forbidden');
    if (scope) expect(await outcome(name, key([scope]), {})).not.toBe('forbidden');
  });
});

/** Searches that find nothing instead of refusing. */
const ANSWERED = new Set<VerbName>([
  'audit.list',
  'customer.count',
  'customer.list',
  'event.list',
  'run.list',
  'scenario.list',
]);

/** Everything that a project has, table by table. */
async function dump(projectId: string): Promise<Record<string, string>> {
  const { rows } = await pool().query<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
      WHERE c.table_schema = 'public' AND c.column_name = 'project_id' AND t.table_type = 'BASE TABLE' GROUP BY 1 ORDER BY 1`,
  );
  const dumped: Record<string, string> = {};
  for (const { name } of rows) {
    const all = await pool().query<{ row: string }>(
      `SELECT t::text AS row FROM ${name} t WHERE project_id = $1 ORDER BY 1`,
      [projectId],
    );
    dumped[name] = all.rows.map(({ row }) => row).join('\n');
  }
  return dumped;
}

describe('another project', () => {
  let theirs: Theirs;
  let before: Record<string, string>;
  let admin: Ctx;
  beforeAll(async () => {
    theirs = await furnished();
    before = await dump(theirs.projectId);
    admin = await (await newProject()).as('admin');
  });

  it('is reached for by every verb of the registry', () => {
    expect(Object.keys(REACHES).sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)('%s: gives nothing of it away and changes nothing in it', async (name) => {
    const verb = verbs[name] as unknown as (ctx: Ctx, input: unknown) => Promise<unknown>;
    const reach = REACHES[name] ?? OWN;
    let told: unknown;
    let code = 'answered';
    try {
      told = await verb(admin, reach(theirs));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      ({ code } = error);
      told = [error.message, error.fields, error.details];
    }
    expect(JSON.stringify(told) ?? '').not.toContain(CANARY);
    if (reach !== OWN) expect(code).toBe(ANSWERED.has(name) ? 'answered' : 'not-found');
    expect(await dump(theirs.projectId)).toEqual(before);
  });

  it('has no canary that the dump would miss', () => {
    const kept = Object.entries(before)
      .filter(([, rows]) => rows.includes(CANARY))
      .map(([table]) => table);
    expect(kept).toEqual(
      expect.arrayContaining([
        'api_key',
        'catalog',
        'customer',
        'event',
        'import',
        'integration',
        'policy',
        'preset',
        'scenario',
      ]),
    );
  });
});
