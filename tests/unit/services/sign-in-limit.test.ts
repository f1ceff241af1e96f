import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { admitSignIn, countFailure, forgetFailures, networkOf } from '../../../lib/services/sign-in-limit.ts';

describe('the network of an address', () => {
  it('is the address itself in IPv4, also when written as IPv6', () => {
    expect(networkOf('192.0.2.7')).toBe('192.0.2.7');
    expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
  });

  it('is the first 64 bits in IPv6, however they are written', () => {
    expect(networkOf('2001:db8:0:1::5')).toBe('2001:db8:0:1');
    expect(networkOf('2001:0DB8:0000:0001:ffff:ffff:ffff:ffff')).toBe('2001:db8:0:1');
    expect(networkOf('::1')).toBe('0:0:0:0');
  });
});

describe('failed sign-ins', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());
  let account = 0;
  const someone = () => `person${++account}@example.com`;
  const fail = async (who: string, times: number, address = '192.0.2.1') => {
    for (let time = 0; time < times; time++) await countFailure(who, address);
  };
  const waitOf = (who: string, address = '192.0.2.1') =>
    admitSignIn(who, address).then(
      () => 0,
      (error: { details: { seconds: number } }) => error.details.seconds,
    );

  it('make one wait from the fifth on, twice as long each time, an hour at most', async () => {
    const who = someone();
    await fail(who, 4);
    expect(await waitOf(who)).toBe(0);
    const waits: number[] = [];
    for (let time = 0; time < 9; time++) {
      await fail(who, 1);
      waits.push(await waitOf(who));
      vi.advanceTimersByTime(3_600_000);
      expect(await waitOf(who)).toBe(0);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  it('are forgotten after a success', async () => {
    const who = someone();
    await fail(who, 5);
    expect(await waitOf(who)).toBe(30);
    await forgetFailures(who, '192.0.2.1');
    expect(await waitOf(who)).toBe(0);
    await fail(who, 4);
    expect(await waitOf(who)).toBe(0);
  });

  it('of one account from many networks make everybody wait, twice as long each time, a quarter of an hour at most', async () => {
    const who = someone();
    for (let network = 0; network < 14; network++) await fail(who, 1, `203.0.113.${network}`);
    expect(await waitOf(who, '203.0.113.200')).toBe(0);
    const waits: number[] = [];
    for (let network = 14; network < 24; network++) {
      await fail(who, 1, `203.0.113.${network}`);
      waits.push(await waitOf(who, '203.0.113.200'));
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 900, 900, 900]);
    vi.advanceTimersByTime(900_000);
    expect(await waitOf(who, '203.0.113.200')).toBe(0);
  });

  it('of one network with a hundred accounts close it for other accounts too', async () => {
    for (let time = 0; time < 100; time++) await fail(someone(), 1, '198.51.100.9');
    expect(await waitOf(someone(), '198.51.100.9')).toBeGreaterThan(3000);
    expect(await waitOf(someone(), '198.51.100.10')).toBe(0);
  });
});
