import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Behaviour,
  type Rehearsal,
  type SeenRequest,
  startRehearsal,
  type Totals,
} from '../../../lib/rehearsal/index.ts';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ port: 0 });
});
afterAll(() => rehearsal.close());

let count = 0;
const newTarget = () => `t${++count}`;

async function control<Answer = unknown>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${rehearsal.url}${path}`, init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}
const behave = (target: string, change: Partial<Behaviour>) =>
  control(`/_behaviour/${target}`, { method: 'PUT', body: JSON.stringify(change) });
const books = (target: string) => control<Totals>(`/_books/${target}`);
/** Waits until the books say so: how long that takes is the machine's business. */
const booked = (target: string, expected: Partial<Totals>) =>
  vi.waitFor(async () => expect(await books(target)).toMatchObject(expected), { timeout: 10_000, interval: 20 });
const requests = (target: string, query = '') => control<SeenRequest[]>(`/_requests/${target}${query}`);

function send(target: string, body: unknown = { to: '+421900' }, headers: Record<string, string> = {}) {
  return fetch(`${rehearsal.url}/t/${target}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('a target by itself', () => {
  it('answers every request 200 with success, at once', async () => {
    const response = await send(newTarget());
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      success: true,
      result: { code: 1, status: 'sent', message: 'Accepted', id: 'm-1' },
    });
  });

  it('answers a batch with one result for each customer', async () => {
    const response = await send(newTarget(), { messages: { msg: [{ to: 1 }, { to: 2 }, { to: 3 }] } });
    expect(await response.json()).toEqual({
      success: true,
      result: { code: 1, status: 'sent', message: 'Accepted', accepted: 3 },
      results: [0, 1, 2].map((index) => ({ index, status: 'sent', id: `m-1-${index}` })),
    });
  });

  it('takes any method and path', async () => {
    const target = newTarget();
    await fetch(`${rehearsal.url}/t/${target}`);
    await fetch(`${rehearsal.url}/t/${target}?q=1`, { method: 'DELETE' });
    await fetch(`${rehearsal.url}/t/${target}/a/b`, { method: 'PUT', body: 'x' });
    expect((await requests(target)).map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PUT /t/${target}/a/b`,
      `DELETE /t/${target}?q=1`,
      `GET /t/${target}`,
    ]);
  });

  it('is told from others by its name', async () => {
    const [one, other] = [newTarget(), newTarget()];
    await behave(one, { errorRate: 1 });
    expect((await send(one)).status).toBe(500);
    expect((await send(other)).status).toBe(200);
    expect((await books(one)).statuses).toEqual({ 500: 1 });
    expect((await books(other)).statuses).toEqual({ 200: 1 });
  });
});

describe('behaviour', () => {
  it('is latency with jitter', async () => {
    const target = newTarget();
    await behave(target, { latencyMs: 60, jitterMs: 30 });
    for (let n = 0; n < 3; n++) {
      const started = performance.now();
      await send(target);
      expect(performance.now() - started).toBeGreaterThanOrEqual(59);
    }
    for (const { ms } of await requests(target)) expect(ms).toBeGreaterThanOrEqual(59);
  });

  it('is a share of errors of a status', async () => {
    const target = newTarget();
    await behave(target, { errorRate: 0.5, errorStatus: 503 });
    await Promise.all(Array.from({ length: 200 }, () => send(target)));
    const { statuses } = await books(target);
    expect(statuses[503]! + statuses[200]!).toBe(200);
    // 200 throws of a coin: fewer than 60 or more than 140 heads come once in 10^8 runs.
    expect(statuses[503]).toBeGreaterThan(60);
    expect(statuses[503]).toBeLessThan(140);
  });

  it('is a rate beyond which requests are answered 429 with Retry-After', async () => {
    const target = newTarget();
    await behave(target, { ratePerSecond: 2, retryAfterSeconds: 7 });
    const responses = await Promise.all(Array.from({ length: 100 }, () => send(target)));
    const refused = responses.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(50);
    expect(refused[0]!.headers.get('retry-after')).toBe('7');
    expect(await refused[0]!.json()).toMatchObject({ success: false, errors: [{ code: 429 }] });
    await sleep(1100);
    expect((await send(target)).status).toBe(200);
  });

  it('is a share of failed customers inside a batch', async () => {
    const target = newTarget();
    await behave(target, { itemFailureRate: 1 });
    const response = await send(target, [{ to: 1 }, { to: 2 }]);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      success: true,
      results: [
        { index: 0, status: 'failed', error: 'The number is not reachable' },
        { index: 1, status: 'failed' },
      ],
    });
  });

  it('is 200 with success: false', async () => {
    const target = newTarget();
    await behave(target, { successFalseRate: 1 });
    const response = await send(target);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      success: false,
      errors: [{ code: 4102, description: 'The number is not reachable' }],
    });
  });

  it('is a connection that is cut after the request was read', async () => {
    const target = newTarget();
    await behave(target, { resetRate: 1 });
    await expect(send(target)).rejects.toThrow();
    await booked(target, { requests: 1, customers: 0, inFlight: 0, statuses: { reset: 1 } });
  });

  it('is silence: read, counted, never answered', async () => {
    const target = newTarget();
    await behave(target, { silenceRate: 1 });
    const caller = new AbortController();
    const answer = fetch(`${rehearsal.url}/t/${target}`, { signal: caller.signal });
    await booked(target, { requests: 1, inFlight: 1, statuses: { silence: 1 } });
    caller.abort();
    await expect(answer).rejects.toThrow();
    await booked(target, { requests: 1, inFlight: 0 });
  });

  it('is an answer that drips', async () => {
    const target = newTarget();
    await behave(target, { dripMs: 2 });
    const started = performance.now();
    const parts = await new Promise<number>((resolve, reject) => {
      http
        .get(`${rehearsal.url}/t/${target}`, (response) => {
          let seen = 0;
          response.on('data', () => seen++);
          response.on('end', () => resolve(seen));
        })
        .on('error', reject);
    });
    expect(parts).toBeGreaterThan(20);
    expect(performance.now() - started).toBeGreaterThan(100);
  });

  it('is kept until it is changed, and what is left out goes back to its default', async () => {
    const target = newTarget();
    await behave(target, { latencyMs: 5, errorRate: 0.25 });
    expect(await control(`/_behaviour/${target}`)).toEqual(Behaviour.parse({ latencyMs: 5, errorRate: 0.25 }));
    await behave(target, { jitterMs: 3 });
    expect(await control(`/_behaviour/${target}`)).toEqual(Behaviour.parse({ jitterMs: 3 }));
  });

  it('is refused with the field that is wrong', async () => {
    const target = newTarget();
    await expect(behave(target, { errorRate: 1.5 })).rejects.toThrow(/400 .*errorRate: /);
    await expect(behave(target, { errorStatus: 200 })).rejects.toThrow(/errorStatus: /);
    await expect(control(`/_behaviour/${target}`, { method: 'PUT', body: '{' })).rejects.toThrow(/not JSON/);
    expect(await control(`/_behaviour/${target}`)).toEqual(Behaviour.parse({}));
  });
});

describe('the books', () => {
  it('count customers, keys and duplicates of what was accepted', async () => {
    const target = newTarget();
    const batch = { to: [{ a: 1 }, { a: 2 }] };
    await send(target, batch, { 'idempotency-key': 'k1' });
    await send(target, batch, { 'idempotency-key': 'k1' });
    await send(target, batch, { 'idempotency-key': 'k2' });
    expect(await books(target)).toMatchObject({
      requests: 3,
      customers: 4,
      distinctKeys: 2,
      duplicates: 1,
      changedBodies: 0,
      bytes: 3 * JSON.stringify(batch).length,
      statuses: { 200: 3 },
    });
  });

  it('do not take a retry after an error for a duplicate', async () => {
    const target = newTarget();
    await behave(target, { errorRate: 1 });
    await send(target, {}, { 'idempotency-key': 'k1' });
    await behave(target, {});
    await send(target, {}, { 'idempotency-key': 'k1' });
    expect(await books(target)).toMatchObject({ requests: 2, distinctKeys: 1, duplicates: 0, customers: 1 });
  });

  it('tell when a key comes again with another body', async () => {
    const target = newTarget();
    await send(target, { text: 'one' }, { 'idempotency-key': 'k1' });
    await send(target, { text: 'two' }, { 'idempotency-key': 'k1' });
    expect(await books(target)).toMatchObject({ changedBodies: 1 });
  });

  it('know how many were served at once, and that nobody is left', async () => {
    const target = newTarget();
    await behave(target, { latencyMs: 2000 });
    const all = Promise.all(Array.from({ length: 7 }, () => send(target)));
    await booked(target, { inFlight: 7 });
    await all;
    await booked(target, { peakConcurrency: 7, inFlight: 0 });
  });

  it('know the requests of each second and when the first and last came', async () => {
    const target = newTarget();
    const before = Date.now();
    await Promise.all(Array.from({ length: 5 }, () => send(target)));
    const { perSecond, firstAt, lastAt } = await books(target);
    expect(perSecond).toHaveLength(60);
    expect(perSecond.reduce((sum, n) => sum + n, 0)).toBe(5);
    expect(perSecond.slice(-3).some((n) => n > 0)).toBe(true);
    expect(Date.parse(firstAt!)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(lastAt!)).toBeGreaterThanOrEqual(Date.parse(firstAt!));
  });

  it('are forgotten on request, without losing those that are being served', async () => {
    const target = newTarget();
    await send(target, {}, { 'idempotency-key': 'k1' });
    await behave(target, { latencyMs: 2000 });
    const going = send(target);
    await booked(target, { requests: 2, inFlight: 1 });
    await control(`/_books/${target}`, { method: 'DELETE' });
    expect(await books(target)).toMatchObject({ requests: 0, customers: 0, inFlight: 1, peakConcurrency: 1 });
    await going;
    await booked(target, { inFlight: 0, duplicates: 0 });
    expect(await control(`/_behaviour/${target}`)).toMatchObject({ latencyMs: 2000 });
  });

  it.each([
    ['a list of objects', [{ a: 1 }, { a: 2 }], 2],
    ['a list inside', { messages: { msg: [{ a: 1 }, { a: 2 }, { a: 3 }] } }, 3],
    ['a list of texts', { to: ['a', 'b'] }, 1],
    ['an empty list', { to: [] }, 1],
    ['a single customer', { to: 'a' }, 1],
    ['text', 'to=a', 1],
    ['broken JSON', '{"to":', 1],
  ])('take %s for its number of customers', async (_, body, expected) => {
    const target = newTarget();
    await send(target, body);
    expect((await books(target)).customers).toBe(expected);
  });
});

describe('the inspector', () => {
  it('shows the latest requests first, with headers and body as they came', async () => {
    const target = newTarget();
    await send(target, { n: 1 });
    await send(target, { n: 2 }, { 'x-lang': 'sk' });
    const [latest, first] = await requests(target);
    expect(latest).toMatchObject({
      number: 2,
      method: 'POST',
      path: `/t/${target}/v1/messages`,
      body: '{"n":2}',
      bodyBytes: 7,
      customers: 1,
      status: 200,
      headers: { 'x-lang': 'sk', 'content-type': 'application/json' },
    });
    expect(first).toMatchObject({ number: 1, body: '{"n":1}' });
  });

  it('gives as many as asked for, one by its number, or all without their bodies', async () => {
    const target = newTarget();
    for (let n = 1; n <= 5; n++) await send(target, { n });
    expect((await requests(target, '?limit=2')).map(({ number }) => number)).toEqual([5, 4]);
    expect((await requests(target, '?number=3')).map(({ body }) => body)).toEqual(['{"n":3}']);
    expect(await requests(target, '?number=9')).toEqual([]);
    expect((await requests(target, '?brief=1')).map(({ body, bodyBytes }) => [body, bodyBytes])).toContainEqual([
      '',
      7,
    ]);
  });

  it('keeps two hundred requests and 64 kB of each body', async () => {
    const target = newTarget();
    await send(target, 'x'.repeat(100_000));
    expect((await requests(target))[0]).toMatchObject({ bodyBytes: 100_000, body: 'x'.repeat(65_536) });
    await Promise.all(Array.from({ length: 205 }, (_, n) => send(target, { n })));
    expect(await requests(target, '?limit=500')).toHaveLength(200);
    expect((await books(target)).requests).toBe(206);
  });

  it('answers a webhook nothing but what a target answers', async () => {
    const target = newTarget();
    await send(target, { secret: 'of another project' });
    for (const header of ['idempotency-key', 'webhook-id'])
      for (const [method, path] of [
        ['GET', `/_requests/${target}`],
        ['GET', `/_books/${target}`],
        ['GET', '/_targets'],
        ['PUT', `/_behaviour/${target}`],
        ['DELETE', `/_books/${target}`],
      ] as const) {
        const response = await fetch(`${rehearsal.url}${path}`, { method, headers: { [header]: 'k1' } });
        expect(response.status).toBe(403);
        expect(await response.text()).not.toContain('another project');
      }
    expect((await books(target)).requests).toBe(1);
  });
});

describe('the list of targets', () => {
  it('names those that were called or set, the latest called last, and not those that were only looked at', async () => {
    const [called, set, looked] = [newTarget(), newTarget(), newTarget()];
    await send(called);
    await behave(set, { latencyMs: 1 });
    await books(looked);
    await requests(looked);
    const names = await control<string[]>('/_targets');
    expect(names.slice(-2)).toEqual([called, set]);
    expect(names).not.toContain(looked);
    await send(called);
    expect((await control<string[]>('/_targets')).at(-1)).toBe(called);
  });

  it('stays bounded, whatever names are called', async () => {
    const own = await startRehearsal({ port: 0 });
    for (let n = 0; n < 250; n++) await fetch(`${own.url}/t/x${n}`);
    const names = (await (await fetch(`${own.url}/_targets`)).json()) as string[];
    expect(names).toHaveLength(200);
    expect(names.at(-1)).toBe('x249');
    await own.close();
  });
});

describe('the server', () => {
  it('says where targets are when something else is asked', async () => {
    const response = await fetch(`${rehearsal.url}/v1/messages`, { method: 'POST' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining('/t/<name>/') });
  });

  it('refuses a port that is taken', async () => {
    await expect(startRehearsal({ port: Number(new URL(rehearsal.url).port) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('closes although somebody keeps a connection open', async () => {
    const own = await startRehearsal({ port: 0 });
    await (await fetch(`${own.url}/t/a`)).text();
    await own.close();
    await expect(fetch(`${own.url}/t/a`)).rejects.toThrow();
  });
});
