import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool } from '../../../lib/db/index.ts';
import { journeyOf, peopleAt, receiveEvents, startWorker, stopRuns, type Worker } from '../../../lib/engine/index.ts';
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

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

const happens = (
  projectId: string,
  customers: number[],
  type: string,
  properties: (i: number) => object = () => ({}),
) =>
  inTransaction((sql) =>
    receiveEvents(
      sql,
      projectId,
      customers.map((customerId, i) => ({
        customerId,
        type,
        at: new Date(),
        properties: properties(i) as Record<string, unknown>,
      })),
    ),
  );

const property = (name: string, operator: string, value: string) =>
  ({ kind: 'property', property: name, operator, value, value2: '' }) as never;
const filter = (...criteria: object[]) => ({ groups: [{ negate: false, criteria: criteria as never[] }] });

describe('On event', () => {
  it('lets a customer in for each matching event, and gives templates what the event said', async () => {
    const { projectId, customers } = await projectWithCustomers(3);
    const { add, document } = draw();
    const trigger = add('on-event', { event: 'purchase', filter: filter(property('total', '>', '10')) });
    add(
      'webhook',
      {
        url: target.url('event'),
        payload: '{"order": "{{ event.order }}", "total": {{ event.total }}, "n": {{ customer.number }}}',
      },
      [trigger, 'out'],
    );
    const run = await start(projectId, document());
    await happens(projectId, customers, 'purchase', (i) => ({ order: `o${i}`, total: i * 10 }));
    await happens(projectId, customers, 'visit');
    await until('the request', async () => (await target.books('event')).requests === 1);
    const [request] = await target.requests('event');
    expect(JSON.parse(request!.body)).toEqual({ order: 'o2', total: 20, n: 2 });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    const counts = await ended(run.id);
    expect(counts.get(1)).toMatchObject({ entered: 1, delivered: 1 });
    expect(addsUp(counts.values())).toBe(true);
  });

  it('sends within half a second of the event', async () => {
    const { projectId, customers } = await projectWithCustomers(1);
    const { add, document } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    add('webhook', { url: target.url('quick'), payload: '{}' }, [trigger, 'out']);
    const run = await start(projectId, document());
    await happens(projectId, customers, 'purchase');
    await until('the first request', async () => (await target.books('quick')).requests === 1);
    const began = Date.now();
    await happens(projectId, customers, 'purchase');
    await until('the second request', async () => (await target.books('quick')).requests === 2);
    expect(Date.now() - began).toBeLessThan(1000);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
    await ended(run.id);
  });

  it('waits a moment for company and sends few who come together in one batch of at most 200', async () => {
    const { projectId, customers } = await projectWithCustomers(450);
    const { add, document } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    add(
      'webhook',
      {
        url: target.url('company'),
        batch: true,
        lingerSeconds: 2,
        root: "[{% output customers separated by ',' %}]",
        customer: '{"n": {{ customer.number }}}',
      },
      [trigger, 'out'],
    );
    const run = await start(projectId, document());
    for (let i = 0; i < 30; i++) await happens(projectId, [customers[i]!], 'purchase');
    await until('all thirty', async () => (await target.books('company')).customers === 30);
    const few = (await target.books('company')).requests;
    expect(few).toBeLessThanOrEqual(3);
    await happens(projectId, customers, 'purchase');
    await until('three batches more', async () => (await target.books('company')).customers === 480);
    expect((await target.books('company')).requests).toBe(few + 3);
    await until('all are recorded', async () => (await countsOf(run.id)).get(2)!.delivered === 480);
    expect((await countsOf(run.id)).get(2)).toMatchObject({ batchMax: 200 });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
  });

  it('is started by Add event when scenario triggering is allowed', async () => {
    const { projectId } = await projectWithCustomers(5);
    const second = draw();
    const trigger = second.add('on-event', { event: 'welcomed' });
    second.add('webhook', { url: target.url('chained'), payload: '{"from": "{{ event.from }}"}' }, [trigger, 'out']);
    const listening = await start(projectId, second.document());
    const first = draw();
    const now = first.add('now');
    first.add(
      'add-event',
      { event: 'welcomed', triggers: true, properties: [{ name: 'from', value: 'run {{ 1 + 1 }}' }] },
      [now, 'out'],
    );
    await ended((await start(projectId, first.document())).id);
    await until('five requests', async () => (await target.books('chained')).requests === 5);
    expect(JSON.parse((await target.requests('chained'))[0]!.body)).toEqual({ from: 'run 2' });
    await inTransaction((sql) => stopRuns(sql, { runId: listening.id }, 'now'));
  });
});

describe('Repeat', () => {
  const isDueNow = async (runId: string) => {
    await pool().query("UPDATE chunk SET due_at = date_trunc('minute', now()) WHERE run_id = $1", [runId]);
    await pool().query(
      'UPDATE pgboss.job j SET start_after = now() FROM chunk c WHERE c.job_id = j.id AND c.run_id = $1',
      [runId],
    );
  };

  it('lets everybody who is there at a firing in, and makes the next run; a stop leaves none behind', async () => {
    const { projectId } = await projectWithCustomers(3);
    const { add, document } = draw();
    const repeat = add('repeat', { every: 'hours', interval: 1 });
    add('webhook', { url: target.url('repeated'), payload: '{}' }, [repeat, 'out']);
    const first = await start(projectId, document());
    expect(first.kind).toBe('repeat');
    await pool().query("INSERT INTO customer (project_id, properties) VALUES ($1, '{}')", [projectId]);
    await isDueNow(first.id);
    expect((await ended(first.id)).get(2)).toMatchObject({ entered: 4, delivered: 4 });
    const { rows } = await pool().query<{ id: number; ahead: number }>(
      `SELECT r.id, extract(epoch FROM c.due_at - now())::float8 AS ahead FROM run r JOIN chunk c ON c.run_id = r.id
        WHERE r.scenario_id = $1 AND r.state = 'running'`,
      [first.scenarioId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.ahead).toBeGreaterThan(3400);
    await inTransaction((sql) => stopRuns(sql, { scenarioId: first.scenarioId }, 'finish'));
    expect((await ended(String(rows[0]!.id), 5000)).get(1)).toMatchObject({ entered: 0 });
  });
});

describe('Condition', () => {
  it('counts events of a kind that match', async () => {
    const { projectId, customers } = await projectWithCustomers(4);
    await happens(projectId, [customers[0]!, customers[0]!, customers[1]!], 'purchase', (i) => ({
      total: 100 - i * 40,
    }));
    const { add, document } = draw();
    const now = add('now');
    const event = (count: number, where: object[] = []) => ({
      kind: 'event',
      event: 'purchase',
      compare: 'at least',
      count,
      withinDays: 30,
      where,
    });
    const bought = add('condition', { filter: filter(event(1)) }, [now, 'out']);
    add('condition', { filter: filter(event(1, [property('total', '>', '50')])) }, [bought, 'yes']);
    const counts = await ended((await start(projectId, document())).id);
    expect(counts.get(2)!.ports).toEqual({ yes: 2, no: 2 });
    expect(counts.get(3)!.ports).toEqual({ yes: 1, no: 1 });
  });

  it('tells a property that is null, one that is empty and one that is missing apart', async () => {
    const given = [{ tier: null }, { tier: '' }, {}, { tier: 'gold', "it's": 1 }];
    const { projectId } = await projectWithCustomers(4, (i) => given[i]!);
    const { add, document } = draw();
    const now = add('now');
    const jinja = (expression: string) => add('condition', { mode: 'jinja', expression }, [now, 'out']);
    jinja('customer.tier is defined');
    jinja('customer.tier is none');
    jinja('customer["it\'s"] == 1');
    add('condition', { filter: filter(property('tier', 'has value', '')) }, [now, 'out']);
    const counts = await ended((await start(projectId, document())).id);
    expect([2, 3, 4, 5].map((node) => counts.get(node)!.ports.yes)).toEqual([3, 1, 1, 1]);
  });

  it('ends the journey of whoever its expression fails for, with the reason', async () => {
    const { projectId } = await projectWithCustomers(3, (i) => ({ age: i === 1 ? 'old' : 20 + i }));
    const { add, document } = draw();
    const now = add('now');
    add('condition', { mode: 'jinja', expression: 'customer.age + 1 > 21' }, [now, 'out']);
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ entered: 3, rejected: 1, ports: { yes: 1, no: 1 } });
    const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'rejected' });
    expect(people[0]!.reason).toMatch(/str|concatenate/);
  });
});

describe('Wait', () => {
  it('keeps people for its time and lets them go on with what they carry', async () => {
    const { projectId, customers } = await projectWithCustomers(2);
    const { add, document } = draw();
    const trigger = add('on-event', { event: 'purchase' });
    const first = add('webhook', { url: target.url('before'), payload: '{}' }, [trigger, 'out'], 'First');
    const wait = add('wait', { amount: 1, unit: 'seconds' }, [first, 'sent']);
    const second = add(
      'webhook',
      { url: target.url('after'), payload: '{"id": "{{ webhook.result.id }}", "order": "{{ event.order }}"}' },
      [wait, 'out'],
      'Second',
    );
    add(
      'webhook',
      {
        url: target.url('last'),
        payload: '{"first": "{{ webhook(1).result.id }}", "second": "{{ webhook("Second").result.id }}"}',
      },
      [second, 'sent'],
    );
    const run = await start(projectId, document());
    const began = Date.now();
    await happens(projectId, customers, 'purchase', (i) => ({ order: `o${i}` }));
    await until('both wait', async () => (await countsOf(run.id)).get(3)!.waiting === 2);
    expect(addsUp((await countsOf(run.id)).values())).toBe(true);
    await until('both are through', async () => (await target.books('last')).requests === 2);
    expect(Date.now() - began).toBeGreaterThan(1000);
    const after = (await target.requests('after')).map(({ body }) => JSON.parse(body) as { id: string; order: string });
    expect(after.map(({ order }) => order).sort()).toEqual(['o0', 'o1']);
    for (const { body } of await target.requests('last'))
      expect(JSON.parse(body)).toEqual({ first: expect.stringMatching(/^m-/), second: expect.stringMatching(/^m-/) });
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'finish'));
    await ended(run.id);
    const journey = await journeyOf(pool(), run.id, '1');
    expect(journey!.steps.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'on-event delivered',
      'webhook delivered',
      'wait delivered',
      'webhook delivered',
      'webhook delivered',
    ]);
  });
});

describe('a fork', () => {
  it('sends a journey of its own down each branch', async () => {
    const { projectId } = await projectWithCustomers(10);
    const { add, document } = draw();
    const now = add('now');
    const policyId = await policy(projectId, 5);
    for (const name of ['left', 'right'])
      add('webhook', { url: target.url(name), payload: '{}', policyId }, [now, 'out']);
    const counts = await ended((await start(projectId, document())).id);
    expect(counts.get(1)!.entered).toBe(10);
    expect((await target.books('left')).distinctKeys).toBe(10);
    expect((await target.books('right')).distinctKeys).toBe(10);
    expect(addsUp(counts.values())).toBe(true);
  });
});
