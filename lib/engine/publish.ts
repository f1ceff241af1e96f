import type { AnyNode } from '../core/document.ts';
import type { Program } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { intArray } from './chunks.ts';
import { endRunIfEmpty } from './ends.ts';
import { announceWork } from './jobs.ts';
import { announceRun } from './notices.ts';
import { replanTriggers } from './replan-triggers.ts';
import { loadVersion, nodesByNumber } from './runs.ts';
import type { RunStart } from './start.ts';
import type { StartedRun } from './views.ts';
import { wakeRemoved } from './wake-removed.ts';

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
export async function programsOf(sql: Sql, runs: readonly Pick<OpenRun, 'versionId'>[]): Promise<Map<string, Program>> {
  const programs = new Map<string, Program>();
  for (const { versionId } of runs)
    if (!programs.has(versionId)) programs.set(versionId, await loadVersion(sql, versionId));
  return programs;
}

/**
 * Changes all open runs of a scenario to a version, in the caller's transaction: before it commits everything goes by the
 * old one, afterwards by the new one. People at nodes that it has no more leave them as `program.moves` says, as soon as a
 * worker comes to them, unless their request is on its way. Triggers that are new or different are planned anew.
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
  await wakeRemoved(sql);
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
  // In the order in which steps lock them, all before any is written: neither ever has what the other waits for.
  await sql.query('SELECT FROM run_node WHERE run_id = ANY($1::bigint[]) ORDER BY run_id, node FOR NO KEY UPDATE', [
    intArray(runs),
  ]);
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
