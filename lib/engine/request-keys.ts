import type { Sql } from '../db/index.ts';
import { thaw } from './frozen.ts';

/**
 * The key of the latest request of each journey at each node, by `node:journey`: what a receiver's record is compared with.
 * Reads every stored window of the run.
 */
export async function requestKeys(sql: Sql, runId: string): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ node: number; batch: boolean; journeys: number[]; frozen: Uint8Array | null }>(
    'SELECT node, batch, journeys, frozen FROM request_window WHERE run_id = $1::bigint ORDER BY id',
    [runId],
  );
  const keys = new Map<string, string>();
  for (const { node, batch, journeys, frozen } of rows) {
    if (!frozen) continue;
    const { requests } = thaw(frozen);
    journeys.forEach((journey, position) => {
      const request = batch ? (requests[0]?.members?.includes(position) ? requests[0] : null) : requests[position];
      if (request) keys.set(`${node}:${journey}`, request.key);
    });
  }
  return keys;
}
