import type { AnyNode } from '../core/document.ts';
import type { Program } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { intArray, jobFor } from './chunks.ts';
import { endRunIfEmpty } from './ends.ts';
import { announceWork, deleteJobs, sendJobs } from './jobs.ts';
import { announceRun } from './notices.ts';
import { replanTriggers } from './replan-triggers.ts';
import { loadVersion, nodesByNumber } from './runs.ts';
import type { RunStart } from './start.ts';
import type { StartedRun } from './views.ts';

/**
 * A running scenario changes to another version. Whoever stands at a node finishes it by the version under which they
 * arrived, and goes on by the newest; newcomers take the newest from the start. A step that had begun when the change
 * was committed ends under the version that it began with. No step waits for the change, and it waits for none.
 */

/** A run that has not ended, as a change of version needs it. */
export interface OpenRun {
  id: number;
  kind: string;
  state: string;
  versionId: string;
}

/** The runs of a scenario that have not ended, the newest first, locked until the caller's transaction ends. */
export async function lockOpenRuns(sql: Sql, scenarioId: string): Promise<OpenRun[]> {
  // A firing that is committed while its run is waited for has made the next run: it is seen by looking again.
  for (let known = -1; ; ) {
    const { rows } = await sql.query<OpenRun>(
      `SELECT id::float8 AS id, kind, state::text, version_id AS "versionId" FROM run
        WHERE scenario_id = $1::uuid AND ended_at IS NULL ORDER BY id DESC FOR NO KEY UPDATE`,
      [scenarioId],
    );
    if (rows.length === known) return rows;
    known = rows.length;
  }
}

/** The programs of these runs, each once, by version. */
export async function programsOf(sql: Sql, runs: readonly OpenRun[]): Promise<Map<string, Program>> {
  const programs = new Map<string, Program>();
  for (const { versionId } of runs)
    if (!programs.has(versionId)) programs.set(versionId, await loadVersion(sql, versionId));
  return programs;
}

/**
 * Changes all open runs of a scenario to a version, in the caller's transaction: before it commits everything goes by the
 * old one, afterwards by the new one. People at nodes that it has no more leave them as `program.moves` says, at once
 * unless their request is on its way. Triggers that are new or different are planned anew.
 * @param start the version, whose row is there; its program has the moves
 * @param renew numbers of webhooks that are stopped: who waits there for Resume and was not asked for yet takes the new
 *   version, because what stopped it would only stop it again
 * @returns runs that a new trigger began
 */
export async function publishVersion(sql: Sql, start: RunStart, renew: readonly number[] = []): Promise<StartedRun[]> {
  const runs = await lockOpenRuns(sql, start.scenarioId);
  const programs = await programsOf(sql, runs);
  const ids = runs.map(({ id }) => id);
  await sql.query('UPDATE run SET version_id = $2::uuid WHERE id = ANY($1::bigint[])', [
    intArray(ids),
    start.versionId,
  ]);
  await writeNodes(sql, ids, [...nodesByNumber(start.program).keys()]);
  for (const run of runs) await noteRemoved(sql, run.id, goneFrom(programs.get(run.versionId)!, start.program));
  await renewHeld(sql, ids, renew, start.versionId);
  await wakeRemoved(sql, ids);
  const latest = runs[0];
  const started = latest ? await replanTriggers(sql, start, runs, programs.get(latest.versionId)!) : [];
  for (const id of ids) {
    await announceRun(sql, id);
    await endRunIfEmpty(sql, id);
  }
  await announceWork(sql);
  return started;
}

/** Numbers for nodes that are new to these runs; one that is there again goes on with its old numbers. */
async function writeNodes(sql: Sql, runs: readonly number[], nodes: readonly number[]): Promise<void> {
  await sql.query(
    `INSERT INTO run_node (run_id, node) SELECT r, n FROM unnest($1::bigint[]) AS r CROSS JOIN unnest($2::int[]) AS n
     ON CONFLICT (run_id, node) DO UPDATE SET removed = NULL WHERE run_node.removed IS NOT NULL`,
    [intArray(runs), intArray(nodes)],
  );
}

function goneFrom(before: Program, after: Program): AnyNode[] {
  const left = nodesByNumber(after);
  return Object.values(before.nodes).flatMap(({ node }) => (left.has(node.number) ? [] : [node]));
}

/** Keeps deleted nodes with their numbers; nothing more is claimed there. */
async function noteRemoved(sql: Sql, runId: number, nodes: readonly AnyNode[]): Promise<void> {
  if (nodes.length === 0) return;
  await sql.query(
    `UPDATE run_node SET removed = t.node, stopped = NULL, stopped_at = NULL
       FROM unnest($2::int[], $3::jsonb[]) AS t(number, node) WHERE run_id = $1 AND run_node.node = t.number`,
    [runId, intArray(nodes.map(({ number }) => number)), nodes.map((node) => JSON.stringify(node))],
  );
}

async function renewHeld(
  sql: Sql,
  runs: readonly number[],
  nodes: readonly number[],
  versionId: string,
): Promise<void> {
  if (nodes.length === 0) return;
  await sql.query(
    `UPDATE chunk c SET version_id = $3::uuid FROM run_node n
      WHERE n.run_id = ANY($1::bigint[]) AND n.node = ANY($2::int[]) AND n.stopped IS NOT NULL AND n.removed IS NULL
        AND c.run_id = n.run_id AND c.node = n.node AND c.owner IS NULL AND c.windows IS NULL`,
    [intArray(runs), intArray(nodes), versionId],
  );
}

/**
 * Gives everybody who stands at a deleted node an alarm clock for this moment, whatever they waited for there. Those of a
 * paused run have time until it goes on. When they would have been due stays written: should the node be there
 * again before they are looked at, they wait on.
 * @param runs without them, in all runs, only those whose own clock would ring later
 * @returns how many chunks were woken
 */
export async function wakeRemoved(sql: Sql, runs: readonly number[] | null = null): Promise<number> {
  const { rows } = await sql.query<{
    id: number;
    runId: number;
    node: number;
    policyId: string | null;
    onEvent: boolean;
    replay: number | null;
    jobId: string | null;
  }>(
    `SELECT c.id::float8 AS id, c.run_id::float8 AS "runId", c.node, c.policy_id AS "policyId", c.on_event AS "onEvent",
            c.replay_id::float8 AS replay, c.job_id AS "jobId"
       FROM run_node n JOIN run r ON r.id = n.run_id JOIN chunk c ON c.run_id = n.run_id AND c.node = n.node
      WHERE n.removed IS NOT NULL AND r.state IN ('running', 'finishing') AND c.owner IS NULL
        AND CASE WHEN $1::bigint[] IS NULL THEN c.state <> 'ready' OR c.due_at > now() ELSE c.run_id = ANY($1::bigint[]) END
      ORDER BY c.id FOR UPDATE OF c SKIP LOCKED`,
    [runs && intArray(runs)],
  );
  if (rows.length === 0) return 0;
  const jobs = rows.map((chunk) => jobFor(chunk, 'walk', null));
  await sql.query(
    `UPDATE chunk SET state = 'ready', deaths = 0, job_id = t.job
       FROM unnest($1::bigint[], $2::text[]::uuid[]) AS t(id, job) WHERE chunk.id = t.id`,
    [intArray(rows.map(({ id }) => id)), `{${jobs.map(({ id }) => id).join(',')}}`],
  );
  const former = rows.flatMap(({ jobId }) => jobId ?? []);
  await deleteJobs(sql, 'walk', former);
  await deleteJobs(sql, 'send', former);
  await sendJobs(sql, jobs);
  return rows.length;
}
