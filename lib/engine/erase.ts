import type { Sql } from '../db/index.ts';

/**
 * Forgets the bytes that were sent about a customer, and the answers: of the windows and ledger entries that they are in,
 * as if their retention had passed. Outcomes and numbers stay, by internal id. What is being sent or retried keeps its
 * bytes, because a retry sends the same.
 * @returns how many windows of requests were emptied
 */
export async function eraseFromRequests(sql: Sql, projectId: string, customerId: string): Promise<number> {
  const values = [projectId, customerId];
  const { rows } = await sql.query(
    `UPDATE request_window w SET frozen = NULL FROM run
      WHERE run.id = w.run_id AND run.project_id = $1::uuid AND w.customers @> ARRAY[$2::bigint]
        AND w.frozen IS NOT NULL AND NOT w.open
        AND NOT EXISTS (SELECT FROM chunk c WHERE c.run_id = w.run_id AND w.id = ANY(c.windows))
     RETURNING w.id`,
    values,
  );
  await sql.query(
    `UPDATE ledger_entry e SET answers = NULL, answer_of = NULL FROM run
      WHERE run.id = e.run_id AND run.project_id = $1::uuid AND e.answers IS NOT NULL
        AND $2::bigint BETWEEN e.low AND e.high AND e.customers @> ARRAY[$2::bigint] RETURNING e.id`,
    values,
  );
  return rows.length;
}
