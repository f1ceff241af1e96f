import { pool, type Sql } from '../db/index.ts';
import { log } from '../log.ts';
import { InputFault } from './customer-input.ts';
import { type Written, writeCustomers } from './customer-write.ts';
import { type CsvRecord, readCsv } from './import-csv.ts';
import { dropFile, fileBytes } from './import-file.ts';
import { Mapping, type RowWrite, readRow } from './import-mapping.ts';

/**
 * Runs an import in this process. A session lock in the database says that it is being worked on: when the process dies
 * the lock goes with it and the import is seen as interrupted. `done_rows` is stored with each batch's customers in one
 * transaction, so going on takes up exactly behind the last stored batch.
 */

const BATCH = 1000;
/** First key of the advisory locks of imports. */
export const LOCK_CLASS = 1_767_904;
/** Second key, of one import; $1 is its id. */
export const LOCK_KEY = '(hashtext($1::text) & 2147483647)';
const DEADLOCK = '40P01';

interface Row extends CsvRecord {
  write: RowWrite | null;
  fault: string | null;
}

/**
 * Works an import in state "running" to its end. Never rejects: what goes wrong is told in the import itself.
 * @returns false when another process is at it already
 */
export async function runImport(projectId: string, importId: string): Promise<boolean> {
  const client = await pool().connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_CLASS}, ${LOCK_KEY}) AS locked`,
      [importId],
    );
    if (!rows[0]!.locked) return false;
    try {
      await work(client, projectId, importId);
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${LOCK_CLASS}, ${LOCK_KEY})`, [importId]);
    }
    return true;
  } catch (error) {
    // The lock goes with the connection: the import shows as interrupted and can be resumed.
    broken = error as Error;
    log.error({ err: error, importId }, 'an import was interrupted');
    return true;
  } finally {
    client.release(broken);
  }
}

async function work(sql: Sql, projectId: string, importId: string): Promise<void> {
  const { rows } = await sql.query<{ mapping: unknown; done_rows: number; total_rows: number; created_at: Date }>(
    "SELECT mapping, done_rows, total_rows, created_at FROM import WHERE id = $1 AND project_id = $2 AND state = 'running'",
    [importId, projectId],
  );
  const job = rows[0];
  if (!job) return;
  const mapping = Mapping.parse(job.mapping);
  try {
    if (job.total_rows === 0) await countRows(sql, importId, mapping);
    let seen = -1;
    let batch: Row[] = [];
    for await (const record of readCsv(fileBytes(sql, importId), mapping.delimiter)) {
      if (++seen === 0 || seen <= job.done_rows) continue;
      batch.push(rowOf(record, mapping, job.created_at.getTime()));
      if (batch.length < BATCH) continue;
      if (!(await storeBatch(sql, projectId, importId, batch))) return;
      batch = [];
    }
    if (batch.length > 0 && !(await storeBatch(sql, projectId, importId, batch))) return;
    await end(sql, importId, 'done', null);
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    await end(sql, importId, 'failed', `${error.message}. The rows before it are stored.`);
  }
}

/** `now` is the time of an event without one: that of the upload, whenever the row's turn comes. */
function rowOf(record: CsvRecord, mapping: Mapping, now: number): Row {
  try {
    return { ...record, write: readRow(record.cells, mapping, now), fault: null };
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    return { ...record, write: null, fault: error.message };
  }
}

/** A first pass that only counts, for the progress; where the file stops being CSV the real pass will tell. */
async function countRows(sql: Sql, importId: string, mapping: Mapping): Promise<void> {
  let total = -1;
  try {
    for await (const _ of readCsv(fileBytes(sql, importId), mapping.delimiter)) total++;
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
  }
  await sql.query('UPDATE import SET total_rows = $2 WHERE id = $1', [importId, Math.max(0, total)]);
}

/**
 * Stores one batch with its refusals and counts in one transaction. When the database refuses it, none of its rows is in
 * and the report says so with their lines. False when the import was cancelled meanwhile.
 */
async function storeBatch(sql: Sql, projectId: string, importId: string, batch: Row[]): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql.query('BEGIN');
      const counts = await writeBatch(sql, projectId, importId, batch);
      const going = await advance(sql, importId, batch.length, counts);
      await sql.query(going ? 'COMMIT' : 'ROLLBACK');
      return going;
    } catch (error) {
      await sql.query('ROLLBACK');
      const { code, message } = error as { code?: string; message: string };
      if (code === undefined) throw error;
      if (code === DEADLOCK && attempt < 3) continue;
      log.error({ err: error, importId }, 'a batch of an import was not stored');
      return refuseBatch(sql, importId, batch, message);
    }
  }
}

interface Counts {
  created: number;
  updated: number;
  refused: number;
}

async function writeBatch(sql: Sql, projectId: string, importId: string, batch: Row[]): Promise<Counts> {
  const good = batch.filter((row) => row.write !== null);
  const answers = await writeCustomers(
    sql,
    projectId,
    good.map((row) => row.write!),
  );
  const events = await storeEvents(
    sql,
    projectId,
    good.map((row) => row.write!),
    answers,
  );
  let next = 0;
  const refused = batch.flatMap((row) => {
    const answer = row.write ? answers[next++]! : null;
    const reason = answer === null ? row.fault : answer.ok ? null : answer.message;
    return reason === null ? [] : [{ line: row.line, to_line: null, reason, cells: row.cells }];
  });
  await storeRefusals(sql, importId, refused);
  const created = events ?? answers.filter((answer) => answer.ok && answer.created).length;
  return { created, updated: batch.length - refused.length - created, refused: refused.length };
}

/** Events of the past are stored and start no scenario. Null when the file has customers. */
async function storeEvents(
  sql: Sql,
  projectId: string,
  writes: RowWrite[],
  answers: Written[],
): Promise<number | null> {
  const stored = writes.flatMap(({ event }, index) => {
    const answer = answers[index]!;
    return event && answer.ok ? [{ ...event, customerId: answer.customerId }] : [];
  });
  if (stored.length === 0) return writes.some(({ event }) => event) ? 0 : null;
  await sql.query(
    `INSERT INTO event(project_id, customer_id, type, at, properties)
     SELECT $1::uuid, * FROM unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::jsonb[])`,
    [
      projectId,
      stored.map(({ customerId }) => customerId),
      stored.map(({ type }) => type),
      stored.map(({ at }) => at),
      stored.map(({ properties }) => JSON.stringify(properties)),
    ],
  );
  return stored.length;
}

async function refuseBatch(sql: Sql, importId: string, batch: Row[], message: string): Promise<boolean> {
  const [line, to] = [batch[0]!.line, batch.at(-1)!.line];
  await sql.query('BEGIN');
  await storeRefusals(sql, importId, [
    {
      line,
      to_line: to,
      reason: `lines ${line} to ${to} were not stored, none of them: the database answered “${message}”`,
      cells: [],
    },
  ]);
  const going = await advance(sql, importId, batch.length, { created: 0, updated: 0, refused: batch.length });
  await sql.query(going ? 'COMMIT' : 'ROLLBACK');
  return going;
}

async function storeRefusals(
  sql: Sql,
  importId: string,
  refusals: { line: number; to_line: number | null; reason: string; cells: string[] }[],
): Promise<void> {
  if (refusals.length === 0) return;
  // PostgreSQL's text holds no NUL.
  const json = JSON.stringify(refusals).replaceAll('\\u0000', '\\ufffd');
  await sql.query(
    `INSERT INTO import_refusal(import_id, line, to_line, reason, cells)
     SELECT $1, r.line, r.to_line, r.reason, ARRAY(SELECT jsonb_array_elements_text(r.cells))
       FROM jsonb_to_recordset($2::jsonb) AS r(line int, to_line int, reason text, cells jsonb)`,
    [importId, json],
  );
}

async function advance(sql: Sql, importId: string, rows: number, counts: Counts): Promise<boolean> {
  const { rows: updated } = await sql.query(
    `UPDATE import SET done_rows = done_rows + $2, created_rows = created_rows + $3, updated_rows = updated_rows + $4,
                       refused_rows = refused_rows + $5 WHERE id = $1 AND state = 'running' RETURNING id`,
    [importId, rows, counts.created, counts.updated, counts.refused],
  );
  return updated.length > 0;
}

async function end(sql: Sql, importId: string, state: 'done' | 'failed', message: string | null): Promise<void> {
  await sql.query("UPDATE import SET state = $2, message = $3, ended_at = now() WHERE id = $1 AND state = 'running'", [
    importId,
    state,
    message,
  ]);
  await dropFile(sql, importId);
}
