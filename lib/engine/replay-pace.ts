import type { Sql } from '../db/index.ts';
import { Pace } from './pace.ts';
import { takeLimitedPermits, takeReplayPermits, type WebhookLimit } from './slots.ts';
import { query } from './sql.ts';

/** How fast replays go, and webhooks with a legacy speed limit, beside the limits of their policies, over all workers. */

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
export class Paces {
  private readonly paces = new Map<string, Promise<Pace | null>>();

  /** The pace of a replay, of a webhook with a speed limit, or of both at once; null where neither has a rate. */
  of(replay: number | null, limit: WebhookLimit | null): Promise<Pace | null> {
    if (replay === null && limit === null) return Promise.resolve(null);
    const key = limit ? `${limit.scenarioId} ${limit.node} ${limit.perMinute} ${replay}` : String(replay);
    let pace = this.paces.get(key);
    if (!pace) {
      pace = limit ? limitedPace(limit, replay) : paceOf(replay!);
      this.paces.set(key, pace);
      pace.catch(() => this.paces.delete(key));
    }
    return pace;
  }

  close(): void {
    for (const pace of this.paces.values()) void pace.then((known) => known?.close());
    this.paces.clear();
  }
}

async function limitedPace(limit: WebhookLimit, replay: number | null): Promise<Pace> {
  const own = replay === null ? null : await paceOf(replay);
  own?.close();
  return new Pace(
    (wanted, horizonMs) => takeLimitedPermits(limit, replay, wanted, horizonMs),
    Math.min(limit.perMinute / 60_000, own?.perMs ?? Number.POSITIVE_INFINITY),
  );
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
