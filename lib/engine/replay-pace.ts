import type { Sql } from '../db/index.ts';
import { Pace } from './pace.ts';
import { takeReplayPermits } from './slots.ts';
import { query } from './sql.ts';

/** How fast replays go, beside the limits of their policies, over all workers. */

/** A replay's rate: requests in so many seconds, evenly spread. */
export interface ReplayRate {
  count: number;
  periodSeconds: number;
}

export interface NewReplay {
  runId: string;
  node: number;
  asNew: boolean;
  requests: number;
  customers: number;
  rate: ReplayRate | null;
}

/** Writes down a replay before its chunks. @returns its id */
export async function noteReplay(sql: Sql, replay: NewReplay): Promise<number> {
  const { runId, node, asNew, requests, customers, rate } = replay;
  const { rows } = await sql.query<{ id: number | bigint }>(
    `INSERT INTO replay (run_id, node, as_new, requests, customers, rate, period_seconds)
     VALUES ($1::bigint, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [runId, node, asNew, requests, customers, rate?.count ?? null, rate?.periodSeconds ?? null],
  );
  return Number(rows[0]!.id);
}

/** The paces of one worker; a replay's rate never changes, so it is read once. */
export class ReplayPaces {
  private readonly paces = new Map<number, Promise<Pace | null>>();

  /** The pace of a replay; null for what is none, and for one without a rate. */
  of(replay: number | null): Promise<Pace | null> {
    if (replay === null) return Promise.resolve(null);
    let pace = this.paces.get(replay);
    if (!pace) {
      pace = paceOf(replay);
      this.paces.set(replay, pace);
      pace.catch(() => this.paces.delete(replay));
    }
    return pace;
  }

  close(): void {
    for (const pace of this.paces.values()) void pace.then((known) => known?.close());
    this.paces.clear();
  }
}

async function paceOf(replay: number): Promise<Pace | null> {
  const rows = await query<{ rate: number | null; seconds: number }>(
    'SELECT rate, period_seconds AS seconds FROM replay WHERE id = $1',
    [replay],
  );
  const row = rows[0];
  if (!row?.rate) return null;
  return new Pace((wanted, horizonMs) => takeReplayPermits(replay, wanted, horizonMs), row.rate / (row.seconds * 1000));
}
