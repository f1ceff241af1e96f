import type { Node } from '../core/document.ts';
import type { Program } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { doorOf, insertChunks } from './chunks.ts';
import { announceWork } from './jobs.ts';
import { announceRun } from './notices.ts';
import { loadProgram } from './runs.ts';
import { type RunStart, startRun } from './start.ts';
import type { StartedRun } from './views.ts';

/**
 * Runs that calls of an API trigger begin. While a scenario is active, one run of each API trigger node waits for its call,
 * as one of a Repeat waits for its time: the call lets the audience into it, and the next one begins to wait.
 */

/** A run that waits for the next call of the node's trigger. */
export async function listenForCall(sql: Sql, start: RunStart, node: Node<'api-trigger'>): Promise<StartedRun | null> {
  const { triggerId } = node.settings;
  if (triggerId === null) return null;
  const run = await startRun(sql, start, 'api', null);
  await sql.query('INSERT INTO api_listener (run_id, trigger_id, node) VALUES ($1::bigint, $2::uuid, $3)', [
    run.id,
    triggerId,
    node.number,
  ]);
  return run;
}

/** The run of a scenario that a call began. */
export interface CalledRun {
  id: string;
  number: number;
  scenarioId: string;
  scenarioName: string;
}

interface Listener {
  runId: number | bigint;
  number: number;
  node: number;
  scenarioId: string;
  scenarioName: string;
  versionId: string;
  startedById: string | null;
}

/**
 * Lets the audience of a project into every run that waits for a call of the trigger, with what the call gave, in the caller's
 * transaction. A run that is paused or being stopped does not wait.
 * @returns the runs that began, one for each node that waited; none when no active scenario waits for the trigger
 */
export async function acceptCall(
  sql: Sql,
  call: { projectId: string; triggerId: string; values: Record<string, unknown> },
): Promise<CalledRun[]> {
  const { projectId, triggerId, values } = call;
  // Scenarios first, as whoever stops one does: the run that waits next is then never made behind the back of a Stop.
  await sql.query(
    `SELECT id FROM scenario WHERE project_id = $1::uuid AND id IN (
       SELECT r.scenario_id FROM api_listener l JOIN run r ON r.id = l.run_id WHERE l.trigger_id = $2::uuid)
      ORDER BY id FOR NO KEY UPDATE`,
    [projectId, triggerId],
  );
  const { rows } = await sql.query<Listener>(
    `SELECT l.run_id AS "runId", l.node, r.number, r.scenario_id AS "scenarioId", s.name AS "scenarioName",
            r.version_id AS "versionId", r.started_by_id AS "startedById"
       FROM api_listener l JOIN run r ON r.id = l.run_id JOIN scenario s ON s.id = r.scenario_id
      WHERE l.trigger_id = $2::uuid AND r.project_id = $1::uuid AND r.state = 'running'
      ORDER BY r.id FOR NO KEY UPDATE OF r`,
    [projectId, triggerId],
  );
  const programs = new Map<string, Program>();
  for (const { runId, node, scenarioId, versionId, startedById } of rows) {
    const id = Number(runId);
    const program = programs.get(versionId) ?? (await loadProgram(sql, id));
    programs.set(versionId, program);
    await begin(sql, id, node, values);
    const entry = Object.values(program.nodes).find((one) => one.node.number === node)!;
    const start = { projectId, scenarioId, versionId, program, startedById };
    await listenForCall(sql, start, entry.node as Node<'api-trigger'>);
    await announceRun(sql, id);
  }
  if (rows.length > 0) await announceWork(sql);
  return rows.map(({ runId, number, scenarioId, scenarioName }) => ({
    id: String(runId),
    number,
    scenarioId,
    scenarioName,
  }));
}

/** A run that waited begins now: its audience comes in by the node's door, page by page. */
async function begin(sql: Sql, runId: number, node: number, values: Record<string, unknown>): Promise<void> {
  await sql.query('DELETE FROM api_listener WHERE run_id = $1', [runId]);
  await sql.query('UPDATE run SET called_with = $2::jsonb, created_at = now() WHERE id = $1', [
    runId,
    JSON.stringify(values),
  ]);
  await insertChunks(sql, [
    {
      runId,
      node: doorOf(node),
      journeys: null,
      customers: [],
      contexts: null,
      policyId: null,
      onEvent: false,
      queue: 'walk',
    },
  ]);
}

/** How many scenarios would wait for a call of the trigger but are paused. */
export async function pausedListeners(sql: Sql, triggerId: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM api_listener l JOIN run r ON r.id = l.run_id
      WHERE l.trigger_id = $1::uuid AND r.state = 'paused'`,
    [triggerId],
  );
  return rows[0]!.n;
}

/** A run that waits for a call waits no more: nobody will enter it. Nothing happens to a run that has been called. */
export async function stopListening(sql: Sql, runId: number): Promise<void> {
  await sql.query(
    `WITH gone AS (DELETE FROM api_listener WHERE run_id = $1 RETURNING run_id)
     UPDATE run SET expanded = true FROM gone WHERE run.id = gone.run_id`,
    [runId],
  );
}
