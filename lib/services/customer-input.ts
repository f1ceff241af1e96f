import { ServiceError } from './verb.ts';

/** What customers and events may look like as they come from outside: one place for the API, the import and the forms. */

/** The identifier that names one customer for ever; every other kind is soft: a customer may have many of it. */
export const HARD_KIND = 'registered';
const KIND = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const MAX_ID = 256;
const MAX_NAME = 256;
/** Bytes of JSON that one value may have (Bloomreach docs: 16 kB an attribute). */
const MAX_VALUE = 16_384;
/** Properties in one write (Bloomreach docs: 1024 attributes a customer). */
const MAX_PROPERTIES = 1024;
/** Levels of objects and lists in a value; far more would exhaust the stack of PostgreSQL's jsonb. */
const MAX_DEPTH = 32;
const DAY = 86_400_000;

export interface Identifier {
  kind: string;
  value: string;
}

/** A refusal of one item of many; its message names the field. */
export class InputFault extends Error {}

const fault = (path: string, message: string) => new InputFault(path ? `${path}: ${message}` : message);

/** Runs a reading that may refuse and makes its refusal the answer to a form. */
export function asRefusal<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputFault) throw new ServiceError('invalid', error.message);
    throw error;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads `{ registered: "…", cookie: "…" }`; null and empty values are as if they were not there.
 * @throws InputFault
 */
export function readIdentifiers(value: unknown, path = 'customer_ids'): Identifier[] {
  if (!isObject(value)) throw fault(path, 'give an object such as {"registered": "cust-1"}');
  const found: Identifier[] = [];
  for (const [kind, given] of Object.entries(value)) {
    if (given === null || given === undefined || given === '') continue;
    found.push(readIdentifier(kind, given, `${path}.${kind}`));
  }
  if (found.length === 0) throw fault(path, 'name the customer by at least one identifier, e.g. registered');
  if (found.length > 20) throw fault(path, 'at most 20 identifiers');
  return found;
}

/** @throws InputFault */
export function readIdentifier(kind: string, given: unknown, path: string): Identifier {
  if (!KIND.test(kind)) throw fault(path, 'a kind of identifier has letters, digits and _ and begins with a letter');
  if (typeof given !== 'string' && typeof given !== 'number') throw fault(path, 'must be text or a number');
  const text = String(given).trim();
  if (text === '') throw fault(path, 'is empty');
  if (text.length > MAX_ID) throw fault(path, `is longer than ${MAX_ID} characters`);
  if (text.includes('\0') || !text.isWellFormed()) throw fault(path, 'has characters that cannot be stored');
  return { kind, value: text };
}

/** Changes of a profile: values to set, and names to take away (given as null). */
export interface PropertyChange {
  set: Record<string, unknown>;
  remove: string[];
}

/**
 * Reads `{ name: value }` with any JSON values; null removes the property.
 * @throws InputFault
 */
export function readProperties(value: unknown, path = 'properties'): PropertyChange {
  if (value === undefined || value === null) return { set: {}, remove: [] };
  if (!isObject(value)) throw fault(path, 'give an object of names and values');
  const entries = Object.entries(value);
  if (entries.length > MAX_PROPERTIES) throw fault(path, `at most ${MAX_PROPERTIES} properties`);
  const change: PropertyChange = { set: Object.create(null) as Record<string, unknown>, remove: [] };
  for (const [name, given] of entries) {
    readPropertyName(name, path);
    if (given === null) change.remove.push(name);
    else change.set[name] = readValue(given, `${path}.${name}`);
  }
  return change;
}

/** @throws InputFault */
export function readPropertyName(name: string, path = 'properties'): string {
  if (name.trim() === '') throw fault(path, 'a property has no name');
  if (name.length > MAX_NAME) throw fault(path, `the name ${name.slice(0, 30)}… is longer than ${MAX_NAME} characters`);
  if (name.includes('\0') || !name.isWellFormed()) throw fault(path, 'a name has characters that cannot be stored');
  return name;
}

/** @throws InputFault */
export function readValue(value: unknown, path: string): unknown {
  if (isDeeperThan(value, MAX_DEPTH)) throw fault(path, `is nested more than ${MAX_DEPTH} levels deep`);
  const text = JSON.stringify(value);
  if (text === undefined) throw fault(path, 'is not a JSON value');
  if (Buffer.byteLength(text) > MAX_VALUE) throw fault(path, 'is larger than 16 kB');
  // PostgreSQL's jsonb holds neither NUL nor half a surrogate pair, which JSON writes as these escapes.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(text))
    throw fault(path, 'has characters that cannot be stored');
  return value;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/** An event as the API takes it, checked. */
export interface EventInput {
  identifiers: Identifier[];
  type: string;
  at: Date;
  properties: Record<string, unknown>;
}

/**
 * Reads `{ customer_ids, event_type, timestamp?, properties? }`; a timestamp is in unix seconds or ISO 8601.
 * @throws InputFault
 */
export function readEvent(value: unknown, now: number): EventInput {
  if (!isObject(value)) throw fault('', 'give an object with customer_ids and event_type');
  const unknown = Object.keys(value).find(
    (key) => !['customer_ids', 'event_type', 'timestamp', 'properties'].includes(key),
  );
  if (unknown) throw fault(unknown, 'is not a field of an event; put your own values into properties');
  return {
    identifiers: readIdentifiers(value.customer_ids),
    type: readEventType(value.event_type),
    at: new Date(readTimestamp(value.timestamp, now)),
    properties: readProperties(value.properties).set,
  };
}

/** @throws InputFault */
export function readEventType(value: unknown, path = 'event_type'): string {
  if (typeof value !== 'string' || value.trim() === '') throw fault(path, 'name the event, e.g. purchase');
  const type = value.trim();
  if (type.length > MAX_NAME) throw fault(path, `is longer than ${MAX_NAME} characters`);
  if (type.includes('\0') || !type.isWellFormed()) throw fault(path, 'has characters that cannot be stored');
  return type;
}

/**
 * Unix seconds or ISO 8601, in ms; `now` when there is none.
 * @throws InputFault
 */
export function readTimestamp(value: unknown, now: number, path = 'timestamp'): number {
  if (value === undefined || value === null) return now;
  if (typeof value === 'number' && value > 100_000_000_000)
    throw fault(path, 'is in seconds; this looks like milliseconds');
  const at = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(at)) throw fault(path, 'must be unix seconds or ISO 8601, e.g. 2026-01-31T08:00:00Z');
  if (at > now + DAY) throw fault(path, 'lies more than a day in the future');
  if (at < 0) throw fault(path, 'lies before 1970');
  return Math.round(at);
}
