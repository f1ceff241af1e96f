import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, pool, prisma, type Sql } from '../db/index.ts';
import { log } from '../log.ts';
import { type Job, type People, STEPS } from './customer-erase-steps.ts';
import { audit } from './verb.ts';

/**
 * Works on deletions of customers. Their profiles are gone since the request; here everything else goes that names them, in
 * batches, each in one transaction with the place where to go on. A session lock says that somebody is at it and dies with
 * the process; a worker process looks for deletions that nobody is at, so that one goes on whatever is killed.
 */

/** First key of the advisory locks of deletions; the second is of the deletion. */
const LOCK_CLASS = 1_767_905;
const LOCK_KEY = '(hashtext($1::text) & 2147483647)';
const LOOK_AGAIN_MS = 500;
/** How long whoever works on it waits for requests that are under way, before a worker looks from time to time. */
const PATIENCE_MS = 10_000;
const POLL_MS = 2000;
/** Another transaction was in the way: once more. */
const IN_THE_WAY = new Set(['40P01', '40001']);
const TRIES = 3;

/**
 * Works a deletion in state "running" as far as it goes: to its end, or until requests that are under way keep it waiting.
 * Never rejects; a fault of the database is told in the deletion itself.
 * @returns false when another process is at it already
 */
export async function runDeletion(id: string): Promise<boolean> {
  const client = await pool()
    .connect()
    .catch((error: Error) => {
      log.error({ err: error, deletionId: id }, 'a deletion could not be worked on');
      return null;
    });
  if (!client) return false;
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${LOCK_CLASS}, ${LOCK_KEY}) AS locked`,
      [id],
    );
    if (!rows[0]!.locked) return false;
    try {
      await work(id);
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${LOCK_CLASS}, ${LOCK_KEY})`, [id]);
    }
  } catch (error) {
    // The lock goes with the connection, and a worker goes on.
    broken = error as Error;
    log.error({ err: error, deletionId: id }, 'a deletion was interrupted');
  } finally {
    client.release(broken);
  }
  return true;
}

async function work(id: string): Promise<void> {
  const people = await peopleOf(id);
  const until = Date.now() + PATIENCE_MS;
  for (let failures = 0; ; ) {
    const job = await jobOf(id);
    if (!job) return;
    try {
      if (job.step >= STEPS.length) return await end(job);
      const waits = await inTransaction((sql) => oneBatch(sql, job, people));
      failures = 0;
      if (!waits) continue;
      if (Date.now() > until) return;
      await sleep(LOOK_AGAIN_MS);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // Without a code it is the connection that failed: that is nothing about this deletion.
      if (code === undefined || !/^(?=.*\d)[0-9A-Z]{5}$/.test(code) || /^(08|57)/.test(code)) throw error;
      if (IN_THE_WAY.has(code) && ++failures < TRIES) continue;
      log.error({ err: error, deletionId: id }, 'a deletion failed');
      await pool().query("UPDATE deletion SET state = 'failed', message = $2 WHERE id = $1 AND state = 'running'", [
        id,
        `The database answered “${message}”.`,
      ]);
      return;
    }
  }
}

async function jobOf(id: string): Promise<Job | undefined> {
  const { rows } = await pool().query<Job>(
    `SELECT id, project_id AS "projectId", customers, step, place, done, removed, request_id AS "requestId", created_at AS "createdAt"
       FROM deletion WHERE id = $1 AND state = 'running'`,
    [id],
  );
  return rows[0];
}

async function peopleOf(id: string): Promise<People> {
  const { rows } = await pool().query<{ customer: number; telling: string[]; traces: string[] }>(
    'SELECT customer_id AS customer, telling, traces FROM deletion_customer WHERE deletion_id = $1 ORDER BY customer_id',
    [id],
  );
  return {
    ids: rows.map(({ customer }) => customer),
    traces: new Map(rows.map(({ customer, traces }) => [customer, traces])),
    telling: [...new Set(rows.flatMap(({ telling }) => telling))],
  };
}

/** One batch of the step with its progress. @returns whether it waits for what is under way */
async function oneBatch(sql: Sql, job: Job, people: People): Promise<boolean> {
  const step = STEPS[job.step]!;
  const isFirst = job.place === null;
  const size = isFirst ? await step.size(sql, job, people) : null;
  const { next, seen, removed, waits } = await step.batch(sql, job, people);
  const isOver = next === null;
  await sql.query(
    `UPDATE deletion SET step = $2, place = $3::jsonb, done = $4, total = coalesce($5, total),
            removed = $6::jsonb, message = $7, seen_at = now(), due_at = now() + make_interval(secs => $8)
      WHERE id = $1 AND state = 'running'`,
    [
      job.id,
      isOver ? job.step + 1 : job.step,
      isOver ? null : JSON.stringify(next),
      isOver ? 0 : job.done + seen,
      isOver ? 0 : size,
      JSON.stringify({ ...job.removed, [step.what]: (job.removed[step.what] ?? 0) + removed }),
      waits ? `Waits for ${waits} ${waits === 1 ? 'request that is' : 'requests that are'} under way.` : null,
      waits === undefined ? 0 : POLL_MS / 1000,
    ],
  );
  return waits !== undefined;
}

async function end({ id, projectId, customers, removed, requestId }: Job): Promise<void> {
  await prisma().$transaction(async (tx) => {
    const ended = await tx.$executeRaw`
      UPDATE deletion SET state = 'done', message = NULL, ended_at = now() WHERE id = ${id}::uuid AND state = 'running'`;
    if (ended === 0) return;
    await tx.$executeRaw`DELETE FROM deletion_customer WHERE deletion_id = ${id}::uuid`;
    const ctx = {
      projectId,
      actor: { kind: 'system', id: null, name: 'Hookline' },
      role: null,
      requestId: requestId ?? '',
      address: null,
    } as const;
    await audit(tx, ctx, {
      action: 'customer.deleted',
      objectType: 'deletion',
      objectId: id,
      after: { customers, ...removed },
    });
  });
}

/** Looks from time to time for deletions that nobody is at, and goes on with them. @returns how to stop looking */
export function keepDeleting(): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    goOn()
      .catch((error: Error) => log.warn({ error: error.message }, 'deletions could not be looked for'))
      .finally(() => {
        busy = false;
      });
  }, POLL_MS);
  return () => clearInterval(timer);
}

async function goOn(): Promise<void> {
  const { rows } = await pool().query<{ id: string }>(
    "SELECT id FROM deletion WHERE state = 'running' AND due_at <= now() ORDER BY created_at LIMIT 10",
  );
  for (const { id } of rows) await runDeletion(id);
}
