import { charge } from './budget.ts';
import { callMethod, type Method } from './method.ts';
import { markupArguments, markupResult, strMethods } from './methods-str.ts';
import { BYTES, DICT, FLOAT, INT, LIST, RANGE, TUPLE } from './methods-tables.ts';
import { repr } from './print.ts';
import {
  Bytes,
  Float,
  Func,
  Group,
  getKey,
  Host,
  hasKey,
  isFloat,
  isInt,
  isMapping,
  isMarkup,
  isNumber,
  isText,
  Namespace,
  ownerName,
  Range,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
} from './values.ts';

/** What a template reaches by `value.name` and `value[key]`: own keys, and methods from these tables. Nothing else. */

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
const isInternal = (name: string): boolean => INTERNAL.has(name);

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
function bound(value: unknown, of: Method): Func {
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
