import { z } from 'zod';
import { pool } from '../db/index.ts';
import { csvLine } from './import-csv.ts';
import { storeFile } from './import-file.ts';
import { LOCK_CLASS } from './import-job.ts';
import type { ImportKind, Mapping } from './import-mapping.ts';
import { act, notFound, read, ServiceError } from './verb.ts';

/** Files of customers or events on their way in: upload, look at the columns, start, see what was refused and why. */

export type ImportState = 'uploaded' | 'running' | 'interrupted' | 'done' | 'failed' | 'cancelled';

export interface ImportRow {
  id: string;
  kind: ImportKind;
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

export const Id = z.strictObject({ id: z.uuid() });
const isBytes = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

const COLUMNS = `i.id, i.kind, i.file_name, i.state, i.total_rows, i.done_rows, i.created_rows, i.updated_rows, i.refused_rows, i.message,
  i.created_at, i.ended_at, i.mapping, u.name AS created_by,
  EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = ${LOCK_CLASS}
             AND l.objid = (hashtext(i.id::text) & 2147483647)::oid
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS worked_on`;

interface Stored {
  id: string;
  kind: ImportKind;
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

/** When imports were started by this process: they may not have their lock yet. */
export const startedAt = new Map<string, number>();
const STARTING_MS = 3000;

export function rowOf(row: Stored): ImportRow {
  const starting = Date.now() - (startedAt.get(row.id) ?? 0) < STARTING_MS;
  return {
    id: row.id,
    kind: row.kind,
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

/** @throws ServiceError when the project has no such import */
export async function stored(projectId: string, id: string): Promise<Stored> {
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
    /** How long the sender says that it is; what arrives shorter was cut on its way. */
    size: z.number().int().nullable().default(null),
  }),
  async run({ ctx, input, note }): Promise<{ id: string }> {
    await pool().query(
      "DELETE FROM import WHERE project_id = $1 AND state = 'uploading' AND created_at < now() - interval '1 day'",
      [ctx.projectId],
    );
    const { rows } = await pool().query<{ id: string }>(
      `INSERT INTO import(id, project_id, kind, file_name, state, mapping, created_by_id)
       VALUES (gen_random_uuid(), $1, 'customers', $2, 'uploading', '{"delimiter": ",", "header": [], "columns": []}', $3) RETURNING id`,
      [ctx.projectId, input.fileName, ctx.actor.kind === 'user' ? ctx.actor.id : null],
    );
    const { id } = rows[0]!;
    try {
      const size = await storeFile(pool(), id, input.bytes);
      if (input.size !== null && size !== input.size)
        throw new ServiceError('invalid', 'The file did not arrive completely. Upload it again.');
      await pool().query("UPDATE import SET state = 'uploaded' WHERE id = $1", [id]);
    } catch (error) {
      await pool().query('DELETE FROM import WHERE id = $1', [id]);
      throw error;
    }
    await note({ action: 'import.upload', objectType: 'import', objectId: id, objectName: input.fileName });
    return { id };
  },
});

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
