import { describe, expect, it } from 'vitest';
import { type Evidence, type Received, type Recorded, violations } from '../../../tools/chaos-invariants.ts';

/** Books of a run of three customers in which everything is as it should be; each test spoils one thing. */
function sound(): Evidence {
  const journeys = [1, 2, 3];
  const request = (key: string, start: number, customers: number[], status = 200): Received => ({
    key,
    hash: `bytes of ${key}`,
    start,
    end: start + 10,
    status,
    customers,
  });
  const at = (node: number, key: (journey: number) => string | null): Recorded[] =>
    journeys.map((journey) => ({ node, journey, customer: journey + 100, outcome: 'delivered', key: key(journey) }));
  const live = { entered: 3, delivered: 3, rejected: 0, unknown: 0, skipped: 0, standing: 0 };
  return {
    audience: [101, 102, 103],
    trigger: 1,
    webhooks: [2, 3],
    received: [
      ...journeys.map((journey) => request(`a${journey}`, journey * 20, [journey])),
      request('b', 100, [1, 2, 3]),
    ],
    recorded: [...at(1, () => null), ...at(2, (journey) => `a${journey}`), ...at(3, () => 'b')],
    faults: [],
    inDoubtPerFault: 1,
    limit: 1,
    mostTries: 6,
    counts: new Map([1, 2, 3].map((node) => [node, { ...live }])),
  };
}

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
        e.recorded = e.recorded.filter(({ customer }) => customer !== 102);
      }),
    ).toContain('I1');
    expect(found((e) => e.recorded.push({ ...e.recorded[0]!, journey: 9 }))).toContain('I1');
  });

  it('sees a journey without an outcome, and one with two', () => {
    expect(
      found((e) => {
        e.recorded = e.recorded.filter(({ node, journey }) => node !== 3 || journey !== 2);
      }),
    ).toContain('I2');
    expect(found((e) => e.recorded.push({ ...e.recorded[4]!, outcome: 'unknown' }))).toContain('I2');
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

  it('sees a duplicate that no fault explains, and accepts one that a fault does', () => {
    expect(found((e) => again(e, 'a1', { start: 20_000, end: 20_010 }))).toContain('I6');
    expect(
      found((e) => {
        e.faults.push(10_000);
        again(e, 'a1', { start: 20_000, end: 20_010 });
      }),
    ).toEqual([]);
  });

  it('sees two workers send the same request at once', () => {
    expect(found((e) => again(e, 'a1', { start: 25, end: 35 }))).toContain('I7');
  });

  it('sees a retry that comes too soon', () => {
    expect(
      found((e) => {
        e.received.find(({ key }) => key === 'a1')!.status = 500;
        again(e, 'a1', { status: 200, start: 3000, end: 3010 });
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
        e.counts.get(2)!.delivered = 4;
      }),
    ).toContain('I13');
    expect(
      found((e) => {
        e.counts.get(2)!.standing = 1;
      }),
    ).toContain('I13');
  });
});
