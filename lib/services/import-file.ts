import type { Sql } from '../db/index.ts';
import { ServiceError } from './verb.ts';

/** The bytes of an uploaded file, kept in the database in parts so that any process can read them again. */

export const MAX_FILE_BYTES = 50 * 1024 * 1024;
const PART_BYTES = 1024 * 1024;

/**
 * Stores a file as it arrives, with at most one part in memory; gives the bytes that arrived.
 * @throws ServiceError when it is empty, larger than 50 MB, or not UTF-8 (with the line at which it is not)
 */
export async function storeFile(sql: Sql, importId: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const check = new Utf8Check();
  let size = 0;
  let number = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const flush = async () => {
    if (heldBytes === 0) return;
    await sql.query('INSERT INTO import_part(import_id, number, data) VALUES ($1, $2, $3)', [
      importId,
      number++,
      Buffer.concat(held),
    ]);
    held = [];
    heldBytes = 0;
  };
  const sized = async function* () {
    for await (const chunk of bytes) {
      size += chunk.byteLength;
      if (size > MAX_FILE_BYTES)
        throw new ServiceError('invalid', 'The file is larger than 50 MB. Split it and import the parts one by one.');
      yield chunk;
    }
  };
  for await (const chunk of asUtf8(sized())) {
    check.add(chunk);
    held.push(chunk);
    heldBytes += chunk.byteLength;
    if (heldBytes >= PART_BYTES) await flush();
  }
  if (size === 0) throw new ServiceError('invalid', 'The file is empty.');
  check.end();
  await flush();
  return size;
}

/** Reads a stored file back, part by part. */
export async function* fileBytes(sql: Sql, importId: string): AsyncGenerator<Uint8Array> {
  for (let number = 0; ; number++) {
    const { rows } = await sql.query<{ data: Buffer }>(
      'SELECT data FROM import_part WHERE import_id = $1 AND number = $2',
      [importId, number],
    );
    if (!rows[0]) return;
    yield rows[0].data;
  }
}

export async function dropFile(sql: Sql, importId: string): Promise<void> {
  await sql.query('DELETE FROM import_part WHERE import_id = $1', [importId]);
}

/** The first bytes of what is sometimes called .csv and is none. */
const OTHER_FILES: [name: string, bytes: number[]][] = [
  ['an Excel workbook or a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PDF', [0x25, 0x50, 0x44, 0x46]],
  ['a gzip archive', [0x1f, 0x8b]],
];

/**
 * The file as UTF-8. UTF-16 is known by its first two bytes, as spreadsheets write it.
 * @throws ServiceError for what is no text at all
 */
async function* asUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array = new Uint8Array();
  let decoder: TextDecoder | null | undefined;
  for await (const chunk of bytes) {
    let next = chunk;
    if (decoder === undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < 4) continue;
      decoder = decoderFor(head);
      next = head;
    }
    yield decoder ? Buffer.from(decoder.decode(next, { stream: true })) : next;
  }
  if (decoder === undefined) yield head;
  else if (decoder) yield Buffer.from(decoder.decode());
}

function decoderFor(head: Uint8Array): TextDecoder | null {
  const begins = (bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  const other = OTHER_FILES.find(([, bytes]) => begins(bytes));
  if (other)
    throw new ServiceError('invalid', `The file is ${other[0]}, not CSV. Save it as “CSV UTF-8” and upload it again.`);
  if (begins([0xff, 0xfe])) return new TextDecoder('utf-16le');
  return begins([0xfe, 0xff]) ? new TextDecoder('utf-16be') : null;
}

/** Looks whether bytes are UTF-8, whatever way they are cut. */
class Utf8Check {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private lines = 1;

  add(chunk: Uint8Array): void {
    this.decode(() => this.decoder.decode(chunk, { stream: true }), chunk);
    for (const byte of chunk) if (byte === 0x0a) this.lines++;
  }

  end(): void {
    this.decode(() => this.decoder.decode(), new Uint8Array());
  }

  private decode(decode: () => string, chunk: Uint8Array): void {
    try {
      decode();
    } catch {
      throw new ServiceError(
        'invalid',
        `The file is not UTF-8: line ${this.lines + linesBeforeFault(chunk)} or the one after it has other characters. Save it as “CSV UTF-8” and upload it again.`,
      );
    }
  }
}

/** How many lines of a chunk are UTF-8 by themselves. */
function linesBeforeFault(chunk: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;
  let from = 0;
  for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, from)) {
    try {
      // The first line of a chunk may begin inside a character.
      if (lines > 0) decoder.decode(chunk.subarray(from, at));
    } catch {
      return lines;
    }
    lines++;
    from = at + 1;
  }
  return lines;
}
