import { pool } from '../db/index.ts';

/** A run in one line, for lists. */
export interface RunSummary {
  id: string;
  number: number;
  kind: 'now' | 'event';
  state: 'running' | 'paused' | 'finishing' | 'stopping' | 'done' | 'stopped';
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

/** Runs of the project, newest first: all, those of one scenario, or one. */
export async function runSummaries(
  projectId: string,
  which: { scenarioId?: string; runId?: string; limit: number },
): Promise<RunSummary[]> {
  const { rows } = await pool().query<
    Omit<RunSummary, 'createdAt' | 'endedAt'> & { createdAt: Date; endedAt: Date | null }
  >(
    `SELECT r.id::text, r.number, r.kind, r.state::text, r.scenario_id AS "scenarioId", s.name AS "scenarioName",
            v.number AS version, r.created_at AS "createdAt", r.ended_at AS "endedAt", r.entered,
            coalesce(n.delivered, 0)::bigint AS delivered, coalesce(n.rejected, 0)::bigint AS rejected,
            coalesce(n.unknown, 0)::bigint AS unknown
       FROM run r JOIN scenario s ON s.id = r.scenario_id JOIN version v ON v.id = r.version_id
       LEFT JOIN LATERAL (
         SELECT sum(n.delivered) AS delivered, sum(n.rejected) AS rejected, sum(n.unknown) AS unknown FROM run_node n
          WHERE n.run_id = r.id AND n.node IN (
            SELECT (k #>> '{}')::int FROM jsonb_path_query(v.document, '$.nodes[*] ? (@.kind == "webhook").number') AS k)
       ) AS n ON true
      WHERE r.project_id = $1 AND ($2::uuid IS NULL OR r.scenario_id = $2) AND ($3::bigint IS NULL OR r.id = $3)
      ORDER BY r.id DESC LIMIT $4`,
    [projectId, which.scenarioId ?? null, which.runId ?? null, which.limit],
  );
  return rows.map((row) => ({
    ...row,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}
