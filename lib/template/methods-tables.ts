import { charge, chargeItems } from './budget.ts';
import { compare, equals } from './compare.ts';
import { TemplateError, typeError, valueError } from './errors.ts';
import { type Method, method } from './method.ts';
import { repr, str } from './print.ts';
import { iterate } from './sequences.ts';
import { ABSENT } from './signature.ts';
import { wholeOf } from './text.ts';
import {
  type Bytes,
  Dict,
  entriesOf,
  type Float,
  Func,
  float,
  getKey,
  hashable,
  hasKey,
  isMapping,
  isText,
  type Mapping,
  type Named,
  type Range,
  sizeOf,
  Tuple,
  textOf,
  View,
} from './values.ts';

/** The methods of lists, mappings, numbers and ranges, by name. */

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

export const LIST = table(
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
export const TUPLE = table(LIST.get('count')!, LIST.get('index')!);

/** Writes one key. @throws TypeError for a key that cannot be hashed */
function putKey(self: Mapping, key: unknown, value: unknown): void {
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

export const DICT = table(
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
export const INT = table(
  method('bit_count', '', (self: number | bigint) => bits(self).replaceAll('0', '').length),
  method('bit_length', '', (self: number | bigint) => bits(self).length),
  method('conjugate', '', (self: number) => self),
  method('as_integer_ratio', '', (self: number) => Tuple.from_([self, 1])),
);
export const FLOAT = table(
  method('is_integer', '', (self: number | Float) => Number.isInteger(float(self))),
  method('conjugate', '', (self: number) => self),
);
export const RANGE = table(
  method('count', 'value', (self: Range, [item]) => (self.items().some((one) => equals(one, item)) ? 1 : 0)),
  method('index', 'value', (self: Range, [item]) => {
    const at = self.items().findIndex((one) => equals(one, item));
    if (at < 0) throw valueError(`${repr(item)} is not in range`);
    return at;
  }),
);
export const BYTES = table(
  method('decode', "encoding='utf-8', errors='strict'", (self: Bytes) => new TextDecoder().decode(self.data)),
  method('hex', '', (self: Bytes) => Array.from(self.data, (byte) => byte.toString(16).padStart(2, '0')).join('')),
);
