import { describe, expect, it } from 'vitest';
import { departures, type PolicyRate, perOf, sayMs, sayRate, stepOf } from '../../../lib/core/rate.ts';

const rate = (requests: number, per: PolicyRate['per'], burst = 1): PolicyRate => ({ requests, per, burst });

describe('a rate', () => {
  it('is a distance between requests', () => {
    expect(stepOf(rate(5, 'second'))).toBe(200);
    expect(stepOf(rate(300, 'minute'))).toBe(200);
    expect(stepOf(rate(1, 'minute'))).toBe(60_000);
  });

  it('is stored by the seconds of its period', () => {
    expect([60, 1, null].map(perOf)).toEqual(['minute', 'second', 'second']);
  });

  it('lets requests leave one by one', () => {
    expect(departures(rate(10, 'second'), 4)).toEqual([0, 100, 200, 300, 400]);
  });

  it('lets a burst leave together after a pause, and one by one from then on', () => {
    expect(departures(rate(10, 'second', 3), 2)).toEqual([0, 0, 0, 100, 200]);
  });

  it('is said in a sentence', () => {
    expect(sayRate(rate(300, 'minute'))).toBe('One request every 200 ms, however many wait.');
    expect(sayRate(rate(300, 'minute', 20))).toBe(
      'One request every 200 ms, however many wait. After a pause 20 may leave together, so no minute has more than 319.',
    );
    expect(sayRate(rate(10, 'second', 2))).toContain('no second has more than 11');
  });

  it('has no more departures in any of its periods than it says', () => {
    for (const [requests, burst] of [
      [10, 1],
      [10, 4],
      [3, 20],
    ] as const) {
      const times = departures(rate(requests, 'second', burst), 100);
      const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 999.999).length));
      expect(most).toBe(requests + burst - 1);
    }
  });
});

describe('a time', () => {
  it('is said in the unit that fits, with three digits at most', () => {
    expect([0.06, 0.5, 16.6666, 999, 1000, 1500, 6000, 60_000, 90_000].map(sayMs)).toEqual([
      '60 µs',
      '500 µs',
      '16.7 ms',
      '999 ms',
      '1 s',
      '1.5 s',
      '6 s',
      '1 min',
      '1.5 min',
    ]);
  });
});
