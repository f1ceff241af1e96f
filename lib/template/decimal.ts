import { charge, WIDTH_LIMIT } from './budget.ts';
import { limitError } from './errors.ts';

/**
 * Floats as decimal digits, rounded half to even on their exact value as C's printf and Python do. JavaScript's toFixed
 * takes the larger of two equally near texts, and stops at 100 digits.
 */

/** `digits` × 10^(point − number of digits): the exact value of a finite float, without its sign. */
interface Decimal {
  digits: string;
  /** Where the decimal point stands, counted from the left of the digits. */
  point: number;
}

function exact(value: number): Decimal {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  charge(16);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return { digits, point: digits.length };
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return { digits, point: digits.length + exponent };
}

/** The first `keep` digits, rounded; `point` moves when a carry adds a digit. */
function rounded({ digits, point }: Decimal, keep: number): Decimal {
  if (keep >= digits.length) return { digits: digits.padEnd(keep, '0'), point };
  if (keep < 0) return { digits: '', point };
  const head = digits.slice(0, keep);
  const next = digits[keep]!;
  const isTie = next === '5' && !/[1-9]/.test(digits.slice(keep + 1));
  const up = isTie ? Number(head.at(-1) ?? '0') % 2 === 1 : next >= '5';
  if (!up) return { digits: head, point };
  const raised = (BigInt(head || '0') + 1n).toString();
  return raised.length > Math.max(head.length, 0) && head.length > 0 && !/^0/.test(head)
    ? { digits: raised.slice(0, keep), point: point + 1 }
    : head.length === 0
      ? { digits: raised, point: point + 1 }
      : { digits: raised.padStart(head.length, '0'), point };
}

function checkPlaces(places: number): void {
  if (places > WIDTH_LIMIT) throw limitError(`a number cannot have ${places} digits after its point`);
  charge(places / 4);
}

/** `%.{places}f` of a finite float: sign, digits, point, and so many digits after it. */
export function fixed(value: number, places: number): string {
  checkPlaces(places);
  const size = Math.abs(value);
  // Only a value with exactly one digit more can be a tie, and then 2^(places + 1) makes it whole.
  if (places <= 20 && size < 1e15 && !Number.isInteger(size * 2 ** (places + 1))) {
    const text = size.toFixed(places);
    return value < 0 ? `-${text}` : text;
  }
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const decimal = exact(value);
  const keep = decimal.point + places;
  const { digits, point } = keep < 0 ? { digits: '', point: decimal.point } : rounded(decimal, keep);
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const after = point > 0 ? digits.slice(point) : '0'.repeat(Math.min(places, -point)) + digits;
  return sign + (places > 0 ? `${whole}.${after.padEnd(places, '0').slice(0, places)}` : whole);
}

/** `%.{places}e` of a finite float. */
export function exponential(value: number, places: number): string {
  checkPlaces(places);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0${places > 0 ? `.${'0'.repeat(places)}` : ''}e+00`;
  const { digits, point } = rounded(exact(value), places + 1);
  return `${sign}${digits[0]}${places > 0 ? `.${digits.slice(1, places + 1).padEnd(places, '0')}` : ''}${exponentText(point - 1)}`;
}

const exponentText = (power: number): string => `e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;

/** `%.{precision}g` of a finite float; `alternate` keeps the zeros at the end. */
export function general(value: number, precision: number, alternate = false): string {
  const places = Math.max(1, precision);
  checkPlaces(places);
  const power = value === 0 ? 0 : rounded(exact(value), places).point - 1;
  const text = power < -4 || power >= places ? exponential(value, places - 1) : fixed(value, places - 1 - power);
  if (alternate || !text.includes('.')) return text;
  const [mantissa, exponent] = text.split('e') as [string, string | undefined];
  const short = trimZeros(mantissa);
  return exponent === undefined ? short : `${short}e${exponent}`;
}

function trimZeros(text: string): string {
  let end = text.length;
  while (text[end - 1] === '0') end--;
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end);
}

const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/** The rounded value where it is plain from arithmetic: a number of ordinary size that is not near a tie. */
function nearby(value: number, places: number): number | null {
  const scale = POWERS[places];
  if (scale === undefined || value > 1e9 || value < -1e9) return null;
  const scaled = value * scale;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  // The product is off by less than 1e-6 at this size, so only what is that near to one half needs its exact digits.
  if (rest > 0.499_99 && rest < 0.500_01) return null;
  const whole = rest > 0.5 ? floor + 1 : floor;
  // A whole number divided by a power of ten is the double nearest to that decimal, as parsing its digits would give.
  return whole === 0 && value < 0 ? -0 : whole / scale;
}

/** Python's round(float, places) for any number of places. */
export function roundFloat(value: number, places: number): number {
  if (!Number.isFinite(value) || value === 0 || places > 330) return value;
  if (places < -330) return value * 0;
  if (places >= 0) return nearby(value, places) ?? Number(fixed(value, places));
  const decimal = exact(value);
  const keep = decimal.point + places;
  if (keep < 0) return value * 0;
  const { digits, point } = rounded(decimal, keep);
  return Math.sign(value) * Number(`${digits || '0'}e${point - digits.length}`);
}
