import type { Sql } from '../db/index.ts';
import { type Chunk, deleteChunks, isDoor, releaseChunks } from './chunks.ts';
import { unpack } from './contexts.ts';
import { deleteJobs, type Queue } from './jobs.ts';
import { enter, leaveRemoved } from './removed.ts';
import type { RunCache, RunContext } from './runs.ts';
import { inTransaction } from './sql.ts';
import { passAll } from './step.ts';
import { Transition } from './transition.ts';
import { arrive, depart } from './walk.ts';

/** Chunks that need no slots: people at a door come in, people in a wait go on. One transaction each. */

/** What a walk needs of its worker. */
export interface WalkHooks {
  worker: number;
  runs: RunCache;
  /** People wait in these queues. */
  onWork(queues: Iterable<Queue>): void;
  onMaybeEnded(runId: number): void;
}

/**
 * Everybody who stands in a chunk at a door or in a wait moves on, and whoever stands at a node that the run's version has no
 * more, by the lines of that version.
 * @param queue the one that the chunk was taken from
 */
export async function moveOn(hooks: WalkHooks, chunk: Chunk, queue: Queue = 'walk'): Promise<void> {
  const into = new Transition();
  const moved = await inTransaction(async (sql) => {
    const now = await lockWhereItStands(sql, hooks.worker, chunk);
    if (!now) return false;
    if (now.state === 'paused') {
      await releaseChunks(sql, queue, [chunk], { held: true });
      return false;
    }
    const run = await hooks.runs.get(sql, chunk.runId, now.newest);
    const isRest = await pass(sql, run, chunk, { ...now, queue, into });
    if (isRest) return false;
    await deleteChunks(sql, queue, [chunk]);
    await into.write(sql);
    return true;
  });
  if (moved) hooks.onWork(into.queues);
  if (moved) hooks.onMaybeEnded(chunk.runId);
}

interface Standing {
  newest: string;
  state: string;
  /** It was woken before its time, because a version had its node no more. */
  isEarly: boolean;
}

/** The chunk's run at this moment; undefined when another worker took the chunk over. */
async function lockWhereItStands(sql: Sql, worker: number, chunk: Chunk): Promise<Standing | undefined> {
  const { rows } = await sql.query<Standing>(
    `SELECT r.version_id AS newest, r.state, c.due_at > now() AS "isEarly" FROM chunk c JOIN run r ON r.id = c.run_id
      WHERE c.id = $1 AND c.owner = $2 FOR UPDATE OF c`,
    [chunk.id, worker],
  );
  return rows[0];
}

/** @returns whether the chunk stays where it is, and was given back */
async function pass(
  sql: Sql,
  run: RunContext,
  chunk: Chunk,
  { state, isEarly, queue, into }: Standing & { queue: Queue; into: Transition },
): Promise<boolean> {
  const at = { sql, run, into, now: Date.now() };
  const isAtDoor = isDoor(chunk.node);
  // Nobody at the door has entered.
  if (isAtDoor && state === 'stopping') return false;
  const entry = run.nodes.get(Math.abs(chunk.node));
  if (!entry) {
    await leaveRemoved(at, chunk);
    return false;
  }
  const travellers = unpack(chunk);
  if (isAtDoor) {
    await enter(at, travellers);
    await arrive({ ...at, entry, travellers });
    return false;
  }
  // The node was deleted and is there again before anybody could leave it.
  const isBack = entry.node.kind === 'webhook' ? 'send' : isEarly && state !== 'stopping' ? 'walk' : null;
  if (isBack) {
    await deleteJobs(sql, queue, chunk.jobId ? [chunk.jobId] : []);
    await releaseChunks(sql, isBack, [{ ...chunk, jobId: null }], { held: false, dueAt: chunk.dueAt });
    return true;
  }
  const departures =
    state === 'stopping'
      ? [{ travellers, outcome: 'skipped' as const, port: null, reason: 'the run was stopped' }]
      : passAll({ travellers });
  await depart({ ...at, entry, travellers }, departures);
  return false;
}
