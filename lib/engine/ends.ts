import type { Sql } from '../db/index.ts';

/** The end of runs: nobody will enter any more, and nobody is inside. */

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
