import { describe, expect, it } from 'vitest';
import {
  failureSentence,
  GROUPS,
  hasEnded,
  type JourneyStep,
  latestOf,
  type NodeCounts,
  paceOf,
  requestsSentence,
  secondsLeft,
  stepSentence,
} from '../../../components/runs/words.ts';

const step = (change: Partial<JourneyStep>): JourneyStep => ({
  node: 'n1',
  number: 3,
  nodeName: 'Send SMS',
  kind: 'webhook',
  outcome: 'delivered',
  port: 'sent',
  reason: null,
  at: null,
  requestId: null,
  status: null,
  ...change,
});
const counts = (change: Partial<NodeCounts>): NodeCounts => ({
  node: 'n1',
  number: 3,
  name: 'Send SMS',
  kind: 'webhook',
  removed: false,
  entered: 0,
  waiting: 0,
  inFlight: 0,
  delivered: 0,
  rejected: 0,
  unknown: 0,
  skipped: 0,
  ports: {},
  requests: 0,
  retries: 0,
  averageMs: null,
  batchMin: null,
  batchMedian: null,
  batchMax: null,
  stopped: null,
  ...change,
});

describe('a failure', () => {
  it('names node, host and status, and what happens next', () => {
    expect(failureSentence('Send SMS', 'api.cm.com', 'answered 429; try 2 of 6 in 12 s as the server asked')).toBe(
      'Send SMS got 429 from api.cm.com; try 2 of 6 in 12 s as the server asked',
    );
    expect(failureSentence('Send SMS', 'api.cm.com', 'connection refused; try 2 of 6 in 10 s')).toBe(
      'Send SMS, api.cm.com: connection refused; try 2 of 6 in 10 s',
    );
  });

  it('is told without a host where none is known', () => {
    expect(failureSentence('Send SMS', null, 'answered 404, which stops this webhook')).toBe(
      'Send SMS got 404, which stops this webhook',
    );
    expect(failureSentence('Send SMS', null, '')).toBe('Send SMS');
  });
});

describe('a step of a journey', () => {
  it.each<[Partial<JourneyStep>, string]>([
    [{ status: 200 }, 'Send SMS was delivered (200).'],
    [{ outcome: 'rejected', reason: 'answered 401' }, 'Send SMS was rejected: answered 401.'],
    [
      { outcome: 'unknown', reason: 'no answer in 15 s' },
      'Send SMS may have arrived; nobody can know: no answer in 15 s.',
    ],
    [{ outcome: 'skipped' }, 'Send SMS was skipped.'],
    [{ outcome: 'in-flight' }, 'Send SMS is on its way.'],
    [{ outcome: 'waiting', reason: 'the limit of SMS' }, 'Waits for Send SMS: the limit of SMS.'],
    [{ kind: 'wait', nodeName: 'One day', outcome: 'waiting' }, 'Waits at One day.'],
    [{ kind: 'wait', nodeName: 'One day' }, 'Waited at One day and went on.'],
    [{ kind: 'now' }, 'Entered when the run started.'],
    [{ kind: 'on-event', reason: 'purchase' }, 'Entered because of an event: purchase.'],
    [{ kind: 'condition', nodeName: 'Has a phone', port: 'yes' }, 'Has a phone: yes, went on by Yes.'],
    [{ kind: 'condition', nodeName: 'Has a phone', port: 'no' }, 'Has a phone: no, went on by No.'],
    [{ kind: 'set-attribute', nodeName: 'Mark as asked' }, 'Mark as asked was written to the profile.'],
    [{ kind: 'add-event', nodeName: 'Reminded' }, 'Reminded was tracked.'],
  ])('%#', (change, sentence) => expect(stepSentence(step(change))).toBe(sentence));
});

describe('the requests of a webhook in words', () => {
  it.each<[Partial<NodeCounts>, string | null]>([
    [{}, null],
    [{ kind: 'wait', requests: 3 }, null],
    [{ requests: 1 }, '1 request'],
    [{ requests: 10_000, averageMs: 83.6, retries: 1 }, '10,000 requests, 84 ms on average, 1 retry'],
    [{ requests: 2, batchMin: 1000, batchMedian: 1000, batchMax: 1000 }, '2 requests of 1,000 customers'],
    [
      { requests: 10, batchMin: 400, batchMedian: 1000, batchMax: 1000, retries: 2 },
      '10 requests of 400 to 1,000 customers, mostly 1,000, 2 retries',
    ],
  ])('%#', (change, sentence) => expect(requestsSentence(counts(change))).toBe(sentence));
});

describe('the numbers of a node', () => {
  it('stand in the order of the ledger: entered first, then what adds up to it', () => {
    expect(GROUPS.map(({ label }) => label)).toEqual([
      'Entered',
      'Waiting',
      'In flight',
      'Delivered',
      'Rejected',
      'Unknown',
      'Skipped',
    ]);
  });

  it('do not change any more when a run is done or stopped', () => {
    const states = ['running', 'paused', 'finishing', 'stopping', 'done', 'stopped'] as const;
    expect(states.filter(hasEnded)).toEqual(['done', 'stopped']);
  });
});

describe('what is sent again', () => {
  const replay = {
    id: '1',
    nodeNumber: 3,
    asNew: false,
    requests: 10,
    customers: 1000,
    left: 500,
    rate: { count: 2, periodSeconds: 60 },
    at: '2026-01-01T00:00:00.000Z',
  };

  it('tells its pace, or that the policy alone counts', () => {
    expect(paceOf(replay.rate)).toBe('at most 2 requests a minute');
    expect(paceOf({ count: 1, periodSeconds: 1 })).toBe('at most 1 request a second');
    expect(paceOf({ count: 1500, periodSeconds: 1 })).toBe('at most 1,500 requests a second');
    expect(paceOf(null)).toBe('as fast as the policy allows');
  });

  it('tells how long the rest takes at that pace', () => {
    expect(secondsLeft(replay)).toBe(150);
    expect(secondsLeft({ ...replay, left: 1 })).toBe(1);
    expect(secondsLeft({ ...replay, rate: null })).toBeNull();
    expect(secondsLeft({ ...replay, customers: 0 })).toBeNull();
  });
});

describe('the run to look at first', () => {
  const run = (number: number, kind: 'now' | 'event' | 'api', entered: number, endedAt: string | null) => ({
    number,
    kind,
    entered,
    endedAt,
  });

  it('is the latest that has something to tell, not the one that waits for the next call', () => {
    const waiting = run(3, 'api', 0, null);
    expect(latestOf([waiting, run(2, 'api', 5, null), run(1, 'api', 5, 'then')])?.number).toBe(2);
    expect(latestOf([waiting, run(2, 'api', 0, 'then')])?.number).toBe(2);
    expect(latestOf([waiting])?.number).toBe(3);
    expect(latestOf([run(2, 'now', 0, null), run(1, 'now', 5, 'then')])?.number).toBe(2);
    expect(latestOf([run(1, 'event', 0, null)])?.number).toBe(1);
    expect(latestOf([])).toBeUndefined();
  });
});
