import type { Sql } from '../db/index.ts';
import { intArray } from './chunks.ts';
import type { Permits } from './pace.ts';
import { query } from './sql.ts';

/** Slots, permits and turns at throughput policies, as the database gives them to one holder. */

export interface SlotsGranted {
  granted: number;
  concurrency: number;
  /** Requests in `periodSeconds`; null is no rate limit. */
  rate: number | null;
  periodSeconds: number | null;
  burst: number;
}

export interface SlotsWanted {
  wanted: number;
  /** Requests in flight: they stay counted whatever is granted. */
  busy: number;
  leaseMs: number;
  perSecond: number;
  slowestMs: number;
}

/** A webhook's own requests per minute. */
export interface WebhookLimit {
  scenarioId: string;
  /** Its number. */
  node: number;
  perMinute: number;
}

/** Claims slots for a time; null when the policy does not exist any more. */
export async function claimSlots(policyId: string, holder: number, wants: SlotsWanted): Promise<SlotsGranted | null> {
  const rows = await query<SlotsGranted>(
    'SELECT granted, concurrency, rate, period_seconds AS "periodSeconds", burst FROM claim_slots($1::uuid, $2, $3, $4, $5, $6, $7)',
    [policyId, holder, wants.wanted, wants.busy, Math.ceil(wants.leaseMs), wants.perSecond, Math.ceil(wants.slowestMs)],
  );
  return rows[0] ?? null;
}

/** Gives slots back; only when nothing of the holder is in flight. */
export async function releaseSlots(holder: number, policyId: string | null = null): Promise<void> {
  await query('DELETE FROM policy_slot WHERE holder = $1 AND ($2::uuid IS NULL OR policy_id = $2::uuid)', [
    holder,
    policyId,
  ]);
}

/**
 * Lets the slots of a holder go that gave up what it had in flight: its connections are closed, and what had arrived is
 * given twice the slowest exchange of late, and a moment, to come to its end.
 */
export async function abandonSlots(sql: Sql, holder: number): Promise<void> {
  await sql.query(
    `UPDATE policy_slot SET wanted = 0,
            lease_until = least(lease_until, now() + make_interval(secs => slowest_ms * 2 / 1000.0 + 1)) WHERE holder = $1`,
    [holder],
  );
}

/** Moments at which requests of a policy with a rate may leave. */
export const takePermits = (policyId: string | null, wanted: number, horizonMs: number): Promise<Permits> =>
  permitsOf('take_permits($1::uuid, $2, $3)', [policyId, wanted, horizonMs]);

/** The same for the requests of a replay, which have a rate of their own beside that of their policy. */
export const takeReplayPermits = (replay: number, wanted: number, horizonMs: number): Promise<Permits> =>
  permitsOf('take_replay_permits($1::bigint, $2, $3)', [replay, wanted, horizonMs]);

/** The same for a webhook with a legacy speed limit, over all its runs; of a replay no faster than that is. */
export const takeLimitedPermits = (
  { scenarioId, node, perMinute }: WebhookLimit,
  replay: number | null,
  wanted: number,
  horizonMs: number,
): Promise<Permits> =>
  permitsOf('take_limited_permits($1::uuid, $2, $3, $4::bigint, $5, $6)', [
    scenarioId,
    node,
    perMinute,
    replay,
    wanted,
    horizonMs,
  ]);

async function permitsOf(call: string, values: unknown[]): Promise<Permits> {
  const rows = await query<{ taken: number; first: number; step: number }>(
    `SELECT taken, first_ms AS first, step_ms AS step FROM ${call}`,
    values,
  );
  const { taken, first, step } = rows[0] ?? { taken: 0, first: 0, step: 0 };
  return { times: permitTimes(taken, first, step), nextMs: Math.max(0, first + taken * step) };
}

/** Times of permits: what idleness saved up may go at once, the rest evenly spread. */
export const permitTimes = (taken: number, firstMs: number, stepMs: number): number[] =>
  Array.from({ length: taken }, (_, i) => Math.max(0, firstMs + i * stepMs));

/** Requests a turn of each run, as its scenario says. */
export async function weightsOf(runIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await query<{ id: number; weight: number }>(
    'SELECT r.id, s.weight FROM run r JOIN scenario s ON s.id = r.scenario_id WHERE r.id = ANY($1::bigint[])',
    [intArray(runIds)],
  );
  return new Map(rows.map(({ id, weight }) => [id, weight]));
}
