import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pace } from '../../../lib/engine/pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A pace of so many requests a second whose moments, in milliseconds from when they are asked for, are given. */
function pace(perSecond: number, moments: number[]) {
  const asked: number[] = [];
  const made = new Pace((wanted) => {
    asked.push(wanted);
    return Promise.resolve({ times: moments.splice(0, wanted), nextMs: 400 });
  }, perSecond / 1000);
  return { made, asked };
}
const nothing = () => {};

describe('a pace', () => {
  it('lets nothing leave before the database gave a moment', () => {
    expect(pace(10, []).made.mayLeave(performance.now(), nothing)).toBe(false);
  });

  it('lets one request leave at each moment, and says when the next one has come', async () => {
    const { made } = pace(10, [0, 100]);
    await made.more(5);
    const due = vi.fn();
    expect(made.mayLeave(performance.now(), due)).toBe(true);
    made.leave();
    expect(made.mayLeave(performance.now(), due)).toBe(false);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(due).toHaveBeenCalledOnce();
    expect(made.mayLeave(performance.now(), due)).toBe(true);
  });

  it.each([
    [1000, 50],
    [4, 125],
    [1 / 60, 250],
  ])('of %s a second loses a moment that was not used within %s ms', async (perSecond, lifeMs) => {
    const { made } = pace(perSecond, [0]);
    await made.more(1);
    vi.advanceTimersByTime(lifeMs);
    expect(made.mayLeave(performance.now(), nothing)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(made.mayLeave(performance.now(), nothing)).toBe(false);
  });

  it('asks for no more moments than requests want, and than the near future has', async () => {
    const { made, asked } = pace(10, [0, 100, 200, 300, 400, 500, 600, 700]);
    await made.more(2);
    await made.more(2);
    expect(asked).toEqual([2]);
    await made.more(1000);
    expect(asked).toEqual([2, 5]);
  });

  it('wakes everybody who waits for one answer when it is there, and nobody before', async () => {
    let answer: (permits: { times: number[]; nextMs: number }) => void = nothing;
    const made = new Pace(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      0.01,
    );
    const [one, other] = [vi.fn(), vi.fn()];
    const now = performance.now();
    const first = made.now(1, now, one);
    await made.now(1, now, other);
    // Woken at once, the other would ask again at once, and so on without an end.
    expect(other).not.toHaveBeenCalled();
    answer({ times: [0], nextMs: 100 });
    await first;
    expect(one).toHaveBeenCalledOnce();
    expect(other).toHaveBeenCalledOnce();
  });

  it('asks once at a time', async () => {
    const { made, asked } = pace(10, []);
    await Promise.all([made.more(3), made.more(3)]);
    expect(asked).toEqual([3]);
  });

  it('asks anew after an answer that did not come', async () => {
    let fails = true;
    const made = new Pace(
      () => (fails ? Promise.reject(new Error('gone')) : Promise.resolve({ times: [0], nextMs: 1 })),
      1,
    );
    await expect(made.more(1)).rejects.toThrow('gone');
    fails = false;
    await made.more(1);
    expect(made.mayLeave(performance.now(), nothing)).toBe(true);
  });

  it('has two seconds of requests ready, and at least one', () => {
    expect(pace(10, []).made.window).toBe(20);
    expect(pace(1 / 60, []).made.window).toBe(1);
  });

  it('asks for who could leave at once only what is near, and waits until there is more', async () => {
    const { made, asked } = pace(20, [0]);
    const due = vi.fn();
    await made.now(1000, performance.now(), due);
    expect(asked).toEqual([2]);
    expect(due).toHaveBeenCalledOnce();
    made.leave();
    await made.now(1000, performance.now(), due);
    vi.advanceTimersByTime(399);
    expect([asked, due.mock.calls.length]).toEqual([[2], 1]);
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledTimes(2);
    await made.now(1000, performance.now(), due);
    expect(asked).toEqual([2, 2]);
  });

  it('wakes nobody any more when it is closed', async () => {
    const { made } = pace(10, [100]);
    await made.more(1);
    const due = vi.fn();
    made.mayLeave(performance.now(), due);
    made.close();
    vi.advanceTimersByTime(1000);
    expect(due).not.toHaveBeenCalled();
  });
});
