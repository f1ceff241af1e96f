import type { Sql } from '../db/index.ts';

/** Who is inside a scenario at this moment, over all of its runs that have not ended. */

/** People at one node; those at the door of a trigger wait there. */
export interface Inside {
  waiting: number;
  inFlight: number;
}

/** People by the number of the node at which they stand; nodes with nobody are left out. */
export async function peopleInside(sql: Sql, scenarioId: string): Promise<Map<number, Inside>> {
  const { rows } = await sql.query<Inside & { node: number }>(
    `SELECT abs(c.node) AS node, sum(c.size - c.claimed)::float8 AS waiting, coalesce(sum(w.n), 0)::float8 AS "inFlight"
       FROM run r JOIN chunk c ON c.run_id = r.id
       LEFT JOIN LATERAL (
         SELECT sum(w.size - w.done) AS n FROM request_window w WHERE w.chunk_id = c.id AND w.open) w ON c.claimed > 0
      WHERE r.scenario_id = $1::uuid AND r.ended_at IS NULL GROUP BY 1`,
    [scenarioId],
  );
  return new Map(rows.flatMap(({ node, ...inside }) => (inside.waiting + inside.inFlight > 0 ? [[node, inside]] : [])));
}

/** Webhooks that are stopped in a run that has not ended, by number, and why. */
export async function stoppedInside(sql: Sql, scenarioId: string): Promise<Map<number, string>> {
  const { rows } = await sql.query<{ node: number; stopped: string }>(
    `SELECT n.node, max(n.stopped) AS stopped FROM run r JOIN run_node n ON n.run_id = r.id
      WHERE r.scenario_id = $1::uuid AND r.ended_at IS NULL AND n.stopped IS NOT NULL GROUP BY 1`,
    [scenarioId],
  );
  return new Map(rows.map(({ node, stopped }) => [node, stopped]));
}

/** Customers of the audience of a Now trigger who have not entered yet. */
export async function audienceToCome(sql: Sql, scenarioId: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT coalesce(sum((SELECT count(*) FROM customer c
              WHERE c.project_id = r.project_id AND c.id > r.cursor AND c.id <= r.upper_bound)), 0)::float8 AS n
       FROM run r WHERE r.scenario_id = $1::uuid AND r.ended_at IS NULL AND r.kind = 'now' AND NOT r.expanded`,
    [scenarioId],
  );
  return rows[0]!.n;
}
