import { describe, expect, it } from 'vitest';
import { type BreakerKey, Breakers, type OpenBreaker, type Sign } from '../../../lib/engine/breakers.ts';

const destination: BreakerKey = { projectId: 'p', kind: 'destination', key: 'https://api.example.com' };
const integration: BreakerKey = { projectId: 'p', kind: 'integration', key: 'i' };

function withTimes(key: BreakerKey) {
  const heard: [OpenBreaker, boolean][] = [];
  const breakers = new Breakers((breaker, isOpen) => heard.push([breaker, isOpen]));
  let now = 1_000_000_000;
  return {
    breakers,
    heard,
    note: (sign: Sign, times = 1, everyMs = 10) => {
      for (let i = 0; i < times; i++) {
        now += everyMs;
        breakers.note(key, sign, now);
      }
    },
    passes(afterMs = 0) {
      now += afterMs;
      return breakers.mayPass([key], now);
    },
  };
}

describe('the breaker of a destination', () => {
  it('opens when at least 70 % of at least 20 results within a minute were failures', () => {
    const { note, heard } = withTimes(destination);
    note('ill', 19);
    expect(heard).toEqual([]);
    note('ill');
    expect(heard[0]).toMatchObject([{ key: 'https://api.example.com', trips: 1 }, true]);
  });

  it('stays closed while most answers are fine, and forgets what is older than a minute', () => {
    const { note, heard } = withTimes(destination);
    note('well', 20);
    note('ill', 40);
    expect(heard).toEqual([]);
    note('well', 1, 61_000);
    note('ill', 18);
    expect(heard).toEqual([]);
  });

  it('lets nobody pass for 30 s, then one probe, whose success closes it', () => {
    const { note, passes, heard } = withTimes(destination);
    note('ill', 20);
    expect(passes()).toBe(false);
    expect(passes(29_900)).toBe(false);
    expect(passes(200)).toBe(true);
    expect(passes()).toBe(false);
    note('well');
    expect(passes()).toBe(true);
    expect(heard.at(-1)![1]).toBe(false);
  });

  it('is neither closed nor kept open longer by what was in flight when it opened', () => {
    const { note, passes, heard } = withTimes(destination);
    note('ill', 69);
    note('well', 3);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject([{ trips: 1 }, true]);
    expect(passes(29_000)).toBe(false);
    expect(passes(2000)).toBe(true);
  });

  it('doubles its pause with each failed probe, up to ten minutes', () => {
    const { note, passes, breakers, heard } = withTimes(destination);
    note('ill', 20);
    for (let i = 0; i < 6; i++) {
      passes(600_001);
      note('ill');
    }
    const pause = heard.at(-1)![0].probeAt - heard.at(-2)![0].probeAt;
    expect(pause).toBeGreaterThan(590_000);
    expect(pause).toBeLessThan(610_000);
    expect(breakers.someOpen).toBe(true);
  });

  it('lets another probe try when one never comes back', () => {
    const { note, passes } = withTimes(destination);
    note('ill', 20);
    expect(passes(31_000)).toBe(true);
    expect(passes(60_000)).toBe(false);
    expect(passes(6000)).toBe(true);
  });
});

describe('the breaker of an integration', () => {
  it('opens after three refusals in a row, because one may be about one customer', () => {
    const { note, heard } = withTimes(integration);
    note('refused', 2);
    note('well');
    note('refused', 2);
    expect(heard).toEqual([]);
    note('refused');
    expect(heard[0]).toMatchObject([{ kind: 'integration', reason: expect.stringContaining('refused') }, true]);
  });
});

describe('breakers of other workers', () => {
  it('hold up here too, and close here when they close there', () => {
    const { breakers, passes } = withTimes(destination);
    breakers.learn([{ ...destination, reason: 'ill', probeAt: 2_000_000_000, trips: 1 }]);
    expect(passes()).toBe(false);
    breakers.learn([]);
    expect(passes()).toBe(true);
  });
});
