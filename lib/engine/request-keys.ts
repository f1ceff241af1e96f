import type { Sql } from '../db/index.ts';
import { intArray } from './chunks.ts';
import { type FrozenWindow, thaw } from './frozen.ts';

/** Keys of requests as they are stored: what a receiver's record is compared with. */

interface StoredWindow {
  batch: boolean;
  journeys: number[];
  frozen: Uint8Array | null;
}

/**
 * The key of the latest request of each journey at each node, by `node:journey`. Reads every stored window of the run.
 * @param onWindow sees each of them as it is stored
 */
export async function requestKeys(
  sql: Sql,
  runId: string,
  onWindow: (window: FrozenWindow) => void = () => {},
): Promise<Map<string, string>> {
  const { rows } = await sql.query<StoredWindow & { node: number }>(
    'SELECT node, batch, journeys, frozen FROM request_window WHERE run_id = $1::bigint ORDER BY id',
    [runId],
  );
  const keys = new Map<string, string>();
  for (const row of rows) {
    if (!row.frozen) continue;
    const window = thaw(row.frozen);
    onWindow(window);
    for (const [position, key] of keysOf(row, window)) keys.set(`${row.node}:${row.journeys[position]}`, key);
  }
  return keys;
}

/** Keys of the requests that these workers have claimed and that have no outcome: what is in doubt if they are no more. */
export async function keysInDoubt(sql: Sql, workers: readonly number[]): Promise<Set<string>> {
  const { rows } = await sql.query<StoredWindow & { done: number[] | null }>(
    `SELECT w.batch, w.journeys, w.frozen, w.done_at AS done FROM request_window w JOIN chunk c ON c.id = w.chunk_id
      WHERE w.open AND c.owner = ANY($1::int[])`,
    [intArray(workers)],
  );
  return openKeysOf(rows);
}

/** Keys of the requests that were claimed since a moment, with an outcome or without. */
export async function keysClaimedSince(sql: Sql, since: Date): Promise<Set<string>> {
  const { rows } = await sql.query<StoredWindow>(
    'SELECT batch, journeys, frozen FROM request_window WHERE at >= $1::timestamptz',
    [since.toISOString()],
  );
  return openKeysOf(rows.map((row) => ({ ...row, done: null })));
}

function openKeysOf(rows: readonly (StoredWindow & { done: number[] | null })[]): Set<string> {
  const keys = new Set<string>();
  for (const row of rows) {
    if (!row.frozen) continue;
    const done = new Set(row.done);
    for (const [position, key] of keysOf(row, thaw(row.frozen))) if (!done.has(position)) keys.add(key);
  }
  return keys;
}

/** Which position of a window has which key; those whose request could not be made have none. */
function keysOf({ batch, journeys }: StoredWindow, { requests }: FrozenWindow): [position: number, key: string][] {
  const batched = batch ? requests[0] : null;
  return journeys.flatMap((_, position): [number, string][] => {
    const request = batch ? (batched?.members?.includes(position) ? batched : null) : requests[position];
    return request ? [[position, request.key]] : [];
  });
}
