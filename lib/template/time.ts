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
