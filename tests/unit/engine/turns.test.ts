import { describe, expect, it } from 'vitest';
import { Turns } from '../../../lib/engine/turns.ts';

/** Streams a, b, c … with so many requests each; plays out so many turns and tells the order. */
function play(weights: Record<string, number>, count: number, ready: Record<string, number> = {}): string {
  const turns = new Turns<string>((key) => weights[key]!);
  for (const key of Object.keys(weights)) turns.add(key);
  const left: Record<string, number> = {
    ...Object.fromEntries(Object.keys(weights).map((key) => [key, 1e9])),
    ...ready,
  };
  let order = '';
  for (let i = 0; i < count; i++) order += turns.next((key) => (left[key]!-- > 0 ? key : undefined)) ?? '-';
  return order;
}

describe('turns', () => {
  it('go round when nobody weighs more', () => {
    expect(play({ a: 1, b: 1, c: 1 }, 7)).toBe('abcabca');
  });

  it('have as many requests as the weight says', () => {
    expect(play({ a: 3, b: 1 }, 8)).toBe('aaabaaab');
    expect(play({ a: 1, b: 10 }, 22)).toBe('abbbbbbbbbbabbbbbbbbbb');
  });

  it('leave nobody out, however heavy the others are', () => {
    const order = play({ light: 1, b: 10, c: 10 }, 210);
    expect(order.match(/light/g)).toHaveLength(10);
  });

  it('pass over who has nothing ready, so that no slot waits', () => {
    expect(play({ a: 3, b: 1 }, 6, { a: 0 })).toBe('bbbbbb');
    expect(play({ a: 3, b: 1 }, 6, { a: 2 })).toBe('aabbbb');
    expect(play({ a: 1 }, 2, { a: 1 })).toBe('a-');
  });

  it('keep the place of who was passed over', () => {
    const turns = new Turns<string>((key) => (key === 'a' ? 3 : 1));
    for (const key of ['a', 'b']) turns.add(key);
    let isReady = true;
    const next = () => turns.next((key) => (key === 'a' && !isReady ? undefined : key));
    expect(next()).toBe('a');
    isReady = false;
    expect(next() + next()!).toBe('bb');
    isReady = true;
    expect([next(), next(), next()].join('')).toBe('aab');
  });

  it('follow a weight that changes, raised or lowered, from the next request on', () => {
    let weight = 5;
    const turns = new Turns<string>((key) => (key === 'a' ? weight : 1));
    for (const key of ['a', 'b']) turns.add(key);
    const next = () => turns.next((key) => key);
    expect(next()).toBe('a');
    weight = 1;
    expect([next(), next(), next()].join('')).toBe('aba');
    weight = 2;
    expect([next(), next(), next(), next()].join('')).toMatch(/^baa?b?/);
  });

  it('forget who has left', () => {
    const turns = new Turns<string>(() => 2);
    for (const key of ['a', 'b']) turns.add(key);
    turns.add('a');
    turns.remove('a');
    expect(turns.next((key) => key)).toBe('b');
    turns.remove('b');
    expect(turns.next((key) => key)).toBeUndefined();
  });
});
