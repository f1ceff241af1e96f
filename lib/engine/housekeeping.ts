import { STANDARD_RETENTION } from '../core/retention.ts';
import { log } from '../log.ts';
import { inTransaction } from './sql.ts';

/** Retention: bytes of requests and answers, calls of API triggers, and outcomes, as long as their project says; in small batches, one worker at a time. */

const BATCH = 500;
/** "keep": key of the advisory lock of whoever does it. */
const LOCK = 0x6b656570;

/** When each project's bytes and outcomes are past their time, one row a project. `project.settings` is written by lib/services. */
const PAST = `past AS MATERIALIZED (
  SELECT id AS project_id,
         now() - make_interval(days => COALESCE((settings->'retention'->>'bodyDays')::int, ${STANDARD_RETENTION.bodyDays})) AS bodies,
         now() - make_interval(months => COALESCE((settings->'retention'->>'outcomeMonths')::int, ${STANDARD_RETENTION.outcomeMonths})) AS outcomes
    FROM project)`;

const STEPS: readonly { what: string; text: string }[] = [
  {
    // A retry sends the same bytes: what a chunk still refers to stays. The bound by the shortest time lets the index serve.
    what: 'bytes of requests',
    text: `WITH ${PAST}, needed AS MATERIALIZED (SELECT run_id, unnest(windows) AS id FROM chunk WHERE windows IS NOT NULL)
      UPDATE request_window SET frozen = NULL WHERE (run_id, id) IN (
        SELECT w.run_id, w.id FROM request_window w JOIN run r ON r.id = w.run_id JOIN past p ON p.project_id = r.project_id
         WHERE w.frozen IS NOT NULL AND NOT w.open AND w.at < p.bodies AND w.at < (SELECT max(bodies) FROM past)
           AND NOT EXISTS (SELECT FROM needed n WHERE n.run_id = w.run_id AND n.id = w.id) LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'answers',
    text: `WITH ${PAST} UPDATE ledger_entry SET answers = NULL, answer_of = NULL WHERE (run_id, id) IN (
      SELECT e.run_id, e.id FROM ledger_entry e JOIN run r ON r.id = e.run_id JOIN past p ON p.project_id = r.project_id
       WHERE r.created_at < p.bodies AND e.answers IS NOT NULL AND e.at < p.bodies LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'outcomes',
    text: `WITH ${PAST} DELETE FROM ledger_entry WHERE (run_id, id) IN (
      SELECT e.run_id, e.id FROM ledger_entry e JOIN run r ON r.id = e.run_id JOIN past p ON p.project_id = r.project_id
       WHERE r.ended_at < p.outcomes LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'records of requests',
    text: `WITH ${PAST} DELETE FROM request_window WHERE (run_id, id) IN (
      SELECT w.run_id, w.id FROM request_window w JOIN run r ON r.id = w.run_id JOIN past p ON p.project_id = r.project_id
       WHERE r.ended_at < p.outcomes LIMIT ${BATCH}) RETURNING id`,
  },
  {
    // A run that is still under way needs what its call gave.
    what: 'what calls gave',
    text: `WITH ${PAST}, called AS (
        UPDATE api_trigger_call SET payload = NULL WHERE id IN (
          SELECT c.id FROM api_trigger_call c JOIN past p USING (project_id)
           WHERE c.payload IS NOT NULL AND c.last_at < p.bodies LIMIT ${BATCH}) RETURNING id)
      , begun AS (
        UPDATE run SET called_with = '{}' WHERE id IN (
          SELECT r.id FROM run r JOIN past p USING (project_id)
           WHERE r.kind = 'api' AND r.called_with <> '{}' AND r.ended_at < p.bodies LIMIT ${BATCH}) RETURNING id)
      SELECT id FROM called UNION ALL SELECT id FROM begun`,
  },
  {
    what: 'trigger log',
    text: `WITH ${PAST} DELETE FROM api_trigger_call WHERE id IN (
      SELECT c.id FROM api_trigger_call c JOIN past p USING (project_id) WHERE c.last_at < p.outcomes LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'slots of the dead',
    text: `DELETE FROM policy_slot WHERE lease_until < now() - interval '1 day' RETURNING holder AS id`,
  },
];

/** One round; each step goes on, a batch a transaction, until it has little left. @returns rows by what was done */
export async function keepHouse(): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  for (const { what, text } of STEPS)
    for (;;) {
      const count = await inTransaction(async (sql) => {
        const { rows: locks } = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
          LOCK,
        ]);
        return locks[0]!.mine ? (await sql.query(text)).rows.length : 0;
      });
      done[what] = (done[what] ?? 0) + count;
      if (count < BATCH) break;
    }
  if (Object.values(done).some((count) => count > 0)) log.info({ done }, 'kept house');
  return done;
}
