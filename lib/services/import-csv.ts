import { type Options, parse } from 'csv-parse';
import { z } from 'zod';
import { HARD_KIND, InputFault, readIdentifier, readPropertyName, readValue } from './customer-input.ts';
import type { CustomerWrite } from './customer-write.ts';

/** CSV as people have it: guesses what a column is, and turns a row into a change of a customer by the chosen mapping. */

export const ValueType = z.enum(['text', 'number', 'boolean', 'date']);
export type ValueType = z.infer<typeof ValueType>;

/** What becomes of one column. */
export const ColumnUse = z.discriminatedUnion('as', [
  z.strictObject({ as: z.literal('identifier'), kind: z.string().min(1).max(64) }),
  z.strictObject({ as: z.literal('property'), name: z.string().min(1).max(256), type: ValueType }),
  z.strictObject({ as: z.literal('skip') }),
]);
export type ColumnUse = z.infer<typeof ColumnUse>;

export const Delimiter = z.enum([',', ';', '\t', '|']);
export type Delimiter = z.infer<typeof Delimiter>;

/** How a file is read: its delimiter, its header, and what becomes of each column. */
export const Mapping = z.strictObject({
  delimiter: Delimiter,
  header: z.array(z.string()).max(1000),
  columns: z.array(ColumnUse).max(1000),
});
export type Mapping = z.infer<typeof Mapping>;

/** Bytes that one record may have; an unclosed quote would otherwise swallow the rest of the file. */
const MAX_RECORD = 1_000_000;

/** Records of a file with the line at which each ends, the header included. */
export interface CsvRecord {
  cells: string[];
  line: number;
}

const optionsFor = (delimiter: Delimiter): Options => ({
  delimiter,
  bom: true,
  info: true,
  relax_column_count: true,
  skip_empty_lines: true,
  skip_records_with_empty_values: true,
  max_record_size: MAX_RECORD,
});

/** Reads records as they come. @throws InputFault with the line where the file is not CSV */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>, delimiter: Delimiter): AsyncGenerator<CsvRecord> {
  const parser = parse(optionsFor(delimiter));
  const feeding = feed(bytes, parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>)
      yield { cells: record, line: info.lines };
    await feeding;
  } catch (error) {
    const { code, lines, message } = error as { code?: string; lines?: number; message: string };
    if (!code?.startsWith('CSV_')) throw error;
    throw new InputFault(`Line ${lines}: ${FAULTS[code] ?? message}`);
  } finally {
    parser.destroy();
    await feeding.catch(() => {});
  }
}

const FAULTS: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote (") is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; a quote inside a quoted value is written twice ("")',
  INVALID_OPENING_QUOTE: 'a quote (") stands inside a value that is not quoted',
  CSV_MAX_RECORD_SIZE: 'a row is larger than 1 MB; probably a quote is not closed',
};

async function feed(bytes: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (parser.destroyed) return;
      if (!parser.write(chunk))
        await new Promise<void>((resolve) => {
          parser.once('drain', resolve).once('close', resolve);
        });
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

/** The delimiter that the first line has most of, quoted text aside. */
export function guessDelimiter(head: string): Delimiter {
  const line = head.split(/\r\n|\n|\r/, 1)[0]!.replace(/"[^"]*"/g, '');
  const count = (delimiter: string) => line.split(delimiter).length - 1;
  return Delimiter.options.reduce((best, next) => (count(next) > count(best) ? next : best), ',' as Delimiter);
}

/** What a column probably is, by its header and its first values. */
export function guessUse(header: string, values: readonly string[]): ColumnUse {
  const name = header.trim();
  if (name === '') return { as: 'skip' };
  if (/^(registered|customer[_ -]?id|external[_ -]?id|user[_ -]?id|id)$/i.test(name))
    return { as: 'identifier', kind: HARD_KIND };
  if (/^cookie([_ -]?id)?$/i.test(name)) return { as: 'identifier', kind: 'cookie' };
  return { as: 'property', name, type: guessType(values) };
}

/** Leading zeros and plus signs are text: telephone numbers and codes must not lose them. */
export function guessType(values: readonly string[]): ValueType {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  if (given.length === 0) return 'text';
  if (given.every((value) => /^(true|false)$/i.test(value))) return 'boolean';
  if (given.every((value) => /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value))) return 'number';
  if (given.every((value) => dateOf(value) !== null)) return 'date';
  return 'text';
}

/**
 * The change that a row asks for. Empty cells change nothing.
 * @throws InputFault that names the column
 */
export function readRow(cells: readonly string[], mapping: Mapping): CustomerWrite {
  if (cells.length !== mapping.header.length)
    throw new InputFault(`has ${cells.length} values where the header has ${mapping.header.length}`);
  const write: CustomerWrite = { identifiers: [], set: Object.create(null) as Record<string, unknown>, remove: [] };
  mapping.columns.forEach((use, index) => {
    const cell = unguard(cells[index]!);
    if (use.as === 'skip' || cell.trim() === '') return;
    const path = mapping.header[index]!;
    if (use.as === 'identifier') write.identifiers.push(readIdentifier(use.kind, cell, path));
    else write.set[readPropertyName(use.name, path)] = readValue(valueOf(cell, use.type, path), path);
  });
  if (write.identifiers.length === 0) throw new InputFault('has no identifier');
  return write;
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

/** Characters with which a spreadsheet takes a value for a formula (OWASP: CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** One line of CSV; a value that a spreadsheet would run gets an apostrophe before it. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells
    .map((cell) => {
      const text = String(cell);
      const safe = FORMULA.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
      return /[",;\r\n\t|]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(',')}\r\n`;
}

/** Takes off the apostrophe that `csvLine` put before a formula, so that a corrected report can be imported again. */
const unguard = (cell: string) => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);
