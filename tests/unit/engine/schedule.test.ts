import { describe, expect, it } from 'vitest';
import { OnDateSettings, RepeatSettings } from '../../../lib/core/node-kinds.ts';
import { dateOf, nextFiring } from '../../../lib/engine/schedule.ts';

const next = (settings: object, after: string, zone = 'Europe/Bratislava') =>
  nextFiring(RepeatSettings.parse(settings), new Date(after), zone)?.toISOString();

describe('On date', () => {
  it('means local time in the project’s zone, or in its own', () => {
    const at = '2026-12-24T08:30';
    expect(dateOf(OnDateSettings.parse({ at }), 'Europe/Bratislava')?.toISOString()).toBe('2026-12-24T07:30:00.000Z');
    expect(dateOf(OnDateSettings.parse({ at, timeZone: 'America/New_York' }), 'UTC')?.toISOString()).toBe(
      '2026-12-24T13:30:00.000Z',
    );
  });

  it('is nothing when the date or the zone cannot be read', () => {
    expect(dateOf(OnDateSettings.parse({ at: 'soon' }), 'UTC')).toBeNull();
    expect(dateOf(OnDateSettings.parse({ at: '2026-12-24T08:30', timeZone: 'Nowhere/Town' }), 'UTC')).toBeNull();
  });
});

describe('Repeat', () => {
  it('counts minutes and hours from the firing before', () => {
    expect(next({ every: 'minutes', interval: 15 }, '2026-11-24T10:07:00Z')).toBe('2026-11-24T10:22:00.000Z');
    expect(next({ every: 'hours', interval: 6 }, '2026-11-24T10:00:00Z')).toBe('2026-11-24T16:00:00.000Z');
  });

  it('keeps the local time over a change of clocks', () => {
    const daily = { every: 'day', time: '08:30' };
    expect(next(daily, '2026-10-24T12:00:00Z')).toBe('2026-10-25T07:30:00.000Z');
    expect(next(daily, '2026-10-23T12:00:00Z')).toBe('2026-10-24T06:30:00.000Z');
  });

  it('fires right after the gap when its time is left out, and once when it comes twice', () => {
    const gap = next({ every: 'day', time: '02:30' }, '2026-03-28T12:00:00Z')!;
    expect(Date.parse(gap)).toBeGreaterThanOrEqual(Date.parse('2026-03-29T01:00:00Z'));
    expect(Date.parse(gap)).toBeLessThanOrEqual(Date.parse('2026-03-29T01:30:00Z'));
    const twice = next({ every: 'day', time: '02:30' }, '2026-10-24T12:00:00Z')!;
    expect(next({ every: 'day', time: '02:30' }, twice)!.slice(0, 10)).toBe('2026-10-26');
  });

  it('knows weekdays from Monday, the last day of a month, and cron', () => {
    expect(next({ every: 'week', weekdays: [1, 4], time: '09:00' }, '2026-11-24T12:00:00Z')).toBe(
      '2026-11-26T08:00:00.000Z',
    );
    expect(next({ every: 'week', weekdays: [7], time: '09:00' }, '2026-11-24T12:00:00Z')).toBe(
      '2026-11-29T08:00:00.000Z',
    );
    expect(next({ every: 'month', monthDay: 31, time: '09:00' }, '2026-11-24T12:00:00Z')).toBe(
      '2026-11-30T08:00:00.000Z',
    );
    expect(next({ every: 'cron', cron: '*/10 8-9 * * 1-5' }, '2026-11-24T06:55:00Z')).toBe('2026-11-24T07:00:00.000Z');
    expect(nextFiring(RepeatSettings.parse({ every: 'cron', cron: 'never' }), new Date(), 'UTC')).toBeNull();
  });
});
