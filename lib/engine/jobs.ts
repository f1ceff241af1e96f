import { randomUUID } from 'node:crypto';
import { type Clock, type Db, PgBoss } from 'pg-boss';
import { pool, type Sql } from '../db/index.ts';
import { log } from '../log.ts';

/**
 * The queue: a job is the alarm clock of one chunk. It is sent in the transaction that writes the chunk and deleted in the
 * one that ends it; the chunk's row is the truth, so a job that comes twice, or for a chunk that is gone, does no harm.
 */

/** Work that sends nothing, and work that needs slots of a policy: two queues, so that neither holds up the other. */
export type Queue = 'walk' | 'send';
export const QUEUES: readonly Queue[] = ['walk', 'send'];

/** On-event work goes first (Bloomreach docs: throughput policy); within a priority the older job. */
export const PRIORITY = { event: 10, bulk: 0 } as const;

/** Channel of Postgres on which work that is due at once is announced. */
export const WAKE_CHANNEL = 'hookline_work';

/** A job without a sign of life for this long goes back to the queue; take-over by advisory lock is much faster. */
const HEARTBEAT_SECONDS = 30;
export const TOUCH_EVERY_MS = 10_000;

export interface NewJob {
  id: string;
  queue: Queue;
  chunk: number;
  priority: number;
  /** Jobs of one group are passed over while this worker has enough of them: policy, run and node. */
  group: string | null;
  dueAt: Date | null;
}

/** Timers that never keep a process alive: a web process that only sends jobs has nothing to stop. */
const quietClock: Clock = {
  now: () => Date.now(),
  setTimeout: (work, ms) => setTimeout(work, ms).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  setInterval: (work, ms) => setInterval(work, ms).unref(),
  clearInterval: (handle) => clearInterval(handle as NodeJS.Timeout),
};

const held = globalThis as unknown as { hooklineBoss?: { url: string | undefined; boss: Promise<PgBoss> } };

/** The process's way to the queue; makes the queue's schema when it is missing. */
export function boss(): Promise<PgBoss> {
  const url = process.env.DATABASE_URL;
  if (held.hooklineBoss?.url === url && held.hooklineBoss) return held.hooklineBoss.boss;
  const starting = open();
  held.hooklineBoss = { url, boss: starting };
  starting.catch(() => {
    held.hooklineBoss = undefined;
  });
  return starting;
}

async function open(): Promise<PgBoss> {
  const made = new PgBoss({
    db: { executeSql: (text: string, values?: unknown[]) => pool().query(text, values) } as Db,
    clock: quietClock,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  made.on('error', (error) => log.error({ error: error.message }, 'the queue reports an error'));
  await made.start();
  for (const name of QUEUES)
    await made.createQueue(name, {
      // Nothing is ever given up by counting: the chunk decides. An expired job just comes again.
      retryLimit: 1_000_000,
      retryDelay: 0,
      expireInSeconds: 82_800,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retentionSeconds: 365 * 86_400,
      deleteAfterSeconds: 60,
    });
  return made;
}

const dbOf = (sql: Sql): Db => ({ executeSql: (text: string, values?: unknown[]) => sql.query(text, values) }) as Db;

export const newJobId = (): string => randomUUID();

/** Sends jobs in the caller's transaction. */
export async function sendJobs(sql: Sql, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const queue = await boss();
  for (const name of QUEUES) {
    const mine = jobs.filter((job) => job.queue === name);
    if (mine.length > 0)
      await queue.insert(
        name,
        mine.map((job) => ({
          id: job.id,
          data: { chunk: job.chunk },
          priority: job.priority,
          ...(job.group === null ? {} : { group: { id: job.group } }),
          ...(job.dueAt === null ? {} : { startAfter: job.dueAt }),
        })),
        { db: dbOf(sql) },
      );
  }
}

/** Takes due jobs; they come again unless deleted or touched in time. */
export async function takeJobs(
  sql: Sql,
  name: Queue,
  count: number,
  passOver: readonly string[],
): Promise<{ id: string; chunk: number }[]> {
  const queue = await boss();
  const jobs = await queue.fetch<{ chunk: number }>(name, {
    batchSize: count,
    db: dbOf(sql),
    ...(passOver.length > 0 ? { ignoreGroups: [...passOver] } : {}),
  });
  return jobs.map((job) => ({ id: job.id, chunk: job.data.chunk }));
}

/** Deletes jobs, of whichever state, in the caller's transaction. */
export async function deleteJobs(sql: Sql, name: Queue, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await (await boss()).deleteJob(name, [...ids], { db: dbOf(sql) });
}

/** A sign of life for jobs that take long. */
export async function touchJobs(name: Queue, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await (await boss()).touch(name, [...ids]);
}

/** One round of the queue's own upkeep: jobs whose worker went silent come again. */
export async function superviseJobs(): Promise<void> {
  await (await boss()).supervise();
}

/** Tells every worker that there is work now. */
export async function announceWork(sql: Sql): Promise<void> {
  await sql.query(`SELECT pg_notify('${WAKE_CHANNEL}', '')::text`);
}
