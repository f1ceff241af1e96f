import { log } from '../log.ts';
import { inTransaction } from './sql.ts';

/** Retention: bytes of requests and answers for thirty days, outcomes for thirteen months; in small batches, one worker at a time. */

const BYTES_DAYS = 30;
const OUTCOMES_DAYS = 396;
const BATCH = 500;
/** "keep": key of the advisory lock of whoever does it. */
const LOCK = 0x6b656570;

const STEPS: readonly { what: string; text: string }[] = [
  {
    what: 'bytes of requests',
    text: `UPDATE request_window SET frozen = NULL WHERE (run_id, id) IN (
      SELECT run_id, id FROM request_window WHERE frozen IS NOT NULL AND NOT open AND at < now() - interval '${BYTES_DAYS} days' LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'answers',
    text: `UPDATE ledger_entry SET answers = NULL, answer_of = NULL WHERE (run_id, id) IN (
      SELECT e.run_id, e.id FROM ledger_entry e JOIN run r ON r.id = e.run_id
       WHERE r.created_at < now() - interval '${BYTES_DAYS} days' AND e.answers IS NOT NULL AND e.at < now() - interval '${BYTES_DAYS} days' LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'outcomes',
    text: `DELETE FROM ledger_entry WHERE (run_id, id) IN (
      SELECT e.run_id, e.id FROM ledger_entry e JOIN run r ON r.id = e.run_id
       WHERE r.ended_at < now() - interval '${OUTCOMES_DAYS} days' LIMIT ${BATCH}) RETURNING id`,
  },
  {
    what: 'records of requests',
    text: `DELETE FROM request_window WHERE (run_id, id) IN (
      SELECT w.run_id, w.id FROM request_window w JOIN run r ON r.id = w.run_id
       WHERE r.ended_at < now() - interval '${OUTCOMES_DAYS} days' LIMIT ${BATCH}) RETURNING id`,
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
