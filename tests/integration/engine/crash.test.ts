import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { Engine } from '../../../lib/engine/engine.ts';
import { peopleAt } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import {
  addsUp,
  countsOf,
  draw,
  ended,
  policy,
  projectWithCustomers,
  start,
  until,
  withTarget,
} from '../../support/engine.ts';
import { type LossyLine, lineThatLosesCommits } from '../../support/lost-commits.ts';
import { startWorkerProcess, type WorkerProcess } from '../../support/worker-process.ts';

const target = withTarget();
freshDatabase();

const workers: WorkerProcess[] = [];
const newWorker = async (databaseUrl?: string) => {
  const worker = await startWorkerProcess(databaseUrl);
  workers.push(worker);
  return worker;
};
const stopAll = async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
};
afterEach(stopAll);
afterAll(stopAll);

async function singles(name: string, settings: object = {}, customers = 2000, limit = 20) {
  const { projectId } = await projectWithCustomers(customers);
  const { add, document } = draw();
  const now = add('now');
  const webhook = add(
    'webhook',
    {
      url: target.url(name),
      payload: '{"number": {{ customer.number }}, "now": {{ time }}}',
      policyId: await policy(projectId, limit),
      ...settings,
    },
    [now, 'out'],
  );
  add('set-attribute', { attributes: [{ name: 'sent', value: 'yes' }] }, [webhook, 'sent']);
  return start(projectId, document());
}

const arrived = (name: string, count: number) =>
  until(`${count} requests at ${name}`, async () => (await target.books(name)).requests >= count);

describe('a worker that is killed', () => {
  it('loses nobody: another one takes over within seconds, with the same keys and bytes', async () => {
    await target.behave('killed', { latencyMs: 20 });
    const [first] = [await newWorker(), await newWorker()];
    const run = await singles('killed');
    await arrived('killed', 500);
    first.kill();
    const counts = await ended(run.id);
    const books = await target.books('killed');
    expect(counts.get(2)).toMatchObject({ entered: 2000, delivered: 2000, unknown: 0 });
    expect(counts.get(3)).toMatchObject({ entered: 2000, delivered: 2000 });
    expect(books).toMatchObject({ distinctKeys: 2000, changedBodies: 0 });
    expect(books.duplicates).toBeLessThanOrEqual(100);
    expect(books.peakConcurrency).toBeLessThanOrEqual(20);
    expect(addsUp(counts.values())).toBe(true);
  });

  it('is sending again two seconds after it was started anew', async () => {
    await target.behave('restarted', { latencyMs: 20 });
    const first = await newWorker();
    const run = await singles('restarted');
    await arrived('restarted', 300);
    first.kill();
    const before = (await target.books('restarted')).requests;
    await newWorker();
    const ready = Date.now();
    await until('it sends again', async () => (await target.books('restarted')).requests > before, 10_000);
    expect(Date.now() - ready).toBeLessThan(2000);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 2000 });
  });

  it('leaves those in doubt unknown, by name, when the webhook does not send again', async () => {
    await target.behave('doubt', { latencyMs: 30 });
    const first = await newWorker();
    const run = await singles('doubt', { inDoubt: 'unknown' });
    await arrived('doubt', 300);
    first.kill();
    await newWorker();
    const counts = await ended(run.id);
    const books = await target.books('doubt');
    expect(books.duplicates).toBe(0);
    const { unknown, delivered } = counts.get(2)!;
    expect(unknown).toBeGreaterThan(0);
    expect(unknown).toBeLessThanOrEqual(100);
    expect(delivered + unknown).toBe(2000);
    expect(addsUp(counts.values())).toBe(true);
    const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'unknown', limit: 200 });
    expect(people).toHaveLength(unknown);
  });

  it('loses nobody while it lets the audience in', async () => {
    const first = await newWorker();
    const run = await singles(
      'entering',
      { batch: true, root: '[{% output customers separated by "," %}]', customer: '{"n": {{ customer.number }}}' },
      20_000,
      4,
    );
    await until('some entered', async () => {
      const { rows } = await pool().query<{ entered: number }>('SELECT entered FROM run WHERE id = $1', [run.id]);
      return rows[0]!.entered > 2000;
    });
    first.kill();
    await newWorker();
    const counts = await ended(run.id);
    expect(counts.get(1)).toMatchObject({ entered: 20_000, delivered: 20_000 });
    expect(counts.get(2)).toMatchObject({ entered: 20_000, delivered: 20_000 });
    expect((await target.books('entering')).customers).toBe(20_000);
  });
});

describe('a worker that loses its connections', () => {
  it('begins anew in the same process and sends again within three seconds', async () => {
    await target.behave('cut', { latencyMs: 20 });
    await newWorker();
    const run = await singles('cut');
    await arrived('cut', 300);
    await pool().query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    const before = (await target.books('cut')).requests;
    const cut = Date.now();
    await until('it sends again', async () => (await target.books('cut')).requests > before, 10_000);
    expect(Date.now() - cut).toBeLessThan(3000);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 2000, unknown: 0 });
    expect((await target.books('cut')).peakConcurrency).toBeLessThanOrEqual(20);
  });

  it('lets the slots of its former session go, also when a peer took over and could not know that it was over', async () => {
    const { projectId } = await projectWithCustomers(1);
    const policyId = await policy(projectId, 5);
    await pool().query('SELECT claim_slots($1, 999999, 5, 5, 18000, 0, 20)', [policyId]);
    const engine = await Engine.start(process.env.DATABASE_URL!, () => {}, 999_999);
    const { rows } = await pool().query<{ seconds: number }>(
      'SELECT extract(epoch FROM lease_until - now())::float8 AS seconds FROM policy_slot WHERE holder = 999999',
    );
    await engine.stop('drain');
    expect(rows[0]!.seconds).toBeLessThan(2);
  });
});

describe('a worker that is asked to stop', () => {
  it('finishes what is in flight; nothing is in doubt and nothing is sent twice', async () => {
    await target.behave('drained', { latencyMs: 50 });
    const first = await newWorker();
    const run = await singles('drained');
    await arrived('drained', 300);
    await first.stop();
    const { rows } = await pool().query('SELECT count(*) AS n FROM request_window WHERE run_id = $1 AND open', [
      run.id,
    ]);
    expect(rows[0]).toEqual({ n: 0 });
    expect(addsUp((await countsOf(run.id)).values())).toBe(true);
    await newWorker();
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 2000, unknown: 0 });
    expect(await target.books('drained')).toMatchObject({ requests: 2000, duplicates: 0 });
  });
});

describe('a connection that breaks after COMMIT and before its answer', () => {
  let line: LossyLine;
  afterEach(async () => {
    await stopAll();
    line.close();
  });

  it.each([
    ['when outcomes are written', (sent: string) => sent.includes('request_window')],
    ['when work is taken or people move on', (sent: string) => !sent.includes('request_window')],
  ])('counts nobody twice and leaves nobody standing, %s', async (name, isSuch) => {
    let such = 0;
    line = await lineThatLosesCommits(
      process.env.DATABASE_URL!,
      (_, sent) => isSuch(sent) && ++such % 2 === 0 && such <= 4,
    );
    const place = `lost-${name.length}`;
    await target.behave(place, { latencyMs: 5 });
    await newWorker(line.url);
    const run = await singles(place);
    const counts = await ended(run.id);
    // Twice: what was in the hands of three workers that ended is put aside.
    expect(line.lost()).toBe(2);
    expect(addsUp(counts.values())).toBe(true);
    expect(counts.get(2)).toMatchObject({ entered: 2000, delivered: 2000, unknown: 0 });
    expect(counts.get(3)).toMatchObject({ entered: 2000, delivered: 2000 });
    const { rows } = await pool().query(
      'SELECT node, sum(size)::int AS size FROM ledger_entry WHERE run_id = $1 GROUP BY node ORDER BY node',
      [run.id],
    );
    expect(rows).toEqual([1, 2, 3].map((node) => ({ node, size: 2000 })));
    expect(await target.books(place)).toMatchObject({ distinctKeys: 2000, changedBodies: 0 });
    // Requests that the worker cut off itself say nothing of the receiver.
    expect((await pool().query('SELECT key FROM breaker')).rows).toEqual([]);
  });
});
