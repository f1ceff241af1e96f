import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../lib/db/index.ts';
import { peopleInside, receiveEvents, stopRuns } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import {
  addsUp,
  countsOf,
  draw,
  ended,
  policy,
  projectWithCustomers,
  publish,
  start,
  until,
  withTarget,
} from '../../support/engine.ts';
import { startWorkerProcess, type WorkerProcess } from '../../support/worker-process.ts';

const target = withTarget();
freshDatabase();

const workers: WorkerProcess[] = [];
const newWorker = async () => {
  const worker = await startWorkerProcess();
  workers.push(worker);
  return worker;
};
const stopAll = async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
};
afterEach(stopAll);
afterAll(stopAll);

const CUSTOMERS = 1500;

/** Now (n1) → webhook (n2) → wait of a second (n3) → webhook (n4). */
async function campaign(name: string) {
  await target.behave(name, { latencyMs: 20 });
  const { projectId } = await projectWithCustomers(CUSTOMERS);
  const drawing = draw();
  const policyId = await policy(projectId, 20);
  const now = drawing.add('now');
  const first = drawing.add(
    'webhook',
    { url: target.url(name), payload: '{"n": {{ customer.number }}, "version": "old"}', policyId },
    [now, 'out'],
  );
  const wait = drawing.add('wait', { amount: 1, unit: 'seconds' }, [first, 'sent']);
  drawing.add('webhook', { url: target.url(`${name}-last`), payload: '{"n": {{ customer.number }}}', policyId }, [
    wait,
    'out',
  ]);
  return { projectId, drawing, run: await start(projectId, drawing.document()) };
}

/** Looks at the numbers over and over. @returns how often they were seen, once it is told to stop; throws when they did not add up */
function watching(runId: string): () => Promise<number> {
  let goes = true;
  const seen = (async () => {
    let looks = 0;
    for (; goes; looks++) {
      const counts = [...(await countsOf(runId)).values()];
      if (!addsUp(counts)) throw new Error(`does not add up: ${JSON.stringify(counts)}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return looks;
  })();
  seen.catch(() => {});
  return () => {
    goes = false;
    return seen;
  };
}

const arrived = (name: string, count: number) =>
  until(`${count} requests at ${name}`, async () => (await target.books(name)).requests >= count);

describe('a change while two workers send', () => {
  it('asks for everybody once at each webhook, loses nobody, and adds up at every moment', async () => {
    await newWorker();
    await newWorker();
    const { drawing, run } = await campaign('sending');
    const seen = watching(run.id);
    await arrived('sending', 200);
    drawing.edit({ type: 'set', node: 'n2', settings: { payload: '{"n": {{ customer.number }}, "version": "new"}' } });
    await publish(run, drawing.document());
    await arrived('sending', 500);
    // The wait goes while people stand in it, and others are on their way to it.
    drawing.edit(
      { type: 'remove', nodes: ['n3'], edges: [] },
      { type: 'add', nodes: [], edges: [{ id: 'short', from: 'n2', port: 'sent', to: 'n4' }] },
    );
    await publish(run, drawing.document(), { n3: 'n4' });
    const counts = await ended(run.id, 120_000);
    expect(await seen()).toBeGreaterThan(10);
    expect(counts.get(2)).toMatchObject({ entered: CUSTOMERS, delivered: CUSTOMERS });
    expect(counts.get(4)).toMatchObject({ entered: CUSTOMERS, delivered: CUSTOMERS });
    expect(counts.get(3)!.skipped).toBeGreaterThan(0);
    for (const name of ['sending', 'sending-last'])
      expect(await target.books(name)).toMatchObject({
        requests: CUSTOMERS,
        distinctKeys: CUSTOMERS,
        duplicates: 0,
        changedBodies: 0,
      });
    expect((await target.books('sending')).peakConcurrency).toBeLessThanOrEqual(20);
  });
});

describe('a worker that is killed while the scenario changes', () => {
  it('loses nobody, and nothing that was claimed changes its bytes', async () => {
    const first = await newWorker();
    await newWorker();
    const { drawing, run } = await campaign('killed');
    const seen = watching(run.id);
    await arrived('killed', 300);
    drawing.edit(
      { type: 'set', node: 'n2', settings: { payload: '{"n": {{ customer.number }}, "version": "new"}' } },
      { type: 'remove', nodes: ['n3'], edges: [] },
      { type: 'add', nodes: [], edges: [{ id: 'short', from: 'n2', port: 'sent', to: 'n4' }] },
    );
    const publishing = publish(run, drawing.document(), { n3: 'n4' });
    first.kill();
    await publishing;
    const counts = await ended(run.id, 120_000);
    await seen();
    expect(counts.get(2)).toMatchObject({ entered: CUSTOMERS, delivered: CUSTOMERS, unknown: 0 });
    expect(counts.get(4)).toMatchObject({ entered: CUSTOMERS, delivered: CUSTOMERS });
    for (const name of ['killed', 'killed-last']) {
      const books = await target.books(name);
      expect(books).toMatchObject({ distinctKeys: CUSTOMERS, changedBodies: 0 });
      expect(books.duplicates).toBeLessThanOrEqual(100);
    }
  });

  it('leaves what it had to be sent as it was, and those at a deleted webhook to leave it', async () => {
    await target.behave('deleted', { latencyMs: 300 });
    const { projectId, customers } = await projectWithCustomers(200);
    const drawing = draw();
    const trigger = drawing.add('on-event', { event: 'purchase' });
    const policyId = await policy(projectId, 2);
    drawing.add('webhook', { url: target.url('deleted'), payload: '{}', policyId }, [trigger, 'out']);
    drawing.add('webhook', { url: target.url('instead'), payload: '{}', policyId }, [trigger, 'out']);
    drawing.edit({ type: 'remove', nodes: [], edges: ['e3'] });
    const first = await newWorker();
    const run = await start(projectId, drawing.document());
    await inTransaction((sql) =>
      receiveEvents(
        sql,
        projectId,
        customers.map((customerId) => ({ customerId, type: 'purchase', at: new Date(), properties: {} })),
      ),
    );
    await arrived('deleted', 4);
    first.kill();
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    await publish(run, drawing.document(), { n2: 'n3' });
    await newWorker();
    await until('nobody is there any more', async () => {
      const counts = (await countsOf(run.id)).get(2)!;
      return counts.entered === 200 && counts.waiting + counts.inFlight === 0;
    });
    await until('all are asked for instead', async () => (await countsOf(run.id)).get(3)!.delivered === 200);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    const counts = await ended(run.id);
    const { delivered, unknown, skipped } = counts.get(2)!;
    expect(delivered + unknown + skipped).toBe(200);
    expect(addsUp(counts.values())).toBe(true);
    expect(await target.books('instead')).toMatchObject({ requests: 200, distinctKeys: 200 });
  });
});

describe('an audience that has not come in yet', () => {
  async function begun(name: string) {
    const { projectId } = await projectWithCustomers(30);
    const drawing = draw();
    const now = drawing.add('now');
    drawing.add('webhook', { url: target.url(name), payload: '{"version": "old"}' }, [now, 'out']);
    const run = await start(projectId, drawing.document());
    const second = drawing.add('now');
    drawing.edit({ type: 'add', nodes: [], edges: [{ id: 'again', from: second, port: 'out', to: 'n2' }] });
    return { drawing, run };
  }

  it('comes in by the triggers that were there at the start, and takes the new version', async () => {
    const { drawing, run } = await begun('once');
    drawing.edit({ type: 'set', node: 'n2', settings: { payload: '{"version": "new"}' } });
    await publish(run, drawing.document());
    await newWorker();
    const counts = await ended(run.id);
    expect(counts.get(1)).toMatchObject({ entered: 30 });
    expect(counts.get(3)).toMatchObject({ entered: 0 });
    expect(await target.books('once')).toMatchObject({ requests: 30, distinctKeys: 30 });
    expect((await target.requests('once')).every(({ body }) => body === '{"version": "new"}')).toBe(true);
  });

  it('does not come in when its trigger is deleted', async () => {
    const { drawing, run } = await begun('never');
    drawing.edit({ type: 'remove', nodes: ['n1'], edges: [] });
    await publish(run, drawing.document());
    await newWorker();
    const counts = await ended(run.id);
    expect([counts.get(1)!.entered, counts.get(3)!.entered]).toEqual([0, 0]);
    expect((await target.books('never')).requests).toBe(0);
  });
});

describe('people at the door of a trigger that is deleted', () => {
  it('enter and go on where they are moved, or end there: nobody is dropped', async () => {
    for (const [name, move] of [
      ['door-moved', 'n3'],
      ['door-ended', 'end'],
    ] as const) {
      const { projectId, customers } = await projectWithCustomers(7);
      const drawing = draw();
      const trigger = drawing.add('on-event', { event: 'purchase' });
      drawing.add('wait', { amount: 1, unit: 'hours' }, [trigger, 'out']);
      drawing.add('webhook', { url: target.url(name), payload: '{}' }, ['n2', 'out']);
      const run = await start(projectId, drawing.document());
      await inTransaction((sql) =>
        receiveEvents(
          sql,
          projectId,
          customers.map((customerId) => ({ customerId, type: 'purchase', at: new Date(), properties: {} })),
        ),
      );
      expect((await inTransaction((sql) => peopleInside(sql, run.scenarioId))).get(1)).toEqual({
        waiting: 7,
        inFlight: 0,
      });
      drawing.edit({ type: 'remove', nodes: [trigger], edges: [] });
      await publish(run, drawing.document(), { [trigger]: move });
      const worker = await newWorker();
      const counts = await ended(run.id);
      expect(counts.get(1)).toMatchObject({ entered: 7, skipped: 7, removed: true });
      expect(counts.get(3)).toMatchObject({ entered: move === 'end' ? 0 : 7 });
      expect((await target.books(name)).requests).toBe(move === 'end' ? 0 : 7);
      expect(addsUp(counts.values())).toBe(true);
      await worker.stop();
    }
  });
});
