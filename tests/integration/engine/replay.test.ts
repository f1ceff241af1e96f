import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool, prisma } from '../../../lib/db/index.ts';
import { keepHouse } from '../../../lib/engine/housekeeping.ts';
import {
  listRequests,
  ReplayRefused,
  replay,
  requestDetail,
  startWorker,
  type Worker,
} from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, countsOf, draw, ended, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

/** A run whose requests were all refused with 422. */
async function refused(name: string, settings: object = {}) {
  await target.behave(name, { errorRate: 1, errorStatus: 422 });
  const made = await projectWithCustomers(6);
  const { add, document } = draw();
  const webhook = add(
    'webhook',
    { url: target.url(name), payload: '{"n": {{ customer.number }}, "at": {{ time }}}', ...settings },
    [add('now'), 'out'],
  );
  add('set-attribute', { attributes: [{ name: 'reached', value: 'yes' }] }, [webhook, 'sent']);
  const run = await start(made.projectId, document());
  expect((await ended(run.id)).get(2)).toMatchObject({ rejected: 6 });
  await target.behave(name, {});
  return { ...made, run };
}

const again = (runId: string, as: 'same' | 'new', more: object = {}) =>
  inTransaction((sql) => replay(sql, { runId, nodeNumber: 2, as, ...more }));

describe('Replay', () => {
  it('sends the same bytes under the same keys, adds no outcome, and lets the delivered go on', async () => {
    const { run, projectId } = await refused('replayed');
    const before = await target.requests('replayed');
    expect(await again(run.id, 'same', { status: 422 })).toEqual({ requests: 6, customers: 6 });
    expect(addsUp((await countsOf(run.id)).values())).toBe(true);
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ entered: 6, delivered: 6, rejected: 0, requests: 12 });
    expect(counts.get(3)).toMatchObject({ delivered: 6 });
    const books = await target.books('replayed');
    expect(books).toMatchObject({ requests: 12, distinctKeys: 6, changedBodies: 0 });
    expect(before).toHaveLength(6);
    const { rows } = await pool().query(
      "SELECT count(*) AS n FROM customer WHERE project_id = $1 AND properties->>'reached' = 'yes'",
      [projectId],
    );
    expect(rows[0]).toEqual({ n: 6 });
  });

  it('as new renders anew under keys of its own', async () => {
    const { run, customers } = await refused('renewed');
    await prisma().customer.update({ where: { id: BigInt(customers[0]!) }, data: { properties: { number: 99 } } });
    expect(await again(run.id, 'new')).toMatchObject({ requests: 6 });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 6 });
    const bodies = (await target.requests('renewed')).map(({ body }) => (JSON.parse(body) as { n: number }).n);
    expect(bodies).toContain(99);
    expect(new Set((await target.requests('renewed')).map(({ headers }) => headers['idempotency-key'])).size).toBe(12);
  });

  it('goes on to a webhook that reads the answer, which those who were refused have only now', async () => {
    await target.behave('chained', { errorRate: 1, errorStatus: 422 });
    const made = await projectWithCustomers(3);
    const { add, document } = draw();
    const first = add('webhook', { url: target.url('chained'), payload: '{}' }, [add('now'), 'out'], 'First');
    add('webhook', { url: target.url('reader'), payload: '{"ok": {{ webhook.success }}}' }, [first, 'sent']);
    const run = await start(made.projectId, document());
    expect((await ended(run.id)).get(2)).toMatchObject({ rejected: 3 });
    await target.behave('chained', {});
    await again(run.id, 'same');
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ delivered: 3, rejected: 0 });
    expect(counts.get(3)).toMatchObject({ entered: 3, delivered: 3 });
    await expect(again(run.id, 'new', { nodeNumber: 3, outcome: 'delivered' })).rejects.toThrow(ReplayRefused);
  });

  it('sends nothing when nothing matches', async () => {
    const { run } = await refused('unmatched');
    expect(await again(run.id, 'same', { text: 'no such words' })).toEqual({ requests: 0, customers: 0 });
    expect((await countsOf(run.id)).get(2)).toMatchObject({ rejected: 6 });
  });

  it('as it was is refused for batches in which each customer has an outcome of its own', async () => {
    const { run } = await refused('partly', {
      batch: true,
      root: "[{% output customers separated by ',' %}]",
      customer: '{"n": {{ customer.number }}}',
      results: {
        path: 'results',
        key: { by: 'index' },
        successField: 'status',
        successValues: ['sent'],
        messageField: 'error',
      },
    });
    await expect(again(run.id, 'same')).rejects.toThrow(ReplayRefused);
    expect(await again(run.id, 'new')).toMatchObject({ customers: 6 });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 6 });
  });
});

/** Lets so much time pass for everything that stands there. */
async function age(interval: string): Promise<void> {
  for (const change of [
    "request_window SET at = at - interval '$'",
    "ledger_entry SET at = at - interval '$'",
    "run SET created_at = created_at - interval '$', ended_at = ended_at - interval '$'",
  ])
    await pool().query(`UPDATE ${change.replaceAll('$', interval)}`);
}

describe('retention', () => {
  it('forgets the bytes of requests after thirty days and keeps what became of them', async () => {
    const { run } = await refused('old');
    const [request] = (await listRequests(pool(), { runId: run.id })).requests;
    expect((await requestDetail(pool(), run.id, request!.id))!.body).not.toBeNull();
    await age('31 days');
    expect((await keepHouse())['bytes of requests']).toBeGreaterThan(0);
    const detail = await requestDetail(pool(), run.id, request!.id);
    expect(detail).toMatchObject({ outcome: 'rejected', status: 422, body: null, response: null });
    await until('the run is still there', async () => (await countsOf(run.id)).get(2)!.rejected === 6);
  });

  it('is as long as each project says: one pass forgets what is past its time and nothing else', async () => {
    const [short, standard, long] = await Promise.all(['short', 'standard', 'long'].map((name) => refused(name)));
    const keep = (projectId: string, retention: object) =>
      prisma().project.update({ where: { id: projectId }, data: { settings: { retention } } });
    await keep(short!.projectId, { bodyDays: 2, outcomeMonths: 1 });
    await keep(long!.projectId, { bodyDays: 365, outcomeMonths: 24 });
    const kept = async ({ run }: { run: { id: string } }) => {
      const [request] = (await listRequests(pool(), { runId: run.id })).requests;
      const detail = request && (await requestDetail(pool(), run.id, request.id));
      if (!detail) return 'totals';
      return detail.body === null && detail.response === null ? 'outcomes' : 'bodies';
    };
    const left = async () => Promise.all([short!, standard!, long!].map(kept));

    await age('3 days');
    await keepHouse();
    expect(await left()).toEqual(['outcomes', 'bodies', 'bodies']);
    await age('35 days');
    await keepHouse();
    expect(await left()).toEqual(['totals', 'outcomes', 'bodies']);
    await age('13 months');
    await keepHouse();
    expect(await left()).toEqual(['totals', 'totals', 'outcomes']);
    expect((await countsOf(short!.run.id)).get(2)).toMatchObject({ rejected: 6 });
  });

  it('spares the bytes of what is still to be sent again', async () => {
    const { run, projectId } = await refused('waiting');
    await prisma().project.update({
      where: { id: projectId },
      data: { settings: { retention: { bodyDays: 1, outcomeMonths: 1 } } },
    });
    await age('2 days');
    const { rows } = await pool().query<{ id: string }>(
      `INSERT INTO chunk (run_id, node, size, journeys, customers, windows, due_at)
       SELECT run_id, node, size, journeys, customers, ARRAY[id], now() + interval '1 hour' FROM request_window
        WHERE run_id = $1 ORDER BY id LIMIT 1 RETURNING windows[1] AS id`,
      [run.id],
    );
    await keepHouse();
    const { rows: windows } = await pool().query<{ id: string }>(
      'SELECT id FROM request_window WHERE run_id = $1 AND frozen IS NOT NULL',
      [run.id],
    );
    expect(windows).toEqual(rows);
    await pool().query('DELETE FROM chunk WHERE run_id = $1', [run.id]);
  });
});
