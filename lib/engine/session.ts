import os from 'node:os';
import pg from 'pg';
import { pool, type Sql } from '../db/index.ts';
import { log } from '../log.ts';
import { WAKE_CHANNEL } from './jobs.ts';
import { RUN_CHANNEL } from './notices.ts';

/**
 * A worker's session: a row with its number, a connection that holds the advisory lock of that number as long as the
 * process lives, and what the database tells it. When the connection is lost, so is the lock, and the worker is no more.
 */

/** First key of the advisory locks of workers: "hook". */
export const LOCK_CLASS = 0x686f6f6b;

export interface Session {
  readonly id: number;
  close(): Promise<void>;
}

export interface SessionEvents {
  onWake(): void;
  onRun(runId: number): void;
  onLost(error: Error): void;
}

/** Begins a session. @throws when the database cannot be reached */
export async function openSession(databaseUrl: string, events: SessionEvents): Promise<Session> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    application_name: 'hookline worker',
  });
  let closing = false;
  const lost = (error: Error) => {
    if (closing) return;
    closing = true;
    events.onLost(error);
  };
  client.on('error', lost);
  client.on('end', () => lost(new Error('the connection to the database was closed')));
  client.on('notification', ({ channel, payload }) => {
    if (channel === WAKE_CHANNEL) events.onWake();
    if (channel === RUN_CHANNEL) events.onRun(Number(payload));
  });
  const id = await enrol(client).catch(async (error: Error) => {
    closing = true;
    await client.end();
    throw error;
  });
  log.info({ worker: id }, 'worker ready');
  return {
    id,
    async close() {
      closing = true;
      try {
        await pool().query('DELETE FROM worker WHERE id = $1 AND NOT EXISTS (SELECT FROM chunk WHERE owner = $1)', [
          id,
        ]);
      } finally {
        await client.end();
      }
    },
  };
}

/** A number, its lock, and an ear for what is announced. */
async function enrol(client: pg.Client): Promise<number> {
  await client.connect();
  const { rows } = await client.query<{ id: number }>("SELECT nextval(pg_get_serial_sequence('worker', 'id')) AS id");
  const { id } = rows[0]!;
  // The lock comes first: a row without its lock is taken for dead.
  await client.query('SELECT pg_advisory_lock($1, $2)', [LOCK_CLASS, id]);
  await client.query('INSERT INTO worker (id, host, pid) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3)', [
    id,
    os.hostname(),
    process.pid,
  ]);
  await client.query(`LISTEN ${WAKE_CHANNEL}`);
  await client.query(`LISTEN ${RUN_CHANNEL}`);
  return id;
}

/** A peer took this worker for dead. */
export class TakenOver extends Error {
  override name = 'TakenOver';
}

/**
 * Makes sure that nobody took over from this worker yet, and that nobody does before the transaction ends: what it takes in
 * it would otherwise belong to nobody. @throws TakenOver
 */
export async function assertAlive(sql: Sql, id: number): Promise<void> {
  const { rows } = await sql.query('SELECT id FROM worker WHERE id = $1 FOR KEY SHARE', [id]);
  if (rows.length === 0) throw new TakenOver(`worker ${id} was taken over`);
}

/** How many workers there are, the dead whom nobody has noticed yet included. */
export async function countWorkers(): Promise<number> {
  const { rows } = await pool().query<{ n: number }>('SELECT count(*)::int AS n FROM worker');
  return rows[0]!.n;
}

/** A sign of life for screens; the lock is what counts. */
export async function noteAlive(id: number): Promise<void> {
  await pool().query('UPDATE worker SET seen_at = now() WHERE id = $1', [id]);
}
