import { charge } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';

/**
 * Python's values in JavaScript. None is null, str is string, list is Array, tuple is Tuple, dict is Dict or a plain object
 * of own keys (as JSON gives them), int is an integral number (bigint beyond 2^53), float is a non-integral number; only an
 * integral float is boxed, so that it prints as 1.0. Whatever is not one of the classes here cannot be used by a template.
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
  static from_(items: readonly unknown[]): Tuple {
    const tuple = new Tuple();
    for (let i = 0; i < items.length; i++) tuple.push(items[i]);
    return tuple;
  }
}

/** A pair of groupby: a tuple whose parts also have names. */
export class Group extends Tuple {
  static of_(grouper: unknown, list: unknown[]): Group {
    const group = new Group();
    group.push(grouper, list);
    return group;
  }
}

/** A missing value: prints as nothing, is false, and complains when something is asked of it. */
export class Undefined {
  readonly hint: string;
  readonly type: string;
  constructor(hint: string, type = 'UndefinedError') {
    this.hint = hint;
    this.type = type;
  }
  complain(): TemplateError {
    return new TemplateError(this.type, this.hint);
  }
}

/**
 * What a text is finished for: HTML or JSON by a filter, anything by the author's word (`safe`), these three being Markup in
 * Python's eyes; `place` is text that the template itself made for the place it stands in, a plain str to Python.
 */
export type SafeKind = 'html' | 'json' | 'any' | 'place';

/** Text that is finished for the place it goes to: it is not escaped again. */
export class Safe {
  readonly text: string;
  readonly kind: SafeKind;
  constructor(text: string, kind: SafeKind = 'place') {
    this.text = text;
    this.kind = kind;
  }
}

export class Bytes {
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    this.data = data;
  }
}

export type Named = Record<string, unknown>;
export const NO_NAMED: Named = Object.freeze(Object.create(null)) as Named;
export type Call = (positional: unknown[], named: Named) => unknown;

/** A function that templates may call. A plain JavaScript function never is one. */
export class Func {
  readonly name: string;
  readonly call: Call;
  /** Python's type, for messages: a method is builtin, a macro is "Macro". */
  readonly type: string;
  readonly attributes: Named | null;
  constructor(name: string, call: Call, type = 'builtin_function_or_method', attributes: Named | null = null) {
    this.name = name;
    this.call = call;
    this.type = type;
    this.attributes = attributes;
  }
}

/** An object of the host with attributes of its choice, perhaps callable; templates see only what `get` gives. */
export class Host {
  readonly name: string;
  readonly get: (key: unknown) => unknown;
  readonly call: Call | null;
  constructor(name: string, get: (key: unknown) => unknown, call: Call | null = null) {
    this.name = name;
    this.get = get;
    this.call = call;
  }
}

export class Namespace {
  readonly values = new Map<string, unknown>();
}

export class Range {
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly length: number;
  constructor(start: number, stop: number, step: number) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }
  at(index: number): number {
    return this.start + index * this.step;
  }
  items(): number[] {
    return Array.from({ length: this.length }, (_, i) => this.start + i * this.step);
  }
}

/** A sequence that is made as it is read, once: what map, select and their like give. */
export class Gen {
  readonly source: Iterator<unknown>;
  readonly type: string;
  constructor(source: Iterator<unknown>, type = 'generator') {
    this.source = source;
    this.type = type;
  }
  [Symbol.iterator](): Iterator<unknown> {
    return this.source;
  }
}

export type Mapping = Record<string, unknown> | Dict;

/** A view of a dict: keys(), values(), items(). */
export class View {
  readonly of: Mapping;
  readonly kind: 'keys' | 'values' | 'items';
  constructor(of: Mapping, kind: 'keys' | 'values' | 'items') {
    this.of = of;
    this.kind = kind;
  }
}

/** A dict that a template made: any hashable key, in order, 1 and 1.0 and True being one key. */
export class Dict {
  private readonly map = new Map<unknown, [key: unknown, value: unknown]>();
  static from(entries: Iterable<readonly [unknown, unknown]>): Dict {
    const dict = new Dict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }
  get size(): number {
    return this.map.size;
  }
  has(key: unknown): boolean {
    return this.map.has(hashable(key));
  }
  get(key: unknown): unknown {
    return this.map.get(hashable(key))?.[1];
  }
  set(key: unknown, value: unknown): void {
    const hash = hashable(key);
    const known = this.map.get(hash);
    if (known) known[1] = value;
    else this.map.set(hash, [key, value]);
  }
  delete(key: unknown): void {
    this.map.delete(hashable(key));
  }
  entries(): [unknown, unknown][] {
    return [...this.map.values()];
  }
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
export const isMapping = (value: unknown): value is Mapping => value instanceof Dict || isPlain(value);
export const isNumber = (value: unknown): value is number | bigint | Float =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
export const isFloat = (value: unknown): boolean =>
  typeof value === 'number' ? !Number.isInteger(value) : value instanceof Float;
export const isInt = (value: unknown): value is number | bigint =>
  typeof value === 'number' ? Number.isInteger(value) : typeof value === 'bigint';
export const isText = (value: unknown): value is string | Safe => typeof value === 'string' || value instanceof Safe;
export const textOf = (value: string | Safe): string => (typeof value === 'string' ? value : value.text);
/** Python's Markup: text that HTML or JSON escaping made. */
export const isMarkup = (value: unknown): value is Safe => value instanceof Safe && value.kind !== 'place';

/** A number as JavaScript computes with it. */
export const float = (value: number | bigint | Float): number => (value instanceof Float ? value.value : Number(value));
/** A result that Python would call a float. */
export const asFloat = (value: number): number | Float => (Number.isInteger(value) ? new Float(value) : value);
/** A result that Python would call an int, of whatever size. */
export const asInt = (value: bigint): number | bigint =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
/** True and False count as 1 and 0. */
export const unbool = (value: unknown): unknown => (typeof value === 'boolean' ? Number(value) : value);

export const entriesOf = (value: Mapping): [unknown, unknown][] =>
  value instanceof Dict ? value.entries() : Object.entries(value);
export const keysOf = (value: Mapping): unknown[] =>
  value instanceof Dict ? value.entries().map(([key]) => key) : Object.keys(value);
export const sizeOf = (value: Mapping): number => (value instanceof Dict ? value.size : Object.keys(value).length);

export function hasKey(mapping: Mapping, key: unknown): boolean {
  if (mapping instanceof Dict) return mapping.has(key);
  if (isText(key)) return Object.hasOwn(mapping, textOf(key));
  hashable(key);
  return false;
}

export function getKey(mapping: Mapping, key: unknown): unknown {
  if (mapping instanceof Dict) return mapping.get(key);
  return isText(key) && Object.hasOwn(mapping, textOf(key)) ? mapping[textOf(key)] : undefined;
}

/** The form of a dict's key under which equal keys meet: 1, 1.0 and True are one. @throws TypeError for lists and dicts */
export function hashable(key: unknown): unknown {
  if (typeof key !== 'object' || key === null) {
    if (typeof key === 'boolean') return Number(key);
    return typeof key === 'bigint' ? asInt(key) : key;
  }
  if (key instanceof Safe) return key.text;
  if (key instanceof Float) return key.value;
  if (key instanceof Tuple) return `\u0000(${key.map(hashText).join()})`;
  if (key instanceof Undefined) return Undefined;
  if (Array.isArray(key) || isMapping(key) || (key instanceof View && key.kind !== 'values'))
    throw typeError(`unhashable type: '${typeName(key)}'`);
  return key;
}

function hashText(item: unknown): string {
  charge(1);
  const hash = hashable(item);
  if (typeof hash === 'string') {
    charge(hash.length / 16);
    return JSON.stringify(hash);
  }
  return typeof hash === 'object' && hash !== null ? `#${identity(hash)}` : String(hash);
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;
/** A number that stands for an object as a dict's key; Python uses its address. */
function identity(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  identities.set(object, ++lastIdentity);
  return lastIdentity;
}

/** Truth in Python's sense. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value !== '' && value !== false;
  if (typeof value !== 'object' || value === null) return Boolean(value) || Number.isNaN(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Undefined) return false;
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Safe) return value.text.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (value instanceof Range) return value.length > 0;
  if (value instanceof View) return sizeOf(value.of) > 0;
  if (value instanceof Bytes) return value.data.length > 0;
  if (isPlain(value)) {
    for (const key in value) if (Object.hasOwn(value, key)) return true;
    return false;
  }
  return true;
}

/** The name of Python's type, for messages. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (isFloat(value)) return 'float';
  if (isNumber(value)) return 'int';
  if (value instanceof Safe) return value.kind === 'place' ? 'str' : 'Markup';
  if (value instanceof Group) return '_GroupTuple';
  if (value instanceof Tuple) return 'tuple';
  if (Array.isArray(value)) return 'list';
  if (isMapping(value)) return 'dict';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Func) return value.type;
  if (value instanceof Host) return value.name;
  if (value instanceof Range) return 'range';
  if (value instanceof Gen) return value.type;
  if (value instanceof View) return `dict_${value.kind}`;
  if (value instanceof Bytes) return 'bytes';
  if (value instanceof Namespace) return 'Namespace';
  return 'object';
}

const JINJA_TYPES = new Set([
  'LoopContext',
  'Macro',
  'Namespace',
  'Cycler',
  'Joiner',
  'TemplateReference',
  'BlockReference',
]);

/** How Jinja names the owner of a missing attribute. */
export function ownerName(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  const name = typeName(value);
  if (name === 'Markup') return 'markupsafe.Markup object';
  if (name === '_GroupTuple') return 'jinja2.filters._GroupTuple object';
  if (JINJA_TYPES.has(name))
    return `jinja2.${['Namespace', 'Cycler', 'Joiner'].includes(name) ? 'utils' : 'runtime'}.${name} object`;
  return `${name} object`;
}
