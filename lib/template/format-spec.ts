import { charge, chargeText, WIDTH_LIMIT } from './budget.ts';
import { exponential, fixed, general } from './decimal.ts';
import { limitError, TemplateError, typeError, valueError } from './errors.ts';
import { floatText, str } from './print.ts';
import {
  type Float,
  float,
  isFloat,
  isInt,
  isNumber,
  isText,
  type Safe,
  textOf,
  typeName,
  Undefined,
  unbool,
} from './values.ts';

const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([_,])?(?:\.(\d+))?([\s\S])?$/u;

interface Spec {
  fill: string;
  align: string;
  sign: string;
  /** `z`: what rounds to zero has no minus sign. */
  positiveZero: boolean;
  alternate: boolean;
  width: number;
  group: string;
  precision: number | null;
  kind: string;
}

function parseSpec(spec: string, value: unknown): Spec {
  const found = SPEC.exec(spec);
  if (!found || spec === '.') {
    if (/\.(?!\d)/.test(spec)) throw valueError('Format specifier missing precision');
    throw valueError(`Invalid format specifier '${spec}' for object of type '${typeName(value)}'`);
  }
  const [, fill, align, sign = '', negativeZero, alternate, zero, width, group = '', precision, kind = ''] = found;
  const size = width === undefined ? 0 : Number(width);
  const places = precision === undefined ? null : Number(precision);
  if (size > WIDTH_LIMIT || (places ?? 0) > WIDTH_LIMIT) throw limitError('the width is too large');
  chargeText(size);
  return {
    fill: fill ?? (zero && !align ? '0' : zero && align ? '0' : ' '),
    align: align ?? (zero ? '=' : ''),
    sign,
    positiveZero: negativeZero !== undefined,
    alternate: alternate !== undefined,
    width: size,
    group,
    precision: places,
    kind,
  };
}

/** Python's format(value, spec). @throws ValueError, TypeError */
export function formatValue(value: unknown, spec: string): string {
  if (spec === '') return str(value);
  if (isText(value) || value instanceof Undefined) {
    if (value instanceof Undefined) throw typeError('unsupported format string passed to Undefined.__format__');
    return formatText(value, parseSpec(spec, value));
  }
  const number = unbool(value);
  if (!isNumber(number)) throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`);
  const parsed = parseSpec(spec, value);
  const text =
    isInt(number) && !'eEfFgG%'.includes(parsed.kind || 'd')
      ? formatInteger(number, parsed, value)
      : formatFloat(number, parsed, value);
  return align(text, parsed, '>');
}

function unknownCode(kind: string, value: unknown): TemplateError {
  return valueError(`Unknown format code '${kind}' for object of type '${typeName(value)}'`);
}

function formatText(value: string | Safe, spec: Spec): string {
  if (spec.kind !== '' && spec.kind !== 's') throw unknownCode(spec.kind, value);
  const text = textOf(value);
  if (spec.sign) throw valueError('Sign not allowed in string format specifier');
  if (spec.positiveZero) throw valueError('Negative zero coercion (z) not allowed in string format specifier');
  if (spec.alternate) throw valueError('Alternate form (#) not allowed in string format specifier');
  if (spec.group) throw valueError(`Cannot specify '${spec.group}' with 's'.`);
  if (spec.align === '=') {
    // A leading zero without an alignment means nothing for texts since Python 3.10; an explicit "=" is refused.
    if (spec.fill !== '0') throw valueError("'=' alignment not allowed in string format specifier");
  }
  const cut = spec.precision === null ? text : [...text].slice(0, spec.precision).join('');
  return align(cut, spec.align === '=' ? { ...spec, align: '<' } : spec, '<');
}

function align(text: string, spec: Spec, otherwise: string): string {
  const missing = spec.width - [...text].length;
  if (missing <= 0) return text;
  const where = spec.align || otherwise;
  if (where === '<') return text + spec.fill.repeat(missing);
  if (where === '^') {
    const left = missing >> 1;
    return spec.fill.repeat(left) + text + spec.fill.repeat(missing - left);
  }
  if (where === '>') return spec.fill.repeat(missing) + text;
  const sign = /^[-+ ]?(?:0[xXob])?/.exec(text)![0];
  return sign + paddedGroups(text.slice(sign.length), spec, missing);
}

/** Zeros that fill up a grouped number are grouped too. */
function paddedGroups(text: string, spec: Spec, missing: number): string {
  if (spec.fill !== '0' || !spec.group) return spec.fill.repeat(missing) + text;
  const [whole = '', after = ''] = splitNumber(text, 'xX'.includes(spec.kind || 'd'));
  const size = spec.group === '_' && 'xXob'.includes(spec.kind || 'd') ? 4 : 3;
  const room = missing + whole.length;
  let digits = whole.replaceAll(spec.group, '');
  while (grouped(digits, spec.group, size).length < room) digits = `0${digits}`;
  return grouped(digits, spec.group, size) + after;
}

function splitNumber(text: string, isHexadecimal = false): [string, string] {
  const end = (isHexadecimal ? /^[0-9a-fA-F,_]*/ : /^[0-9,_]*/).exec(text)![0].length;
  return [text.slice(0, end), text.slice(end)];
}

const signText = (negative: boolean, sign: string) => (negative ? '-' : sign === '+' || sign === ' ' ? sign : '');

function grouped(digits: string, mark: string, size = 3): string {
  if (!mark) return digits;
  const parts: string[] = [];
  for (let end = digits.length; end > 0; end -= size) parts.unshift(digits.slice(Math.max(0, end - size), end));
  charge(digits.length / 4);
  return parts.join(mark);
}

const BASES: Record<string, number> = { b: 2, o: 8, x: 16, X: 16, d: 10, n: 10, '': 10 };

function formatInteger(number: number | bigint, spec: Spec, value: unknown): string {
  const { kind } = spec;
  if (spec.positiveZero) throw valueError('Negative zero coercion (z) not allowed in integer format specifier');
  if (!Object.hasOwn(BASES, kind) && kind !== 'c') throw unknownCode(kind, value);
  if (spec.precision !== null) throw valueError('Precision not allowed in integer format specifier');
  if (kind === 'c') {
    if (spec.sign) throw valueError("Sign not allowed with integer format specifier 'c'");
    if (number < 0 || number > 0x10ffff) throw new TemplateError('OverflowError', '%c arg not in range(0x110000)');
    return String.fromCodePoint(Number(number));
  }
  if (spec.group === ',' && BASES[kind] !== 10) throw valueError(`Cannot specify ',' with '${kind}'.`);
  const big = BigInt(number);
  const size = big < 0n ? -big : big;
  charge(size.toString(16).length / 4);
  let digits = size.toString(BASES[kind]);
  if (digits.length > 4300 && BASES[kind] === 10)
    throw valueError(
      'Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit',
    );
  digits = grouped(kind === 'X' ? digits.toUpperCase() : digits, spec.group, BASES[kind] === 10 ? 3 : 4);
  return signText(big < 0n, spec.sign) + (spec.alternate && BASES[kind] !== 10 ? `0${kind}` : '') + digits;
}

function formatFloat(number: number | bigint | Float, spec: Spec, value: unknown): string {
  const { kind } = spec;
  if (!['', 'e', 'E', 'f', 'F', 'g', 'G', 'n', '%'].includes(kind)) throw unknownCode(kind, value);
  const raw = float(number);
  const isNegative = raw < 0 || Object.is(raw, -0);
  const size = Math.abs(kind === '%' ? raw * 100 : raw);
  let text = !Number.isFinite(size) ? (Number.isNaN(size) ? 'nan' : 'inf') : digitsOf(size, spec, isFloat(number));
  if (kind === 'E' || kind === 'F' || kind === 'G') text = text.toUpperCase();
  if (spec.group && Number.isFinite(size)) {
    const [whole, after] = splitNumber(text);
    text = grouped(whole, spec.group) + after;
  }
  const negative = isNegative && !(spec.positiveZero && !/[1-9]/.test(text.split(/e/i)[0]!));
  return signText(negative, spec.sign) + text + (kind === '%' ? '%' : '');
}

function digitsOf(size: number, spec: Spec, isReal: boolean): string {
  const { precision } = spec;
  switch (spec.kind.toLowerCase()) {
    case 'f':
    case '%':
      return fixed(size, precision ?? 6);
    case 'e':
      return exponential(size, precision ?? 6);
    case 'g':
    case 'n':
      return general(size, precision ?? 6, spec.alternate);
    default:
      return precision === null ? (isReal ? floatText(size) : String(size)) : shortest(size, precision);
  }
}

/** Without a code: like g, but with an exponent one digit earlier, and always a digit after the point. */
function shortest(size: number, precision: number): string {
  const places = Math.max(1, precision);
  const power = size === 0 ? 0 : Number(exponential(size, places - 1).split('e')[1]);
  if (power >= places - 1 && power >= -4 && places - 1 - power <= 0 && size !== 0 && power > 0 && power >= places) {
    const [mantissa, exponent] = exponential(size, places - 1).split('e') as [string, string];
    return `${withoutZeros(mantissa)}e${exponent}`;
  }
  const text = general(size, places);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function withoutZeros(text: string): string {
  let end = text.length;
  while (text.includes('.') && (text[end - 1] === '0' || text[end - 1] === '.')) {
    end--;
    if (text[end] === '.') break;
  }
  return text.slice(0, end);
}
