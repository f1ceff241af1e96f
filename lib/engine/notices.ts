import type { Sql } from '../db/index.ts';

/** Channel of Postgres on which a change of a run is announced (paused, resumed, stopped, a webhook stopped or resumed). */
export const RUN_CHANNEL = 'hookline_run';

/** Tells every worker to look at the run again. */
export async function announceRun(sql: Sql, runId: number): Promise<void> {
  await sql.query(`SELECT pg_notify('${RUN_CHANNEL}', $1)::text`, [String(runId)]);
}
