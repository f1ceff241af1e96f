import { Cron } from 'croner';
import type { OnDateSettings, RepeatSettings } from '../core/node-kinds.ts';

/**
 * When scheduled triggers fire. A local time that a change of clocks leaves out fires right after the gap; one that comes
 * twice fires once.
 */

const MS = { minutes: 60_000, hours: 3_600_000 } as const;

/** The moment of an On date trigger, or null when its date or zone cannot be read. */
export const dateOf = ({ at, timeZone }: OnDateSettings, projectZone: string): Date | null =>
  momentIn(at, timeZone || projectZone);

/** The moment of a local date and time ("2026-11-25T10:30", seconds if given) in a zone, or null when either cannot be read. */
export function momentIn(at: string, timezone: string): Date | null {
  try {
    return new Cron(at.length === 16 ? `${at}:00` : at, { timezone }).nextRun(new Date(0));
  } catch {
    return null;
  }
}

/** The next firing of a Repeat trigger after a moment, or null when its rule never comes true or cannot be read. */
export function nextFiring(settings: RepeatSettings, after: Date, projectZone: string): Date | null {
  if (settings.every === 'minutes' || settings.every === 'hours')
    return new Date(after.getTime() + settings.interval * MS[settings.every]);
  try {
    return new Cron(patternOf(settings), { timezone: settings.timeZone || projectZone }).nextRun(after);
  } catch {
    return null;
  }
}

/** The rule as a cron expression of five fields. */
function patternOf({ every, time, weekdays, monthDay, cron }: RepeatSettings): string {
  if (every === 'cron') return cron.trim();
  const [hour, minute] = time.split(':').map(Number);
  if (every === 'week') return `${minute} ${hour} * * ${weekdays.join(',')}`;
  if (every === 'month') return `${minute} ${hour} ${monthDay === 31 ? 'L' : monthDay} * *`;
  return `${minute} ${hour} * * *`;
}
