import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool, prisma } from '../../../lib/db/index.ts';
import {
  journeyOf,
  listRequests,
  pauseRun,
  peopleAt,
  policyQueue,
  requestDetail,
  resumeRun,
  resumeWebhook,
  startWorker,
  stopRuns,
  type Worker,
} from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import {
  addsUp,
  allow,
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
const answers = withAnswers();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

/** A receiver that answers as each test says. */
function withAnswers() {
  let server: http.Server;
  let answer: (body: string, path: string) => { status: number; body?: unknown; headers?: Record<string, string> };
  let url = '';
  beforeAll(async () => {
    server = http.createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const given = answer(Buffer.concat(parts).toString(), request.url!);
      response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
      response.end(JSON.stringify(given.body ?? { success: true }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    allow(url);
  });
  afterAll(() => server.closeAllConnections());
  return {
    get url() {
      return url;
    },
    by(given: typeof answer) {
      answer = given;
    },
  };
}

async function webhookFor(
  customers: number,
  settings: object,
  more: (i: number) => Record<string, unknown> = () => ({}),
) {
  const made = await projectWithCustomers(customers, more);
  const { add, document } = draw();
  const now = add('now');
  const webhook = add('webhook', settings as never, [now, 'out']);
  add('set-attribute', { attributes: [{ name: 'reached', value: 'sent' }] }, [webhook, 'sent']);
  add('set-attribute', { attributes: [{ name: 'reached', value: 'failed' }] }, [webhook, 'failed']);
  return { ...made, run: await start(made.projectId, document()) };
}

const BATCH = {
  batch: true,
  root: "[{% output customers separated by ',' %}]",
  customer: '{"n": {{ customer.number }}}',
};

describe('a template that fails for one customer', () => {
  it('rejects that one with its place, and sends the others, single or batched', async () => {
    for (const batch of [false, true]) {
      const name = batch ? 'faulty-batch' : 'faulty';
      const text = '{"n": {{ customer.number / customer.divisor }}}';
      const { run } = await webhookFor(
        5,
        { url: target.url(name), ...(batch ? { ...BATCH, customer: text } : { payload: text }) },
        (i) => ({ divisor: i === 2 ? 0 : 1 }),
      );
      const counts = await ended(run.id);
      expect(counts.get(2)).toMatchObject({ entered: 5, delivered: 4, rejected: 1, ports: { sent: 4, failed: 1 } });
      expect((await target.books(name)).customers).toBe(4);
      const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'rejected' });
      expect(people[0]!.reason).toMatch(/^(Payload|Customer), line 1, column \d+: division by zero/);
      expect(addsUp(counts.values())).toBe(true);
    }
  });

  it('lets a part that is not JSON leave the batch', async () => {
    const { run } = await webhookFor(
      4,
      { url: target.url('broken-part'), ...BATCH, escaping: 'raw', customer: '{"n": {{ customer.value }}}' },
      (i) => ({
        value: i === 1 ? 'x"' : i,
      }),
    );
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 3, rejected: 1 });
  });
});

describe('an answer', () => {
  it('with success: false rejects that customer with the receiver’s words', async () => {
    answers.by(() => ({ status: 200, body: { success: false, errors: [{ code: 7, description: 'no such number' }] } }));
    const { run } = await webhookFor(2, { url: answers.url, payload: '{}' });
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ rejected: 2, ports: { sent: 0, failed: 2 } });
    const { requests } = await listRequests(pool(), { runId: run.id, outcome: 'rejected', text: 'no such number' });
    expect(requests).toHaveLength(2);
    const { rows } = await pool().query(
      "SELECT properties FROM event WHERE type = 'campaign' AND properties->>'run' = '1' AND properties->>'message' LIKE '%no such number%' LIMIT 1",
    );
    expect(rows[0]).toMatchObject({ properties: { status: 'failed', action_type: 'webhook', action_id: 2 } });
  });

  it('that says "later" is obeyed: same key, same bytes, after the time it asked for', async () => {
    const seen = new Map<string, number[]>();
    answers.by((body) => {
      const times = seen.get(body) ?? [];
      seen.set(body, [...times, Date.now()]);
      return times.length === 0 ? { status: 429, headers: { 'retry-after': '11' } } : { status: 200 };
    });
    const { run } = await webhookFor(3, {
      url: answers.url,
      payload: '{"n": {{ customer.number }}, "r": {{ range(90000) | random }}}',
    });
    await until(
      'all wait for another try',
      async () => (await listRequests(pool(), { runId: run.id, outcome: 'retrying' })).requests.length === 3,
    );
    const [waiting] = (await listRequests(pool(), { runId: run.id })).requests;
    expect(waiting).toMatchObject({ outcome: 'retrying', status: 429, attempts: 1 });
    expect((await requestDetail(pool(), run.id, waiting!.id))!.tries).toHaveLength(1);
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ delivered: 3, requests: 6, retries: 3 });
    expect(seen.size).toBe(3);
    for (const [first, second] of seen.values()) expect(second! - first!).toBeGreaterThanOrEqual(10_900);
    const [row] = (await listRequests(pool(), { runId: run.id })).requests;
    const detail = await requestDetail(pool(), run.id, row!.id);
    expect(detail).toMatchObject({ outcome: 'delivered', attempts: 2, status: 200 });
    expect(detail!.tries.map(({ status }) => status)).toEqual([429, 200]);
  });

  it('of a batch can tell each customer’s own outcome', async () => {
    answers.by((body) => ({
      status: 200,
      body: {
        results: (JSON.parse(body) as { n: number }[])
          .map(({ n }) => ({ id: `c${n}`, state: n % 3 === 0 ? 'bad' : 'ok', why: `because ${n}` }))
          .reverse(),
      },
    }));
    const { projectId } = await projectWithCustomers(9);
    const { add, document } = draw();
    const now = add('now');
    const webhook = add(
      'webhook',
      {
        url: answers.url,
        ...BATCH,
        results: {
          path: 'results',
          key: { by: 'value', field: 'id', template: 'c{{ customer.number }}' },
          successField: 'state',
          successValues: ['ok'],
          messageField: 'why',
        },
      },
      [now, 'out'],
    );
    add('set-attribute', { attributes: [{ name: 'result', value: '{{ webhook.id }}' }] }, [webhook, 'sent']);
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ delivered: 6, rejected: 3, requests: 1 });
    const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'rejected' });
    expect(people.map(({ reason }) => reason).sort()).toEqual(['because 0', 'because 3', 'because 6']);
    const { rows } = await pool().query<{ own: boolean }>(
      "SELECT bool_and(properties->>'result' = 'c' || (properties->>'number')) AS own FROM customer WHERE project_id = $1 AND properties ? 'result'",
      [projectId],
    );
    expect(rows[0]!.own).toBe(true);
  });

  it('413 splits a batch until it fits, with new keys', async () => {
    const sizes: number[] = [];
    answers.by((body) => {
      const size = (JSON.parse(body) as unknown[]).length;
      sizes.push(size);
      return size > 10 ? { status: 413 } : { status: 200 };
    });
    const { run } = await webhookFor(40, { url: answers.url, ...BATCH });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 40, rejected: 0, requests: 7 });
    expect(sizes.sort((a, b) => a - b)).toEqual([10, 10, 10, 10, 20, 20, 40]);
  });

  it('that refuses a batch as a whole is narrowed down to the record at fault', async () => {
    let requests = 0;
    answers.by((body) => {
      requests++;
      return (JSON.parse(body) as { n: number }[]).some(({ n }) => n === 37) ? { status: 400 } : { status: 200 };
    });
    const { run } = await webhookFor(64, { url: answers.url, ...BATCH, isolate: [400] });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 63, rejected: 1, stopped: null });
    // One request for all, and two for each halving of 64.
    expect(requests).toBeLessThanOrEqual(1 + 2 * Math.log2(64));
    const { people } = await peopleAt(pool(), { runId: run.id, node: 'n2', group: 'rejected' });
    expect(people[0]!.reason).toContain('for this customer alone');
  });

  it('that stops the webhook keeps the rest waiting, and Resume sends it', async () => {
    let broken = true;
    answers.by(() => (broken ? { status: 404 } : { status: 200 }));
    const { run, projectId } = await webhookFor(200, {
      url: answers.url,
      payload: '{"n": {{ customer.number }}}',
      policyId: null,
    });
    await until('it is stopped', async () => (await countsOf(run.id)).get(2)!.stopped);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const stopped = (await countsOf(run.id)).get(2)!;
    expect(stopped.stopped!.reason).toContain('answered 404');
    expect(stopped.inFlight).toBe(0);
    expect(stopped.waiting).toBeGreaterThan(0);
    expect(addsUp([stopped])).toBe(true);
    broken = false;
    await inTransaction((sql) => resumeWebhook(sql, run.id, 2));
    const counts = await ended(run.id);
    expect(counts.get(2)!.delivered).toBe(stopped.waiting);
    expect(counts.get(2)!.delivered + counts.get(2)!.rejected).toBe(200);
    const { rows } = await pool().query(
      "SELECT count(*) AS n FROM events_in($1, 'campaign', 'infinity', 9223372036854775807, 10000) WHERE properties->>'status' IN ('sent', 'failed')",
      [projectId],
    );
    expect(rows[0]).toEqual({ n: 200 });
  });
});

describe('a run', () => {
  it('rests while it is paused and goes on where it was', async () => {
    await target.behave('paused', { latencyMs: 20 });
    const made = await projectWithCustomers(600);
    const { add, document } = draw();
    add('webhook', { url: target.url('paused'), payload: '{}', policyId: await policy(made.projectId, 5) }, [
      add('now'),
      'out',
    ]);
    const run = await start(made.projectId, document());
    await until('it sends', async () => (await target.books('paused')).requests > 20);
    await inTransaction((sql) => pauseRun(sql, run.id));
    await until('nothing is in flight', async () => (await countsOf(run.id)).get(2)!.inFlight === 0);
    const before = (await target.books('paused')).requests;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await target.books('paused')).requests).toBe(before);
    expect(addsUp((await countsOf(run.id)).values())).toBe(true);
    await inTransaction((sql) => resumeRun(sql, run.id));
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 600 });
    expect(await target.books('paused')).toMatchObject({ requests: 600, duplicates: 0 });
  });

  it('that is stopped at once settles what is in flight and skips the rest', async () => {
    await target.behave('stopped', { latencyMs: 50 });
    const made = await projectWithCustomers(3000);
    const { add, document } = draw();
    const webhook = add(
      'webhook',
      { url: target.url('stopped'), payload: '{}', policyId: await policy(made.projectId, 5) },
      [add('now'), 'out'],
    );
    add('wait', { amount: 1, unit: 'hours' }, [webhook, 'sent']);
    const run = await start(made.projectId, document());
    await until('it sends', async () => (await target.books('stopped')).requests > 20);
    await inTransaction((sql) => stopRuns(sql, { scenarioId: run.scenarioId }, 'now'));
    const counts = await ended(run.id, 10_000);
    const { delivered, skipped, entered } = counts.get(2)!;
    expect(delivered).toBe((await target.books('stopped')).requests);
    expect(delivered + skipped).toBe(entered);
    expect(counts.get(3)).toMatchObject({ entered: delivered, skipped: delivered });
    expect((await prisma().scenario.findUniqueOrThrow({ where: { id: run.scenarioId } })).status).toBe('inactive');
  });

  it('tells each journey step by step', async () => {
    answers.by(() => ({ status: 200 }));
    const { run } = await webhookFor(1, { url: answers.url, payload: '{}' });
    await ended(run.id);
    const journey = await journeyOf(pool(), run.id, '1');
    expect(journey!.steps.map(({ kind, outcome, port }) => [kind, outcome, port])).toEqual([
      ['now', 'delivered', 'out'],
      ['webhook', 'delivered', 'sent'],
      ['set-attribute', 'delivered', 'out'],
    ]);
    expect((await requestDetail(pool(), run.id, journey!.steps[1]!.requestId!))!.body).toBe('{}');
  });
});

describe('a throughput policy', () => {
  it('is shared, takes turns between runs, and a lowered limit acts within a second', async () => {
    for (const name of ['turn-a', 'turn-b']) await target.behave(name, { latencyMs: 20 });
    const made = await projectWithCustomers(1500);
    const policyId = await policy(made.projectId, 10);
    const runs = [];
    for (const name of ['turn-a', 'turn-b']) {
      const { add, document } = draw();
      add('webhook', { url: target.url(name), payload: '{"a": "{{ customer.email }}"}', policyId }, [
        add('now'),
        'out',
      ]);
      runs.push(await start(made.projectId, document(), name));
    }
    await until('both send', async () => (await target.books('turn-b')).requests > 200);
    const [a, b] = [await target.books('turn-a'), await target.books('turn-b')];
    expect(b.requests).toBeGreaterThan(a.requests * 0.5);
    const queue = await policyQueue(pool(), made.projectId, policyId);
    expect(queue!.campaigns).toHaveLength(2);
    await prisma().policy.update({ where: { id: policyId }, data: { concurrency: 2 } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    for (let i = 0; i < 20; i++) {
      const inFlight = (await target.books('turn-a')).inFlight + (await target.books('turn-b')).inFlight;
      expect(inFlight).toBeLessThanOrEqual(2);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await prisma().policy.update({ where: { id: policyId }, data: { concurrency: 50 } });
    for (const run of runs) expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 1500 });
    expect((await target.books('turn-a')).peakConcurrency).toBeLessThanOrEqual(50);
  });

  it('with a rate spreads requests evenly, after a burst', async () => {
    const made = await projectWithCustomers(30);
    const policyId = await policy(made.projectId, 10, { rate: 10, ratePeriodSeconds: 1, burst: 5 });
    const { add, document } = draw();
    add('webhook', { url: target.url('rate'), payload: '{}', policyId }, [add('now'), 'out']);
    const began = Date.now();
    await ended((await start(made.projectId, document())).id);
    const seconds = (Date.now() - began) / 1000;
    expect(seconds).toBeGreaterThan(2.4);
    expect(seconds).toBeLessThan(6);
    expect(Math.max(...(await target.books('rate')).perSecond)).toBeLessThanOrEqual(15);
  });
});
