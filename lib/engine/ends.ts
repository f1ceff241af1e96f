import type { Sql } from '../db/index.ts';
import { isDoor } from './chunks.ts';
import { anyConnection, inTransaction, query } from './sql.ts';
import { Transition } from './transition.ts';

/** The end of runs: nobody will enter any more, and nobody is inside. */

/** Skips everybody of a run who stands somewhere and whom no worker has in its hands. */
export async function skipStanding(sql: Sql, runId: number): Promise<void> {
  const { rows: chunks } = await sql.query<{
    node: number;
    journeys: (number | bigint)[] | null;
    customers: (number | bigint)[];
    claimed: number;
  }>('DELETE FROM chunk WHERE run_id = $1 AND owner IS NULL RETURNING node, journeys, customers, claimed', [runId]);
  if (chunks.length === 0) return;
  const into = new Transition();
  for (const { node, journeys, customers, claimed } of chunks) {
    const left = journeys?.slice(claimed).map(Number) ?? [];
    if (isDoor(node) || left.length === 0) continue;
    into.count(runId, node).skipped += left.length;
    into.entries.push({
      runId,
      node,
      outcome: 'skipped',
      port: null,
      reason: 'the run was stopped',
      journeys: left,
      customers: customers.slice(claimed).map(Number),
      by: null,
    });
  }
  await into.write(sql);
}

/** Ends a run if it is over; asked after every step that may have been its last, so it mostly only looks. */
export async function endIfOver(runId: number): Promise<void> {
  const [run] = await query<{ isStopping: boolean; isEmpty: boolean }>(
    `SELECT state = 'stopping' AS "isStopping", expanded AND NOT EXISTS (SELECT FROM chunk WHERE run_id = $1) AS "isEmpty"
       FROM run WHERE id = $1`,
    [runId],
  );
  if (run?.isStopping) await skipLate(runId);
  if (run?.isStopping || run?.isEmpty) await endRunIfEmpty(anyConnection, runId);
}

/** Who came to a rest after the run was stopped is skipped, too. */
async function skipLate(runId: number): Promise<void> {
  await inTransaction(async (sql) => {
    const { rows } = await sql.query("SELECT id FROM run WHERE id = $1 AND state = 'stopping' FOR NO KEY UPDATE", [
      runId,
    ]);
    if (rows.length > 0) await skipStanding(sql, runId);
  });
}

/** Ends a run that is over, and sets its scenario to inactive when it was the last one. */
export async function endRunIfEmpty(sql: Sql, runId: number): Promise<boolean> {
  const { rows } = await sql.query<{ scenarioId: string }>(
    `UPDATE run SET state = CASE WHEN state = 'stopping' THEN 'stopped'::run_state ELSE 'done'::run_state END, ended_at = now()
      WHERE id = $1 AND expanded AND state IN ('running', 'finishing', 'stopping')
        AND NOT EXISTS (SELECT FROM chunk WHERE run_id = $1)
     RETURNING scenario_id AS "scenarioId"`,
    [runId],
  );
  const ended = rows[0];
  if (!ended) return false;
  await sql.query(
    `UPDATE scenario SET status = 'inactive', updated_at = now() WHERE id = $1::uuid AND status IN ('active', 'finishing')
        AND NOT EXISTS (SELECT FROM run WHERE scenario_id = $1::uuid AND state NOT IN ('done', 'stopped'))`,
    [ended.scenarioId],
  );
  return true;
}

/** Runs that have not ended, for the sweep that catches what was missed. */
export async function openRunIds(sql: Sql): Promise<number[]> {
  const { rows } = await sql.query<{ id: number }>(
    `SELECT id FROM run WHERE state IN ('running', 'finishing', 'stopping') AND expanded`,
  );
  return rows.map(({ id }) => id);
}
