import { describe, expect, it } from 'vitest';
import type { Evidence, Fault, Received, Recorded } from '../../../tools/chaos/evidence.ts';
import { violations } from '../../../tools/chaos/invariants.ts';

/** Books of a run of three customers in which everything is as it should be; each test spoils one thing. */
function sound(): Evidence {
  const journeys = [1, 2, 3];
  const request = (key: string, start: number, customers: number[], status = 200): Received => ({
    key,
    path: key === 'b' ? 'batch' : 'single',
    hash: `bytes of ${key}`,
    start,
    end: start + 10,
    status,
    retryAfterMs: 0,
    hasSecret: true,
    customers,
  });
  const at = (node: number, key: (journey: number) => string | null): Recorded[] =>
    journeys.map((journey) => ({ node, journey, customer: journey + 100, outcome: 'delivered', key: key(journey) }));
  const live = { entered: 3, delivered: 3, rejected: 0, unknown: 0, skipped: 0, standing: 0 };
  return {
    runs: [
      {
        audience: [101, 102, 103],
        trigger: 1,
        webhooks: [2, 3],
        paths: ['single', 'batch'],
        recorded: [...at(1, () => null), ...at(2, (journey) => `a${journey}`), ...at(3, () => 'b')],
        counts: new Map([1, 2, 3].map((node) => [node, { ...live }])),
      },
    ],
    received: [
      ...journeys.map((journey) => request(`a${journey}`, journey * 20, [journey])),
      request('b', 100, [1, 2, 3]),
    ],
    faults: [],
    limits: [{ paths: ['single', 'batch'], most: 1 }],
    mostTries: 6,
    mostInHand: 10,
    stops: [],
    ends: [],
    leaks: [],
    secretPaths: ['single', 'batch'],
    replays: [],
    recoverWithinMs: 5000,
    peakWorkerMb: 150,
    limitWorkerMb: 512,
  };
}

/** A worker was killed at this moment with these requests in hand. */
const killed = (at: number, inHand: string[], change: Partial<Fault> = {}): Fault => ({
  kind: 'SIGKILL',
  at,
  until: at,
  mendedAt: at + 500,
  takenOverAt: at + 1000,
  inFlight: 1,
  inHand: new Set(inHand),
  mostInHand: inHand.length,
  isGivenUp: true,
  hadWork: false,
  ...change,
});

const found = (spoil: (evidence: Evidence) => unknown): string[] => {
  const evidence = sound();
  spoil(evidence);
  return violations(evidence).map(({ invariant }) => invariant.split(' ')[0]!);
};
const again = (evidence: Evidence, key: string, change: Partial<Received>) => {
  const first = evidence.received.find((one) => one.key === key)!;
  evidence.received.push({ ...first, ...change });
};

describe('the judge of faults', () => {
  it('is content with books that are in order', () => {
    expect(found(() => {})).toEqual([]);
  });

  it('sees a customer who never entered, and one who entered twice', () => {
    expect(
      found((e) => {
        e.runs[0]!.recorded = e.runs[0]!.recorded.filter(({ customer }) => customer !== 102);
      }),
    ).toContain('I1');
    expect(found(({ runs: [run] }) => run!.recorded.push({ ...run!.recorded[0]!, journey: 9 }))).toContain('I1');
  });

  it('sees a journey without an outcome, and one with two', () => {
    expect(
      found((e) => {
        e.runs[0]!.recorded = e.runs[0]!.recorded.filter(({ node, journey }) => node !== 3 || journey !== 2);
      }),
    ).toContain('I2');
    expect(found(({ runs: [run] }) => run!.recorded.push({ ...run!.recorded[4]!, outcome: 'unknown' }))).toContain(
      'I2',
    );
  });

  it('sees an acknowledgement before the request was sent', () => {
    expect(
      found((e) => {
        e.received = e.received.filter(({ key }) => key !== 'a2');
      }),
    ).toContain('I3');
    expect(found((e) => Object.assign(e.received.find(({ key }) => key === 'a2')!, { status: 500 }))).toContain('I3');
  });

  it('sees a request that nobody planned', () => {
    expect(found((e) => again(e, 'a1', { key: 'x', start: 500, end: 510 }))).toContain('I4');
  });

  it('sees a body that was rendered anew for another try', () => {
    expect(found((e) => again(e, 'a1', { hash: 'other', start: 20_000, end: 20_010 }))).toContain('I5');
  });

  it('sees a duplicate that was not in doubt at a fault in between, and accepts one that was', () => {
    const twice = (...faults: Fault[]) =>
      found((e) => {
        e.faults.push(...faults);
        again(e, 'a1', { start: 20_000, end: 20_010 });
      });
    expect(twice()).toContain('I6');
    expect(twice(killed(10_000, ['a1']))).toEqual([]);
    expect(twice(killed(10_000, ['a2']))).toContain('I6');
    expect(twice(killed(10_000, ['a1'], { isGivenUp: false }))).toContain('I6');
    expect(twice(killed(30_000, ['a1']))).toContain('I6');
    expect(twice(killed(5, ['a1']))).toContain('I6');
    expect(twice(killed(5, ['a1'], { until: 2000 }))).toEqual([]);
  });

  it('sees a worker that had more in doubt than is allowed', () => {
    expect(found((e) => e.faults.push(killed(10, [], { mostInHand: 11 })))).toEqual(['I6']);
  });

  it('sees two workers send the same request at once', () => {
    expect(found((e) => again(e, 'a1', { start: 25, end: 35 }))).toContain('I7');
    const taken = (e: Evidence) => e.faults.push(killed(24, ['a1']));
    expect(found((e) => [taken(e), again(e, 'a1', { start: 25, end: 35 })])).not.toContain('I7');
  });

  it('sees a retry that comes too soon, by our own delay or by what the receiver asked for', () => {
    const retried = (gap: number, retryAfterMs: number, ...faults: Fault[]) =>
      found((e) => {
        e.faults.push(...faults);
        Object.assign(e.received.find(({ key }) => key === 'a1')!, { status: 429, retryAfterMs });
        again(e, 'a1', { status: 200, start: 30 + gap, end: 40 + gap });
      });
    expect(retried(3000, 0)).toContain('I8');
    expect(retried(8100, 0)).not.toContain('I8');
    expect(retried(8100, 13_000)).toContain('I8');
    expect(retried(13_100, 13_000)).not.toContain('I8');
    expect(retried(3000, 0, killed(1000, ['a1']))).not.toContain('I8');
  });

  it('sees a request that is tried too often', () => {
    expect(
      found((e) => {
        for (let i = 1; i < 7; i++) again(e, 'a1', { status: 500, start: i * 20_000, end: i * 20_000 + 10 });
      }),
    ).toContain('I8');
  });

  it('sees a limit that is exceeded for a moment', () => {
    expect(
      found((e) => {
        e.received[1]!.start = 25;
      }),
    ).toContain('I9');
  });

  it('sees a next node that began before the one before was done', () => {
    expect(
      found((e) => void Object.assign(e.received.find(({ key }) => key === 'b')!, { start: 0, end: 5 })),
    ).toContain('I11');
  });

  it('sees a batch whose members changed', () => {
    expect(found((e) => again(e, 'b', { customers: [1, 2], start: 20_000, end: 20_010 }))).toContain('I12');
  });

  it('sees numbers on the screen that are not those of the ledger, and people who still stand somewhere', () => {
    expect(
      found((e) => {
        e.runs[0]!.counts.get(2)!.delivered = 4;
      }),
    ).toContain('I13');
    expect(
      found((e) => {
        e.runs[0]!.counts.get(2)!.standing = 1;
      }),
    ).toContain('I13');
  });

  it('sees a request that begins after a stop code, unless its worker was halted meanwhile', () => {
    const stopped = (e: Evidence) => e.stops.push({ path: 'batch', at: 60 - 1500, until: 5000 });
    expect(found(stopped)).toContain('I10');
    expect(found((e) => [stopped(e), e.faults.push(killed(50, ['b'], { until: 2000 }))])).toEqual([]);
    expect(found((e) => e.stops.push({ path: 'batch', at: 60, until: 5000 }))).toEqual([]);
    expect(found((e) => e.stops.push({ path: 'batch', at: -1500, until: 90 }))).toEqual([]);
  });

  it('sees that nothing is sent for long after a fault although something is due', () => {
    const sentAfter = (mendedAt: number, more: Partial<Fault> = {}) =>
      found((e) => {
        e.received.at(-1)!.start = 9000;
        e.received.at(-1)!.end = 9010;
        // What arrives right after it was on its way.
        e.received[2]!.start = 90;
        e.faults.push(killed(80, [], { hadWork: true, mendedAt, ...more }));
      });
    expect(sentAfter(500)).toContain('I14');
    expect(sentAfter(4500)).toEqual([]);
    expect(sentAfter(500, { hadWork: false })).toEqual([]);
    expect(found((e) => e.faults.push(killed(200, [], { hadWork: true })))).toContain('I14');
    expect(found((e) => e.faults.push(killed(200, [], { takenOverAt: 5800 })))).toEqual(['I14']);
  });

  it('sees a secret that stands somewhere, and one that was never used', () => {
    expect(found((e) => e.leaks.push('public.ledger_entry'))).toEqual(['I15']);
    expect(found((e) => Object.assign(e.received[0]!, { hasSecret: false }))).toEqual(['I15']);
  });

  it('sees a worker that was asked to stop and left something in doubt, or ended badly', () => {
    expect(found((e) => e.ends.push({ inDoubt: 0, code: 0 }))).toEqual([]);
    expect(found((e) => e.ends.push({ inDoubt: 1, code: 0 }))).toEqual(['I16']);
    expect(found((e) => e.ends.push({ inDoubt: 0, code: 1 }))).toEqual(['I16']);
  });

  it('sees a replay that adds outcomes, and one that sends nothing', () => {
    expect(found((e) => e.replays.push({ asked: 2, outcomes: [3, 3], requests: [3, 5] }))).toEqual([]);
    expect(found((e) => e.replays.push({ asked: 2, outcomes: [3, 5], requests: [3, 5] }))).toEqual(['I17']);
    expect(found((e) => e.replays.push({ asked: 2, outcomes: [3, 3], requests: [3, 4] }))).toEqual(['I17']);
  });

  it('sees a worker that uses too much memory', () => {
    expect(found((e) => void Object.assign(e, { peakWorkerMb: 513 }))).toEqual(['I18']);
  });
});
