import fs from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { inTransaction, pool } from '../../../lib/db/index.ts';
import {
  listRequests,
  pauseRun,
  receiveEvents,
  resumeRun,
  startWorker,
  stopRuns,
  type Worker,
} from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { countsOf, draw, ended, policy, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';

// What can be checked of docs/distributed.md without a distributed Postgres: by which columns the executor finds rows.

const target = withTarget();
freshDatabase();
const statements = new Set<string>();
let worker: Worker;
beforeAll(async () => {
  // Listened to, not replaced: every statement goes on to the database.
  const query = pg.Client.prototype.query as (...args: unknown[]) => never;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text?: string }];
    statements.add(((typeof first === 'string' ? first : first.text) ?? '').replace(/\s+/g, ' ').trim());
    return query.apply(this, args);
  } as never);
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await worker.stop();
});

const BY_RUN = /\b(?:FROM|INTO|UPDATE|JOIN) (?:chunk|request_window|ledger_entry|run_node)\b/;
const BY_PROJECT = /\b(?:FROM|INTO|UPDATE|JOIN) (?:customer|event|campaign_event)\b/;

/** Whether a statement must ask all shards, because nothing in it says on which its rows are. */
function asksAll(statement: string): boolean {
  const text = statement.split(' RETURNING ')[0]!;
  if (/^(?:CREATE|ALTER|TRUNCATE)/.test(text)) return false;
  const run = BY_RUN.test(text) && !/\brun_id\b/.test(text);
  return run || (BY_PROJECT.test(text) && !/\bproject_id\b/.test(text));
}

/** The beginnings of statements that the page lists. */
function listed(): string[] {
  const page = fs.readFileSync('docs/distributed.md', 'utf8');
  const part = page.split('## Statements that find rows by their id alone')[1]!.split('\n## ')[0]!;
  return [...part.matchAll(/^- `([^`]+)`/gm)].map(([, text]) => text!);
}

/** A run that makes the executor do most of what it can. */
async function muchOfEverything() {
  const { projectId, customers } = await projectWithCustomers(300);
  const { add, document } = draw();
  const now = add('now');
  const event = add('on-event', { event: 'visit' });
  add('webhook', { url: target.url('visits'), payload: '{}' }, [event, 'out']);
  const payload = '{"n": {{ customer.number }}}';
  const one = add('webhook', { url: target.url('one'), payload, policyId: await policy(projectId, 5) }, [now, 'out']);
  const wait = add('wait', { amount: 1, unit: 'seconds' }, [one, 'sent']);
  const set = add('set-attribute', { attributes: [{ name: 'seen', value: 'yes' }] }, [wait, 'out']);
  const tracked = add('add-event', { event: 'seen', properties: [] }, [set, 'out']);
  const batch = { batch: true, batchSize: 1000, root: '{{ customers | tojson }}', customer: '{{ customer.number }}' };
  add('webhook', { url: target.url('many'), ...batch }, [tracked, 'out']);
  const run = await start(projectId, document());
  await inTransaction((sql) => pauseRun(sql, run.id));
  await until(
    'the pause',
    async () => (await pool().query("SELECT run_id FROM chunk WHERE state = 'held'")).rows.length > 0,
  );
  await inTransaction((sql) => resumeRun(sql, run.id));
  await until('the last webhook', async () => (await countsOf(run.id)).get(8)?.delivered === 300);
  const visit = { customerId: customers[0]!, type: 'visit', at: new Date(), properties: {} };
  await inTransaction((sql) => receiveEvents(sql, projectId, [visit]));
  await listRequests(pool(), { runId: run.id });
  const { rows } = await pool().query<{ id: number }>('SELECT id FROM run WHERE project_id = $1', [projectId]);
  for (const { id } of rows) await inTransaction((sql) => stopRuns(sql, { runId: String(id) }, 'now'));
  await ended(run.id);
}

describe('the statements of the executor', () => {
  it('say on which shard their rows are, but for those that the page on distributed Postgres lists', async () => {
    await muchOfEverything();
    const asking = [...statements].filter(asksAll);
    const known = listed();
    expect(asking.filter((statement) => !known.some((beginning) => statement.startsWith(beginning)))).toEqual([]);
    expect(known.filter((beginning) => !asking.some((statement) => statement.startsWith(beginning)))).toEqual([]);
  });
});
