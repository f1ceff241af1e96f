import { TemplateError, typeError } from './errors.ts';

/**
 * Python's values in JavaScript: None is null, str is string, list is Array, tuple is Tuple, dict is a plain object of own
 * keys or a Map, int is an integral number (bigint beyond 2^53), float a non-integral number; only an integral float is
 * boxed, so that it prints as 1.0. Whatever is not one of these cannot be reached by a template.
 */

/** An integral float, such as 5.0. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class Tuple extends Array<unknown> {
  static override get [Symbol.species]() {
    return Array;
  }
  static of2(items: readonly unknown[]): Tuple {
    const tuple = new Tuple();
    for (const item of items) tuple.push(item);
    return tuple;
  }
}

/** A missing value: prints as nothing, is false, and complains when something is asked of it. */
export class Undefined {
  readonly hint: string;
  constructor(hint: string) {
    this.hint = hint;
  }
  complain(): TemplateError {
    return new TemplateError('UndefinedError', this.hint);
  }
}

/** Text that is finished for the place it goes to: it is not escaped again. */
export class Safe {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A function that templates may call. A plain JavaScript function never is one. */
export class Func {
  readonly name: string;
  readonly call: (positional: unknown[], named: Record<string, unknown>) => unknown;
  constructor(name: string, call: (positional: unknown[], named: Record<string, unknown>) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** An object of the host with attributes of its choice, perhaps callable; templates see only what `get` gives. */
export class Host {
  readonly name: string;
  readonly get: (key: unknown) => unknown;
  readonly call: ((positional: unknown[], named: Record<string, unknown>) => unknown) | null;
  constructor(name: string, get: (key: unknown) => unknown, call: Host['call'] = null) {
    this.name = name;
    this.get = get;
    this.call = call;
  }
}

export class Namespace {
  readonly values = new Map<string, unknown>();
}

export const isMapping = (value: unknown): value is Record<string, unknown> | Map<unknown, unknown> =>
  value instanceof Map ||
  (typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null));

export const isNumber = (value: unknown): value is number | bigint | Float =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
export const isFloat = (value: unknown): boolean =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
export const isText = (value: unknown): value is string | Safe => typeof value === 'string' || value instanceof Safe;
export const textOf = (value: string | Safe): string => (typeof value === 'string' ? value : value.text);

/** A number as JavaScript computes with it. */
export const float = (value: number | bigint | Float): number => (value instanceof Float ? value.value : Number(value));
/** A result that Python would call a float. */
export const asFloat = (value: number): unknown => (Number.isInteger(value) ? new Float(value) : value);
/** A result that Python would call an int, of whatever size. */
export const asInt = (value: bigint): number | bigint =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;

export function entriesOf(value: Record<string, unknown> | Map<unknown, unknown>): [unknown, unknown][] {
  return value instanceof Map ? [...value.entries()] : Object.entries(value);
}

/** Truth in Python's sense. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Undefined) return false;
    if (value instanceof Float) return value.value !== 0;
    if (value instanceof Safe) return value.text.length > 0;
    if (value instanceof Map) return value.size > 0;
    if (isMapping(value)) {
      for (const key in value) if (Object.hasOwn(value, key)) return true;
      return false;
    }
    return true;
  }
  return Boolean(value);
}

/** The name of Python's type, for messages. */
export function typeName(value: unknown): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (isFloat(value)) return 'float';
  if (isNumber(value)) return 'int';
  if (isText(value)) return 'str';
  if (value instanceof Tuple) return 'tuple';
  if (Array.isArray(value)) return 'list';
  if (isMapping(value)) return 'dict';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Func) return 'function';
  return 'object';
}

const MAX_PRINT_DEPTH = 60;

/** Python's str(). */
export function str(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (value instanceof Safe) return value.text;
  if (value instanceof Undefined) return '';
  return repr(value, 0);
}

/** Python's repr(). */
export function repr(value: unknown, depth = 0): string {
  if (depth > MAX_PRINT_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (value instanceof Float) return floatText(value.value);
  if (isText(value)) return quoted(textOf(value));
  if (value instanceof Tuple)
    return value.length === 1
      ? `(${repr(value[0], depth + 1)},)`
      : `(${value.map((item) => repr(item, depth + 1)).join(', ')})`;
  if (Array.isArray(value)) return `[${value.map((item) => repr(item, depth + 1)).join(', ')}]`;
  if (isMapping(value))
    return `{${entriesOf(value)
      .map(([key, item]) => `${repr(key, depth + 1)}: ${repr(item, depth + 1)}`)
      .join(', ')}}`;
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Func) return `<function ${value.name}>`;
  return `<${value instanceof Host ? value.name : 'object'}>`;
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${mantissa}e${sign}${exponent.replace(/[+-]/, '').padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = mark;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === mark || char === '\\') out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\r') out += '\\r';
    else if (char === '\t') out += '\\t';
    else if (code < 32 || code === 127) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += char;
  }
  return out + mark;
}

const MAX_COMPARE_DEPTH = 60;

/** Python's ==. */
export function equals(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (depth > MAX_COMPARE_DEPTH)
    throw new TemplateError('RecursionError', 'maximum recursion depth exceeded in comparison');
  const x = typeof a === 'boolean' ? Number(a) : a;
  const y = typeof b === 'boolean' ? Number(b) : b;
  if (isNumber(x) && isNumber(y))
    return typeof x === 'bigint' && typeof y === 'bigint' ? x === y : float(x) === float(y);
  if (isText(x) && isText(y)) return textOf(x) === textOf(y);
  if (Array.isArray(x) && Array.isArray(y))
    return (
      x instanceof Tuple === y instanceof Tuple &&
      x.length === y.length &&
      x.every((item, i) => equals(item, y[i], depth + 1))
    );
  if (isMapping(x) && isMapping(y)) {
    const left = entriesOf(x);
    return (
      left.length === entriesOf(y).length &&
      left.every(([key, value]) => hasKey(y, key) && equals(value, getKey(y, key), depth + 1))
    );
  }
  return x instanceof Undefined && y instanceof Undefined;
}

/** Python's <, as -1, 0 or 1. @throws TypeError when the types have no order */
export function compare(a: unknown, b: unknown, op = '<'): number {
  const x = typeof a === 'boolean' ? Number(a) : a;
  const y = typeof b === 'boolean' ? Number(b) : b;
  if (isNumber(x) && isNumber(y)) {
    const [m, n] = typeof x === 'bigint' && typeof y === 'bigint' ? [x, y] : [float(x), float(y)];
    return m < n ? -1 : m > n ? 1 : 0;
  }
  if (isText(x) && isText(y)) return compareText(textOf(x), textOf(y));
  if (Array.isArray(x) && Array.isArray(y) && x instanceof Tuple === y instanceof Tuple) {
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (!equals(x[i], y[i])) return compare(x[i], y[i], op);
    return Math.sign(x.length - y.length);
  }
  if (x instanceof Undefined) throw x.complain();
  if (y instanceof Undefined) throw y.complain();
  throw typeError(`'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** By code points, as Python; JavaScript compares surrogates. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    return a.codePointAt(i)! < b.codePointAt(i)! ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

export function hasKey(mapping: Record<string, unknown> | Map<unknown, unknown>, key: unknown): boolean {
  if (mapping instanceof Map) return mapping.has(hashable(key));
  return isText(key) && Object.hasOwn(mapping, textOf(key));
}

export function getKey(mapping: Record<string, unknown> | Map<unknown, unknown>, key: unknown): unknown {
  if (mapping instanceof Map) return mapping.get(hashable(key));
  return isText(key) && Object.hasOwn(mapping, textOf(key)) ? mapping[textOf(key)] : undefined;
}

/** The form of a dict's key under which equal keys meet: 1, 1.0 and True are one. @throws TypeError for lists and dicts */
export function hashable(key: unknown): unknown {
  if (key instanceof Safe) return key.text;
  if (key instanceof Float) return key.value;
  if (typeof key === 'boolean') return Number(key);
  if (key instanceof Tuple) return `\u0000tuple:${repr(key)}`;
  if (Array.isArray(key) || isMapping(key)) throw typeError(`unhashable type: '${typeName(key)}'`);
  return key;
}

/** The items that a loop or a filter goes through. @throws TypeError for what cannot be iterated */
export function iterate(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (isText(value)) return [...textOf(value)];
  if (value instanceof Undefined) return [];
  if (isMapping(value)) return value instanceof Map ? [...value.keys()] : Object.keys(value);
  throw typeError(`'${typeName(value)}' object is not iterable`);
}

/** Python's len(). */
export function length(value: unknown): number {
  if (isText(value)) return [...textOf(value)].length;
  if (Array.isArray(value)) return value.length;
  if (isMapping(value)) return value instanceof Map ? value.size : Object.keys(value).length;
  if (value instanceof Undefined) return 0;
  throw typeError(`object of type '${typeName(value)}' has no len()`);
}

/** A template's value as plain JSON for the rest of the house; undefined becomes null. */
export function toPlain(value: unknown, depth = 0): unknown {
  if (depth > MAX_PRINT_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
  if (value instanceof Undefined) return null;
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Safe) return value.text;
  if (Array.isArray(value)) return [...value].map((item) => toPlain(item, depth + 1));
  if (isMapping(value))
    return Object.fromEntries(entriesOf(value).map(([key, item]) => [str(key), toPlain(item, depth + 1)]));
  if (value instanceof Host || value instanceof Func || value instanceof Namespace) return null;
  return value;
}
