import { chargeText } from './budget.ts';
import { TemplateError } from './errors.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const two = (value: number) => String(value).padStart(2, '0');

/** Python's strftime of a unix time in seconds, in UTC. */
export function strftime(seconds: number, format: string): string {
  chargeText(format.length * 4);
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) throw new TemplateError('ValueError', `${seconds} is not a time that can be shown`);
  const day = date.getUTCDay();
  const hour = date.getUTCHours();
  const dayOfYear =
    Math.floor(
      (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) /
        86_400_000,
    ) + 1;
  const parts: Record<string, () => string> = {
    Y: () => String(date.getUTCFullYear()).padStart(4, '0'),
    y: () => two(date.getUTCFullYear() % 100),
    m: () => two(date.getUTCMonth() + 1),
    d: () => two(date.getUTCDate()),
    e: () => String(date.getUTCDate()).padStart(2),
    H: () => two(hour),
    I: () => two(hour % 12 || 12),
    M: () => two(date.getUTCMinutes()),
    S: () => two(date.getUTCSeconds()),
    f: () => String(date.getUTCMilliseconds() * 1000).padStart(6, '0'),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    A: () => DAYS[day]!,
    a: () => DAYS[day]!.slice(0, 3),
    B: () => MONTHS[date.getUTCMonth()]!,
    b: () => MONTHS[date.getUTCMonth()]!.slice(0, 3),
    j: () => String(dayOfYear).padStart(3, '0'),
    w: () => String(day),
    u: () => String(day || 7),
    s: () => String(Math.floor(seconds)),
    z: () => '+0000',
    Z: () => 'UTC',
    F: () => date.toISOString().slice(0, 10),
    T: () => date.toISOString().slice(11, 19),
    D: () => `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${two(date.getUTCFullYear() % 100)}`,
    R: () => date.toISOString().slice(11, 16),
    x: () => `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${two(date.getUTCFullYear() % 100)}`,
    X: () => date.toISOString().slice(11, 19),
    c: () =>
      `${DAYS[day]!.slice(0, 3)} ${MONTHS[date.getUTCMonth()]!.slice(0, 3)} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()}`,
    '%': () => '%',
  };
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) =>
    Object.hasOwn(parts, letter) ? parts[letter]!() : whole,
  );
}

const ISO = /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?\s*(Z|[-+]\d{2}:?\d{2})?)?\s*$/i;

/** Unix seconds of a text: a number, or ISO 8601 (UTC unless it says otherwise); null when it is neither. */
export function parseTime(text: string): number | null {
  if (/^\s*-?\d{1,15}(\.\d{1,9})?\s*$/.test(text)) return Number(text);
  const found = ISO.exec(text);
  if (!found) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = found;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (Number(month) > 12 || new Date(date).getUTCDate() !== Number(day) || Number(hour) > 23 || Number(minute) > 59)
    return null;
  const offset = /^z$/i.test(zone)
    ? 0
    : (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return date / 1000 + Number(fraction) - offset * 60;
}
