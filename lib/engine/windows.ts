import { type Chunk, intArray } from './chunks.ts';
import type { Traveller } from './contexts.ts';
import { type FrozenWindow, freeze, thaw } from './frozen.ts';
import { query } from './sql.ts';

/** Windows: requests that are claimed and stored, so that whatever happens now, it is known what may have been sent. */

export interface OpenWindow extends FrozenWindow {
  id: number;
  batch: boolean;
  travellers: Traveller[];
  attempt: number;
  /** When the first request of these was tried. */
  firstAt: number;
  /** Journeys with a committed outcome. */
  done: number;
}

export type Claim = { ok: true; id: number; firstAt: Date } | { ok: false; because: NotClaimed };

/** Why nothing may be sent: the run rests or ends, the webhook is stopped or deleted, or the chunk is somebody else's. */
export type NotClaimed = 'paused' | 'stopped' | 'breaker' | 'removed' | 'lost';

/** Notes that a chunk that was in the hands of a dead worker is being worked on now: should this worker die, it is suspect. */
export async function noteTrying(owner: number, chunk: Chunk): Promise<void> {
  await query('UPDATE chunk SET trying = true WHERE id = $1 AND owner = $2', [chunk.id, owner]);
}

/** Claims positions `from` to `to` of a chunk and stores their requests; committed when it returns. */
export async function claimWindow(
  owner: number,
  chunk: Chunk,
  range: { from: number; to: number },
  window: FrozenWindow & { batch: boolean; travellers: readonly Traveller[] },
): Promise<Claim> {
  const rows = await query<{ id: number; firstAt: Date }>(
    `WITH mine AS (
        UPDATE chunk c SET claimed = $4, deaths = 0, trying = false, first_at = coalesce(c.first_at, now())
          FROM run r, run_node n
         WHERE c.id = $1 AND c.owner = $2 AND c.claimed = $3 AND r.id = c.run_id AND r.state IN ('running', 'finishing')
           AND n.run_id = c.run_id AND n.node = c.node AND n.stopped IS NULL AND n.removed IS NULL
        RETURNING c.id, c.run_id, c.node, c.attempt, c.first_at)
      INSERT INTO request_window (run_id, node, chunk_id, batch, size, journeys, customers, frozen, attempt)
      SELECT run_id, node, id, $5, $6, $7::int[], $8::bigint[], $9, attempt FROM mine
      RETURNING id, (SELECT first_at FROM mine) AS "firstAt"`,
    [
      chunk.id,
      owner,
      range.from,
      range.to,
      window.batch,
      range.to - range.from,
      intArray(window.travellers.map((t) => t.journey)),
      intArray(window.travellers.map((t) => t.customer)),
      freeze(window),
    ],
  );
  const row = rows[0];
  return row ? { ok: true, ...row } : { ok: false, because: await whyNot(owner, chunk) };
}

async function whyNot(owner: number, chunk: Chunk): Promise<NotClaimed> {
  const rows = await query<{ state: string; stopped: string | null; removed: boolean; owner: number | null }>(
    `SELECT r.state, n.stopped, n.removed IS NOT NULL AS removed, c.owner FROM chunk c JOIN run r ON r.id = c.run_id
       LEFT JOIN run_node n ON n.run_id = c.run_id AND n.node = c.node WHERE c.id = $1`,
    [chunk.id],
  );
  const row = rows[0];
  if (!row || row.owner !== owner) return 'lost';
  if (row.state === 'paused') return 'paused';
  if (row.removed) return row.state === 'stopping' ? 'stopped' : 'removed';
  if (row.stopped !== null) return 'breaker';
  // Resumed in this very moment: held and taken again is safe, too.
  return row.state === 'running' || row.state === 'finishing' ? 'paused' : 'stopped';
}

/** The stored requests of windows, and whose they are. */
export async function storedWindows(
  runId: number,
  ids: readonly number[],
): Promise<Map<number, { journeys: number[]; window: FrozenWindow | null }>> {
  const rows = await query<{ id: number; journeys: number[]; frozen: Buffer | null }>(
    'SELECT id, journeys, frozen FROM request_window WHERE run_id = $1 AND id = ANY($2::bigint[])',
    [runId, intArray(ids)],
  );
  return new Map(
    rows.map(({ id, journeys, frozen }) => [id, { journeys, window: frozen === null ? null : thaw(frozen) }]),
  );
}
