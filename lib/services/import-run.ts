import { pool } from '../db/index.ts';
import { log } from '../log.ts';
import { InputFault } from './customer-input.ts';
import { Id, rowOf, startedAt, stored } from './import.ts';
import { readCsv } from './import-csv.ts';
import { dropFile, fileBytes } from './import-file.ts';
import { runImport } from './import-job.ts';
import {
  type ColumnUse,
  Delimiter,
  faultOfMapping,
  guessDelimiter,
  guessUse,
  ImportKind,
  MAX_COLUMNS,
  Mapping,
} from './import-mapping.ts';
import { act, read, ServiceError } from './verb.ts';

/** From an uploaded file to a running import: look at the columns, start, go on, stop. */

const PREVIEW_ROWS = 20;

export interface Preview {
  fileName: string;
  kind: ImportKind;
  delimiter: Delimiter;
  columns: { header: string; samples: string[]; use: ColumnUse }[];
  /** The first rows. */
  rows: string[][];
}

/** The first rows of an uploaded file with a guess what each column is; `delimiter` and `kind` overrule the guessed ones. */
export const previewImport = read({
  needs: 'build',
  input: Id.extend({ delimiter: Delimiter.nullable().default(null), kind: ImportKind.nullable().default(null) }),
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
    if (header.length > MAX_COLUMNS)
      throw new ServiceError('invalid', `The file has more than ${MAX_COLUMNS} columns; that is the most.`);
    const kind = input.kind ?? (header.some((name) => /^event[_ -]?type$/i.test(name.trim())) ? 'events' : 'customers');
    return {
      fileName: file_name,
      kind,
      delimiter,
      columns: header.map((name, index) => {
        // A report of ours, corrected: its first two columns are about the row, not of it.
        if (index < 2 && header[0] === 'line' && header[1] === 'reason')
          return { header: name, samples: [], use: { as: 'skip' } };
        const samples = rows.map((cells) => cells[index] ?? '').filter((cell) => cell.trim() !== '');
        return { header: name.trim(), samples: samples.slice(0, 3), use: guessUse(name, samples, kind) };
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
    const fault = faultOfMapping(mapping);
    if (fault) throw new ServiceError('invalid', fault);
    const row = await stored(ctx.projectId, id);
    await changeState(ctx.projectId, id, ['uploaded'], "state = 'running', kind = $4, mapping = $5", [
      mapping.kind,
      JSON.stringify(mapping),
    ]);
    await note({
      action: 'import.start',
      objectType: 'import',
      objectId: id,
      objectName: row.file_name,
      after: { kind: mapping.kind, columns: mapping.columns.map((use, i) => ({ column: mapping.header[i], ...use })) },
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
