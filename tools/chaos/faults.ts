// What is done to workers and to their database, and what stood in doubt at that moment. Whoever is hit is halted first, so
// that the database and the receiver are asked about one and the same instant.
import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '../../lib/db/index.ts';
import { keysClaimedSince, keysInDoubt } from '../../lib/engine/index.ts';
import type { Fault, FaultKind } from './evidence.ts';
import type { Receiver } from './receiver.ts';
import { NAME, retried, type Workers } from './workers.ts';

/** Kills most often; a crash of the database is the rarest. */
export const TURNS: readonly FaultKind[] = [
  'SIGKILL',
  'SIGKILL',
  'SIGSTOP',
  'SIGKILL',
  'connections',
  'SIGKILL',
  'SIGTERM',
  'SIGKILL',
  'partition',
  'database',
];

const PAUSE_MS = 3000;
/** Until a worker whose connections were cut has noticed. */
const NOTICE_MS = 2000;

export interface Hit {
  fault: Fault;
  /** What a worker that was asked to stop left behind. */
  end?: { inDoubt: number; code: number | string };
}

export interface Victims {
  workers: Workers;
  receiver: Receiver;
  /** The worker that is hit, where not all are. */
  place: number;
  /** The run that is watched. */
  runId: string;
}

/** Does it, repairs what the workers cannot repair themselves, and tells what stood in doubt. */
export async function inflict(kind: FaultKind, victims: Victims): Promise<Hit> {
  if (kind === 'SIGTERM') return askToStop(victims);
  const { workers, receiver, place } = victims;
  const hit = kind === 'connections' || kind === 'database' ? workers.children.map((_, i) => i) : [place];
  for (const each of hit) workers.signal(each, 'SIGSTOP');
  const at = performance.now();
  const inFlight = receiver.inFlight();
  const hadWork = await isWorkDue(victims.runId);
  const { inHand, most, now } = await inHandOf(workers, hit);
  const until = await DEEDS[kind](victims, hit);
  const mendedAt = performance.now();
  if (kind === 'connections' || kind === 'database') {
    // What they claimed after they were let go and before they noticed is in doubt, too.
    await sleep(NOTICE_MS);
    for (const key of await retried(() => keysClaimedSince(pool(), now))) inHand.add(key);
  }
  return {
    fault: {
      kind,
      at,
      until: Math.max(at, until),
      mendedAt,
      inFlight,
      inHand,
      mostInHand: most,
      isGivenUp: kind !== 'SIGSTOP',
      hadWork,
    },
  };
}

type Deed = (victims: Victims, hit: readonly number[]) => Promise<number>;

/** Each gives the moment until which somebody may go on without knowing. */
const DEEDS: Record<Exclude<FaultKind, 'SIGTERM'>, Deed> = {
  async SIGKILL({ workers, place }) {
    await workers.end(place, 'SIGKILL');
    await retried(() => workers.start(place));
    return 0;
  },
  async SIGSTOP({ workers, place }) {
    await sleep(PAUSE_MS);
    workers.signal(place, 'SIGCONT');
    return performance.now() + NOTICE_MS;
  },
  /** Its session is lost while it is halted: a peer takes over, and it wakes up without knowing. */
  async partition({ workers, place }) {
    const sessions = await workers.sessionsOf(place);
    await retried(() =>
      pool().query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE locktype = 'advisory' AND objsubid = 2 AND objid = ANY($1::oid[])
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        [sessions],
      ),
    );
    await sleep(PAUSE_MS);
    workers.signal(place, 'SIGCONT');
    return performance.now() + NOTICE_MS;
  },
  async connections({ workers }, hit) {
    await retried(() =>
      pool().query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${NAME}' AND datname = current_database()`,
      ),
    );
    for (const each of hit) workers.signal(each, 'SIGCONT');
    return performance.now() + NOTICE_MS;
  },
  /** One backend killed makes the server drop every connection and recover from its log, as after a crash. */
  async database({ workers }, hit) {
    await retried(async () => {
      const { rows } = await pool().query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = '${NAME}' AND datname = current_database() LIMIT 1`,
      );
      if (!rows[0]) throw new Error('no worker is connected');
      process.kill(rows[0].pid, 'SIGKILL');
    });
    for (const each of hit) workers.signal(each, 'SIGCONT');
    await sleep(500);
    await retried(() => pool().query('SELECT 1'));
    return performance.now() + NOTICE_MS;
  },
};

async function askToStop({ workers, receiver, place, runId }: Victims): Promise<Hit> {
  const at = performance.now();
  const inFlight = receiver.inFlight();
  const hadWork = await isWorkDue(runId);
  const sessions = await workers.sessionsOf(place);
  const code = await workers.end(place, 'SIGTERM');
  const left = await retried(() => keysInDoubt(pool(), sessions));
  await retried(() => workers.start(place));
  return {
    fault: {
      kind: 'SIGTERM',
      at,
      until: at,
      mendedAt: performance.now(),
      inFlight,
      inHand: new Set(),
      mostInHand: 0,
      isGivenUp: false,
      hadWork,
    },
    end: { inDoubt: left.size, code },
  };
}

async function inHandOf(workers: Workers, places: readonly number[]) {
  const inHand = new Set<string>();
  let most = 0;
  for (const place of places) {
    const sessions = await workers.sessionsOf(place);
    const keys = await retried(() => keysInDoubt(pool(), sessions));
    most = Math.max(most, keys.size);
    for (const key of keys) inHand.add(key);
  }
  const { rows } = await retried(() => pool().query<{ now: Date }>('SELECT clock_timestamp() AS now'));
  return { inHand, most, now: rows[0]!.now };
}

/** Whether somebody stands at a webhook whose request is due and has not been claimed. */
async function isWorkDue(runId: string): Promise<boolean> {
  const { rows } = await retried(() =>
    pool().query(
      `SELECT id FROM chunk WHERE run_id = $1 AND node > 1 AND size > claimed AND (owner IS NOT NULL OR (state = 'ready' AND due_at <= now()))
        LIMIT 1`,
      [runId],
    ),
  );
  return rows.length > 0;
}
