import { charge, chargeText, WIDTH_LIMIT } from './budget.ts';
import { exponential, fixed, general } from './decimal.ts';
import { limitError, TemplateError, typeError, valueError } from './errors.ts';
import { htmlEscape } from './markup.ts';
import { repr, str } from './print.ts';
import {
  Float,
  float,
  getKey,
  hasKey,
  isInt,
  isMapping,
  isMarkup,
  isNumber,
  isText,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
  unbool,
} from './values.ts';

interface Directive {
  flags: string;
  width: number;
  precision: number | null;
  kind: string;
}

/** Python's `'%s …' % values`. @throws TypeError, ValueError, KeyError */
export function percentFormat(format: string | Safe, values: unknown): unknown {
  const markup = isMarkup(format);
  const text = new Percent(textOf(format), values, markup).run();
  return markup ? new Safe(text, 'html') : text;
}

class Percent {
  private readonly format: string;
  private readonly values: unknown;
  private readonly list: readonly unknown[];
  private readonly markup: boolean;
  private at = 0;
  private next = 0;

  constructor(format: string, values: unknown, markup: boolean) {
    this.format = format;
    this.values = values;
    this.list = values instanceof Tuple ? values : [values];
    this.markup = markup;
  }

  run(): string {
    charge(1 + this.format.length / 8);
    let out = '';
    for (;;) {
      const sign = this.format.indexOf('%', this.at);
      if (sign < 0) break;
      out += this.format.slice(this.at, sign);
      this.at = sign + 1;
      out += this.directive();
      chargeText(64);
    }
    out += this.format.slice(this.at);
    // A mapping, and anything that can be asked for keys, may be left over.
    const spare = this.values instanceof Tuple || !(isMapping(this.values) || (Array.isArray(this.values) as boolean));
    if (spare && this.next < this.list.length && !(this.values instanceof Undefined))
      throw typeError('not all arguments converted during string formatting');
    return out;
  }

  private directive(): string {
    let named: { value: unknown } | null = null;
    if (this.format[this.at] === '(') named = { value: this.named() };
    const directive = this.parse();
    if (directive.kind === '%') {
      if (this.format[this.at - 2] === '%') return '%';
      throw valueError(`unsupported format character '%' (0x25) at index ${this.at - 1}`);
    }
    const value = named ? named.value : this.take();
    return this.convert(directive, value);
  }

  private named(): unknown {
    const start = ++this.at;
    let depth = 1;
    for (; this.at < this.format.length; this.at++) {
      const char = this.format[this.at];
      if (char === '(') depth++;
      else if (char === ')' && --depth === 0) break;
    }
    charge((this.at - start) / 16);
    if (this.values instanceof Undefined) throw this.values.complain();
    if (!isMapping(this.values)) throw typeError('format requires a mapping');
    if (depth > 0) throw valueError('incomplete format key');
    const key = this.format.slice(start, this.at++);
    if (!hasKey(this.values, key)) throw new TemplateError('KeyError', repr(key));
    return getKey(this.values, key);
  }

  private take(): unknown {
    if (this.next >= this.list.length) throw typeError('not enough arguments for format string');
    return this.list[this.next++];
  }

  private number(): number | null {
    const start = this.at;
    while (this.format[this.at]! >= '0' && this.format[this.at]! <= '9') this.at++;
    return this.at > start ? Number(this.format.slice(start, this.at)) : null;
  }

  private star(): number {
    this.at++;
    const value = this.take();
    if (!isInt(value)) throw typeError('* wants int');
    return Number(value);
  }

  private parse(): Directive {
    let flags = '';
    while ('-+ #0'.includes(this.format[this.at] ?? 'x')) flags += this.format[this.at++];
    charge(flags.length / 16);
    let width = 0;
    if (this.format[this.at] === '*') {
      width = this.star();
      if (width < 0) flags += '-';
      width = Math.abs(width);
    } else width = this.number() ?? 0;
    let precision: number | null = null;
    if (this.format[this.at] === '.') {
      this.at++;
      precision = this.format[this.at] === '*' ? Math.max(0, this.star()) : (this.number() ?? 0);
    }
    while ('hlL'.includes(this.format[this.at] ?? 'x')) this.at++;
    const kind = this.format[this.at];
    if (kind === undefined) throw valueError('incomplete format');
    if (width > WIDTH_LIMIT || (precision ?? 0) > WIDTH_LIMIT) throw limitError('the width is too large');
    this.at++;
    return { flags, width, precision, kind };
  }

  private convert({ flags, width, precision, kind }: Directive, value: unknown): string {
    chargeText(width);
    switch (kind) {
      case 's':
      case 'r':
      case 'a': {
        let text = kind === 's' ? str(value) : repr(value);
        if (kind === 'a') text = ascii(text);
        if (this.markup && !isMarkup(value)) text = htmlEscape(text);
        return pad(
          precision === null ? text : [...text].slice(0, precision).join(''),
          flags.replaceAll('0', ''),
          width,
        );
      }
      case 'c':
        return pad(character(value), flags.replaceAll('0', ''), width);
      case 'd':
      case 'i':
      case 'u':
        return pad(signed(integer(kind, value), flags, precision), flags, width);
      case 'x':
      case 'X':
      case 'o':
        return pad(based(kind, value, flags, precision), flags, width);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return pad(floating(kind, value, flags, precision), flags, width);
      default:
        throw valueError(
          `unsupported format character '${printable(kind) ? kind : '?'}' (0x${kind.codePointAt(0)!.toString(16)}) at index ${this.at - 1}`,
        );
    }
  }
}

const printable = (char: string) => char >= ' ' && char <= '~';

export const ascii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/gu, (char) => {
    const code = char.codePointAt(0)!;
    if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });

function character(value: unknown): string {
  const number = unbool(value);
  if (isInt(number)) {
    const code = Number(number);
    if (code < 0 || code > 0x10ffff) throw new TemplateError('OverflowError', '%c arg not in range(0x110000)');
    return String.fromCodePoint(code);
  }
  if (isText(value) && [...textOf(value)].length === 1) return textOf(value);
  throw typeError('%c requires int or char');
}

function integer(kind: string, value: unknown): bigint {
  if (value instanceof Undefined) throw value.complain();
  const number = unbool(value);
  if (!isNumber(number)) throw typeError(`%${kind} format: a real number is required, not ${typeName(value)}`);
  if (isInt(number)) return BigInt(number);
  const size = float(number);
  if (Number.isNaN(size)) throw valueError('cannot convert float NaN to integer');
  if (!Number.isFinite(size)) throw new TemplateError('OverflowError', 'cannot convert float infinity to integer');
  return BigInt(Math.trunc(size));
}

function signed(value: bigint, flags: string, precision: number | null): string {
  const digits = (value < 0n ? -value : value).toString().padStart(precision ?? 0, '0');
  return signOf(value < 0n, flags) + digits;
}

const signOf = (negative: boolean, flags: string): string =>
  negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';

function based(kind: string, value: unknown, flags: string, precision: number | null): string {
  const number = unbool(value);
  if (!isInt(number)) throw typeError(`%${kind} format: an integer is required, not ${typeName(value)}`);
  const big = BigInt(number);
  const digits = (big < 0n ? -big : big).toString(kind === 'o' ? 8 : 16).padStart(precision ?? 0, '0');
  const prefix = flags.includes('#') ? (kind === 'o' ? '0o' : `0${kind}`) : '';
  return signOf(big < 0n, flags) + prefix + (kind === 'X' ? digits.toUpperCase() : digits);
}

function floating(kind: string, value: unknown, flags: string, precision: number | null): string {
  if (value instanceof Undefined) throw value.complain();
  const number = unbool(value);
  if (!isNumber(number)) throw typeError(`must be real number, not ${typeName(value)}`);
  const size = float(number);
  const upper = kind === 'E' || kind === 'F' || kind === 'G';
  let text: string;
  if (!Number.isFinite(size)) text = Number.isNaN(size) ? 'nan' : 'inf';
  else {
    const positive = Math.abs(size);
    const lower = kind.toLowerCase();
    text =
      lower === 'f'
        ? fixed(positive, precision ?? 6)
        : lower === 'e'
          ? exponential(positive, precision ?? 6)
          : general(positive, precision ?? 6, flags.includes('#'));
  }
  if (upper) text = text.toUpperCase();
  return (
    signOf(size < 0 || Object.is(size, -0) || (number instanceof Float && Object.is(number.value, -0)), flags) + text
  );
}

function pad(text: string, flags: string, width: number): string {
  const missing = width - (text.length > width * 2 ? width : [...text].length);
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[-+ ]?(?:0[xXo])?/.exec(text)![0];
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
