import type { Sql } from '../db/index.ts';
import type { RunKind, RunProgress } from './views.ts';

/** A run in one line, for lists. */
export interface RunSummary {
  id: string;
  number: number;
  kind: RunKind;
  state: RunProgress['state'];
  scenarioId: string;
  scenarioName: string;
  /** Number of the version that it walks. */
  version: number;
  createdAt: string;
  endedAt: string | null;
  /** Journeys that have entered. */
  entered: number;
  /** Outcomes at webhooks: with several webhooks in a row a journey counts at each. */
  delivered: number;
  rejected: number;
  unknown: number;
}

// The outcomes are summed for the page only: LIMIT stands inside, before the join with the numbers of nodes.
const RUNS = `
  WITH page AS (
    SELECT r.* FROM run r
     WHERE r.project_id = $1::uuid AND ($2::uuid IS NULL OR r.scenario_id = $2::uuid) AND ($3::bigint IS NULL OR r.id < $3::bigint)
     ORDER BY r.id DESC LIMIT $4::int
  )
  SELECT page.id::text, page.number, page.kind, page.state::text, page.scenario_id AS "scenarioId", s.name AS "scenarioName",
         v.number AS version, page.created_at AS "createdAt", page.ended_at AS "endedAt", page.entered,
         coalesce(n.delivered, 0)::float8 AS delivered, coalesce(n.rejected, 0)::float8 AS rejected,
         coalesce(n.unknown, 0)::float8 AS unknown
    FROM page JOIN scenario s ON s.id = page.scenario_id JOIN version v ON v.id = page.version_id
    LEFT JOIN LATERAL (
      SELECT sum(n.delivered) AS delivered, sum(n.rejected) AS rejected, sum(n.unknown) AS unknown FROM run_node n
       WHERE n.run_id = page.id AND (n.removed ->> 'kind' = 'webhook' OR n.node IN (
         SELECT (k #>> '{}')::int FROM jsonb_path_query(v.document, '$.nodes[*] ? (@.kind == "webhook").number') AS k))
    ) AS n ON true
   ORDER BY page.id DESC`;

/** Runs of the project, or of one of its scenarios, newest first; `before` is the id of the last run of an earlier page. */
export async function listRuns(
  sql: Sql,
  which: { projectId: string; scenarioId?: string | undefined; before?: string | undefined; limit: number },
): Promise<RunSummary[]> {
  const { rows } = await sql.query<
    Omit<RunSummary, 'createdAt' | 'endedAt'> & { createdAt: Date; endedAt: Date | null }
  >(RUNS, [which.projectId, which.scenarioId ?? null, which.before ?? null, which.limit]);
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    entered: Number(row.entered),
  }));
}
