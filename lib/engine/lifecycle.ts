import type { AnyNode } from '../core/document.ts';
import type { Sql } from '../db/index.ts';
import { listenForCall, stopListening } from './api-calls.ts';
import { AUDIENCE_DOOR, doorOf, jobFor } from './chunks.ts';
import { endRunIfEmpty, skipStanding } from './ends.ts';
import { announceWork, sendJobs } from './jobs.ts';
import { announceRun } from './notices.ts';
import { loadProgram, nodesByNumber } from './runs.ts';
import { dateOf, nextFiring } from './schedule.ts';
import { type RunStart, startRun } from './start.ts';
import type { RunKind, StartedRun } from './views.ts';

/**
 * Starts a version: one run for all its Now triggers, one for all On event triggers, one for each scheduled trigger (its first
 * firing, which makes the next) and one for each API trigger (it waits for the next call), in the caller's transaction;
 * nothing runs before it commits. The scenario's status is the caller's to set; the executor sets it to inactive when its
 * last run has ended.
 */
export async function startRuns(sql: Sql, start: RunStart): Promise<StartedRun[]> {
  const triggers = start.program.entries.map((id) => start.program.nodes[id]!.node);
  const runs: StartedRun[] = [];
  if (triggers.some(({ kind }) => kind === 'now'))
    runs.push(await startRun(sql, start, 'now', { door: AUDIENCE_DOOR }));
  if (triggers.some(({ kind }) => kind === 'on-event')) runs.push(await startRun(sql, start, 'event', null));
  for (const node of triggers) {
    const firing = await firstFiring(sql, start.projectId, node);
    if (firing) runs.push(await startRun(sql, start, firing.kind, { door: doorOf(node.number), dueAt: firing.at }));
    const waiting = node.kind === 'api-trigger' ? await listenForCall(sql, start, node) : null;
    if (waiting) runs.push(waiting);
  }
  await announceWork(sql);
  return runs;
}

/** When a scheduled trigger fires for the first time; null for any other, and for a date that has passed. */
export async function firstFiring(
  sql: Sql,
  projectId: string,
  node: AnyNode,
): Promise<{ kind: RunKind; at: Date } | null> {
  if (node.kind !== 'on-date' && node.kind !== 'repeat') return null;
  const { rows } = await sql.query<{ zone: string }>('SELECT time_zone AS zone FROM project WHERE id = $1::uuid', [
    projectId,
  ]);
  const { zone } = rows[0]!;
  const now = new Date();
  const at = node.kind === 'on-date' ? dateOf(node.settings, zone) : nextFiring(node.settings, now, zone);
  return at && at > now ? { kind: node.kind === 'on-date' ? 'date' : 'repeat', at } : null;
}

type Target = { scenarioId: string } | { runId: string };

/** Ends runs: "finish" lets everybody inside go on and nobody in; "now" skips whoever is not in flight. */
export async function stopRuns(sql: Sql, target: Target, mode: 'finish' | 'now'): Promise<void> {
  const { rows } = await sql.query<{ id: number | bigint; state: string }>(
    `SELECT id, state FROM run WHERE state IN ('running', 'paused', 'finishing', 'stopping') AND ($1::bigint IS NULL OR id = $1::bigint)
        AND ($2::uuid IS NULL OR scenario_id = $2::uuid) ORDER BY id FOR NO KEY UPDATE`,
    ['runId' in target ? target.runId : null, 'scenarioId' in target ? target.scenarioId : null],
  );
  for (const { id: given, state } of rows) {
    const id = Number(given);
    if (mode === 'now') await stopNow(sql, id);
    else if (state === 'running' || state === 'paused') await finish(sql, id, state);
    await announceRun(sql, id);
    await endRunIfEmpty(sql, id);
  }
  await announceWork(sql);
}

/** Nobody new; a paused run goes on, because it could not finish otherwise. */
async function finish(sql: Sql, id: number, state: string): Promise<void> {
  // The audience of a Now run entered when it was started, whether or not its page was read yet.
  await sql.query("UPDATE run SET state = 'finishing', expanded = expanded OR kind = 'event' WHERE id = $1", [id]);
  await stopListening(sql, id);
  // A firing that lies ahead does not come.
  await sql.query(
    `WITH ahead AS (DELETE FROM chunk c USING run r WHERE r.id = $1 AND c.run_id = r.id AND r.kind IN ('date', 'repeat')
        AND c.node < 0 AND c.owner IS NULL AND r.entered = 0 RETURNING c.run_id)
     UPDATE run SET expanded = true FROM ahead WHERE run.id = ahead.run_id`,
    [id],
  );
  if (state === 'paused') await wakeHeld(sql, id, null);
}

/** Whoever a worker has in its hands is settled by that worker; everybody else is skipped here. */
async function stopNow(sql: Sql, id: number): Promise<void> {
  await sql.query("UPDATE run SET state = 'stopping', expanded = true WHERE id = $1", [id]);
  await stopListening(sql, id);
  await skipStanding(sql, id);
}

/** Nothing new is sent and nobody moves on until `resumeRun`; what is in flight is settled. */
export async function pauseRun(sql: Sql, runId: string): Promise<void> {
  await sql.query("UPDATE run SET state = 'paused' WHERE id = $1::bigint AND state = 'running'", [runId]);
  await announceRun(sql, Number(runId));
}

/** Everybody in a paused run goes on. */
export async function resumeRun(sql: Sql, runId: string): Promise<void> {
  const { rows } = await sql.query(
    "UPDATE run SET state = 'running' WHERE id = $1::bigint AND state = 'paused' RETURNING id",
    [runId],
  );
  if (rows.length > 0) await wakeHeld(sql, Number(runId), null);
}

/** Closes the breaker of a stopped webhook and sends the rest. */
export async function resumeWebhook(sql: Sql, runId: string, nodeNumber: number): Promise<void> {
  await sql.query('UPDATE run_node SET stopped = NULL, stopped_at = NULL WHERE run_id = $1::bigint AND node = $2', [
    runId,
    nodeNumber,
  ]);
  await wakeHeld(sql, Number(runId), nodeNumber);
}

/** Chunks that were kept for this moment get their alarm clock back. */
async function wakeHeld(sql: Sql, runId: number, node: number | null): Promise<void> {
  const nodes = nodesByNumber(await loadProgram(sql, runId));
  const { rows } = await sql.query<{
    id: number | bigint;
    node: number;
    policyId: string | null;
    onEvent: boolean;
    replay: number | null;
    dueAt: Date;
  }>(
    `SELECT id, node, policy_id AS "policyId", on_event AS "onEvent", replay_id AS replay, due_at AS "dueAt" FROM chunk
      WHERE run_id = $1 AND state = 'held' AND owner IS NULL AND ($2::int IS NULL OR node = $2::int) FOR UPDATE`,
    [runId, node],
  );
  const jobs = rows.map(({ id, dueAt, ...chunk }) =>
    jobFor(
      { ...chunk, id: Number(id), runId },
      nodes.get(chunk.node)?.node.kind === 'webhook' ? 'send' : 'walk',
      new Date(dueAt),
    ),
  );
  if (jobs.length > 0) {
    await sql.query(
      `UPDATE chunk SET state = 'ready', job_id = t.job FROM unnest($1::bigint[], $2::text[]::uuid[]) AS t(id, job) WHERE chunk.id = t.id`,
      [`{${jobs.map((job) => job.chunk).join(',')}}`, `{${jobs.map((job) => job.id).join(',')}}`],
    );
    await sendJobs(sql, jobs);
  }
  await announceRun(sql, runId);
  await announceWork(sql);
}
