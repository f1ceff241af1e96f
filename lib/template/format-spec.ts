import { charge, chargeText, WIDTH_LIMIT } from './budget.ts';
import { exponential, fixed, general } from './decimal.ts';
import { limitError, TemplateError, typeError, valueError } from './errors.ts';
import { ascii } from './format-percent.ts';
import { htmlEscape } from './markup.ts';
import { floatText, repr, str } from './print.ts';
import {
  type Float,
  float,
  isFloat,
  isInt,
  isMarkup,
  isNumber,
  isText,
  type Named,
  Safe,
  textOf,
  typeName,
  Undefined,
  unbool,
} from './values.ts';

/** How a replacement field reaches into its argument: as everywhere, own keys and whitelisted attributes only. */
export interface Reach {
  attribute(value: unknown, name: string): unknown;
  item(value: unknown, key: unknown): unknown;
}

/** Python's `'{} {name!r:>5}'.format(…)`. @throws ValueError, IndexError, KeyError */
export function strFormat(format: string | Safe, positional: readonly unknown[], named: Named, reach: Reach): unknown {
  const markup = isMarkup(format);
  const formatter = new Formatter(positional, named, reach, markup);
  const text = formatter.run(textOf(format), 2);
  return markup ? new Safe(text, 'html') : text;
}

class Formatter {
  private readonly positional: readonly unknown[];
  private readonly named: Named;
  private readonly reach: Reach;
  private readonly markup: boolean;
  /** The next automatic field, or null once fields were numbered by hand. */
  private automatic: number | null = 0;

  constructor(positional: readonly unknown[], named: Named, reach: Reach, markup: boolean) {
    this.positional = positional;
    this.named = named;
    this.reach = reach;
    this.markup = markup;
  }

  run(format: string, depth: number): string {
    if (depth < 0) throw valueError('Max string recursion exceeded');
    charge(1 + format.length / 8);
    let out = '';
    for (let i = 0; i < format.length; i++) {
      const char = format[i]!;
      if (char === '}') {
        if (format[i + 1] !== '}') throw valueError("Single '}' encountered in format string");
        out += char;
        i++;
      } else if (char !== '{') {
        const next = nextBrace(format, i);
        out += format.slice(i, next);
        i = next - 1;
      } else if (format[i + 1] === '{') {
        out += char;
        i++;
      } else {
        if (i + 1 >= format.length) throw valueError("Single '{' encountered in format string");
        const close = fieldEnd(format, i + 1);
        out += this.field(format.slice(i + 1, close), depth);
        chargeText(32);
        i = close;
      }
    }
    return out;
  }

  private field(text: string, depth: number): string {
    let end = 0;
    let brackets = 0;
    while (end < text.length && (brackets > 0 || (text[end] !== '!' && text[end] !== ':'))) {
      if (text[end] === '[') brackets = 1;
      else if (text[end] === ']') brackets = 0;
      else if (text[end] === '{' && brackets === 0) throw valueError("unexpected '{' in field name");
      end++;
    }
    let conversion = '';
    let rest = text.slice(end);
    if (rest[0] === '!') {
      conversion = rest[1] ?? '';
      if (conversion === '') throw valueError('end of string while looking for conversion specifier');
      if (rest[2] !== undefined && rest[2] !== ':') throw valueError("expected ':' after conversion specifier");
      rest = rest.slice(2);
    }
    const value = this.value(text.slice(0, end));
    const spec = rest[0] === ':' ? (rest.includes('{') ? this.run(rest.slice(1), depth - 1) : rest.slice(1)) : '';
    const converted = this.convert(value, conversion);
    if (!this.markup) return formatValue(converted, spec);
    return isMarkup(converted) && spec === '' ? converted.text : htmlEscape(formatValue(converted, spec));
  }

  private convert(value: unknown, conversion: string): unknown {
    if (conversion === '') return value;
    if (conversion === 's') return str(value);
    if (conversion === 'r') return repr(value);
    if (conversion === 'a') return ascii(repr(value));
    throw valueError(`Unknown conversion specifier ${conversion}`);
  }

  private value(path: string): unknown {
    const first = /^[^.[]*/.exec(path)![0];
    let value = this.argument(first);
    let at = first.length;
    while (at < path.length) {
      if (path[at] === '.') {
        const name = /^[^.[]*/.exec(path.slice(at + 1))![0];
        if (name === '') throw valueError('Empty attribute in format string');
        value = this.reach.attribute(value, name);
        at += 1 + name.length;
      } else if (path[at] === '[') {
        const close = path.indexOf(']', at);
        if (close < 0) throw valueError("Missing ']' in format string");
        const key = path.slice(at + 1, close);
        if (key === '') throw valueError('Empty attribute in format string');
        value = this.reach.item(value, /^\d+$/.test(key) ? Number(key) : key);
        at = close + 1;
        if (at < path.length && path[at] !== '.' && path[at] !== '[')
          throw valueError("Only '.' or '[' may follow ']' in format field specifier");
      } else throw valueError("Only '.' or '[' may follow ']' in format field specifier");
    }
    return value;
  }

  private argument(name: string): unknown {
    if (name === '' || /^\d+$/.test(name)) {
      if (name === '' && this.automatic === null)
        throw valueError('cannot switch from manual field specification to automatic field numbering');
      if (name !== '' && this.automatic !== null && this.automatic > 0)
        throw valueError('cannot switch from automatic field numbering to manual field specification');
      const index = name === '' ? this.automatic!++ : Number(name);
      if (name !== '') this.automatic = null;
      if (index >= this.positional.length) throw new TemplateError('IndexError', 'tuple index out of range');
      return this.positional[index];
    }
    if (!Object.hasOwn(this.named, name)) throw new TemplateError('KeyError', repr(name));
    return this.named[name];
  }
}

function nextBrace(format: string, from: number): number {
  let at = from;
  while (at < format.length && format[at] !== '{' && format[at] !== '}') at++;
  return at;
}

/** Where the field that begins at `from` ends; fields inside its specification are passed over. */
function fieldEnd(format: string, from: number): number {
  let depth = 1;
  for (let i = from; i < format.length; i++) {
    if (format[i] === '{') depth++;
    else if (format[i] === '}' && --depth === 0) {
      charge((i - from) / 16);
      return i;
    }
  }
  charge((format.length - from) / 16);
  throw valueError("expected '}' before end of string");
}

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
