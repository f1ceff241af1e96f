import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool, prisma } from '../../../lib/db/index.ts';
import {
  journeyOf,
  pauseRun,
  peopleAt,
  receiveEvents,
  replay,
  resumeRun,
  startWorker,
  stopRuns,
  type Worker,
} from '../../../lib/engine/index.ts';
import { WOKEN_AT_ONCE, wakeRemoved } from '../../../lib/engine/wake-removed.ts';
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
    await target.behave('retried', { errorRate: 1, errorStatus: 503, retryAfterSeconds: 1 });
    const { projectId, customers } = await projectWithCustomers(3);
    const { add, document, edit } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const webhook = add('webhook', { url: target.url('retried'), payload: payload('old') }, [trigger, 'out']);
    const run = await start(projectId, document());
    await happens(projectId, customers);
    await until('all wait for another try', async () => (await target.books('retried')).requests === 3);
    edit({ type: 'set', node: webhook, settings: { payload: payload('new') } });
    await publish(run, document());
    await target.behave('retried', { errorRate: 0 });
    await pool().query('UPDATE chunk SET due_at = now() WHERE run_id = $1 AND attempt > 1', [run.id]);
    await pool().query(
      'UPDATE pgboss.job j SET start_after = now() FROM chunk c WHERE c.job_id = j.id AND c.run_id = $1',
      [run.id],
    );
    await until('all are recorded', async () => (await countsOf(run.id)).get(2)!.delivered === 3);
    expect(await target.books('retried')).toMatchObject({ distinctKeys: 3, changedBodies: 0 });
    expect((await versionsAt('retried')).get('new')).toBeUndefined();
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });

  it('never mixes those who arrived before and after in one batch', async () => {
    const { projectId, customers } = await projectWithCustomers(40);
    const { add, document, edit } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const webhook = add(
      'webhook',
      {
        url: target.url('batches'),
        batch: true,
        lingerSeconds: 2,
        root: "[{% output customers separated by ',' %}]",
        customer: payload('old'),
      },
      [trigger, 'out'],
    );
    const run = await start(projectId, document());
    await happens(projectId, customers.slice(0, 20));
    await waitingAt(run.id, 2, 20);
    edit({ type: 'set', node: webhook, settings: { customer: payload('new') } });
    await publish(run, document());
    await happens(projectId, customers.slice(20));
    await until('all are recorded', async () => (await countsOf(run.id)).get(2)!.delivered === 40);
    const batches = (await target.requests('batches')).map(({ body }) => JSON.parse(body) as { version: string }[]);
    for (const batch of batches) expect(new Set(batch.map(({ version }) => version)).size).toBe(1);
    expect(batches.flat().filter(({ version }) => version === 'old')).toHaveLength(20);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });

  it('gives later nodes its answers from then on: who has passed it before has none', async () => {
    const { projectId, customers } = await projectWithCustomers(2);
    const { add, document, edit } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const first = add('webhook', { url: target.url('asked'), payload: '{}' }, [trigger, 'out'], 'First');
    const wait = add('wait', { amount: 1, unit: 'seconds' }, [first, 'sent']);
    const last = add('webhook', { url: target.url('reads'), payload: '{}' }, [wait, 'out']);
    const run = await start(projectId, document());
    await happens(projectId, [customers[0]!]);
    await waitingAt(run.id, 3, 1);
    edit({
      type: 'set',
      node: last,
      settings: { payload: '{"id": "{{ webhook.status_code | default("none") }}"}' },
    });
    await publish(run, document());
    await happens(projectId, [customers[1]!]);
    await until('both are through', async () => (await target.books('reads')).requests === 2);
    const ids = (await target.requests('reads')).map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids.sort()).toEqual(['200', 'none']);
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

  it('is found by a worker with whoever came there in the very moment of the change', async () => {
    const { projectId, customers, drawing, run } = await waiting('late', 3, 3600);
    await happens(projectId, customers.slice(1));
    await waitingAt(run.id, 2, 2);
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    await publish(run, drawing.document(), { n2: 'n3' });
    await until('two are through', async () => (await countsOf(run.id)).get(3)!.delivered === 2);
    // As a step leaves it that had begun under the old version.
    await pool().query(
      `INSERT INTO chunk (run_id, node, size, journeys, customers, version_id, due_at)
       SELECT r.id, 2, 1, '{99}', ARRAY[$2::bigint], v.id, now() + interval '1 hour'
         FROM run r JOIN version v ON v.scenario_id = r.scenario_id AND v.number = 1 WHERE r.id = $1`,
      [run.id, customers[0]],
    );
    await pool().query('UPDATE run_node SET entered = entered + 1 WHERE run_id = $1 AND node = 2', [run.id]);
    expect(await inTransaction((sql) => wakeRemoved(sql))).toBe(1);
    await until('the third is through', async () => (await countsOf(run.id)).get(3)!.delivered === 3);
    expect(await inTransaction((sql) => wakeRemoved(sql))).toBe(0);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    expect(addsUp((await ended(run.id)).values())).toBe(true);
  });

  it('is left by more groups than are woken at once, as an event may have brought each of them alone', async () => {
    const { customers, drawing, run } = await waiting('many', 1, 3600);
    const count = WOKEN_AT_ONCE + 500;
    await pool().query(
      `INSERT INTO chunk (run_id, node, size, journeys, customers, version_id, due_at)
       SELECT r.id, 2, 1, ARRAY[g], ARRAY[$2::bigint], r.version_id, now() + interval '1 hour'
         FROM run r CROSS JOIN generate_series(1, $3::int) AS g WHERE r.id = $1`,
      [run.id, customers[0], count],
    );
    await pool().query('UPDATE run_node SET entered = $2 WHERE run_id = $1 AND node = 2', [run.id, count]);
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    await publish(run, drawing.document(), { n2: 'end' });
    await until('they left', async () => (await countsOf(run.id)).get(2)!.skipped === count, 60_000);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    expect(addsUp((await ended(run.id)).values())).toBe(true);
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

describe('a deleted webhook', () => {
  async function slow(name: string) {
    await target.behave(name, { latencyMs: 400 });
    const { projectId, customers } = await projectWithCustomers(12);
    const drawing = draw();
    const trigger = drawing.add('on-event', { event: 'purchase' });
    const policyId = await policy(projectId, 2);
    const webhook = drawing.add('webhook', { url: target.url(name), payload: payload('old'), policyId }, [
      trigger,
      'out',
    ]);
    const last = drawing.add('webhook', { url: target.url(`${name}-last`), payload: payload('new') }, [
      webhook,
      'sent',
    ]);
    const run = await start(projectId, drawing.document());
    await happens(projectId, customers);
    await until('some are on their way', async () => (await target.books(name)).requests >= 2);
    drawing.edit({ type: 'remove', nodes: [webhook], edges: [] });
    return { projectId, customers, drawing, run, webhook, last, trigger };
  }

  it('gets the answers that are on their way, sends nothing more, and everybody goes on where they are moved', async () => {
    const { run, drawing, webhook, last } = await slow('gone');
    await publish(run, drawing.document(), { [webhook]: last });
    await until('all are through', async () => (await countsOf(run.id)).get(3)!.delivered === 12);
    const counts = await countsOf(run.id);
    const { delivered, skipped } = counts.get(2)!;
    expect(delivered + skipped).toBe(12);
    expect(skipped).toBeGreaterThan(5);
    expect((await target.books('gone')).requests).toBe(delivered);
    expect(await target.books('gone-last')).toMatchObject({ requests: 12, distinctKeys: 12 });
    expect(addsUp(counts.values())).toBe(true);
    await expect(
      inTransaction((sql) => replay(sql, { runId: run.id, nodeNumber: 2, outcome: 'delivered', as: 'same' })),
    ).rejects.toThrow('This webhook was deleted');
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
  });

  it('leaves those who were asked in vain as the last try left them, and tries no more', async () => {
    await target.behave('refusing', { errorRate: 1, errorStatus: 503, retryAfterSeconds: 600 });
    const { projectId, customers } = await projectWithCustomers(3);
    const drawing = draw();
    const trigger = drawing.add('on-event', { event: 'purchase' });
    const webhook = drawing.add('webhook', { url: target.url('refusing'), payload: payload('old') }, [trigger, 'out']);
    drawing.add('add-event', { event: 'noted' }, [trigger, 'out']);
    const run = await start(projectId, drawing.document());
    await happens(projectId, customers);
    await until('all wait for another try', async () => {
      const counts = (await countsOf(run.id)).get(2)!;
      return counts.requests === 3 && counts.waiting === 3;
    });
    drawing.edit({ type: 'remove', nodes: [webhook], edges: [] });
    await publish(run, drawing.document(), { [webhook]: 'end' });
    await until('they left', async () => (await countsOf(run.id)).get(2)!.rejected === 3);
    const { people } = await peopleAt(pool(), { runId: run.id, node: webhook, group: 'rejected' });
    expect(people[0]!.reason).toMatch(/503.*not tried again, because the node was deleted/);
    expect(people[0]!.requestId).not.toBeNull();
    expect((await target.books('refusing')).requests).toBe(3);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    expect(addsUp((await ended(run.id)).values())).toBe(true);
  });
});

describe('a paused run', () => {
  it('takes the change when it goes on', async () => {
    const { projectId, customers, drawing, run } = await waiting('paused', 5, 3600);
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 5);
    await inTransaction((sql) => pauseRun(sql, run.id));
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    await publish(run, drawing.document(), { n2: 'n3' });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await countsOf(run.id)).get(2)).toMatchObject({ waiting: 5, skipped: 0 });
    await inTransaction((sql) => resumeRun(sql, run.id));
    await until('they are through', async () => (await countsOf(run.id)).get(3)!.delivered === 5);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    expect(addsUp((await ended(run.id)).values())).toBe(true);
  });
});

describe('a node that is there again before anybody left it', () => {
  it('goes on as if nothing had been', async () => {
    const { projectId, customers, drawing, run } = await waiting('back', 3, 3600);
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 3);
    const before = drawing.document();
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    await inTransaction((sql) => pauseRun(sql, run.id));
    await publish(run, drawing.document(), { n2: 'end' });
    await publish(run, before);
    await inTransaction((sql) => resumeRun(sql, run.id));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await countsOf(run.id)).get(2)).toMatchObject({ waiting: 3, skipped: 0, removed: false });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });
});

describe('triggers', () => {
  it('of events count from then on: a new one lets in, a deleted one does not', async () => {
    const { projectId, customers, drawing, run } = await waiting('events', 3, 0);
    await happens(projectId, [customers[0]!]);
    await until('the first is through', async () => (await target.books('events')).requests === 1);
    drawing.edit({ type: 'remove', nodes: ['n1'], edges: [] });
    const visit = drawing.add('on-event', { event: 'visit' });
    drawing.edit({ type: 'add', nodes: [], edges: [{ id: 'e-visit', from: visit, port: 'out', to: 'n2' }] });
    expect(await publish(run, drawing.document())).toEqual([]);
    await happens(projectId, [customers[1]!], 'purchase');
    await happens(projectId, [customers[2]!], 'visit');
    await until('the third is through', async () => (await countsOf(run.id)).get(3)!.delivered === 2);
    const counts = await countsOf(run.id);
    expect(counts.get(1)).toMatchObject({ entered: 1, removed: true });
    expect(counts.get(4)).toMatchObject({ entered: 1 });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
  });

  it('of events end their run with the last of them, when everybody is out', async () => {
    const { projectId, customers, drawing, run } = await waiting('last', 1, 1);
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 1);
    drawing.edit({ type: 'remove', nodes: ['n1'], edges: [] });
    drawing.add('now');
    await publish(run, drawing.document(), { n1: 'end' });
    expect((await ended(run.id)).get(3)).toMatchObject({ delivered: 1 });
  });

  it('begin a run when they are the first of events, and let nobody in by Now', async () => {
    const { projectId, customers } = await projectWithCustomers(3);
    const drawing = draw();
    const now = drawing.add('now');
    const wait = drawing.add('wait', { amount: 3600, unit: 'seconds' }, [now, 'out']);
    drawing.add('webhook', { url: target.url('begun'), payload: payload('x') }, [wait, 'out']);
    const run = await start(projectId, drawing.document());
    await waitingAt(run.id, 2, 3);
    const event = drawing.add('on-event', { event: 'purchase' });
    const again = drawing.add('now');
    drawing.edit({
      type: 'add',
      nodes: [],
      edges: [event, again].map((from) => ({ id: `e-${from}`, from, port: 'out', to: 'n3' })),
    });
    const [begun] = await publish(run, drawing.document());
    expect(begun).toMatchObject({ kind: 'event' });
    await happens(projectId, [customers[0]!]);
    await until('one is through', async () => (await countsOf(begun!.id)).get(3)!.delivered === 1);
    expect((await target.books('begun')).requests).toBe(1);
    await inTransaction((sql) => stopRuns(sql, { scenarioId: run.scenarioId }, 'now'));
    await ended(run.id);
  });

  it('of a schedule are planned anew when they are different, and called off when they are deleted', async () => {
    const { projectId } = await projectWithCustomers(1);
    const drawing = draw();
    const repeat = drawing.add('repeat', { every: 'hours', interval: 5 });
    drawing.add('webhook', { url: target.url('planned'), payload: payload('x') }, [repeat, 'out']);
    const run = await start(projectId, drawing.document());
    const ahead = async () => {
      const { rows } = await pool().query<{ hours: number; clock: number }>(
        `SELECT extract(epoch FROM c.due_at - now())::float8 / 3600 AS hours,
                extract(epoch FROM j.start_after - now())::float8 / 3600 AS clock
           FROM chunk c JOIN pgboss.job j ON j.id = c.job_id WHERE c.run_id = $1`,
        [run.id],
      );
      return rows.map(({ hours, clock }) => [Math.round(hours), Math.round(clock)]);
    };
    expect(await ahead()).toEqual([[5, 5]]);
    drawing.edit({ type: 'set', node: repeat, settings: { interval: 2 } });
    expect(await publish(run, drawing.document())).toEqual([]);
    expect(await ahead()).toEqual([[2, 2]]);
    drawing.edit({ type: 'rename', node: repeat, name: 'Often' });
    await publish(run, drawing.document());
    expect(await ahead()).toEqual([[2, 2]]);
    const date = drawing.add('on-date', { at: '2099-01-01T08:00' });
    drawing.edit({ type: 'remove', nodes: [repeat], edges: [] });
    const begun = await publish(run, drawing.document());
    expect(begun).toMatchObject([{ kind: 'date' }]);
    expect(date).toBe('n3');
    await ended(run.id);
    await inTransaction((sql) => stopRuns(sql, { scenarioId: run.scenarioId }, 'now'));
  });

  it('of an API that are new wait for the next call, and deleted ones wait no more', async () => {
    const { projectId } = await projectWithCustomers(1);
    const made = await prisma().apiTrigger.create({ data: { projectId, name: 'Call' } });
    const drawing = draw();
    const event = drawing.add('on-event', { event: 'purchase' });
    drawing.add('webhook', { url: target.url('called'), payload: payload('x') }, [event, 'out']);
    const run = await start(projectId, drawing.document());
    const listeners = async () =>
      (await pool().query('SELECT run_id FROM api_listener WHERE trigger_id = $1', [made.id])).rows.length;
    const call = drawing.add('api-trigger', { triggerId: made.id });
    expect(await publish(run, drawing.document())).toMatchObject([{ kind: 'api' }]);
    expect(await listeners()).toBe(1);
    drawing.edit({ type: 'remove', nodes: [call], edges: [] });
    await publish(run, drawing.document());
    expect(await listeners()).toBe(0);
    await inTransaction((sql) => stopRuns(sql, { scenarioId: run.scenarioId }, 'now'));
  });
});

describe('a change beside a step that writes its numbers', () => {
  it('takes its turn: neither waits for what the other has', async () => {
    const { drawing, run } = await waiting('turns', 1, 3600);
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    const lock = 'SELECT FROM run_node WHERE run_id = $1 AND node = $2 FOR NO KEY UPDATE';
    const { publishing } = await inTransaction(async (sql) => {
      await sql.query(lock, [run.id, 2]);
      const publishing = publish(run, drawing.document(), { n2: 'end' });
      publishing.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 500));
      await sql.query(lock, [run.id, 3]);
      return { publishing };
    });
    expect(await publishing).toEqual([]);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
  });
});

describe('a change that is not committed', () => {
  it('leaves everything as it was', async () => {
    const { projectId, customers, drawing, run } = await waiting('torn', 2, 1);
    await happens(projectId, customers);
    await waitingAt(run.id, 2, 2);
    drawing.edit({ type: 'remove', nodes: ['n2'], edges: [] });
    const crash = new Error('the process died');
    await expect(publish(run, drawing.document(), { n2: 'end' }, crash)).rejects.toThrow(crash);
    await until('both are through', async () => (await countsOf(run.id)).get(3)!.delivered === 2);
    expect((await countsOf(run.id)).get(2)).toMatchObject({ delivered: 2, skipped: 0, removed: false });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
  });
});
