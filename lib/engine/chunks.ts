import type { Sql } from '../db/index.ts';
import type { Carried } from './contexts.ts';
import { deleteJobs, type NewJob, newJobId, PRIORITY, type Queue, sendJobs } from './jobs.ts';

/** Chunks in the database: written with their alarm clock, taken by one owner, handed back, ended. */

/** Journeys in one chunk at most. */
export const CHUNK_SIZE = 1000;
/** Where the audience of a Now trigger comes in, page by page. Whoever stands at a door has not entered yet. */
export const AUDIENCE_DOOR = 0;
/** The door of a trigger that lets in whoever it is given. */
export const doorOf = (triggerNumber: number): number => -triggerNumber;
export const isDoor = (node: number): boolean => node <= 0;

export interface Try {
  at: string;
  status: number | null;
  ms: number;
  message: string;
}

export interface NewChunk {
  runId: number;
  node: number;
  /** The version under which they arrived here, by which they finish here; without one, the run's of this moment. */
  versionId?: string | null;
  journeys: number[] | null;
  customers: number[];
  contexts: Carried | null;
  policyId: string | null;
  onEvent: boolean;
  /** Whether it stands at a webhook (and so needs slots) or anywhere else. */
  queue: Queue;
  attempt?: number;
  windows?: number[] | null;
  tries?: Try[][] | null;
  alone?: boolean;
  /** Replayed: ends here, because it has gone on before. */
  stays?: boolean;
  /** Which sending it is; more than 1 when it was sent as new. */
  sending?: number;
  /** The replay that it belongs to, over all its tries. */
  replay?: number | null;
  firstAt?: Date | null;
  /** Null is now. */
  dueAt?: Date | null;
  /** Written without an alarm clock: it waits for Resume. */
  held?: boolean;
  /** The worker whose own it is from the beginning, without an alarm clock either. */
  owner?: number | null;
  /** What its customers' profiles were, for an owner who needs them at once; never written. */
  profiles?: Profiles | null;
}

/** Whole profiles in the order of a chunk's customers. */
export interface Profiles {
  /** When they were read: milliseconds of `performance.now`. */
  at: number;
  list: readonly Record<string, unknown>[];
}

export interface Chunk {
  id: number;
  runId: number;
  node: number;
  /** The version under which they arrived here; null, for who arrived before it was noted, is the run's. */
  versionId: string | null;
  size: number;
  journeys: number[] | null;
  customers: number[];
  contexts: Carried | null;
  policyId: string | null;
  onEvent: boolean;
  attempt: number;
  windows: number[] | null;
  tries: Try[][] | null;
  alone: boolean;
  stays: boolean;
  sending: number;
  replay: number | null;
  firstAt: Date | null;
  dueAt: Date;
  jobId: string | null;
  claimed: number;
  deaths: number;
  trying: boolean;
}

/** A chunk in the hands of a worker, and the version that its run went by when it was taken. */
export interface OwnChunk extends Chunk {
  newest: string;
}

/** A Postgres array of numbers; much faster than letting the driver quote each of them. */
export const intArray = (values: readonly number[]): string => `{${values.join(',')}}`;

/** Smallest and largest of at least one number. */
export function spanOf(values: readonly number[]): [low: number, high: number] {
  let low = values[0]!;
  let high = low;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

export const CHUNK_COLUMNS = `id, run_id AS "runId", node, version_id AS "versionId", size, journeys, customers, contexts, policy_id AS "policyId", on_event AS "onEvent",
  attempt, windows, tries, alone, stays, sending, replay_id AS replay, first_at AS "firstAt", due_at AS "dueAt", job_id AS "jobId", claimed, deaths, trying`;

type Streaming = Pick<NewChunk, 'runId' | 'policyId' | 'replay'>;

/** What takes turns at a policy: a run, and apart from it each of its replays, which may have a rate of its own. */
export const streamOf = ({ runId, replay }: Streaming): string => (replay ? `${runId}:${replay}` : String(runId));

/**
 * The group of jobs that share a policy within a stream, webhook by webhook: what one of them has enough of, because it
 * may have a rate of its own, another may lack. Campaigns take turns by it.
 */
export const groupOf = (chunk: Streaming & Pick<NewChunk, 'node'>): string =>
  `${chunk.policyId ?? 'none'}:${streamOf(chunk)}:${chunk.node}`;

const priorityOf = (onEvent: boolean): number => (onEvent ? PRIORITY.event : PRIORITY.bulk);

/** Writes chunks and their jobs in the caller's transaction. @returns their ids */
export async function insertChunks(sql: Sql, chunks: readonly NewChunk[]): Promise<number[]> {
  const ids: number[] = [];
  const jobs: NewJob[] = [];
  for (const chunk of chunks) {
    const waits = !chunk.held && chunk.owner == null;
    const jobId = waits ? newJobId() : null;
    const id = await insertChunk(sql, chunk, jobId);
    ids.push(id);
    if (jobId) jobs.push({ ...jobFor({ ...chunk, id }, chunk.queue, chunk.dueAt ?? null), id: jobId });
  }
  await sendJobs(sql, jobs);
  return ids;
}

async function insertChunk(sql: Sql, chunk: NewChunk, jobId: string | null): Promise<number> {
  const { rows } = await sql.query<{ id: number | bigint }>(
    `INSERT INTO chunk (run_id, node, size, journeys, customers, contexts, policy_id, on_event, attempt, windows, tries, alone,
                          first_at, due_at, job_id, state, stays, sending, version_id, replay_id, owner)
       VALUES ($1, $2, $3, $4::int[], $5::bigint[], $6::jsonb, $7::uuid, $8, $9, $10::bigint[], $11::jsonb, $12,
               $13::timestamptz, coalesce($14::timestamptz, now()), $15::uuid, $16, $17, $18,
               coalesce($19::uuid, (SELECT version_id FROM run WHERE id = $1)), $20::bigint, $21) RETURNING id`,
    [
      chunk.runId,
      chunk.node,
      chunk.customers.length,
      chunk.journeys && intArray(chunk.journeys),
      intArray(chunk.customers),
      chunk.contexts && JSON.stringify(chunk.contexts),
      chunk.policyId,
      chunk.onEvent,
      chunk.attempt ?? 1,
      chunk.windows ? intArray(chunk.windows) : null,
      chunk.tries ? JSON.stringify(chunk.tries) : null,
      chunk.alone ?? false,
      chunk.firstAt?.toISOString() ?? null,
      chunk.dueAt?.toISOString() ?? null,
      jobId,
      chunk.held ? 'held' : 'ready',
      chunk.stays ?? false,
      chunk.sending ?? 1,
      chunk.versionId ?? null,
      chunk.replay ?? null,
      chunk.owner ?? null,
    ],
  );
  return Number(rows[0]!.id);
}

/** A chunk that was just written as the worker's own, under the version that its run goes by. */
export function ownFromBirth({ profiles, ...chunk }: NewChunk, id: number, newest: string): OwnChunk {
  return {
    ...chunk,
    id,
    versionId: chunk.versionId ?? newest,
    size: chunk.customers.length,
    attempt: chunk.attempt ?? 1,
    windows: chunk.windows ?? null,
    tries: chunk.tries ?? null,
    alone: chunk.alone ?? false,
    stays: chunk.stays ?? false,
    sending: chunk.sending ?? 1,
    replay: chunk.replay ?? null,
    firstAt: chunk.firstAt ?? null,
    dueAt: chunk.dueAt ?? new Date(),
    jobId: null,
    claimed: 0,
    deaths: 0,
    trying: false,
    newest,
  };
}

/** Makes the chunks of these jobs the worker's own; jobs whose chunk is gone, held or somebody else's give nothing. */
export async function ownChunks(sql: Sql, owner: number, ids: readonly number[]): Promise<OwnChunk[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<OwnChunk>(
    `UPDATE chunk SET owner = $1 WHERE id = ANY($2::bigint[]) AND owner IS NULL AND state = 'ready'
     RETURNING ${CHUNK_COLUMNS}, (SELECT r.version_id FROM run r WHERE r.id = run_id) AS newest`,
    [owner, intArray(ids)],
  );
  return rows;
}

/**
 * Further chunks that wait at the same webhook for the first time, oldest first, up to so many journeys; now the worker's own.
 * Who arrived under another version may be asked for something else.
 */
export async function ownCompanions(sql: Sql, owner: number, chunk: Chunk, room: number): Promise<Chunk[]> {
  const { rows: waiting } = await sql.query<{ id: number; size: number }>(
    `SELECT id, size FROM chunk
      WHERE run_id = $1 AND node = $2 AND version_id IS NOT DISTINCT FROM $3::uuid AND owner IS NULL AND state = 'ready'
        AND attempt = 1 AND windows IS NULL AND NOT alone AND NOT stays AND sending = 1 AND claimed = 0
      ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED`,
    [chunk.runId, chunk.node, chunk.versionId],
  );
  const taken: number[] = [];
  let left = room;
  for (const { id, size } of waiting) {
    if (size > left) continue;
    left -= size;
    taken.push(id);
    if (left === 0) break;
  }
  const chunks = await ownChunks(sql, owner, taken);
  return chunks.sort((a, b) => a.id - b.id);
}

/**
 * Chunks of these that are still the worker's, locked until the end of the transaction, each with the version that its run
 * goes by now: what another took over is left out.
 */
export async function lockOwn(sql: Sql, owner: number, ids: readonly number[]): Promise<Map<number, string>> {
  const { rows } = await sql.query<{ id: number; newest: string }>(
    `SELECT c.id, r.version_id AS newest FROM chunk c JOIN run r ON r.id = c.run_id
      WHERE c.id = ANY($1::bigint[]) AND c.owner = $2 ORDER BY c.id FOR UPDATE OF c`,
    [intArray(ids), owner],
  );
  return new Map(rows.map(({ id, newest }) => [id, newest]));
}

export interface EndedChunk {
  id: number;
  jobId: string | null;
}

/** Ends chunks: nobody stands in them any more. */
export async function deleteChunks(sql: Sql, queue: Queue, chunks: readonly EndedChunk[]): Promise<void> {
  if (chunks.length === 0) return;
  await sql.query('DELETE FROM chunk WHERE id = ANY($1::bigint[])', [intArray(chunks.map(({ id }) => id))]);
  await deleteJobs(
    sql,
    queue,
    chunks.flatMap(({ jobId }) => jobId ?? []),
  );
}

/** Gives chunks back, for whoever comes next (`dueAt`), or to be kept until Resume (`held`). */
export async function releaseChunks(
  sql: Sql,
  queue: Queue,
  chunks: readonly Chunk[],
  as: { held: boolean; dueAt?: Date },
): Promise<void> {
  if (chunks.length === 0) return;
  const jobs = as.held ? [] : chunks.map((chunk) => jobFor(chunk, queue, as.dueAt ?? null));
  await sql.query(
    `UPDATE chunk SET owner = NULL, state = $3, due_at = coalesce($4::timestamptz, now()), job_id = t.job
       FROM unnest($1::bigint[], $2::uuid[]) AS t(chunk, job) WHERE chunk.id = t.chunk`,
    [
      intArray(chunks.map(({ id }) => id)),
      chunks.map((_, i) => jobs[i]?.id ?? null),
      as.held ? 'held' : 'ready',
      as.dueAt?.toISOString() ?? null,
    ],
  );
  await deleteJobs(
    sql,
    queue,
    chunks.flatMap(({ jobId }) => jobId ?? []),
  );
  await sendJobs(sql, jobs);
}

/** A new alarm clock for a chunk that lost its own. */
export function jobFor(
  chunk: Pick<Chunk, 'id'> & Pick<NewChunk, 'runId' | 'node' | 'policyId' | 'onEvent' | 'replay'>,
  queue: Queue,
  dueAt: Date | null,
): NewJob {
  return {
    id: newJobId(),
    queue,
    chunk: chunk.id,
    priority: priorityOf(chunk.onEvent),
    group: queue === 'send' ? groupOf(chunk) : null,
    dueAt,
  };
}
