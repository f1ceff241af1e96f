import { z } from 'zod';
import {
  HARD_KIND,
  InputFault,
  readEventType,
  readIdentifier,
  readPropertyName,
  readTimestamp,
  readValue,
} from './customer-input.ts';
import type { CustomerWrite } from './customer-write.ts';
import { unguard } from './import-csv.ts';

/** What becomes of the columns of a file: guesses it, checks it, and turns a row into a change of a customer or an event. */

export const ImportKind = z.enum(['customers', 'events']);
export type ImportKind = z.infer<typeof ImportKind>;

export const ValueType = z.enum(['text', 'number', 'boolean', 'date', 'email']);
export type ValueType = z.infer<typeof ValueType>;

/** PostgreSQL's text and jsonb hold neither NUL nor half a surrogate pair. */
const Storable = z
  .string()
  .max(256, 'is longer than 256 characters')
  .refine((text) => !text.includes('\0') && text.isWellFormed(), 'has characters that cannot be stored');
const Name = Storable.min(1, 'Give a name.');

/** What becomes of one column; a type and a time belong to files of events. */
export const ColumnUse = z.discriminatedUnion('as', [
  z.strictObject({ as: z.literal('identifier'), kind: Name }),
  z.strictObject({ as: z.literal('property'), name: Name, type: ValueType }),
  z.strictObject({ as: z.literal('type') }),
  z.strictObject({ as: z.literal('time') }),
  z.strictObject({ as: z.literal('skip') }),
]);
export type ColumnUse = z.infer<typeof ColumnUse>;

export const Delimiter = z.enum([',', ';', '\t', '|']);
export type Delimiter = z.infer<typeof Delimiter>;

export const MAX_COLUMNS = 500;

/** How a file is read: its delimiter, its header, and what becomes of each column. */
export const Mapping = z.strictObject({
  delimiter: Delimiter,
  header: z.array(Storable).max(MAX_COLUMNS),
  columns: z.array(ColumnUse).max(MAX_COLUMNS),
  kind: ImportKind.default('customers'),
  /** The type of all events of the file, when no column has it. */
  eventType: Name.nullable().default(null),
});
export type Mapping = z.infer<typeof Mapping>;

/** Why a mapping cannot be used, or null. */
export function faultOfMapping({ header, columns, kind, eventType }: Mapping): string | null {
  if (columns.length !== header.length) return 'The mapping does not fit the header of the file.';
  if (!columns.some(({ as }) => as === 'identifier')) return 'Choose at least one column that identifies the customer.';
  if (kind === 'customers' && columns.some(({ as }) => as === 'type' || as === 'time'))
    return 'A type and a time belong to events; these are customers.';
  if (kind === 'events' && eventType === null && !columns.some(({ as }) => as === 'type'))
    return 'Name the type of the events, or choose the column that has it.';
  const targets = columns.map((use) =>
    use.as === 'property'
      ? `the property ${use.name}`
      : use.as === 'identifier'
        ? `the identifier ${use.kind}`
        : use.as,
  );
  const second = targets.findIndex((target, index) => target !== 'skip' && targets.indexOf(target) !== index);
  if (second === -1) return null;
  const target = targets[second]!;
  return `Columns ${targets.indexOf(target) + 1} and ${second + 1} both go to ${target}. Skip one of them, or give it another name.`;
}

/** The delimiter that the first line has most of, quoted text aside. */
export function guessDelimiter(head: string): Delimiter {
  const line = head.split(/\r\n|\n|\r/, 1)[0]!.replace(/"[^"]*"/g, '');
  const count = (delimiter: string) => line.split(delimiter).length - 1;
  return Delimiter.options.reduce((best, next) => (count(next) > count(best) ? next : best), ',' as Delimiter);
}

/** What a column probably is, by its header and its first values. */
export function guessUse(header: string, values: readonly string[], kind: ImportKind = 'customers'): ColumnUse {
  const name = header.trim();
  // Our own exports tell the internal id, which names nobody elsewhere.
  if (name === '' || name === 'internal_id') return { as: 'skip' };
  if (/^(registered|customer[_ -]?id|external[_ -]?id|user[_ -]?id|id)$/i.test(name))
    return { as: 'identifier', kind: HARD_KIND };
  if (/^cookie([_ -]?id)?$/i.test(name)) return { as: 'identifier', kind: 'cookie' };
  if (kind === 'events' && /^(event[_ -]?type|type|event)$/i.test(name)) return { as: 'type' };
  if (kind === 'events' && /^(timestamp|time|at|date|happened[_ -]?at|created[_ -]?at)$/i.test(name))
    return { as: 'time' };
  return { as: 'property', name, type: guessType(values) };
}

/** One address and nothing else: a second one behind a comma would be written to as well. */
const EMAIL = /^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+\.[^\s@,;:<>()[\]"\\]+$/;

/** Leading zeros and plus signs are text: telephone numbers and codes must not lose them. */
export function guessType(values: readonly string[]): ValueType {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  if (given.length === 0) return 'text';
  if (given.every((value) => /^(true|false)$/i.test(value))) return 'boolean';
  if (given.every((value) => /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value))) return 'number';
  if (given.every((value) => dateOf(value) !== null)) return 'date';
  if (given.every((value) => EMAIL.test(value))) return 'email';
  return 'text';
}

/** What a row asks for: a change of a customer and, in a file of events, what happened to it. */
export interface RowWrite extends CustomerWrite {
  event: { type: string; at: Date; properties: Record<string, unknown> } | null;
}

/**
 * Reads a row. Empty cells change nothing; an event without a time happened `now`.
 * @throws InputFault that names the column
 */
export function readRow(cells: readonly string[], mapping: Mapping, now: number): RowWrite {
  if (cells.length !== mapping.header.length)
    throw new InputFault(`has ${cells.length} values where the header has ${mapping.header.length}`);
  const write: CustomerWrite = { identifiers: [], set: Object.create(null) as Record<string, unknown>, remove: [] };
  let type = mapping.eventType;
  let at = now;
  mapping.columns.forEach((use, index) => {
    const cell = unguard(cells[index]!);
    if (use.as === 'skip' || cell.trim() === '') return;
    const path = mapping.header[index]!;
    if (use.as === 'identifier') write.identifiers.push(readIdentifier(use.kind, cell, path));
    else if (use.as === 'type') type = readEventType(cell, path);
    else if (use.as === 'time') at = timeOf(cell, path, now);
    else write.set[readPropertyName(use.name, path)] = readValue(valueOf(cell, use.type, path), path);
  });
  if (write.identifiers.length === 0) throw new InputFault('has no identifier');
  if (mapping.kind === 'customers') return { ...write, event: null };
  if (type === null) throw new InputFault('has no event type');
  return {
    identifiers: write.identifiers,
    set: {},
    remove: [],
    event: { type, at: new Date(at), properties: write.set },
  };
}

/** Unix seconds, or a date as `dateOf` reads it. */
function timeOf(cell: string, path: string, now: number): number {
  const text = cell.trim();
  const date = /^\d{9,11}(\.\d+)?$/.test(text) ? Number(text) : dateOf(text);
  if (date === null)
    throw new InputFault(`${path}: “${shortened(text)}” is not a time (write 2026-01-31T08:00:00Z or unix seconds)`);
  return readTimestamp(date, now, path);
}

function valueOf(cell: string, type: ValueType, path: string): unknown {
  const text = cell.trim();
  switch (type) {
    case 'text':
      return cell;
    case 'number':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) || !Number.isFinite(Number(text)))
        throw new InputFault(`${path}: “${shortened(text)}” is not a number (write 1234.5)`);
      return Number(text);
    case 'email':
      if (!EMAIL.test(text)) throw new InputFault(`${path}: “${shortened(text)}” is not one e-mail address`);
      return text;
    case 'boolean':
      if (/^(true|yes|1)$/i.test(text)) return true;
      if (/^(false|no|0)$/i.test(text)) return false;
      throw new InputFault(`${path}: “${shortened(text)}” is neither true nor false`);
    case 'date': {
      const date = dateOf(text);
      if (date === null)
        throw new InputFault(`${path}: “${shortened(text)}” is not a date (write 2026-01-31 or 2026-01-31T08:00:00Z)`);
      return date;
    }
  }
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** ISO 8601 text of 2026-01-31, 31.01.2026 or a date with a time; null when the day does not exist. */
function dateOf(text: string): string | null {
  const local = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(text);
  const day = local ? `${local[3]}-${local[2]!.padStart(2, '0')}-${local[1]!.padStart(2, '0')}` : text;
  if (/^\d{4}-\d{2}-\d{2}$/.test(day)) {
    const at = new Date(`${day}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : null;
  }
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)) return null;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`;
  const at = new Date(zoned.replace(' ', 'T'));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
