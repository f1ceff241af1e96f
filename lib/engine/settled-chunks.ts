import type { Sql } from '../db/index.ts';
import { deleteChunks, intArray, lockOwn, releaseChunks } from './chunks.ts';
import type { Queue } from './jobs.ts';
import { announceRun } from './notices.ts';
import type { OpenChunk } from './open-chunk.ts';
import { settleAll } from './outcomes.ts';
import type { RunCache } from './runs.ts';
import type { Settlement } from './settlement.ts';
import { Transition } from './transition.ts';
import { countDeparture } from './walk.ts';
import type { OpenWindow } from './windows.ts';

/** The transaction of a flush: only for chunks that are still this worker's, their windows and themselves included. */

export interface Written {
  windows: { window: OpenWindow; journeys: number }[];
  chunkOf: Map<OpenWindow, OpenChunk>;
  closed: Set<OpenChunk>;
  lost: Set<OpenChunk>;
  /** Chunks whose webhook was stopped by one of these outcomes. */
  stopped: Set<OpenChunk>;
  maybeEnded: Set<number>;
  /** Where people wait now. */
  queues: Set<Queue>;
}

export async function writeSettlements(
  sql: Sql,
  { worker, runs }: { worker: number; runs: RunCache },
  all: readonly Settlement[],
  finishing: readonly OpenChunk[],
): Promise<Written> {
  const chunks = new Set([...all.map(({ chunk }) => chunk), ...finishing]);
  const own = await lockOwn(
    sql,
    worker,
    [...chunks].map(({ chunk }) => chunk.id),
  );
  const lost = new Set([...chunks].filter(({ chunk }) => !own.has(chunk.id)));
  const settlements = all.filter(({ chunk }) => !lost.has(chunk));
  const into = new Transition();
  const stopped = await settleAll(sql, settlements, into, ({ runId, chunk }) =>
    runs.get(sql, runId, own.get(chunk.id)!),
  );
  const windows = await writeWindows(sql, settlements);
  const { ended, released } = await endChunks(
    sql,
    windows,
    [...chunks].filter((chunk) => !lost.has(chunk)),
    into,
  );
  await into.write(sql);
  for (const chunk of stopped) await announceRun(sql, chunk.runId);
  return {
    windows: [...windows.values()].map(({ window, positions }) => ({ window, journeys: positions.length })),
    chunkOf: new Map([...windows.values()].map(({ window, chunk }) => [window, chunk])),
    closed: new Set([...ended, ...released]),
    lost,
    stopped,
    maybeEnded: new Set(ended.map(({ runId }) => runId)),
    queues: released.length > 0 ? into.queues.add('send') : into.queues,
  };
}

interface TouchedWindow {
  window: OpenWindow;
  chunk: OpenChunk;
  positions: number[];
}

/** Notes in the windows what is no longer in doubt; a window with nothing in doubt is closed. */
async function writeWindows(sql: Sql, settlements: readonly Settlement[]): Promise<Map<number, TouchedWindow>> {
  const touched = new Map<number, TouchedWindow>();
  for (const { window, chunk, positions } of settlements) {
    const entry = touched.get(window.id) ?? { window, chunk, positions: [] };
    entry.positions.push(...positions);
    touched.set(window.id, entry);
  }
  const all = [...touched.values()];
  const closes = ({ window, positions }: TouchedWindow) => window.done + positions.length >= window.travellers.length;
  const full = all.filter(closes);
  if (full.length > 0)
    await sql.query(
      `UPDATE request_window w SET open = false, done = w.size, done_at = NULL
         FROM unnest($1::bigint[], $2::bigint[]) AS t(run_id, id) WHERE w.run_id = t.run_id AND w.id = t.id`,
      [intArray(full.map(({ chunk }) => chunk.runId)), intArray(full.map(({ window }) => window.id))],
    );
  for (const entry of all)
    if (!closes(entry))
      await sql.query(
        `UPDATE request_window SET done = done + $3, done_at = coalesce(done_at, '{}') || $4::int[]
          WHERE run_id = $1 AND id = $2`,
        [entry.chunk.runId, entry.window.id, entry.positions.length, intArray(entry.positions)],
      );
  return touched;
}

/** Ends chunks in which nobody stands any more, and gives back those that this worker lets go of. */
async function endChunks(
  sql: Sql,
  windows: ReadonlyMap<number, TouchedWindow>,
  chunks: readonly OpenChunk[],
  into: Transition,
): Promise<{ ended: OpenChunk[]; released: OpenChunk[] }> {
  const closing = new Map<OpenChunk, number>();
  for (const { window, chunk, positions } of windows.values())
    if (window.done + positions.length >= window.travellers.length) closing.set(chunk, (closing.get(chunk) ?? 0) + 1);
  const idle = chunks.filter((chunk) => !chunk.isClaiming && chunk.openWindows === (closing.get(chunk) ?? 0));
  const ended = idle.filter(({ chunk, closing: why }) => chunk.claimed >= chunk.size || why === 'skipped');
  for (const chunk of ended) skipRest(chunk, into);
  await deleteChunks(
    sql,
    'send',
    ended.map(({ chunk }) => chunk),
  );
  const released = idle.filter((chunk) => chunk.closing && !ended.includes(chunk));
  for (const held of [true, false])
    await releaseChunks(
      sql,
      'send',
      released.filter(({ closing: why }) => (why === 'held') === held).map(({ chunk }) => chunk),
      { held },
    );
  return { ended, released };
}

/** Who was never asked for when the run was stopped. */
function skipRest({ chunk, run, node, closing }: OpenChunk, into: Transition): void {
  if (closing !== 'skipped' || chunk.claimed >= chunk.size) return;
  const journeys = chunk.journeys!.slice(chunk.claimed);
  countDeparture(into, run.id, node, 'skipped', null, journeys.length);
  into.entries.push({
    runId: run.id,
    node: node.number,
    outcome: 'skipped',
    port: null,
    reason: 'the run was stopped',
    journeys,
    customers: chunk.customers.slice(chunk.claimed),
    by: null,
  });
}
