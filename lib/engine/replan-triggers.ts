import type { AnyNode, Node } from '../core/document.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import type { Program } from '../core/program.ts';
import { isSame } from '../core/same.ts';
import type { Sql } from '../db/index.ts';
import { listenForCall, stopListening } from './api-calls.ts';
import { type Chunk, deleteChunks, doorOf, intArray, jobFor } from './chunks.ts';
import { deleteJobs, sendJobs } from './jobs.ts';
import { firstFiring } from './lifecycle.ts';
import type { OpenRun } from './publish.ts';
import { type RunStart, startRun } from './start.ts';
import type { StartedRun } from './views.ts';

/**
 * What a change of version means for who comes in. Events count from then on, by the triggers that are there. A schedule or
 * an API trigger that is new or different is planned anew, one that is gone is not. A Now trigger lets nobody in again.
 */
export async function replanTriggers(
  sql: Sql,
  start: RunStart,
  runs: readonly OpenRun[],
  before: Program,
): Promise<StartedRun[]> {
  const triggers = triggersOf(start.program);
  // Nobody new comes into runs that are finishing.
  const isOpen = runs.some(({ state }) => state === 'running' || state === 'paused');
  const old = new Map(triggersOf(before).map((node) => [node.id, node]));
  const fresh = triggers.filter((node) => isOpen && !isSame(old.get(node.id)?.settings, node.settings));
  const left = [...old.values()].filter((node) => !triggers.some(({ id }) => id === node.id));
  const started = await replanEvents(sql, start, runs, { triggers, fresh, old });
  for (const node of [...left, ...fresh]) {
    if (node.kind === 'api-trigger') await stopWaiting(sql, runs, node);
    const isPlanned = await replanFiring(sql, start, runs, node, left.includes(node));
    started.push(...isPlanned);
    if (node.kind === 'api-trigger' && fresh.includes(node))
      started.push(...[(await listenForCall(sql, start, node as Node<'api-trigger'>)) ?? []].flat());
  }
  return started;
}

const triggersOf = (program: Program): AnyNode[] =>
  Object.values(program.nodes).flatMap(({ node }) => (NODE_KINDS[node.kind].family === 'trigger' ? [node] : []));

/** One run takes all that events bring; it ends when no trigger waits for any more, and begins with the first that does. */
async function replanEvents(
  sql: Sql,
  start: RunStart,
  runs: readonly OpenRun[],
  { triggers, fresh, old }: { triggers: AnyNode[]; fresh: AnyNode[]; old: ReadonlyMap<string, AnyNode> },
): Promise<StartedRun[]> {
  const waits = triggers.some(({ kind }) => kind === 'on-event');
  const run = runs.find(({ kind, state }) => kind === 'event' && (state === 'running' || state === 'paused'));
  if (run) {
    await sql.query('UPDATE run SET expanded = NOT $2::boolean WHERE id = $1', [run.id, waits]);
    return [];
  }
  const isNew = fresh.some(({ id, kind }) => kind === 'on-event' && !old.has(id));
  return isNew ? [await startRun(sql, start, 'event', null)] : [];
}

type Ahead = Pick<Chunk, 'id' | 'runId' | 'node' | 'policyId' | 'onEvent' | 'replay' | 'jobId'> & { state: string };

/** The next firing of a schedule: moved to where it is now, begun, or called off. */
async function replanFiring(
  sql: Sql,
  start: RunStart,
  runs: readonly OpenRun[],
  node: AnyNode,
  isGone: boolean,
): Promise<StartedRun[]> {
  if (node.kind !== 'on-date' && node.kind !== 'repeat') return [];
  const firing = isGone ? null : await firstFiring(sql, start.projectId, node);
  const ahead = await firingAhead(sql, runs, node);
  // A Repeat that fires at this moment makes its next run itself, by what is true then.
  if (ahead === 'taken' && node.kind === 'repeat') return [];
  if (ahead === null || ahead === 'taken')
    return firing ? [await startRun(sql, start, firing.kind, { door: doorOf(node.number), dueAt: firing.at })] : [];
  if (firing) await moveFiring(sql, ahead, firing.at);
  else {
    await deleteChunks(sql, 'walk', [ahead]);
    await sql.query('UPDATE run SET expanded = true WHERE id = $1', [ahead.runId]);
  }
  return [];
}

/** "taken": a worker has it in its hands. */
async function firingAhead(sql: Sql, runs: readonly OpenRun[], node: AnyNode): Promise<Ahead | 'taken' | null> {
  const ahead = `FROM chunk c JOIN run r ON r.id = c.run_id
    WHERE c.run_id = ANY($1::bigint[]) AND c.node = $2 AND r.kind IN ('date', 'repeat') AND r.cursor = 0 AND r.entered = 0
      AND r.state IN ('running', 'paused')`;
  const values = [intArray(runs.map(({ id }) => id)), doorOf(node.number)];
  const { rows } = await sql.query<Ahead>(
    // Who has it waits for the run, which is locked here: nobody may wait for them.
    `SELECT c.id::float8 AS id, c.run_id::float8 AS "runId", c.node, c.policy_id AS "policyId", c.on_event AS "onEvent",
            c.replay_id::float8 AS replay, c.job_id AS "jobId", c.state ${ahead} AND c.owner IS NULL
      ORDER BY c.id DESC LIMIT 1 FOR UPDATE OF c SKIP LOCKED`,
    values,
  );
  if (rows[0]) return rows[0];
  return (await sql.query(`SELECT 1 ${ahead} LIMIT 1`, values)).rows.length > 0 ? 'taken' : null;
}

async function moveFiring(sql: Sql, ahead: Ahead, at: Date): Promise<void> {
  const job = ahead.state === 'held' ? null : jobFor(ahead, 'walk', at);
  await sql.query('UPDATE chunk SET due_at = $2::timestamptz, job_id = $3::uuid WHERE id = $1', [
    ahead.id,
    at.toISOString(),
    job?.id ?? null,
  ]);
  await deleteJobs(sql, 'walk', ahead.jobId ? [ahead.jobId] : []);
  if (job) await sendJobs(sql, [job]);
}

/** Runs of the node that wait for a call wait no more. */
async function stopWaiting(sql: Sql, runs: readonly OpenRun[], node: AnyNode): Promise<void> {
  const { rows } = await sql.query<{ runId: number }>(
    'SELECT run_id::float8 AS "runId" FROM api_listener WHERE run_id = ANY($1::bigint[]) AND node = $2',
    [intArray(runs.map(({ id }) => id)), node.number],
  );
  for (const { runId } of rows) await stopListening(sql, runId);
}
