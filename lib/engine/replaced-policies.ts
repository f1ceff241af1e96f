import type { Sql } from '../db/index.ts';

/**
 * Policies that are deleted while runs go by versions that select them. Versions never change, so the scenario says what
 * takes their place; whoever finds that a policy is gone asks here. Rows of chunks follow at once for those who look at
 * queues, and are not what counts.
 */

/** What a scenario's runs use instead of a policy: null is the project's default. */
export async function replacePolicy(
  sql: Sql,
  scenarioId: string,
  policyId: string,
  instead: string | null,
): Promise<void> {
  // What was replaced by this one before is replaced by the other from now on.
  await sql.query(
    `UPDATE scenario SET replaced_policies = (
        SELECT coalesce(jsonb_object_agg(key, CASE WHEN value = to_jsonb($2::text) THEN to_jsonb($3::text) ELSE value END), '{}')
          FROM jsonb_each(replaced_policies)) || jsonb_build_object($2::text, $3::text)
      WHERE id = $1::uuid`,
    [scenarioId, policyId, instead],
  );
  await sql.query(
    `UPDATE chunk SET policy_id = ${INSTEAD} WHERE policy_id = $2::uuid
        AND run_id IN (SELECT id FROM run WHERE scenario_id = $1::uuid AND ended_at IS NULL)`,
    [scenarioId, policyId],
  );
}

/** Of scenario $1 for policy $2: what takes its place, if that is still there, or the default of the project, if it is another. */
const INSTEAD = `(SELECT coalesce(
    (SELECT p.id FROM policy p WHERE p.id = (s.replaced_policies ->> $2::text)::uuid),
    (SELECT p.id FROM policy p WHERE p.project_id = s.project_id AND p.is_default AND p.id <> $2::uuid))
  FROM scenario s WHERE s.id = $1::uuid)`;

/** The policy by which a scenario's runs go in place of one that is gone; null is none. */
export async function policyInstead(sql: Sql, scenarioId: string, policyId: string): Promise<string | null> {
  const { rows } = await sql.query<{ id: string | null }>(`SELECT ${INSTEAD} AS id`, [scenarioId, policyId]);
  return rows[0]?.id ?? null;
}
