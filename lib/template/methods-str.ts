import { charge, chargeText, WIDTH_LIMIT } from './budget.ts';
import { limitError, TemplateError, typeError, valueError } from './errors.ts';
import { type Reach, strFormat } from './format-fields.ts';
import { htmlEscape } from './markup.ts';
import { type Method, method } from './method.ts';
import { iterate } from './sequences.ts';
import { ABSENT } from './signature.ts';
import {
  capitalize,
  center,
  isSpace,
  lower,
  replace,
  rsplit,
  split,
  splitlines,
  strip,
  title,
  upper,
  wholeOf,
  widthOf,
} from './text.ts';
import {
  Bytes,
  Dict,
  entriesOf,
  isInt,
  isMapping,
  isText,
  type Named,
  Safe,
  Tuple,
  textOf,
  typeName,
} from './values.ts';

type Self = string;
const none = (value: unknown): boolean => value === null || value === undefined || value === ABSENT;

/** The part of a text that [start:end] names, and where it begins, in characters. */
function window(
  self: string,
  start: unknown,
  end: unknown,
): { chars: string[] | null; text: string; from: number; valid: boolean } {
  if (none(start) && none(end)) return { chars: null, text: self, from: 0, valid: true };
  const all = [...self];
  chargeText(self.length);
  const place = (value: unknown, fallback: number): number => {
    if (none(value)) return fallback;
    if (!isInt(value) && typeof value !== 'boolean')
      throw typeError('slice indices must be integers or None or have an __index__ method');
    const index = Number(value);
    return index < 0 ? Math.max(0, index + all.length) : index;
  };
  const from = place(start, 0);
  const to = Math.min(all.length, place(end, all.length));
  return { chars: all, text: all.slice(from, to).join(''), from, valid: from <= to };
}

function search(name: string, last: boolean) {
  return (self: Self, [sub, start, end]: unknown[]): number => {
    if (!isText(sub)) throw typeError(`must be str, not ${typeName(sub)}`);
    const part = window(self, start, end);
    charge(1 + self.length / 16);
    const found = !part.valid ? -1 : last ? part.text.lastIndexOf(textOf(sub)) : part.text.indexOf(textOf(sub));
    if (found >= 0) return part.from + [...part.text.slice(0, found)].length;
    if (name.endsWith('index')) throw valueError('substring not found');
    return -1;
  };
}

function affix(name: 'startswith' | 'endswith') {
  return (self: Self, [wanted, start, end]: unknown[]): boolean => {
    const part = window(self, start, end);
    const one = (value: unknown): boolean => {
      if (!isText(value)) {
        throw typeError(
          wanted instanceof Tuple
            ? `tuple for ${name} must only contain str, not ${typeName(value)}`
            : `${name} first arg must be str or a tuple of str, not ${typeName(value)}`,
        );
      }
      return (
        part.valid && (name === 'startswith' ? part.text.startsWith(textOf(value)) : part.text.endsWith(textOf(value)))
      );
    };
    return wanted instanceof Tuple ? [...wanted].some(one) : one(wanted);
  };
}

function every(test: RegExp) {
  return (self: Self): boolean => {
    charge(1 + self.length / 16);
    if (self === '') return false;
    for (const char of self) if (!test.test(char)) return false;
    return true;
  };
}

function cased(wanted: 'lower' | 'upper') {
  const wrong = wanted === 'lower' ? /[\p{Lu}\p{Lt}\p{Uppercase}]/u : /[\p{Ll}\p{Lt}\p{Lowercase}]/u;
  const right = wanted === 'lower' ? /\p{Lowercase}/u : /\p{Uppercase}/u;
  return (self: Self): boolean => {
    charge(1 + self.length / 16);
    return right.test(self) && !wrong.test(self);
  };
}
export const isLower = cased('lower');
export const isUpper = cased('upper');

function isTitle(self: Self): boolean {
  charge(1 + self.length / 16);
  let inside = false;
  let any = false;
  for (const char of self) {
    if (/[\p{Lu}\p{Lt}]/u.test(char)) {
      if (inside) return false;
      inside = any = true;
    } else if (/\p{Ll}/u.test(char)) {
      if (!inside) return false;
      any = true;
    } else inside = false;
  }
  return any;
}

/** The one character that pads a text. */
function fill(value: unknown): string {
  if (none(value)) return ' ';
  if (!isText(value)) throw typeError(`The fill character must be a unicode character, not ${typeName(value)}`);
  if ([...textOf(value)].length !== 1) throw typeError('The fill character must be exactly one character long');
  return textOf(value);
}

function stripped(name: string, left: boolean, right: boolean) {
  return (self: Self, [chars]: unknown[]): string => {
    if (!none(chars) && !isText(chars)) throw typeError(`${name} arg must be None or str`);
    return strip(self, none(chars) ? null : textOf(chars as string), left, right);
  };
}

function splitter(work: typeof split) {
  return (self: Self, [sep, maxsplit]: unknown[]): string[] => {
    if (!none(sep) && !isText(sep)) throw typeError(`must be str or None, not ${typeName(sep)}`);
    if (isText(sep) && textOf(sep) === '') throw valueError('empty separator');
    return work(self, none(sep) ? null : textOf(sep as string), wholeOf(maxsplit));
  };
}

function partition(last: boolean) {
  return (self: Self, [sep]: unknown[]): Tuple => {
    if (!isText(sep)) throw typeError(`must be str, not ${typeName(sep)}`);
    const mark = textOf(sep);
    if (mark === '') throw valueError('empty separator');
    chargeText(self.length);
    const at = last ? self.lastIndexOf(mark) : self.indexOf(mark);
    if (at < 0) return Tuple.from_(last ? ['', '', self] : [self, '', '']);
    return Tuple.from_([self.slice(0, at), mark, self.slice(at + mark.length)]);
  };
}

function join(self: Self, [items]: unknown[]): unknown {
  const list = iterateForJoin(items);
  let size = 0;
  list.forEach((item, i) => {
    if (!isText(item)) throw typeError(`sequence item ${i}: expected str instance, ${typeName(item)} found`);
    size += textOf(item).length + self.length;
  });
  chargeText(size);
  return list.map((item) => textOf(item as string)).join(self);
}

function iterateForJoin(items: unknown): readonly unknown[] {
  try {
    return iterate(items);
  } catch (error) {
    if (error instanceof TemplateError && error.type === 'TypeError') throw typeError('can only join an iterable');
    throw error;
  }
}

function expandtabs(self: Self, [tabsize]: unknown[]): string {
  const size = widthOf(tabsize);
  let out = '';
  let column = 0;
  for (const char of self) {
    if (char === '\t') {
      const add = size > 0 ? size - (column % size) : 0;
      chargeText(add);
      out += ' '.repeat(add);
      column += add;
    } else {
      out += char;
      column = char === '\n' || char === '\r' ? 0 : column + 1;
    }
    if (out.length > WIDTH_LIMIT * 10) throw limitError('the text is too long');
  }
  return out;
}

function zfill(self: Self, [width]: unknown[]): string {
  const missing = widthOf(width) - [...self].length;
  if (missing <= 0) return self;
  chargeText(missing + self.length);
  const sign = self[0] === '-' || self[0] === '+' ? self[0] : '';
  return sign + '0'.repeat(missing) + self.slice(sign.length);
}

function pad(left: boolean) {
  return (self: Self, [width, char]: unknown[]): string => {
    const mark = fill(char);
    const missing = widthOf(width) - [...self].length;
    if (missing <= 0) return self;
    chargeText(missing + self.length);
    return left ? mark.repeat(missing) + self : self + mark.repeat(missing);
  };
}

function count(self: Self, [sub, start, end]: unknown[]): number {
  if (!isText(sub)) throw typeError(`must be str, not ${typeName(sub)}`);
  const part = window(self, start, end);
  charge(1 + self.length / 8);
  if (!part.valid) return 0;
  if (textOf(sub) === '') return [...part.text].length + 1;
  return part.text.split(textOf(sub)).length - 1;
}

function translate(self: Self, [table]: unknown[]): string {
  if (!isMapping(table)) throw typeError(`'${typeName(table)}' object is not subscriptable`);
  chargeText(self.length);
  const known = new Map(entriesOf(table).map(([key, value]) => [isText(key) ? null : Number(key), value]));
  let out = '';
  for (const char of self) {
    const code = char.codePointAt(0)!;
    if (!known.has(code)) out += char;
    else {
      const to = known.get(code);
      if (to !== null) out += isText(to) ? textOf(to) : String.fromCodePoint(Number(to));
    }
  }
  return out;
}

function maketrans(_self: Self, [from, to, gone]: unknown[]): Dict {
  const table = new Dict();
  if (none(to)) {
    if (!isMapping(from)) throw typeError('if you give only one argument to maketrans it must be a dict');
    for (const [key, value] of entriesOf(from)) table.set(isText(key) ? textOf(key).codePointAt(0) : key, value);
    return table;
  }
  if (!isText(from) || !isText(to))
    throw typeError('first maketrans argument must be a string if there is a second argument');
  const [a, b] = [[...textOf(from)], [...textOf(to)]];
  if (a.length !== b.length) throw valueError('the first two maketrans arguments must have equal length');
  a.forEach((char, i) => {
    table.set(char.codePointAt(0), b[i]!.codePointAt(0));
  });
  if (isText(gone)) for (const char of textOf(gone)) table.set(char.codePointAt(0), null);
  return table;
}

function casefold(self: Self): string {
  chargeText(self.length * 2);
  // Letters that differ only by case fold to the small form of their large one; the dotless i stands alone.
  return Array.from(self, (char) => (char === 'ı' ? char : char.toUpperCase().toLowerCase())).join('');
}

function swapcase(self: Self): string {
  chargeText(self.length);
  let out = '';
  for (const char of self)
    out += /\p{Uppercase}/u.test(char) ? char.toLowerCase() : /\p{Lowercase}/u.test(char) ? char.toUpperCase() : char;
  return out;
}

function encode(self: Self, [encoding]: unknown[]): Bytes {
  if (typeof encoding !== 'string')
    throw typeError(`encode() argument 'encoding' must be str, not ${typeName(encoding)}`);
  const name = encoding.toLowerCase().replaceAll('_', '-');
  if (['utf-8', 'utf8'].includes(name)) return new Bytes(new TextEncoder().encode(self));
  if (!['ascii', 'latin-1', 'latin1', 'iso-8859-1'].includes(name))
    throw new TemplateError('LookupError', `unknown encoding: ${encoding}`);
  const most = name === 'ascii' ? 127 : 255;
  const codes = [...self].map((char) => char.codePointAt(0)!);
  const bad = codes.findIndex((code) => code > most);
  if (bad >= 0)
    throw new TemplateError(
      'UnicodeEncodeError',
      `'${name === 'ascii' ? 'ascii' : 'latin-1'}' codec can't encode character '\\${codes[bad]! < 256 ? 'x' : 'u'}${codes[bad]!.toString(16).padStart(codes[bad]! < 256 ? 2 : 4, '0')}' in position ${bad}: ordinal not in range(${most + 1})`,
    );
  return new Bytes(Uint8Array.from(codes));
}

function needStr(name: string, value: unknown, at: number): string {
  if (!isText(value)) throw typeError(`${name}() argument ${at} must be str, not ${typeName(value)}`);
  return textOf(value);
}

/** The methods of str. `reach` is how `format` looks into its arguments. */
export function strMethods(reach: Reach): Map<string, Method> {
  const of = (
    name: string,
    text: string,
    run: (self: string, args: unknown[], rest: unknown[], named: Named | null) => unknown,
  ) => [name, method(name, text, run as Method['run'])] as const;
  return new Map<string, Method>([
    of('capitalize', '', (self) => capitalize(self)),
    of('casefold', '', casefold),
    of('center', "width, fillchar=' '", (self, [width, char]) => {
      const mark = fill(char);
      return center(self, widthOf(width), mark);
    }),
    of('count', 'sub, start=None, end=None', count),
    of('encode', "encoding='utf-8', errors='strict'", encode),
    of('endswith', 'suffix, start=None, end=None', affix('endswith')),
    of('expandtabs', 'tabsize=8', expandtabs),
    of('find', 'sub, start=None, end=None', search('find', false)),
    of('index', 'sub, start=None, end=None', search('index', false)),
    of('isalnum', '', every(/[\p{L}\p{N}]/u)),
    of('isalpha', '', every(/\p{L}/u)),
    of('isascii', '', (self) => /^[\x00-\x7f]*$/.test(self)),
    of('isdecimal', '', every(/\p{Nd}/u)),
    of('isdigit', '', every(/[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨]/u)),
    of('isidentifier', '', (self) => /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(self)),
    of('islower', '', isLower),
    of('isnumeric', '', every(/\p{N}/u)),
    of('isprintable', '', (self) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(self)),
    of('isspace', '', (self) => self !== '' && [...self].every((char) => isSpace(char.charCodeAt(0)))),
    of('istitle', '', isTitle),
    of('isupper', '', isUpper),
    of('join', 'iterable', join),
    of('ljust', "width, fillchar=' '", pad(false)),
    of('lower', '', (self) => (chargeText(self.length), lower(self))),
    of('lstrip', 'chars=None', stripped('lstrip', true, false)),
    of('maketrans', 'x, y=None, z=None', maketrans),
    of('partition', 'sep', partition(false)),
    of('removeprefix', 'prefix', (self, [prefix]) => {
      const text = needStr('removeprefix', prefix, 1).toString();
      return text && self.startsWith(text) ? self.slice(text.length) : self;
    }),
    of('removesuffix', 'suffix', (self, [suffix]) => {
      const text = needStr('removesuffix', suffix, 1);
      return text && self.endsWith(text) ? self.slice(0, -text.length) : self;
    }),
    of('replace', 'old, new, count=-1', (self, [old, to, most]) =>
      replace(self, needStr('replace', old, 1), needStr('replace', to, 2), wholeOf(most)),
    ),
    of('rfind', 'sub, start=None, end=None', search('rfind', true)),
    of('rindex', 'sub, start=None, end=None', search('rindex', true)),
    of('rjust', "width, fillchar=' '", pad(true)),
    of('rpartition', 'sep', partition(true)),
    of('rsplit', 'sep=None, maxsplit=-1', splitter(rsplit)),
    of('rstrip', 'chars=None', stripped('rstrip', false, true)),
    of('split', 'sep=None, maxsplit=-1', splitter(split)),
    of('splitlines', 'keepends=False', (self, [keep]) => splitlines(self, Boolean(keep))),
    of('startswith', 'prefix, start=None, end=None', affix('startswith')),
    of('strip', 'chars=None', stripped('strip', true, true)),
    of('swapcase', '', swapcase),
    of('title', '', (self) => title(self)),
    of('translate', 'table', translate),
    of('upper', '', (self) => (chargeText(self.length), upper(self))),
    of('zfill', 'width', zfill),
    of('format', '*args, **kwargs', (self, _args, rest, named) =>
      strFormat(self, rest, named ?? Object.create(null), reach),
    ),
    of('format_map', 'mapping', (self, [mapping]) => {
      if (!isMapping(mapping)) throw typeError(`'${typeName(mapping)}' object is not subscriptable`);
      const named: Named = Object.create(null) as Named;
      for (const [key, value] of entriesOf(mapping)) if (isText(key)) named[textOf(key)] = value;
      return strFormat(self, [], named, reach);
    }),
  ]);
}

/** What a method of Markup gives: its text results are Markup again, and what comes in is escaped. */
export function markupResult(self: Safe, name: string, result: unknown): unknown {
  if (typeof result === 'string' && name !== 'encode') return new Safe(result, self.kind);
  if (Array.isArray(result)) {
    const items = result.map((item) => (typeof item === 'string' ? new Safe(item, self.kind) : item));
    return result instanceof Tuple ? Tuple.from_(items) : items;
  }
  return result;
}

/** Methods of Markup whose arguments are texts that become part of it. */
const ESCAPING = new Set(['replace', 'join', 'center', 'ljust', 'rjust', 'strip', 'lstrip', 'rstrip']);

export function markupArguments(name: string, args: unknown[]): unknown[] {
  if (!ESCAPING.has(name)) return args;
  const escape = (value: unknown): unknown => {
    if (typeof value === 'string') return htmlEscape(value);
    if (name === 'join' && Array.isArray(value)) return value.map(escape);
    return value;
  };
  return args.map(escape);
}
