import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool } from '../../../lib/db/index.ts';
import {
  journeyOf,
  peopleAt,
  receiveEvents,
  startWorker,
  stopRuns,
  type Worker,
} from '../../../lib/engine/index.ts';
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

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

const payload = (version: string) => `{"n": {{ customer.number }}, "version": "${version}"}`;
const versionsAt = async (name: string) => {
  const bodies = (await target.requests(name)).map(({ body }) => JSON.parse(body) as { n: number; version: string });
  return Map.groupBy(bodies, ({ version }) => version);
};
const happens = (projectId: string, customers: number[], type = 'purchase', properties = {}) =>
  inTransaction((sql) =>
    receiveEvents(
      sql,
      projectId,
      customers.map((customerId) => ({ customerId, type, at: new Date(), properties })),
    ),
  );
const waitingAt = (runId: string, node: number, count: number) =>
  until(`${count} wait at ${node}`, async () => (await countsOf(runId)).get(node)?.waiting === count);

/** An on-event scenario: trigger n1, wait n2, webhook n3. */
async function waiting(name: string, customers = 5, amount = 1) {
  const project = await projectWithCustomers(customers);
  const drawing = draw();
  const trigger = drawing.add('on-event', { event: 'purchase' });
  const wait = drawing.add('wait', { amount, unit: 'seconds' }, [trigger, 'out']);
  drawing.add('webhook', { url: target.url(name), payload: payload('old') }, [wait, 'out']);
  const run = await start(project.projectId, drawing.document());
  return { ...project, drawing: draw(drawing.document()), run };
}

describe('a changed webhook', () => {
  it('sends what it was to those who wait for their request, and what it is to newcomers', async () => {
    await target.behave('changed', { latencyMs: 50 });
    const { projectId, customers } = await projectWithCustomers(60);
    const { add, document, edit } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const policyId = await policy(projectId, 1);
    const webhook = add('webhook', { url: target.url('changed'), payload: payload('old'), policyId }, [trigger, 'out']);
    const run = await start(projectId, document());
    await happens(projectId, customers.slice(0, 30));
    await until('some are sent', async () => (await target.books('changed')).requests > 3);
    edit({ type: 'set', node: webhook, settings: { payload: payload('new') } });
    await publish(run, document());
    await happens(projectId, customers.slice(30));
    await until('all are recorded', async () => (await countsOf(run.id)).get(2)!.delivered === 60);
    const sent = await versionsAt('changed');
    expect(
      sent
        .get('old')!
        .map(({ n }) => n)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(sent.get('new')).toHaveLength(30);
    expect(await target.books('changed')).toMatchObject({ distinctKeys: 60, duplicates: 0 });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });

  it('tries again with the bytes and the key of the first try', async () => {
    await target.behave('retried', { failWith: 503, retryAfter: 1 } as never);
    const { projectId, customers } = await projectWithCustomers(3);
    const { add, document, edit } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const webhook = add('webhook', { url: target.url('retried'), payload: payload('old') }, [trigger, 'out']);
    const run = await start(projectId, document());
    await happens(projectId, customers);
    expect(run.id).toBeTruthy();
    edit({ type: 'set', node: webhook, settings: { payload: payload('new') } });
    await publish(run, document());
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });
});

describe('a re-wired wait', () => {
  it('lets those who are in it go by the line that is there when it ends', async () => {
    const { projectId, customers, drawing, run } = await waiting('former');
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 5);
    drawing.edit({ type: 'remove', nodes: [], edges: ['e3'] });
    drawing.add('webhook', { url: target.url('later'), payload: payload('new') }, ['n2', 'out']);
    await publish(run, drawing.document());
    await until('they are through', async () => (await target.books('later')).requests === 5);
    expect((await target.books('former')).requests).toBe(0);
    await until('all are recorded', async () => (await countsOf(run.id)).get(4)!.delivered === 5);
    expect(addsUp((await countsOf(run.id)).values())).toBe(true);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });

  it('sends a journey that meets a webhook again by the new line a request of its own', async () => {
    const { projectId, customers } = await projectWithCustomers(2);
    const { add, document, edit } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const webhook = add('webhook', { url: target.url('twice'), payload: payload('x') }, [trigger, 'out']);
    const wait = add('wait', { amount: 1, unit: 'seconds' }, [webhook, 'sent']);
    const run = await start(projectId, document());
    await happens(projectId, customers);
    await waitingAt(run.id, 3, 2);
    edit(
      { type: 'remove', nodes: [], edges: ['e3'] },
      { type: 'add', nodes: [], edges: [{ id: 'back', from: wait, port: 'out', to: webhook }] },
    );
    await publish(run, document());
    await until('each was asked twice', async () => (await target.books('twice')).requests === 4);
    expect(await target.books('twice')).toMatchObject({ distinctKeys: 4, duplicates: 0 });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    expect((await ended(run.id)).get(2)).toMatchObject({ entered: 4, delivered: 4 });
    expect((await journeyOf(pool(), run.id, '1'))!.steps.map(({ kind }) => kind)).toEqual([
      'on-event',
      'webhook',
      'wait',
      'webhook',
    ]);
  });
});

describe('a deleted node', () => {
  it('ends those who stand there as skipped, with the reason, however long they would have waited', async () => {
    const { projectId, customers, drawing, run } = await waiting('none', 5, 3600);
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 5);
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    await publish(run, drawing.document(), { n2: 'end' });
    await until('they left', async () => (await countsOf(run.id)).get(2)!.skipped === 5);
    const counts = await countsOf(run.id);
    expect(counts.get(2)).toMatchObject({ entered: 5, waiting: 0, skipped: 5, removed: true, kind: 'wait' });
    expect(addsUp(counts.values())).toBe(true);
    const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'skipped' });
    expect(people.map(({ reason }) => reason)).toEqual(Array(5).fill('the node was deleted'));
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
  });

  it('moves those who stand there to another node, where they arrive as newcomers', async () => {
    const { projectId, customers, drawing, run } = await waiting('moved', 5, 3600);
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 5);
    drawing.edit(
      { type: 'remove', nodes: ['n2'], edges: [] },
      { type: 'set', node: 'n3', settings: { payload: payload('new') } },
    );
    await publish(run, drawing.document(), { n2: 'n3' });
    await until('they are through', async () => (await countsOf(run.id)).get(3)!.delivered === 5);
    const counts = await countsOf(run.id);
    expect(counts.get(2)).toMatchObject({ entered: 5, skipped: 5, removed: true });
    expect(counts.get(3)).toMatchObject({ entered: 5, delivered: 5 });
    expect((await versionsAt('moved')).get('new')).toHaveLength(5);
    const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'skipped' });
    expect(people[0]!.reason).toBe('the node was deleted; goes on at #3 Webhook');
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
  });
});
