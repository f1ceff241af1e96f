import type { Sql } from '../db/index.ts';
import type { BreakerKey, OpenBreaker } from './breakers.ts';
import { query } from './sql.ts';

/** Breakers as all workers and the screens see them. */

export async function storeBreaker(breaker: OpenBreaker, isOpen: boolean): Promise<void> {
  const { projectId, kind, key, reason, probeAt, trips } = breaker;
  if (isOpen)
    await query(
      `INSERT INTO breaker (project_id, kind, key, reason, probe_at, trips) VALUES ($1::uuid, $2, $3, $4, $5::timestamptz, $6)
       ON CONFLICT (project_id, kind, key) DO UPDATE SET reason = excluded.reason, probe_at = excluded.probe_at, trips = excluded.trips`,
      [projectId, kind, key, reason, new Date(probeAt).toISOString(), trips],
    );
  else
    await query('DELETE FROM breaker WHERE project_id = $1::uuid AND kind = $2 AND key = $3', [projectId, kind, key]);
}

export async function storedBreakers(): Promise<OpenBreaker[]> {
  return query<OpenBreaker>(
    `SELECT project_id AS "projectId", kind, key, reason, (extract(epoch FROM probe_at) * 1000)::float8 AS "probeAt", trips FROM breaker`,
  );
}

/** The open breakers of a project: what is paused, why, since when, and when it is tried again. */
export async function openBreakers(
  sql: Sql,
  projectId: string,
): Promise<(Omit<BreakerKey, 'projectId'> & { reason: string; openedAt: string; probeAt: string })[]> {
  const { rows } = await sql.query<{
    kind: BreakerKey['kind'];
    key: string;
    reason: string;
    openedAt: Date;
    probeAt: Date;
  }>(
    `SELECT kind, key, reason, opened_at AS "openedAt", probe_at AS "probeAt" FROM breaker WHERE project_id = $1::uuid ORDER BY opened_at`,
    [projectId],
  );
  return rows.map(({ openedAt, probeAt, ...rest }) => ({
    ...rest,
    openedAt: new Date(openedAt).toISOString(),
    probeAt: new Date(probeAt).toISOString(),
  }));
}
