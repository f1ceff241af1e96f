import { charge } from './budget.ts';
import { TemplateError } from './errors.ts';
import { isSpace, strip } from './text.ts';
import { asInt } from './values.ts';

/** Texts as numbers, by Python's int() and float(). Linear: digits are read once, and their number is limited. */

const MAX_DIGITS = 4300;

const BASES: Record<string, number> = { b: 2, o: 8, x: 16 };

/** int(text, base), or null when the text is none. @throws ValueError for a base that does not exist */
export function parseInteger(text: string, base: number): number | bigint | null {
  if (base !== 0 && (base < 2 || base > 36))
    throw new TemplateError('ValueError', 'int() base must be >= 2 and <= 36, or 0');
  let digits = asciiDigits(strip(text, null, true, true)).toLowerCase();
  charge(1 + digits.length / 8);
  const negative = digits[0] === '-';
  if (negative || digits[0] === '+') digits = digits.slice(1);
  const prefix = digits[0] === '0' ? BASES[digits[1] ?? ''] : undefined;
  let radix = base;
  if (prefix !== undefined && (base === 0 || base === prefix)) {
    radix = prefix;
    digits = digits.slice(2);
    if (digits[0] === '_') digits = digits.slice(1);
  } else if (base === 0) {
    if (/^0[_0]*[1-9]/.test(digits)) return null;
    radix = 10;
  }
  if (!/^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(digits)) return null;
  const plain = digits.replaceAll('_', '');
  for (let i = 0; i < plain.length; i++) {
    const code = plain.charCodeAt(i);
    if ((code < 58 ? code - 48 : code - 87) >= radix) return null;
  }
  if (plain.length > MAX_DIGITS && (radix & (radix - 1)) !== 0) return null;
  if (plain.length > 20_000) return null;
  const value = bigOf(plain, radix);
  return asInt(negative ? -value : value);
}

function bigOf(digits: string, radix: number): bigint {
  if (radix === 10) return BigInt(digits);
  if (radix === 16 || radix === 8 || radix === 2)
    return BigInt(`0${radix === 16 ? 'x' : radix === 8 ? 'o' : 'b'}${digits}`);
  charge((digits.length * digits.length) / 64);
  let value = 0n;
  for (const digit of digits) value = value * BigInt(radix) + BigInt(Number.parseInt(digit, 36));
  return value;
}

/** Digits of other scripts count as Python counts them. */
function asciiDigits(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text.replace(/\p{Nd}/gu, (char) => {
    const code = char.codePointAt(0)!;
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String((code - zero) % 10);
  });
}

/** float(text), or null when the text is none. */
export function parseFloat_(text: string): number | null {
  const trimmed = asciiDigits(strip(text, null, true, true));
  charge(1 + trimmed.length / 16);
  if (trimmed === '' || isSpace(trimmed.charCodeAt(0))) return null;
  const special = /^([-+]?)(?:(inf|infinity)|nan)$/i.exec(trimmed);
  if (special)
    return special[2] ? (special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number.NaN;
  const found = /^[-+]?(\d[\d_]*)?(\.([\d_]*))?([eE][-+]?\d[\d_]*)?$/.exec(trimmed);
  if (!found || (!found[1] && !/^\d/.test(found[3] ?? ''))) return null;
  if (trimmed.includes('_')) {
    if (/__|_(?!\d)|(?<!\d)_/.test(trimmed)) return null;
    return Number(trimmed.replaceAll('_', ''));
  }
  return Number(trimmed);
}
