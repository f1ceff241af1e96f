import { charge, chargeItems } from './budget.ts';
import { compare, equals } from './compare.ts';
import { TemplateError, typeError, valueError } from './errors.ts';
import { callMethod, type Method, method } from './method.ts';
import { markupArguments, markupResult, strMethods } from './methods-str.ts';
import { repr, str } from './print.ts';
import { ABSENT } from './signature.ts';
import { wholeOf } from './text.ts';
import {
  Bytes,
  Dict,
  entriesOf,
  Float,
  Func,
  float,
  Group,
  getKey,
  Host,
  hashable,
  hasKey,
  isFloat,
  isInt,
  isMapping,
  isMarkup,
  isNumber,
  isText,
  iterate,
  type Mapping,
  type Named,
  Namespace,
  ownerName,
  Range,
  Safe,
  sizeOf,
  Tuple,
  textOf,
  typeName,
  Undefined,
  View,
} from './values.ts';

/** What a template reaches by `value.name` and `value[key]`: own keys, and methods from these tables. Nothing else. */

type List = unknown[];
const table = (...methods: Method[]): Map<string, Method> => new Map(methods.map((one) => [one.name, one]));

function indexOf(self: List, item: unknown, start: unknown, end: unknown): number {
  charge(self.length);
  const from = start === ABSENT ? 0 : wholeOf(start);
  const to = end === ABSENT ? self.length : wholeOf(end);
  const begin = from < 0 ? Math.max(0, from + self.length) : from;
  const stop = to < 0 ? to + self.length : Math.min(to, self.length);
  for (let i = begin; i < stop; i++) if (equals(self[i], item)) return i;
  throw valueError(self instanceof Tuple ? 'tuple.index(x): x not in tuple' : `${repr(item)} is not in list`);
}

function insert(self: List, [index, item]: unknown[]): null {
  const at = wholeOf(index);
  chargeItems(1 + self.length / 64);
  self.splice(at < 0 ? Math.max(0, at + self.length) : at, 0, item);
  return null;
}

function pop(self: List, [index]: unknown[]): unknown {
  const at = wholeOf(index);
  if (self.length === 0) throw new TemplateError('IndexError', 'pop from empty list');
  const place = at < 0 ? at + self.length : at;
  if (place < 0 || place >= self.length) throw new TemplateError('IndexError', 'pop index out of range');
  charge(1 + (self.length - place) / 64);
  return self.splice(place, 1)[0];
}

function remove(self: List, [item]: unknown[]): null {
  charge(1 + self.length);
  const at = self.findIndex((one) => equals(one, item));
  if (at < 0) throw valueError('list.remove(x): x not in list');
  self.splice(at, 1);
  return null;
}

/** Sorts in place, stably, by what `key` makes of each item; an order that does not exist is a TypeError. */
export function sortList(
  self: List,
  key: ((item: unknown) => unknown) | null,
  reverse: boolean,
  less: (a: unknown, b: unknown) => number = chargedCompare,
): void {
  charge(self.length * 4);
  const keyed = self.map((item) => ({ item, key: key ? key(item) : item }));
  // As Python: the later item is asked whether it is less, and a reversed sort turns the list around before and after.
  const order = (a: { key: unknown }, b: { key: unknown }): number => less(a.key, b.key) || 0;
  if (reverse) keyed.reverse();
  keyed.sort(order);
  if (reverse) keyed.reverse();
  keyed.forEach(({ item }, i) => {
    self[i] = item;
  });
}

function chargedCompare(a: unknown, b: unknown): number {
  charge(1);
  return compare(a, b);
}

const LIST = table(
  method('append', 'object', (self: List, [item]) => {
    chargeItems(1);
    self.push(item);
    return null;
  }),
  method('clear', '', (self: List) => {
    self.length = 0;
    return null;
  }),
  method('copy', '', (self: List) => (chargeItems(self.length), [...self])),
  method('count', 'value', (self: List, [item]) => {
    charge(self.length);
    return self.filter((one) => equals(one, item)).length;
  }),
  method('extend', 'iterable', (self: List, [items]) => {
    const more = [...iterate(items)];
    chargeItems(more.length);
    for (const item of more) self.push(item);
    return null;
  }),
  method('index', 'value, start=absent, stop=absent', (self: List, [item, start, end]) =>
    indexOf(self, item, start, end),
  ),
  method('insert', 'index, object', insert),
  method('pop', 'index=-1', pop),
  method('remove', 'value', remove),
  method('reverse', '', (self: List) => {
    charge(self.length / 8);
    self.reverse();
    return null;
  }),
  method('sort', 'key=None, reverse=False', (self: List, [key, reverse]) => {
    sortList(self, key instanceof Func ? (item) => key.call([item], {}) : null, Boolean(reverse));
    return null;
  }),
);
const TUPLE = table(LIST.get('count')!, LIST.get('index')!);

/** Writes one key. @throws TypeError for a key that cannot be hashed */
export function putKey(self: Mapping, key: unknown, value: unknown): void {
  chargeItems(1);
  if (self instanceof Dict) self.set(key, value);
  else if (isText(key))
    Object.defineProperty(self, textOf(key), { value, writable: true, enumerable: true, configurable: true });
  else {
    hashable(key);
    // A plain object has text keys only; other keys are kept by their text, as JSON does.
    Object.defineProperty(self, str(key), { value, writable: true, enumerable: true, configurable: true });
  }
}

function deleteKey(self: Mapping, key: unknown): void {
  if (self instanceof Dict) self.delete(key);
  else delete self[textOf(key as string)];
}

function update(self: Mapping, other: unknown, named: Named | null): null {
  if (isMapping(other)) for (const [key, value] of entriesOf(other)) putKey(self, key, value);
  else if (other !== ABSENT) {
    iterate(other).forEach((pair, i) => {
      const items = pairOf(pair, i);
      putKey(self, items[0], items[1]);
    });
  }
  for (const key in named) putKey(self, key, named[key]);
  return null;
}

/** One element of a list of pairs that makes a dict. @throws TypeError, ValueError */
export function pairOf(pair: unknown, at: number): readonly unknown[] {
  if (!isText(pair) && !Array.isArray(pair) && !isMapping(pair))
    throw typeError(`cannot convert dictionary update sequence element #${at} to a sequence`);
  const items = iterate(pair);
  if (items.length !== 2)
    throw valueError(`dictionary update sequence element #${at} has length ${items.length}; 2 is required`);
  return items;
}

const DICT = table(
  method('clear', '', (self: Mapping) => {
    for (const [key] of entriesOf(self)) deleteKey(self, key);
    return null;
  }),
  method('copy', '', (self: Mapping) => (chargeItems(sizeOf(self)), Dict.from(entriesOf(self)))),
  method('fromkeys', 'iterable, value=None', (_self: Mapping, [keys, value]) =>
    Dict.from(iterate(keys).map((key) => [key, value] as const)),
  ),
  method('get', 'key, default=None', (self: Mapping, [key, fallback]) =>
    hasKey(self, key) ? getKey(self, key) : fallback,
  ),
  method('items', '', (self: Mapping) => new View(self, 'items')),
  method('keys', '', (self: Mapping) => new View(self, 'keys')),
  method('pop', 'key, default=absent', (self: Mapping, [key, fallback]) => {
    if (!hasKey(self, key)) {
      if (fallback === ABSENT) throw new TemplateError('KeyError', repr(key));
      return fallback;
    }
    const value = getKey(self, key);
    deleteKey(self, key);
    return value;
  }),
  method('popitem', '', (self: Mapping) => {
    const last = entriesOf(self).at(-1);
    if (!last) throw new TemplateError('KeyError', "'popitem(): dictionary is empty'");
    deleteKey(self, last[0]);
    return Tuple.from_(last);
  }),
  method('setdefault', 'key, default=None', (self: Mapping, [key, fallback]) => {
    if (!hasKey(self, key)) putKey(self, key, fallback);
    return getKey(self, key);
  }),
  method('update', 'other=absent, **kwargs', (self: Mapping, [other], _rest, named) => update(self, other, named)),
  method('values', '', (self: Mapping) => new View(self, 'values')),
);

const bits = (self: number | bigint): string => {
  const size = BigInt(self) < 0n ? -BigInt(self) : BigInt(self);
  return size === 0n ? '' : size.toString(2);
};
const INT = table(
  method('bit_count', '', (self: number | bigint) => bits(self).replaceAll('0', '').length),
  method('bit_length', '', (self: number | bigint) => bits(self).length),
  method('conjugate', '', (self: number) => self),
  method('as_integer_ratio', '', (self: number) => Tuple.from_([self, 1])),
);
const FLOAT = table(
  method('is_integer', '', (self: number | Float) => Number.isInteger(float(self))),
  method('conjugate', '', (self: number) => self),
);
const RANGE = table(
  method('count', 'value', (self: Range, [item]) => (self.items().some((one) => equals(one, item)) ? 1 : 0)),
  method('index', 'value', (self: Range, [item]) => {
    const at = self.items().findIndex((one) => equals(one, item));
    if (at < 0) throw valueError(`${repr(item)} is not in range`);
    return at;
  }),
);
const BYTES = table(
  method('decode', "encoding='utf-8', errors='strict'", (self: Bytes) => new TextDecoder().decode(self.data)),
  method('hex', '', (self: Bytes) => Array.from(self.data, (byte) => byte.toString(16).padStart(2, '0')).join('')),
);

/** `str.format` looks into its arguments as every expression does. */
const STR = strMethods({
  attribute: (value, name) => attributeOf(value, name),
  item: (value, key) => itemOf(value, key),
});

function methodsOf(value: unknown): Map<string, Method> | undefined {
  if (typeof value === 'string' || value instanceof Safe) return STR;
  if (value instanceof Tuple) return TUPLE;
  if (Array.isArray(value)) return LIST;
  if (isMapping(value)) return DICT;
  if (isFloat(value)) return FLOAT;
  if (isNumber(value) || typeof value === 'boolean') return INT;
  if (value instanceof Range) return RANGE;
  if (value instanceof Bytes) return BYTES;
  return undefined;
}

/** The method tables by type, for completion and the reference. */
export const METHODS: Readonly<Record<string, ReadonlyMap<string, Method>>> = {
  str: STR,
  list: LIST,
  tuple: TUPLE,
  dict: DICT,
  int: INT,
  float: FLOAT,
};
export const hidesKey = (name: string): boolean => DICT.has(name) || isInternal(name);

/** Attributes of Python's own machinery, which its sandbox refuses. */
const INTERNAL = new Set(
  'class doc init new dir eq ne lt le gt ge hash repr str format reduce reduce_ex setattr getattribute delattr sizeof subclasshook init_subclass'
    .split(' ')
    .map((name) => `__${name}__`),
);
export const isInternal = (name: string): boolean => INTERNAL.has(name);

const unsafe = (value: unknown, name: string) =>
  new Undefined(`access to attribute '${name}' of '${typeName(value)}' object is unsafe.`, 'SecurityError');
const noAttribute = (value: unknown, name: string) =>
  new Undefined(
    value === null ? `'None' has no attribute '${name}'` : `'${ownerName(value)}' has no attribute '${name}'`,
  );

function numberAttribute(value: unknown, name: string): unknown {
  if (!isNumber(value) && typeof value !== 'boolean') return undefined;
  const number = typeof value === 'boolean' ? Number(value) : value;
  if (name === 'real' || (name === 'numerator' && isInt(number))) return number;
  if (name === 'imag') return isFloat(number) ? new Float(0) : 0;
  return name === 'denominator' && isInt(number) ? 1 : undefined;
}

/** `value.name` without own keys: a method or an attribute; undefined when there is none. */
function ownAttribute(value: unknown, name: string): unknown {
  if (value instanceof Host) return value.get(name);
  if (value instanceof Namespace) return value.values.get(name);
  if (value instanceof Func)
    return value.attributes && Object.hasOwn(value.attributes, name) ? value.attributes[name] : undefined;
  if (value instanceof Group && (name === 'grouper' || name === 'list')) return value[name === 'grouper' ? 0 : 1];
  if (value instanceof Range && (name === 'start' || name === 'stop' || name === 'step')) return value[name];
  if (isMarkup(value)) {
    const own = markupMethod(value, name);
    if (own) return own;
  }
  const found = methodsOf(value)?.get(name);
  if (found) return bound(value, found);
  return numberAttribute(value, name);
}

function markupMethod(value: Safe, name: string): Func | undefined {
  if (name === 'unescape') return new Func(name, () => unescapeHtml(value.text));
  if (name === 'striptags') return new Func(name, () => unescapeHtml(value.text.replace(/<[^>]*>/g, '')));
  return undefined;
}

/** The few references that markupsafe itself makes. */
export const unescapeHtml = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});/gi, (whole, name: string) => {
    const known: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
    if (!name.startsWith('#')) return known[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** `value.name`: a method or attribute, then an own key. A missing one is undefined. */
export function attributeOf(value: unknown, name: string): unknown {
  if (value instanceof Undefined) throw value.complain();
  const own = ownAttribute(value, name);
  if (own !== undefined) return own;
  if (isMapping(value) && hasKey(value, name)) return getKey(value, name);
  return isInternal(name) && !(value instanceof Host) ? unsafe(value, name) : noAttribute(value, name);
}

/** `value[key]`: an own key or an index; then, for a text key, an attribute. */
export function itemOf(value: unknown, key: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  if (isMapping(value)) {
    if (isHashable(key) && hasKey(value, key)) return getKey(value, key);
  } else if (value instanceof Host) {
    const found = value.get(key);
    if (found !== undefined) return found;
  } else if (Array.isArray(value) || isText(value) || value instanceof Range || value instanceof Bytes) {
    const index = typeof key === 'boolean' ? Number(key) : key;
    if (typeof index === 'number' && Number.isInteger(index)) {
      const found = element(value, index);
      if (found !== undefined) return isMarkup(value) ? new Safe(found as string, value.kind) : found;
    }
  }
  if (isText(key)) {
    const name = textOf(key);
    const own = ownAttribute(value, name);
    if (own !== undefined) return own;
    return isInternal(name) && !(value instanceof Host) ? unsafe(value, name) : noAttribute(value, name);
  }
  return new Undefined(`${ownerName(value)} has no element ${repr(key)}`);
}

const isHashable = (key: unknown): boolean => {
  if (Array.isArray(key) && !(key instanceof Tuple)) return false;
  return !isMapping(key) && (!(key instanceof Tuple) || key.every(isHashable));
};

function element(value: unknown, index: number): unknown {
  if (Array.isArray(value)) {
    const item: unknown = value[index < 0 ? index + value.length : index];
    return item === undefined ? undefined : item;
  }
  if (value instanceof Range) {
    const at = index < 0 ? index + value.length : index;
    return at >= 0 && at < value.length ? value.at(at) : undefined;
  }
  if (value instanceof Bytes) return value.data.at(index);
  const text = textOf(value as string);
  charge(1 + text.length / 16);
  if (!/[\ud800-\udfff]/.test(text)) return text[index < 0 ? index + text.length : index];
  return [...text].at(index);
}

/** A method of a value, ready to be called. */
export function bound(value: unknown, of: Method): Func {
  const type = typeName(value);
  if (isMarkup(value))
    return new Func(of.name, (positional, named) =>
      // `format` and `%` escape by themselves; they are given the Markup itself.
      of.name === 'format'
        ? callMethod(of, 'str', value, positional, named)
        : markupResult(value, of.name, callMethod(of, 'str', value.text, markupArguments(of.name, positional), named)),
    );
  const self = value instanceof Safe ? value.text : typeof value === 'boolean' ? Number(value) : value;
  return new Func(of.name, (positional, named) => callMethod(of, type, self, positional, named));
}

/** Calls `value.name(…)` without making a function of it first; undefined when the value has no such method. */
export function directMethod(value: unknown, name: string): Method | undefined {
  if (typeof value === 'string') return STR.get(name);
  if (value instanceof Tuple) return TUPLE.get(name);
  if (Array.isArray(value)) return LIST.get(name);
  return isMapping(value) ? DICT.get(name) : undefined;
}
