import type { Sql } from '../db/index.ts';
import { type Chunk, intArray, jobFor } from './chunks.ts';
import { deleteJobs, sendJobs } from './jobs.ts';

/** As many chunks are woken in one transaction; where events let people in, a chunk may be one person. */
export const WOKEN_AT_ONCE = 2000;

/**
 * Gives people who stand at a deleted node an alarm clock for this moment, whatever they waited for there, some chunks a
 * call. Those of a paused run have time until it goes on. When they would have been due stays written: should the node be
 * there again before they are looked at, they wait on.
 * @returns how many chunks were woken; as many as fit means that there may be more
 */
export async function wakeRemoved(sql: Sql): Promise<number> {
  const { rows } = await sql.query<Pick<Chunk, 'id' | 'runId' | 'node' | 'policyId' | 'onEvent' | 'replay' | 'jobId'>>(
    // Who has a clock that rings now is on the way already.
    `SELECT c.id::float8 AS id, c.run_id::float8 AS "runId", c.node, c.policy_id AS "policyId", c.on_event AS "onEvent",
            c.replay_id::float8 AS replay, c.job_id AS "jobId"
       FROM run_node n JOIN run r ON r.id = n.run_id JOIN chunk c ON c.run_id = n.run_id AND c.node = n.node
      WHERE n.removed IS NOT NULL AND r.state IN ('running', 'finishing') AND c.owner IS NULL
        AND NOT EXISTS (SELECT FROM pgboss.job j WHERE j.name = 'walk' AND j.id = c.job_id AND j.start_after <= now())
      LIMIT ${WOKEN_AT_ONCE} FOR UPDATE OF c SKIP LOCKED`,
  );
  if (rows.length === 0) return 0;
  const jobs = rows.map((chunk) => jobFor(chunk, 'walk', null));
  await sql.query(
    `UPDATE chunk SET state = 'ready', deaths = 0, job_id = t.job
       FROM unnest($1::bigint[], $2::text[]::uuid[]) AS t(id, job) WHERE chunk.id = t.id`,
    [intArray(rows.map(({ id }) => id)), `{${jobs.map(({ id }) => id).join(',')}}`],
  );
  const former = rows.flatMap(({ jobId }) => jobId ?? []);
  await deleteJobs(sql, 'walk', former);
  await deleteJobs(sql, 'send', former);
  await sendJobs(sql, jobs);
  return rows.length;
}
