import { z } from 'zod';
import { pool } from '../db/index.ts';
import { log } from '../log.ts';
import { InputFault } from './customer-input.ts';
import { type ColumnUse, csvLine, Delimiter, guessDelimiter, guessUse, Mapping, readCsv } from './import-csv.ts';
import { dropFile, fileBytes, storeFile } from './import-file.ts';
import { LOCK_CLASS, runImport } from './import-job.ts';
import { act, notFound, read, ServiceError } from './verb.ts';

/** Files of customers on their way in: upload, look at the columns, start, see what was refused and why. */

export type ImportState = 'uploaded' | 'running' | 'interrupted' | 'done' | 'failed' | 'cancelled';

export interface ImportRow {
  id: string;
  fileName: string;
  state: ImportState;
  totalRows: number;
  doneRows: number;
  createdRows: number;
  updatedRows: number;
  refusedRows: number;
  message: string | null;
  createdBy: string | null;
  createdAt: string;
  endedAt: string | null;
}

const PREVIEW_ROWS = 20;
const Id = z.strictObject({ id: z.uuid() });
const isBytes = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const COLUMNS = `i.id, i.file_name, i.state, i.total_rows, i.done_rows, i.created_rows, i.updated_rows, i.refused_rows, i.message,
  i.created_at, i.ended_at, i.mapping, u.name AS created_by,
  EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = ${LOCK_CLASS}
             AND l.objid = (hashtext(i.id::text) & 2147483647)::oid
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS worked_on`;

interface Stored {
  id: string;
  file_name: string;
  state: ImportState;
  total_rows: number;
  done_rows: number;
  created_rows: number;
  updated_rows: number;
  refused_rows: number;
  message: string | null;
  created_at: Date;
  ended_at: Date | null;
  mapping: Mapping;
  created_by: string | null;
  worked_on: boolean;
}

/** Just started ones may not have their lock yet. */
const STARTING_MS = 3000;
const startedAt = new Map<string, number>();

function rowOf(row: Stored): ImportRow {
  const starting = Date.now() - (startedAt.get(row.id) ?? 0) < STARTING_MS;
  return {
    id: row.id,
    fileName: row.file_name,
    state: row.state === 'running' && !row.worked_on && !starting ? 'interrupted' : row.state,
    totalRows: row.total_rows,
    doneRows: row.done_rows,
    createdRows: row.created_rows,
    updatedRows: row.updated_rows,
    refusedRows: row.refused_rows,
    message: row.message,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}

async function stored(projectId: string, id: string): Promise<Stored> {
  const { rows } = await pool().query<Stored>(
    `SELECT ${COLUMNS} FROM import i LEFT JOIN app_user u ON u.id = i.created_by_id WHERE i.id = $1 AND i.project_id = $2`,
    [id, projectId],
  );
  if (!rows[0]) throw notFound('The import');
  return rows[0];
}

/** The project's imports, newest first. */
export const listImports = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({}),
  async run({ ctx }): Promise<ImportRow[]> {
    const { rows } = await pool().query<Stored>(
      `SELECT ${COLUMNS} FROM import i LEFT JOIN app_user u ON u.id = i.created_by_id
        WHERE i.project_id = $1 AND i.state <> 'uploading' ORDER BY i.created_at DESC LIMIT 100`,
      [ctx.projectId],
    );
    return rows.map(rowOf);
  },
});

/** One import with its first refused rows. */
export const getImport = read({
  needs: 'look',
  scope: 'customers:read',
  input: Id,
  async run({ ctx, input }) {
    const row = await stored(ctx.projectId, input.id);
    const { rows } = await pool().query<{ line: number; to_line: number | null; reason: string; cells: string[] }>(
      'SELECT line, to_line, reason, cells FROM import_refusal WHERE import_id = $1 ORDER BY line LIMIT 100',
      [row.id],
    );
    return {
      ...rowOf(row),
      header: row.mapping.header,
      refusals: rows.map(({ line, to_line, reason, cells }) => ({ line, toLine: to_line, reason, cells })),
    };
  },
});

/** Stores an uploaded file part by part; nothing is imported before `startImport`. For the upload route: a file is no JSON. */
export const uploadImport = act({
  needs: 'build',
  input: z.strictObject({
    fileName: z.string().trim().min(1, 'The file has no name.').max(255),
    bytes: z.custom<AsyncIterable<Uint8Array>>(isBytes, 'Files are sent to the upload address.'),
  }),
  async run({ ctx, input, note }): Promise<{ id: string }> {
    const { rows } = await pool().query<{ id: string }>(
      `INSERT INTO import(id, project_id, kind, file_name, state, mapping, created_by_id)
       VALUES (gen_random_uuid(), $1, 'customers', $2, 'uploading', '{"delimiter": ",", "header": [], "columns": []}', $3) RETURNING id`,
      [ctx.projectId, input.fileName, ctx.actor.kind === 'user' ? ctx.actor.id : null],
    );
    const { id } = rows[0]!;
    try {
      await storeFile(pool(), id, input.bytes);
      await pool().query("UPDATE import SET state = 'uploaded' WHERE id = $1", [id]);
    } catch (error) {
      await pool().query('DELETE FROM import WHERE id = $1', [id]);
      throw error;
    }
    await note({ action: 'import.upload', objectType: 'import', objectId: id, objectName: input.fileName });
    return { id };
  },
});

export interface Preview {
  fileName: string;
  delimiter: Delimiter;
  columns: { header: string; samples: string[]; use: ColumnUse }[];
  /** The first rows. */
  rows: string[][];
}

/** The first rows of an uploaded file with a guess what each column is; `delimiter` overrules the guessed one. */
export const previewImport = read({
  needs: 'build',
  input: Id.extend({ delimiter: Delimiter.nullable().default(null) }),
  async run({ ctx, input }): Promise<Preview> {
    const { file_name } = await stored(ctx.projectId, input.id);
    const head = (await fileBytes(pool(), input.id).next()).value as Uint8Array | undefined;
    if (!head) throw new ServiceError('conflict', 'The file of this import is no longer kept. Upload it again.');
    const delimiter =
      input.delimiter ??
      guessDelimiter(
        Buffer.from(head.subarray(0, 65_536))
          .toString('utf8')
          .replace(/^\ufeff/, ''),
      );
    const [header, ...rows] = await firstRecords(input.id, delimiter);
    if (!header) throw new ServiceError('invalid', 'The file has no rows.');
    if (header.length > 1000) throw new ServiceError('invalid', 'The file has more than 1000 columns.');
    return {
      fileName: file_name,
      delimiter,
      columns: header.map((name, index) => {
        const samples = rows.map((cells) => cells[index] ?? '').filter((cell) => cell.trim() !== '');
        return { header: name.trim(), samples: samples.slice(0, 3), use: guessUse(name, samples) };
      }),
      rows,
    };
  },
});

async function firstRecords(importId: string, delimiter: Delimiter): Promise<string[][]> {
  const found: string[][] = [];
  try {
    for await (const { cells } of readCsv(fileBytes(pool(), importId), delimiter)) {
      found.push(cells);
      if (found.length > PREVIEW_ROWS) break;
    }
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    if (found.length === 0) throw new ServiceError('invalid', error.message);
  }
  return found;
}

/** Starts the import of an uploaded file by a mapping, in the background. */
export const startImport = act({
  needs: 'build',
  input: Id.extend({ mapping: Mapping }),
  async run({ ctx, input: { id, mapping }, note }): Promise<object> {
    refuseMapping(mapping);
    const row = await stored(ctx.projectId, id);
    await changeState(ctx.projectId, id, ['uploaded'], "state = 'running', mapping = $4", [JSON.stringify(mapping)]);
    await note({
      action: 'import.start',
      objectType: 'import',
      objectId: id,
      objectName: row.file_name,
      after: { columns: mapping.columns.map((use, i) => ({ column: mapping.header[i], ...use })) },
    });
    inBackground(ctx.projectId, id);
    return {};
  },
});

/** Goes on with an interrupted import behind its last stored batch. */
export const resumeImport = act({
  needs: 'build',
  input: Id,
  async run({ ctx, input, note }): Promise<object> {
    const row = await stored(ctx.projectId, input.id);
    if (rowOf(row).state !== 'interrupted')
      throw new ServiceError('conflict', 'This import is not interrupted; it is running or has ended.');
    await note({ action: 'import.resume', objectType: 'import', objectId: input.id, objectName: row.file_name });
    inBackground(ctx.projectId, input.id);
    return {};
  },
});

/** Stops an import after the batch that it is at; what is stored stays. */
export const cancelImport = act({
  needs: 'build',
  input: Id,
  async run({ ctx, input, note }): Promise<object> {
    const row = await stored(ctx.projectId, input.id);
    const message =
      row.state === 'uploaded' ? 'Cancelled before it was started.' : 'Cancelled; rows stored before that stay.';
    await changeState(
      ctx.projectId,
      input.id,
      ['uploaded', 'running'],
      "state = 'cancelled', ended_at = now(), message = $4",
      [message],
    );
    await dropFile(pool(), input.id);
    await note({ action: 'import.cancel', objectType: 'import', objectId: input.id, objectName: row.file_name });
    return {};
  },
});

async function changeState(
  projectId: string,
  id: string,
  from: string[],
  set: string,
  values: unknown[],
): Promise<void> {
  const { rowCount } = await pool().query(
    `UPDATE import SET ${set} WHERE id = $1 AND project_id = $2 AND state = ANY($3)`,
    [id, projectId, from, ...values],
  );
  if (rowCount === 0)
    throw new ServiceError('conflict', 'This import was started or has ended already. Reload the page.');
}

function inBackground(projectId: string, id: string): void {
  startedAt.set(id, Date.now());
  runImport(projectId, id)
    .catch((error) => log.error({ err: error, importId: id }, 'an import could not be run'))
    .finally(() => startedAt.delete(id));
}

function refuseMapping({ header, columns }: Mapping): void {
  if (columns.length !== header.length)
    throw new ServiceError('invalid', 'The mapping does not fit the header of the file.');
  if (!columns.some((use) => use.as === 'identifier'))
    throw new ServiceError('invalid', 'Choose at least one column that identifies the customer.');
  const targets = columns.flatMap((use) =>
    use.as === 'skip' ? [] : `${use.as} ${use.as === 'property' ? use.name : use.kind}`,
  );
  const twice = targets.find((target, i) => targets.indexOf(target) !== i);
  if (twice) throw new ServiceError('invalid', `Two columns go to the same ${twice}. Skip one of them.`);
}

/** The report of an import's refused rows as CSV, piece by piece: line, reason, and the row as it was. */
export const importReport = read({
  needs: 'look',
  input: Id,
  async run({ ctx, input }): Promise<{ fileName: string; lines: AsyncGenerator<string> }> {
    const row = await stored(ctx.projectId, input.id);
    return { fileName: `refused-${row.file_name.replace(/[^\w.-]+/g, '-')}`, lines: reportLines(row) };
  },
});

async function* reportLines({ id, mapping }: Stored): AsyncGenerator<string> {
  yield `\ufeff${csvLine(['line', 'reason', ...mapping.header])}`;
  for (let after = 0; ; ) {
    const { rows } = await pool().query<{ line: number; reason: string; cells: string[] }>(
      'SELECT line, reason, cells FROM import_refusal WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT 1000',
      [id, after],
    );
    if (rows.length === 0) return;
    yield rows.map(({ line, reason, cells }) => csvLine([line, reason, ...cells])).join('');
    after = rows.at(-1)!.line;
  }
}
