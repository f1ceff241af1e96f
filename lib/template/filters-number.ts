import { negate } from './arithmetic.ts';
import { fixed, roundFloat } from './decimal.ts';
import { TemplateError, typeError, valueError } from './errors.ts';
import { argumentError, type Filter, filter, text } from './filter.ts';
import { parseFloat_, parseInteger } from './numbers.ts';
import { repr } from './print.ts';
import { wholeOf } from './text.ts';
import {
  asFloat,
  asInt,
  Float,
  float,
  isFloat,
  isNumber,
  isText,
  isTruthy,
  textOf,
  typeName,
  Undefined,
  unbool,
} from './values.ts';

function abs(value: unknown): unknown {
  const number = unbool(value);
  if (!isNumber(number)) throw typeError(`bad operand type for abs(): '${typeName(value)}'`);
  if (number instanceof Float) return new Float(Math.abs(number.value));
  return number < 0 ? negate(number) : number;
}

/** A float as an int, cut towards zero; null when there is none. */
function truncated(value: number): number | bigint | null {
  if (!Number.isFinite(value)) return null;
  const whole = Math.trunc(value) + 0;
  return Number.isSafeInteger(whole) ? whole : asInt(BigInt(whole));
}

function int(value: unknown, [fallback, base]: unknown[]): unknown {
  const number = unbool(value);
  if (isNumber(number)) {
    if (!isFloat(number)) return number;
    const whole = truncated(float(number));
    if (whole === null && !Number.isNaN(float(number)))
      throw new TemplateError('OverflowError', 'cannot convert float infinity to integer');
    return whole ?? fallback;
  }
  if (value instanceof Undefined) throw value.complain();
  if (!isText(value)) return fallback;
  const radix = wholeOf(base);
  const parsed = radix === 0 || (radix >= 2 && radix <= 36) ? parseInteger(textOf(value), radix) : null;
  if (parsed !== null) return parsed;
  const real = parseFloat_(textOf(value));
  return (real === null ? null : truncated(real)) ?? fallback;
}

function toFloat(value: unknown, fallback: unknown): unknown {
  const number = unbool(value);
  if (isNumber(number)) {
    const real = float(number);
    if (typeof number === 'bigint' && !Number.isFinite(real))
      throw new TemplateError('OverflowError', 'int too large to convert to float');
    return asFloat(real);
  }
  if (value instanceof Undefined) throw value.complain();
  if (!isText(value)) return fallback;
  const real = parseFloat_(textOf(value));
  return real === null ? fallback : asFloat(real);
}

function round(value: unknown, [precision, method]: unknown[]): unknown {
  // The way of prices: a float to so many digits.
  if (
    typeof value === 'number' &&
    method === 'common' &&
    typeof precision === 'number' &&
    Number.isInteger(precision) &&
    !Number.isInteger(value)
  )
    return asFloat(roundFloat(value, precision));
  const how = isText(method) ? textOf(method) : method;
  if (how !== 'common' && how !== 'ceil' && how !== 'floor')
    throw argumentError('method must be common, ceil or floor');
  if (value instanceof Undefined)
    throw how === 'common' ? typeError("type Undefined doesn't define __round__ method") : value.complain();
  const number = unbool(value);
  if (how === 'common') return roundCommon(number, value, precision);
  if (!isNumber(number)) throw roundTypeError(value, precision);
  const places = wholeOf(precision);
  const scale = 10 ** places;
  const scaled = float(number) * scale;
  if (!Number.isFinite(scaled))
    throw Number.isNaN(scaled)
      ? valueError('cannot convert float NaN to integer')
      : new TemplateError('OverflowError', 'cannot convert float infinity to integer');
  return asFloat(((how === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) + 0) / scale);
}

function roundTypeError(value: unknown, precision: unknown): TemplateError {
  // Python multiplies the value by a power of ten first: a text is repeated, and then not a number.
  const isWhole = typeof precision === 'number' && precision >= 0;
  if (isWhole && (isText(value) || Array.isArray(value)))
    return typeError(`must be real number, not ${typeName(value)}`);
  if (isText(value) || Array.isArray(value)) return typeError("can't multiply sequence by non-int of type 'float'");
  return typeError(`unsupported operand type(s) for *: '${typeName(value)}' and '${isWhole ? 'int' : 'float'}'`);
}

function roundCommon(number: unknown, value: unknown, precision: unknown): unknown {
  if (!isNumber(number)) throw typeError(`type ${typeName(value)} doesn't define __round__ method`);
  if (precision === null) return isFloat(number) ? roundWhole(float(number)) : number;
  const places = wholeOf(precision);
  if (isFloat(number)) return asFloat(roundFloat(float(number), places));
  if (places >= 0) return number;
  if (places < -400) return 0;
  const unit = 10n ** BigInt(-places);
  const big = BigInt(number as number | bigint);
  const rest = ((big % unit) + unit) % unit;
  const low = big - rest;
  const up = rest * 2n > unit || (rest * 2n === unit && (low / unit) % 2n !== 0n);
  return asInt(up ? low + unit : low);
}

function roundWhole(value: number): unknown {
  if (Number.isNaN(value)) throw valueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) throw new TemplateError('OverflowError', 'cannot convert float infinity to integer');
  return truncated(roundFloat(value, 0));
}

const PREFIXES = ['K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

function filesizeformat(value: unknown, binary: unknown): string {
  const number = unbool(value);
  if (value instanceof Undefined) throw value.complain();
  let bytes: number;
  if (isNumber(number)) bytes = float(number);
  else if (isText(value)) {
    const parsed = parseFloat_(textOf(value));
    if (parsed === null) throw valueError(`could not convert string to float: ${repr(text(value))}`);
    bytes = parsed;
  } else throw typeError(`float() argument must be a string or a real number, not '${typeName(value)}'`);
  const base = isTruthy(binary) ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (Number.isNaN(bytes)) throw valueError('cannot convert float NaN to integer');
  if (bytes < base) {
    if (!Number.isFinite(bytes)) throw new TemplateError('OverflowError', 'cannot convert float infinity to integer');
    return `${Math.trunc(bytes) + 0} Bytes`;
  }
  const name = (i: number) => (base === 1024 ? `${PREFIXES[i]}iB` : `${i === 0 ? 'k' : PREFIXES[i]}B`);
  let i = 0;
  // Against the exact power, which from 1000 ** 8 on is no double.
  while (i < PREFIXES.length - 1 && bytes >= BigInt(base) ** BigInt(i + 2)) i++;
  const shown = (base * bytes) / base ** (i + 2);
  return `${Number.isFinite(shown) ? fixed(shown, 1) : 'inf'} ${name(i)}`;
}

export const NUMBER_FILTERS: Filter[] = [
  filter('abs', '', abs, 'abs'),
  filter('filesizeformat', 'binary=False', (value, [binary]) => filesizeformat(value, binary)),
  filter('float', 'default=0.0', (value, [fallback]) => toFloat(value, fallback)),
  filter('int', 'default=0, base=10', int),
  filter('round', "precision=0, method='common'", round),
];
