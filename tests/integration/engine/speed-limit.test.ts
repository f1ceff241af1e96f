import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, prisma } from '../../../lib/db/index.ts';
import { acceptCall } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, draw, ended, policy, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';
import { startWorkerProcess } from '../../support/worker-process.ts';

// The limits are judged by when the receiver saw the requests.
const target = withTarget();
freshDatabase();

let workers: Awaited<ReturnType<typeof startWorkerProcess>>[];
beforeAll(async () => {
  workers = [await startWorkerProcess(), await startWorkerProcess()];
});
afterAll(() => Promise.all(workers.map((worker) => worker.stop())));

/** A Now scenario whose webhook came with a limit, and what is added to its settings. */
function limited(name: string, perMinute: number, settings: object = {}) {
  const { add, document } = draw();
  const trigger = add('now');
  const node = add('webhook', { url: target.url(name), payload: '{"n": {{ customer.number }}}', ...settings }, [
    trigger,
    'out',
  ]);
  return { add, node, trigger, document: () => ({ ...document(), speedLimits: [{ node, perMinute, lifted: false }] }) };
}

/** When the receiver saw requests, in milliseconds after the first, ascending. */
async function seen(name: string): Promise<number[]> {
  const times = (await target.requests(name)).map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
  return times.map((at) => at - times[0]!);
}

/** The most requests that arrived within any span of so many milliseconds. */
const mostWithin = (times: readonly number[], ms: number): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));

describe('a webhook with a legacy speed limit', () => {
  it('sends so many requests a minute over all workers, evenly spread, as the receiver sees it', async () => {
    const { projectId } = await projectWithCustomers(30);
    const run = await start(projectId, limited('even', 600).document());
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ delivered: 30 });
    expect(addsUp(counts.values())).toBe(true);
    const times = await seen('even');
    // 600 a minute are one every 100 ms: 30 take 2.9 s. What leaves half a step late makes one second see one more.
    expect(times.at(-1)).toBeGreaterThanOrEqual(2700);
    expect(times.at(-1)).toBeLessThan(6000);
    expect(mostWithin(times, 1000)).toBeLessThanOrEqual(12);
    expect(mostWithin(times, 300)).toBeLessThanOrEqual(5);
  });

  it('keeps to the limit over all runs of its scenario', async () => {
    const { projectId, customers } = await projectWithCustomers(10);
    const triggerId = (await prisma().apiTrigger.create({ data: { projectId, name: 'Storm' } })).id;
    const { add, document } = draw();
    const node = add('webhook', { url: target.url('runs'), payload: '{}' }, [add('api-trigger', { triggerId }), 'out']);
    await start(projectId, { ...document(), speedLimits: [{ node, perMinute: 600, lifted: false }] });
    const call = () => inTransaction((sql) => acceptCall(sql, { projectId, triggerId, values: {} }));
    const runs = [...(await call()), ...(await call()), ...(await call())];
    await Promise.all(runs.map(({ id }) => ended(id)));
    const times = await seen('runs');
    expect(times).toHaveLength(3 * customers.length);
    expect(mostWithin(times, 1000)).toBeLessThanOrEqual(12);
  });

  it('stays within its policy, too, and holds no other webhook of the run up', async () => {
    const { projectId } = await projectWithCustomers(20);
    const policyId = await policy(projectId, 2);
    const drawn = limited('slow', 240, { policyId });
    drawn.add('webhook', { url: target.url('fast'), payload: '{}', policyId }, [drawn.trigger, 'out']);
    const run = await start(projectId, drawn.document());
    await until('the other webhook is done', async () => (await target.books('fast')).requests === 20, 4000);
    expect((await target.books('slow')).requests).toBeLessThan(20);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 20 });
    const times = await seen('slow');
    expect(times.at(-1)).toBeGreaterThanOrEqual(4400);
    expect((await target.books('slow')).peakConcurrency).toBeLessThanOrEqual(2);
  });

  it('counts requests, not customers, when it is a batch', async () => {
    const { projectId } = await projectWithCustomers(50);
    const run = await start(
      projectId,
      limited('batches', 300, {
        batch: true,
        batchSize: 10,
        customer: '{{ customer.number }}',
        root: '[{% output customers separated by "," %}]',
      }).document(),
    );
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 50, requests: 5 });
    const times = await seen('batches');
    expect(times).toHaveLength(5);
    expect(times.at(-1)).toBeGreaterThanOrEqual(700);
  });

  it('is as fast as any other once the limit is lifted', async () => {
    const { projectId } = await projectWithCustomers(40);
    const { document } = limited('lifted', 60);
    const lifted = { ...document(), speedLimits: document().speedLimits.map((one) => ({ ...one, lifted: true })) };
    const run = await start(projectId, lifted);
    expect((await ended(run.id, 10_000)).get(2)).toMatchObject({ delivered: 40 });
  });
});
