import { type Options, parse } from 'csv-parse';
import { InputFault } from './customer-input.ts';
import type { Delimiter } from './import-mapping.ts';

/** Reading and writing CSV as people have it. */

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

/**
 * What a spreadsheet takes for a formula: its signs, also in their wide forms and behind blanks, and what some programs run
 * (OWASP: CSV injection; ASVS 1.2.10).
 */
const FORMULA = /^(?:[\t\r\n\0]|\s*[=+\-@|%＝＋－＠])/;
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/;

/** One line of CSV; a value that a spreadsheet would run gets an apostrophe before it and quotes round it. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells
    .map((cell) => {
      const text = String(cell);
      const guarded = FORMULA.test(text) && !PLAIN_NUMBER.test(text);
      if (!guarded && !/[",;\r\n\t|]/.test(text)) return text;
      return `"${guarded ? "'" : ''}${text.replaceAll('"', '""')}"`;
    })
    .join(',')}\r\n`;
}

/** Takes off the apostrophe that `csvLine` put before a formula, so that a corrected report can be imported again. */
export const unguard = (cell: string) => (cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell);
