import { charge } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { contains } from './operators.ts';
import {
  compare,
  entriesOf,
  equals,
  Float,
  Func,
  getKey,
  Host,
  hashable,
  hasKey,
  isMapping,
  isNumber,
  isText,
  iterate,
  Namespace,
  Safe,
  str,
  Tuple,
  textOf,
  typeName,
  Undefined,
} from './values.ts';

/** Python's methods of str, list, dict and numbers: the whole of what a template can call on a value. */

type Method = (self: never, args: unknown[], named: Record<string, unknown>) => unknown;
const table = (methods: Record<string, Method>): Map<string, Method> => new Map(Object.entries(methods));

const text = (value: unknown, fallback = ''): string =>
  isText(value) ? textOf(value) : value === undefined || value === null ? fallback : str(value);
const whole = (value: unknown, fallback: number): number => (typeof value === 'number' ? Math.trunc(value) : fallback);
const strip = (value: string, chars: string | null, left: boolean, right: boolean): string => {
  const drop = (char: string) => (chars === null ? /\s/.test(char) : chars.includes(char));
  let from = 0;
  let to = value.length;
  if (left) while (from < to && drop(value[from]!)) from++;
  if (right) while (to > from && drop(value[to - 1]!)) to--;
  return value.slice(from, to);
};
const chars = (value: unknown): string | null => (isText(value) ? textOf(value) : null);

function split(self: string, separator: unknown, limit: number): string[] {
  charge(self.length / 4);
  if (separator === undefined || separator === null) {
    const words = self.trim().split(/\s+/).filter(Boolean);
    if (limit < 0 || words.length <= limit + 1) return words;
    let rest = self.trimStart();
    const out: string[] = [];
    for (let i = 0; i < limit; i++) {
      out.push(words[i]!);
      rest = rest.slice(words[i]!.length).trimStart();
    }
    return rest ? [...out, rest.trimEnd()] : out;
  }
  const by = text(separator);
  if (by === '') throw new TemplateError('ValueError', 'empty separator');
  const parts = self.split(by);
  return limit < 0 || parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(by)];
}

const title = (self: string) =>
  self.toLowerCase().replace(/\p{L}+/gu, (word) => word[0]!.toUpperCase() + word.slice(1));
const capitalize = (self: string) => {
  const [first = ''] = self;
  return first.toUpperCase() + self.slice(first.length).toLowerCase();
};

const STR = table({
  upper: (self: string) => self.toUpperCase(),
  lower: (self: string) => self.toLowerCase(),
  casefold: (self: string) => self.toLowerCase().replaceAll('ß', 'ss'),
  title: (self: string) => title(self),
  capitalize: (self: string) => capitalize(self),
  swapcase: (self: string) =>
    [...self].map((c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  strip: (self: string, [what]) => strip(self, chars(what), true, true),
  lstrip: (self: string, [what]) => strip(self, chars(what), true, false),
  rstrip: (self: string, [what]) => strip(self, chars(what), false, true),
  split: (self: string, [by, limit], named) => split(self, by ?? named.sep, whole(limit ?? named.maxsplit, -1)),
  rsplit: (self: string, [by, limit]) => {
    const all = split(self, by, -1);
    const most = whole(limit, -1);
    if (most < 0 || all.length <= most + 1) return all;
    const glue = by === undefined || by === null ? ' ' : text(by);
    return [all.slice(0, all.length - most).join(glue), ...all.slice(all.length - most)];
  },
  splitlines: (self: string) => {
    const lines = self.split(/\r\n|[\n\r]/);
    if (lines.at(-1) === '') lines.pop();
    return lines;
  },
  join: (self: string, [items]) => {
    const list = iterate(items);
    list.forEach((item, i) => {
      if (!isText(item)) throw typeError(`sequence item ${i}: expected str instance, ${typeName(item)} found`);
    });
    const joined = list.map((item) => text(item)).join(self);
    charge(joined.length / 8);
    return joined;
  },
  replace: (self: string, [from, to, count]) => {
    const limit = whole(count, -1);
    const old = text(from);
    const fresh = text(to);
    charge(self.length / 8);
    if (limit < 0) {
      const out = self.replaceAll(old, () => fresh);
      charge(out.length / 8);
      return out;
    }
    const parts = self.split(old);
    const head = parts.slice(0, limit + 1).join(fresh);
    return parts.length > limit + 1 ? head + old + parts.slice(limit + 1).join(old) : head;
  },
  startswith: (self: string, [what]) =>
    what instanceof Tuple ? what.some((one) => self.startsWith(text(one))) : self.startsWith(text(what)),
  endswith: (self: string, [what]) =>
    what instanceof Tuple ? what.some((one) => self.endsWith(text(one))) : self.endsWith(text(what)),
  find: (self: string, [what, from]) => self.indexOf(text(what), whole(from, 0)),
  rfind: (self: string, [what]) => self.lastIndexOf(text(what)),
  index: (self: string, [what]) => {
    const at = self.indexOf(text(what));
    if (at < 0) throw new TemplateError('ValueError', 'substring not found');
    return at;
  },
  count: (self: string, [what]) => {
    charge(self.length / 8);
    return self.split(text(what)).length - 1;
  },
  isdigit: (self: string) => /^\p{Nd}+$/u.test(self),
  isnumeric: (self: string) => /^\p{N}+$/u.test(self),
  isdecimal: (self: string) => /^\p{Nd}+$/u.test(self),
  isalpha: (self: string) => /^\p{L}+$/u.test(self),
  isalnum: (self: string) => /^[\p{L}\p{N}]+$/u.test(self),
  isspace: (self: string) => /^\s+$/.test(self),
  isupper: (self: string) => self !== self.toLowerCase() && self === self.toUpperCase(),
  islower: (self: string) => self !== self.toUpperCase() && self === self.toLowerCase(),
  istitle: (self: string) => self !== '' && self === title(self),
  zfill: (self: string, [width]) => {
    const size = width_(width);
    const sign = /^[-+]/.exec(self)?.[0] ?? '';
    return sign + self.slice(sign.length).padStart(size - sign.length, '0');
  },
  center: (self: string, [width, fill]) => {
    const space = Math.max(0, width_(width) - self.length);
    const left = (space >> 1) + (space & width_(width) & 1);
    return text(fill, ' ').repeat(left) + self + text(fill, ' ').repeat(space - left);
  },
  ljust: (self: string, [width, fill]) => self.padEnd(width_(width), text(fill, ' ')),
  rjust: (self: string, [width, fill]) => self.padStart(width_(width), text(fill, ' ')),
  removeprefix: (self: string, [what]) => (self.startsWith(text(what)) ? self.slice(text(what).length) : self),
  removesuffix: (self: string, [what]) =>
    text(what) !== '' && self.endsWith(text(what)) ? self.slice(0, -text(what).length) : self,
  partition: (self: string, [by]) => {
    const at = self.indexOf(text(by));
    return at < 0
      ? Tuple.of2([self, '', ''])
      : Tuple.of2([self.slice(0, at), text(by), self.slice(at + text(by).length)]);
  },
  rpartition: (self: string, [by]) => {
    const at = self.lastIndexOf(text(by));
    return at < 0
      ? Tuple.of2(['', '', self])
      : Tuple.of2([self.slice(0, at), text(by), self.slice(at + text(by).length)]);
  },
  format: (self: string, args, named) => {
    let next = 0;
    charge(self.length / 4);
    return self.replace(
      /\{\{|\}\}|\{([^{}:!]*)(?:![rs])?(?::([^{}]*))?\}/g,
      (found, field: string | undefined, spec: string | undefined) => {
        if (found === '{{') return '{';
        if (found === '}}') return '}';
        const [head = '', ...path] = (field ?? '').split('.');
        let value =
          head === ''
            ? args[next++]
            : /^\d+$/.test(head)
              ? args[Number(head)]
              : Object.hasOwn(named, head)
                ? named[head]
                : undefined;
        if (value === undefined)
          throw new TemplateError(
            /^\d*$/.test(head) ? 'IndexError' : 'KeyError',
            /^\d*$/.test(head) ? 'Replacement index out of range for positional args tuple' : `'${head}'`,
          );
        for (const step of path) value = attributeOf(value, step);
        return formatSpec(value, spec ?? '');
      },
    );
  },
});

function width_(value: unknown): number {
  const width = whole(value, 0);
  if (width > 100_000) throw new TemplateError('LimitError', 'the width is too large');
  charge(width / 8);
  return width;
}

function formatSpec(value: unknown, spec: string): string {
  const found = /^(?:(.)?([<>^=]))?([-+ ])?(0)?(\d+)?(,)?(?:\.(\d+))?([a-zA-Z%])?$/.exec(spec);
  if (!found) throw new TemplateError('ValueError', `Invalid format specifier '${spec}'`);
  const [, fill = ' ', align, sign, zero, width, comma, precision, kind] = found;
  let out: string;
  if (isNumber(value)) {
    const number = value instanceof Float ? value.value : Number(value);
    const digits = precision === undefined ? undefined : Number(precision);
    out =
      kind === '%'
        ? `${(number * 100).toFixed(digits ?? 6)}%`
        : kind === 'f' || digits !== undefined
          ? Math.abs(number).toFixed(digits ?? 6)
          : str(value).replace('-', '');
    if (kind === 'x') out = Math.abs(number).toString(16);
    if (comma) out = out.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');
    out = (number < 0 && !out.startsWith('-') ? '-' : sign === '+' && number >= 0 ? '+' : '') + out;
  } else out = precision === undefined ? str(value) : str(value).slice(0, Number(precision));
  const size = width_(width === undefined ? 0 : Number(width));
  const where = align ?? (zero ? '=' : isNumber(value) ? '>' : '<');
  if (where === '<') return out.padEnd(size, fill);
  if (where === '^') return out.padStart(out.length + ((size - out.length) >> 1), fill).padEnd(size, fill);
  return out.padStart(size, zero ? '0' : fill);
}

const LIST = table({
  append: (self: unknown[], [item]) => {
    charge(4);
    self.push(item);
    return null;
  },
  extend: (self: unknown[], [items]) => {
    const more = [...iterate(items)];
    charge(more.length);
    for (const item of more) self.push(item);
    return null;
  },
  insert: (self: unknown[], [at, item]) => {
    charge(self.length / 16 + 1);
    self.splice(whole(at, 0), 0, item);
    return null;
  },
  pop: (self: unknown[], [at]) => {
    if (self.length === 0) throw new TemplateError('IndexError', 'pop from empty list');
    charge(self.length / 16 + 1);
    const [gone] = self.splice(at === undefined ? -1 : whole(at, -1), 1);
    return gone;
  },
  remove: (self: unknown[], [item]) => {
    const at = self.findIndex((one) => equals(one, item));
    if (at < 0) throw new TemplateError('ValueError', 'list.remove(x): x not in list');
    self.splice(at, 1);
    return null;
  },
  index: (self: unknown[], [item]) => {
    charge(self.length);
    const at = self.findIndex((one) => equals(one, item));
    if (at < 0) throw new TemplateError('ValueError', 'item is not in list');
    return at;
  },
  count: (self: unknown[], [item]) => {
    charge(self.length);
    return self.filter((one) => equals(one, item)).length;
  },
  reverse: (self: unknown[]) => {
    self.reverse();
    return null;
  },
  sort: (self: unknown[], _args, named) => {
    charge(self.length * 4);
    self.sort((a, b) => compare(a, b));
    if (named.reverse) self.reverse();
    return null;
  },
  copy: (self: unknown[]) => [...self],
  clear: (self: unknown[]) => {
    self.length = 0;
    return null;
  },
});

const TUPLE = table({
  index: LIST.get('index')!,
  count: LIST.get('count')!,
});

type Mapping = Record<string, unknown> | Map<unknown, unknown>;

function put(self: Mapping, key: unknown, value: unknown): void {
  charge(4);
  if (self instanceof Map) self.set(hashable(key), value);
  else Object.defineProperty(self, str(key), { value, writable: true, enumerable: true, configurable: true });
}

const DICT = table({
  keys: (self: Mapping) => entriesOf(self).map(([key]) => key),
  values: (self: Mapping) => entriesOf(self).map(([, value]) => value),
  items: (self: Mapping) => entriesOf(self).map((entry) => Tuple.of2(entry)),
  get: (self: Mapping, [key, fallback]) => (hasKey(self, key) ? getKey(self, key) : (fallback ?? null)),
  copy: (self: Mapping) => new Map(entriesOf(self)),
  update: (self: Mapping, [other], named) => {
    if (isMapping(other)) for (const [key, value] of entriesOf(other)) put(self, key, value);
    for (const [key, value] of Object.entries(named)) put(self, key, value);
    return null;
  },
  setdefault: (self: Mapping, [key, fallback]) => {
    if (!hasKey(self, key)) put(self, key, fallback ?? null);
    return getKey(self, key);
  },
  pop: (self: Mapping, [key, fallback]) => {
    if (!hasKey(self, key)) {
      if (fallback === undefined) throw new TemplateError('KeyError', str(key));
      return fallback;
    }
    const value = getKey(self, key);
    if (self instanceof Map) self.delete(hashable(key));
    else delete self[str(key)];
    return value;
  },
  clear: (self: Mapping) => {
    for (const [key] of entriesOf(self)) {
      if (self instanceof Map) self.delete(key);
      else delete self[str(key)];
    }
    return null;
  },
});

const NUMBER = table({
  bit_length: (self: number) => (self === 0 ? 0 : Math.abs(self).toString(2).length),
  is_integer: (self: unknown) => self instanceof Float || Number.isInteger(self),
});

function methodsOf(value: unknown): Map<string, Method> | undefined {
  if (isText(value)) return STR;
  if (value instanceof Tuple) return TUPLE;
  if (Array.isArray(value)) return LIST;
  if (isMapping(value)) return DICT;
  if (isNumber(value)) return NUMBER;
  return undefined;
}

/** Names of the methods of a type ("str", "list", "dict"), for the editor and the reference. */
export const METHOD_NAMES = { str: [...STR.keys()], list: [...LIST.keys()], dict: [...DICT.keys()] };

/** `value.name`: a method, or an own key. */
export function attributeOf(value: unknown, name: string): unknown {
  if (value instanceof Undefined) throw value.complain();
  if (value instanceof Host) return missing(value.get(name), value, name);
  if (value instanceof Namespace) return missing(value.values.get(name), value, name);
  const method = methodsOf(value)?.get(name);
  if (method) return bound(value, name, method);
  if (isMapping(value) && hasKey(value, name)) return getKey(value, name);
  return new Undefined(`'${pythonType(value)}' has no attribute '${name}'`);
}

/** `value[key]`: an own key or an index; then, as Jinja does, an attribute. */
export function itemOf(value: unknown, key: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  if (value instanceof Host) return missing(value.get(key), value, key);
  if (Array.isArray(value) || isText(value)) {
    const index = typeof key === 'boolean' ? Number(key) : key;
    if (typeof index === 'number' && Number.isInteger(index)) {
      if (isText(value)) charge(textOf(value).length / 16);
      const items = isText(value) ? [...textOf(value)] : value;
      const at = index < 0 ? index + items.length : index;
      if (at >= 0 && at < items.length) return items[at];
      return new Undefined(`${pythonType(value)} has no element ${index}`);
    }
  }
  if (isMapping(value)) {
    const known = Array.isArray(key) && !(key instanceof Tuple) ? false : isMapping(key) ? false : hasKey(value, key);
    if (known) return getKey(value, key);
  }
  if (isText(key)) return attributeAsItem(value, textOf(key));
  return new Undefined(`${pythonType(value)} has no element ${str(key)}`);
}

function attributeAsItem(value: unknown, name: string): unknown {
  const method = methodsOf(value)?.get(name);
  if (method && !isMapping(value)) return bound(value, name, method);
  return new Undefined(`'${pythonType(value)}' has no attribute '${name}'`);
}

const pythonType = (value: unknown): string => (value === null ? 'None' : `${typeName(value)} object`);
const missing = (found: unknown, owner: unknown, key: unknown): unknown =>
  found === undefined ? new Undefined(`'${pythonType(owner)}' has no attribute '${str(key)}'`) : found;

function bound(value: unknown, name: string, method: Method): Func {
  const self = value instanceof Safe ? value.text : value;
  return new Func(name, (args, named) => method(self as never, args, named));
}

export { contains };
