import type { Sql } from '../db/index.ts';
import { CHUNK_COLUMNS, type Chunk, deleteChunks, intArray, isDoor } from './chunks.ts';
import { pack, unpack } from './contexts.ts';
import { endRunIfEmpty } from './ends.ts';
import type { Queue } from './jobs.ts';
import { nodeOfChunk } from './runs.ts';
import { Transition } from './transition.ts';
import { countDeparture } from './walk.ts';

/** People who are deleted leave the runs that they are in: they end as skipped where they stand. */

const REASON = 'the customer was deleted';
const REPLAYED = 'they were to be sent again as they were, together with a customer who was deleted';
/** Chunks that are changed in one transaction. */
const CHUNKS_A_TIME = 50;

/** Whether an array of customers has one of $2; hashed, so that it does not matter how many those are. */
const hasOne = (customers: string) => `EXISTS (SELECT FROM unnest(${customers}) AS u WHERE u = ANY($2::bigint[]))`;
const OPEN_RUNS = "SELECT id FROM run WHERE project_id = $1::uuid AND state NOT IN ('done', 'stopped')";

export interface Left {
  /** Journeys that ended. */
  journeys: number;
  /** Whether there is more to do at once. */
  more: boolean;
  /** Requests and steps with one of them that are under way: ask again when they are over. */
  underWay: number;
  /** Whether the project has runs in which somebody could be about to be asked for. */
  isRunning: boolean;
}

/**
 * Takes customers out of all places of the project's runs where nobody works on them, some chunks a call, in the caller's
 * transaction; what they carry with them is forgotten everywhere. Their profiles must be gone, so that whoever works on a
 * chunk skips them by himself. A batch that waits for another try is made anew without them.
 */
export async function leaveRuns(sql: Sql, projectId: string, customers: readonly number[]): Promise<Left> {
  const ids = intArray(customers);
  const gone = new Set(customers);
  const { rows: runs } = await sql.query(OPEN_RUNS, [projectId]);
  if (runs.length === 0) return { journeys: 0, more: false, underWay: 0, isRunning: false };
  const { rows: chunks } = await sql.query<Chunk>(
    `SELECT ${CHUNK_COLUMNS} FROM chunk c
      WHERE c.run_id IN (${OPEN_RUNS}) AND c.owner IS NULL
        AND (${hasOne('c.customers')} OR (c.windows IS NOT NULL AND ${HAS_BATCH}))
      ORDER BY c.id LIMIT ${CHUNKS_A_TIME} FOR UPDATE SKIP LOCKED`,
    [projectId, ids],
  );
  const into = new Transition();
  let journeys = 0;
  for (const chunk of chunks) journeys += await leave(sql, chunk, gone, into);
  await into.write(sql);
  for (const runId of new Set(chunks.map((chunk) => chunk.runId))) await endRunIfEmpty(sql, runId);
  await forgetLuggage(sql, projectId, ids, gone);
  return {
    journeys,
    more: chunks.length === CHUNKS_A_TIME,
    underWay: await underWay(sql, projectId, ids),
    isRunning: true,
  };
}

/** A batch whose bytes have one of $2 in them, whoever of it waits here. */
const HAS_BATCH = `EXISTS (SELECT FROM request_window w
  WHERE w.run_id = c.run_id AND w.id = ANY(c.windows) AND w.batch AND ${hasOne('w.customers')})`;

/** @returns how many journeys ended */
async function leave(sql: Sql, chunk: Chunk, gone: ReadonlySet<number>, into: Transition): Promise<number> {
  const { runId, node: number, claimed } = chunk;
  const node = isDoor(number) ? null : await nodeOfChunk(sql, chunk);
  const isBatch = node?.kind === 'webhook' && node.settings.batch;
  const left = chunk.customers.flatMap((customer, i) => (i >= claimed && gone.has(customer) ? [i] : []));
  let stay = chunk.customers.flatMap((customer, i) => (i >= claimed && !gone.has(customer) ? [i] : []));
  const end = (positions: readonly number[], outcome: 'skipped' | 'rejected', reason: string) => {
    if (!node || positions.length === 0) return;
    countDeparture(into, runId, node, outcome, null, positions.length);
    into.entries.push({
      runId,
      node: number,
      outcome,
      port: null,
      reason,
      journeys: positions.map((i) => chunk.journeys![i]!),
      customers: positions.map((i) => chunk.customers[i]!),
      by: null,
    });
  };
  end(left, 'skipped', REASON);
  if (isBatch && chunk.windows && chunk.tries === null) {
    // What a replayed batch was made from may not be kept any more.
    end(stay, 'rejected', REPLAYED);
    stay = [];
  }
  const queue: Queue = node?.kind === 'webhook' ? 'send' : 'walk';
  if (stay.length === 0) await deleteChunks(sql, queue, [chunk]);
  else await narrow(sql, chunk, stay, isBatch && chunk.windows !== null);
  return left.length;
}

/** The chunk with only some of its people; a batch that has lost somebody is asked for as a new one. */
async function narrow(sql: Sql, chunk: Chunk, stay: readonly number[], anew: boolean): Promise<void> {
  const all = unpack(chunk);
  const contexts =
    chunk.contexts &&
    pack(
      stay.map((i) => all[i]!),
      { event: true, responses: true },
    );
  const aligned = <T>(values: readonly T[] | null): readonly T[] | null =>
    values === null || anew ? null : values.length === 1 && chunk.size > 1 ? values : stay.map((i) => values[i]!);
  const windows = aligned(chunk.windows);
  const tries = aligned(chunk.tries);
  await sql.query(
    `UPDATE chunk SET size = $2, claimed = 0, journeys = $3::int[], customers = $4::bigint[], contexts = $5::jsonb,
            windows = $6::bigint[], tries = $7::jsonb, alone = alone OR $8 WHERE id = $1`,
    [
      chunk.id,
      stay.length,
      chunk.journeys && intArray(stay.map((i) => chunk.journeys![i]!)),
      intArray(stay.map((i) => chunk.customers[i]!)),
      contexts && JSON.stringify(contexts),
      windows && intArray(windows),
      tries && JSON.stringify(tries),
      anew,
    ],
  );
}

/** What they carry in chunks that a worker has: it knows it already and never writes it back. */
async function forgetLuggage(sql: Sql, projectId: string, ids: string, gone: ReadonlySet<number>): Promise<void> {
  const { rows: chunks } = await sql.query<Chunk>(
    `SELECT ${CHUNK_COLUMNS} FROM chunk c WHERE c.run_id IN (${OPEN_RUNS}) AND c.owner IS NOT NULL
        AND c.contexts IS NOT NULL AND ${hasOne('c.customers')} FOR UPDATE SKIP LOCKED`,
    [projectId, ids],
  );
  for (const chunk of chunks) {
    const travellers = unpack(chunk).map((traveller) =>
      gone.has(traveller.customer) ? { ...traveller, event: null, responses: [] } : traveller,
    );
    const contexts = pack(travellers, { event: true, responses: true });
    await sql.query('UPDATE chunk SET contexts = $2::jsonb WHERE id = $1', [
      chunk.id,
      contexts && JSON.stringify(contexts),
    ]);
  }
}

/** Windows in which one of them may still be asked for, and steps that somebody takes with them at this moment. */
async function underWay(sql: Sql, projectId: string, ids: string): Promise<number> {
  const { rows: windows } = await sql.query(
    `SELECT w.id FROM request_window w JOIN chunk c ON c.id = w.chunk_id
      WHERE w.open AND c.run_id IN (${OPEN_RUNS}) AND EXISTS (
        SELECT FROM unnest(w.customers) WITH ORDINALITY AS u(customer, place)
         WHERE u.customer = ANY($2::bigint[]) AND (w.done_at IS NULL OR NOT (u.place - 1)::int = ANY(w.done_at)))`,
    [projectId, ids],
  );
  const { rows: owned } = await sql.query<{ runId: number; node: number; versionId: string | null }>(
    `SELECT DISTINCT c.run_id AS "runId", c.node, c.version_id AS "versionId" FROM chunk c
      WHERE c.run_id IN (${OPEN_RUNS}) AND c.owner IS NOT NULL AND ${hasOne('c.customers')}`,
    [projectId, ids],
  );
  let steps = 0;
  for (const chunk of owned) {
    const isWebhook = !isDoor(chunk.node) && (await nodeOfChunk(sql, chunk)).kind === 'webhook';
    if (!isWebhook) steps++;
  }
  return windows.length + steps;
}
