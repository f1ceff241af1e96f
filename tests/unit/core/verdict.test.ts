import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AttemptLike,
  failureInBody,
  RETRY_DELAYS_MS,
  retryAfterMs,
  type Situation,
  STOP_STATUSES,
  type Verdict,
  verdictOf,
} from '../../../lib/core/verdict.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const HOUR = 3_600_000;

/** The middle of the jitter: delays are exactly those of the table. */
function situation(change: Partial<Situation> = {}): Situation {
  return {
    attempt: 1,
    customers: 1,
    successFalseFails: true,
    now: NOW,
    expiresAt: NOW + 6 * HOUR,
    jitter: 0.5,
    ...change,
  };
}
const answer = (status: number, body = '', headers: Record<string, string> = {}): AttemptLike => ({
  kind: 'answered',
  status,
  headers,
  body,
});
const failure = (reason: string, written: 'no' | 'maybe' | 'yes' = 'no', message = reason): AttemptLike => ({
  kind: 'failed',
  reason,
  written,
  message,
});
const verdict = (attempt: AttemptLike, change: Partial<Situation> = {}) => verdictOf(attempt, situation(change));

describe('an answer', () => {
  it.each<[number | string, AttemptLike, Verdict['kind'], string | null]>([
    [200, answer(200), 'delivered', null],
    [201, answer(201, '{"id":1}'), 'delivered', null],
    [204, answer(204), 'delivered', null],
    [299, answer(299), 'delivered', null],
    ['200 success: true', answer(200, '{"success":true}'), 'delivered', null],
    ['200 success: false', answer(200, '{"success":false}'), 'rejected', 'success-false'],
    [301, answer(301), 'rejected', 'redirect'],
    [302, answer(302), 'rejected', 'redirect'],
    [304, answer(304), 'rejected', 'redirect'],
    [307, answer(307), 'rejected', 'redirect'],
    [400, answer(400), 'stop', 'stop-status'],
    [401, answer(401), 'rejected', 'credentials'],
    [402, answer(402), 'rejected', 'refused-status'],
    [403, answer(403), 'rejected', 'credentials'],
    [404, answer(404), 'stop', 'stop-status'],
    [405, answer(405), 'rejected', 'refused-status'],
    [408, answer(408), 'retry', 'timeout'],
    [409, answer(409), 'rejected', 'refused-status'],
    [410, answer(410), 'stop', 'stop-status'],
    [412, answer(412), 'stop', 'stop-status'],
    [413, answer(413), 'stop', 'stop-status'],
    [418, answer(418), 'stop', 'stop-status'],
    [422, answer(422), 'rejected', 'refused-status'],
    [425, answer(425), 'retry', 'server-error'],
    [429, answer(429), 'retry', 'busy'],
    [451, answer(451), 'rejected', 'refused-status'],
    [500, answer(500), 'retry', 'server-error'],
    [501, answer(501), 'retry', 'server-error'],
    [502, answer(502), 'retry', 'server-error'],
    [503, answer(503), 'retry', 'server-error'],
    [504, answer(504), 'retry', 'server-error'],
    [598, answer(598), 'retry', 'server-error'],
  ])('of %s is judged', (_, attempt, kind, reason) => {
    const judged = verdict(attempt);
    expect(judged.kind).toBe(kind);
    expect('reason' in judged ? judged.reason : null).toBe(reason);
  });

  it('of the six stop codes stops the webhook, and no other code does', () => {
    const stopping = Array.from({ length: 500 }, (_, i) => i + 100).filter((s) => verdict(answer(s)).kind === 'stop');
    expect(stopping).toEqual([400, 404, 410, 412, 413, 418]);
    expect([...STOP_STATUSES]).toEqual(stopping);
  });

  it('says in words what came and what happens next', () => {
    expect(verdict(answer(429))).toMatchObject({ text: 'answered 429; try 2 of 6 in 10 s' });
    expect(verdict(answer(503), { attempt: 4 })).toMatchObject({ text: 'answered 503; try 5 of 6 in 10 min' });
    expect(verdict(answer(404))).toMatchObject({
      text: 'answered 404, which stops this webhook for the whole run until somebody resumes it',
    });
    expect(verdict(answer(401))).toMatchObject({ text: 'answered 401: the credentials were refused' });
    expect(verdict(answer(302, '', { location: 'https://elsewhere.example/' }))).toMatchObject({
      text: 'answered 302, a redirect to https://elsewhere.example/; redirects are not followed because credentials would go with them',
    });
  });
});

describe('413', () => {
  it('splits a batch in two halves', () => {
    expect(verdict(answer(413), { customers: 1000 })).toEqual({
      kind: 'split',
      reason: 'too-large',
      text: 'answered 413 for 1000 customers; sent again in two halves',
    });
    expect(verdict(answer(413), { customers: 2 }).kind).toBe('split');
  });

  it('stops the webhook when a single customer is too large already', () => {
    expect(verdict(answer(413), { customers: 1 }).kind).toBe('stop');
  });

  it('splits also after the last try, because halves are other requests', () => {
    expect(verdict(answer(413), { customers: 2, attempt: 6 }).kind).toBe('split');
  });
});

describe('success: false', () => {
  it('rejects with the first error, code and words', () => {
    const body = '{"success":false,"errors":[{"code":4102,"description":"Number not reachable"},{"code":1}]}';
    expect(verdict(answer(200, body))).toEqual({
      kind: 'rejected',
      reason: 'success-false',
      text: 'answered 200 with success: false: 4102: Number not reachable',
    });
  });

  it('counts as delivered when the webhook says so', () => {
    expect(verdict(answer(200, '{"success":false}'), { successFalseFails: false })).toEqual({ kind: 'delivered' });
  });

  it.each([
    ['{"success":false,"errors":["Out of credit"]}', 'Out of credit'],
    ['{"success":false,"errors":[],"message":"Out of credit"}', 'Out of credit'],
    ['{"success":false,"errors":"Out of credit"}', 'Out of credit'],
    ['{"success":false,"error":"Out of credit"}', 'Out of credit'],
    ['{"success":false,"error":{"code":"E7","message":"Out of credit"}}', 'E7: Out of credit'],
    ['{"success":false,"message":"Out of credit"}', 'Out of credit'],
    ['{"success":false,"errors":[{"detail":"Out of credit"}]}', 'Out of credit'],
    ['{"success":false,"errors":[{"code":12}]}', '12'],
    ['{"success":false,"errors":[{"weight":12}]}', 'no reason given'],
    ['{"success":false,"errors":[null]}', 'no reason given'],
    ['{"success":false}', 'no reason given'],
    [`{"success":false,"error":"${'x'.repeat(900)}"}`, 'x'.repeat(500)],
  ])('is read from %.60s', (body, text) => expect(failureInBody(body)).toBe(text));

  it.each([
    '',
    'success',
    '{"success":true}',
    '{"success":"false"}',
    '{"success":0}',
    '{"result":{"success":false}}',
    '[{"success":false}]',
    '"success"',
    '{"success":false',
    'null',
  ])('is not read from %s', (body) => expect(failureInBody(body)).toBeNull());

  it('is found in no body without throwing', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (body) => void failureInBody(body)));
  });
});

describe('a failed attempt', () => {
  it.each([
    ['blocked', 'blocked'],
    ['invalid', 'blocked'],
    ['tls', 'tls'],
    ['too-large', 'too-large'],
  ])('because of %s is final, whatever was written', (reason, word) => {
    for (const written of ['no', 'maybe', 'yes'] as const)
      expect(verdict(failure(reason, written, 'the words of the transport'))).toEqual({
        kind: 'rejected',
        reason: word,
        text: 'the words of the transport',
      });
  });

  it.each([
    ['dns', 'no', 'connection'],
    ['connect', 'no', 'connection'],
    ['reset', 'yes', 'connection'],
    ['timeout', 'no', 'timeout'],
    ['timeout', 'yes', 'timeout'],
  ] as const)('because of %s (written: %s) is tried again', (reason, written, word) => {
    expect(verdict(failure(reason, written))).toMatchObject({ kind: 'retry', reason: word, delayMs: 10_000 });
  });

  it('ends rejected when nothing of the last try was written', () => {
    expect(verdict(failure('connect', 'no', 'connection refused'), { attempt: 6 })).toEqual({
      kind: 'rejected',
      reason: 'connection',
      text: 'connection refused; given up after 6 tries',
    });
  });

  it('ends unknown when the last try may have been processed', () => {
    for (const written of ['maybe', 'yes'] as const)
      expect(verdict(failure('timeout', written, 'no answer in 15 s'), { attempt: 6 })).toEqual({
        kind: 'unknown',
        reason: 'timeout',
        text: 'no answer in 15 s; given up after 6 tries, and the receiver may have processed it',
      });
  });
});

describe('another try', () => {
  it('comes after 10 s, 30 s, 2 min, 10 min and 30 min, and then no more', () => {
    const delays = [1, 2, 3, 4, 5, 6].map((attempt) => {
      const judged = verdict(answer(500), { attempt });
      return judged.kind === 'retry' ? judged.delayMs / 1000 : judged.kind;
    });
    expect(delays).toEqual([10, 30, 120, 600, 1800, 'rejected']);
  });

  it('is spread by 20 % to both sides and never more', () => {
    expect(verdict(answer(500), { jitter: 0 })).toMatchObject({ delayMs: 8000 });
    expect(verdict(answer(500), { jitter: 0.999_999 })).toMatchObject({ delayMs: 12_000 });
    const spread = fc.record({
      attempt: fc.integer({ min: 1, max: 5 }),
      jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(spread, (change) => {
        const judged = verdict(answer(500), change);
        const step = RETRY_DELAYS_MS[change.attempt - 1]!;
        if (judged.kind !== 'retry') throw new Error(judged.kind);
        expect(judged.delayMs).toBeGreaterThanOrEqual(0.8 * step);
        expect(judged.delayMs).toBeLessThanOrEqual(1.2 * step);
        expect(judged.obeysServer).toBe(false);
      }),
    );
  });

  it('never starts after the expiry', () => {
    expect(verdict(answer(500), { expiresAt: NOW + 10_000 }).kind).toBe('retry');
    expect(verdict(answer(500), { expiresAt: NOW + 9999 })).toEqual({
      kind: 'rejected',
      reason: 'server-error',
      text: 'answered 500; the next try would come after its expiry',
    });
    expect(verdict(failure('timeout', 'yes', 'no answer'), { expiresAt: NOW }).kind).toBe('unknown');
  });

  it('waits as long as the server asks when that is longer', () => {
    expect(verdict(answer(429, '', { 'retry-after': '42' }))).toEqual({
      kind: 'retry',
      delayMs: 42_000,
      reason: 'busy',
      text: 'answered 429; try 2 of 6 in 42 s as the server asked',
      obeysServer: true,
    });
    expect(verdict(answer(503, '', { 'retry-after': 'Thu, 15 Jan 2026 12:05:00 GMT' }))).toMatchObject({
      delayMs: 300_000,
      text: 'answered 503; try 2 of 6 in 5 min as the server asked',
    });
  });

  it('keeps its own delay when the server asks for less, or for nothing readable', () => {
    for (const header of ['0', '3', 'soon', 'Thu, 15 Jan 2026 11:00:00 GMT'])
      expect(verdict(answer(429, '', { 'retry-after': header }))).toMatchObject({
        delayMs: 10_000,
        obeysServer: false,
      });
  });

  it('waits a day at most, and is given up when the server asks for longer than its expiry', () => {
    const header = { 'retry-after': '999999999' };
    expect(verdict(answer(429, '', header), { expiresAt: NOW + 72 * HOUR })).toMatchObject({ delayMs: 24 * HOUR });
    expect(verdict(answer(429, '', { 'retry-after': '36000' }))).toMatchObject({
      kind: 'rejected',
      text: 'answered 429; the next try would come after its expiry',
    });
  });
});

describe('Retry-After', () => {
  const zone = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = 'America/New_York';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it.each<[string | undefined, number | null]>([
    [undefined, null],
    ['', null],
    ['0', 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['12345678901', null],
    // The three forms of RFC 9110 §5.6.7; the last one has no zone and means UTC wherever we run.
    ['Thu, 15 Jan 2026 12:00:30 GMT', 30_000],
    ['Thursday, 15-Jan-26 12:00:30 GMT', 30_000],
    ['Thu Jan 15 12:00:30 2026', 30_000],
    ['Thu, 15 Jan 2026 11:59:00 GMT', 0],
    ['2026-01-15T12:00:30Z', null],
    ['tomorrow', null],
    ['Thursday', null],
  ])('%s', (header, expected) => expect(retryAfterMs(header, NOW)).toBe(expected));
});

describe('any attempt in any situation', () => {
  const anyAttempt: fc.Arbitrary<AttemptLike> = fc.oneof(
    fc.record({
      kind: fc.constant('answered' as const),
      status: fc.integer({ min: 100, max: 999 }),
      headers: fc.dictionary(fc.constantFrom('location', 'retry-after', 'x'), fc.string()),
      body: fc.oneof(fc.json(), fc.string()),
    }),
    fc.record({
      kind: fc.constant('failed' as const),
      reason: fc.constantFrom('blocked', 'invalid', 'tls', 'too-large', 'dns', 'connect', 'reset', 'timeout'),
      written: fc.constantFrom('no' as const, 'maybe' as const, 'yes' as const),
      message: fc.string(),
    }),
  );
  const anySituation = fc.record({
    attempt: fc.integer({ min: 1, max: 9 }),
    customers: fc.integer({ min: 1, max: 1000 }),
    successFalseFails: fc.boolean(),
    now: fc.constant(NOW),
    expiresAt: fc.integer({ min: NOW - HOUR, max: NOW + 72 * HOUR }),
    jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it('is judged, retried only within its tries and its time, and unknown only when something was written', () => {
    fc.assert(
      fc.property(anyAttempt, anySituation, (attempt, where) => {
        const judged = verdictOf(attempt, where);
        if (judged.kind === 'retry') {
          expect(where.attempt).toBeLessThanOrEqual(RETRY_DELAYS_MS.length);
          expect(judged.delayMs).toBeGreaterThanOrEqual(0.8 * RETRY_DELAYS_MS[where.attempt - 1]!);
          expect(where.now + judged.delayMs).toBeLessThanOrEqual(where.expiresAt);
        }
        if (judged.kind === 'unknown') expect(attempt).not.toMatchObject({ written: 'no' });
        if (judged.kind === 'delivered')
          expect(attempt.kind === 'answered' && attempt.status >= 200 && attempt.status < 300).toBe(true);
        if (judged.kind === 'split') expect(where.customers).toBeGreaterThan(1);
      }),
    );
  });
});
