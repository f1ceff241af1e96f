// What is done to workers and to their database, and what stood in doubt at that moment. Whoever is hit is halted first, so
// that the database and the receiver are asked about one and the same instant.
import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '../../lib/db/index.ts';
import { keysClaimedSince, keysInDoubt } from '../../lib/engine/index.ts';
import type { Fault, FaultKind } from './evidence.ts';
import type { Proxy } from './proxy.ts';
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
const STATEMENT_MS = 60;
const BETWEEN_LOOKS_MS = 100;
/** Longer than any invariant allows until somebody has taken over. */
const LONGEST_MS = 16_000;
/** Until a worker that was halted or taken over has noticed. */
const NOTICE_MS = 1000;

export interface Hit {
  fault: Fault;
  /** What a worker that was asked to stop left behind. */
  end?: { inDoubt: number; code: number | string };
}

export interface Victims {
  workers: Workers;
  receiver: Receiver;
  proxy: Proxy;
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
  // A statement that was under way ends in the database all the same.
  await sleep(STATEMENT_MS);
  const sessions = await Promise.all(hit.map((each) => workers.sessionsOf(each)));
  const hands = await Promise.all(sessions.map((ids) => retried(() => keysInDoubt(pool(), ids))));
  const inHand = new Set(hands.flatMap((keys) => [...keys]));
  await DEEDS[kind](victims, hit, sessions.flat());
  const mendedAt = performance.now();
  const takenOverAt =
    kind === 'SIGSTOP'
      ? mendedAt
      : kind === 'SIGKILL'
        ? await takenOver(sessions.flat(), () => {})
        : await takenOverWhileGoingOn(inHand, sessions.flat());
  return {
    fault: {
      kind,
      at,
      // Nothing of a killed worker comes any more but what was on its way.
      until: kind === 'SIGKILL' ? at + NOTICE_MS : performance.now() + NOTICE_MS,
      mendedAt,
      takenOverAt,
      inFlight,
      inHand,
      mostInHand: Math.max(...hands.map((keys) => keys.size)),
      isGivenUp: kind !== 'SIGSTOP',
      hadWork,
    },
  };
}

/**
 * Waits until nobody is left of these sessions.
 * @param onLook is told what they have in hand and the database's time, again and again
 * @returns when that was, or infinity when they are there for very long
 */
async function takenOver(
  sessions: readonly number[],
  onLook: (keys: ReadonlySet<string>, now: Date) => void,
): Promise<number> {
  const latest = performance.now() + LONGEST_MS;
  while (performance.now() < latest) {
    const { rows } = await retried(() =>
      pool().query<{ now: Date; left: number }>(
        'SELECT clock_timestamp() AS now, (SELECT count(*) FROM worker WHERE id = ANY($1::int[])) AS left',
        [sessions],
      ),
    );
    onLook(await retried(() => keysInDoubt(pool(), sessions)), rows[0]!.now);
    if (rows[0]!.left === 0) return performance.now();
    await sleep(10);
  }
  return Number.POSITIVE_INFINITY;
}

/** The same for those who go on until they notice: what they claim meanwhile is in doubt, too. */
async function takenOverWhileGoingOn(inHand: Set<string>, sessions: readonly number[]): Promise<number> {
  let seenAt = new Date();
  const at = await takenOver(sessions, (keys, now) => {
    seenAt = now;
    for (const key of keys) inHand.add(key);
  });
  // What was claimed between the last two looks.
  const since = new Date(seenAt.getTime() - BETWEEN_LOOKS_MS);
  for (const key of await retried(() => keysClaimedSince(pool(), since))) inHand.add(key);
  return at;
}

type Deed = (victims: Victims, hit: readonly number[], sessions: readonly number[]) => Promise<void>;

const DEEDS: Record<Exclude<FaultKind, 'SIGTERM'>, Deed> = {
  async SIGKILL({ workers, place }) {
    await workers.end(place, 'SIGKILL');
    await retried(() => workers.start(place));
  },
  async SIGSTOP({ workers, place }) {
    await sleep(PAUSE_MS);
    workers.signal(place, 'SIGCONT');
  },
  /** Its session ends and it does not hear of it: a peer takes over from a worker that goes on. */
  async partition({ workers, place, proxy }, _, sessions) {
    const { rows } = await retried(() =>
      pool().query<{ port: number }>(
        `SELECT a.client_port AS port FROM pg_locks l JOIN pg_stat_activity a USING (pid)
          WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.objid::int = ANY($1::int[])`,
        [sessions],
      ),
    );
    proxy.sever(rows.map(({ port }) => port));
    workers.signal(place, 'SIGCONT');
  },
  async connections({ workers }, hit) {
    await retried(() =>
      pool().query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${NAME}' AND datname = current_database()`,
      ),
    );
    for (const each of hit) workers.signal(each, 'SIGCONT');
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
  const mendedAt = performance.now();
  return {
    fault: {
      kind: 'SIGTERM',
      at,
      until: at,
      mendedAt,
      takenOverAt: mendedAt,
      inFlight,
      inHand: new Set(),
      mostInHand: 0,
      isGivenUp: false,
      hadWork,
    },
    end: { inDoubt: left.size, code },
  };
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
