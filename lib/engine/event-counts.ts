import { type EventCriterion, propertyMatches } from '../core/filter.ts';
import type { Sql } from '../db/index.ts';
import { intArray } from './chunks.ts';

/** For each criterion, how many events of each customer satisfy it; one statement a criterion; `now` is unix time in milliseconds. */
export async function countEvents(
  sql: Sql,
  criteria: readonly EventCriterion[],
  customers: readonly number[],
  now: number,
): Promise<Map<number, number>[]> {
  const ids = intArray(customers);
  const all: Map<number, number>[] = [];
  for (const { event, withinDays, where } of criteria) {
    const since = withinDays === null ? null : new Date(now - withinDays * 86_400_000).toISOString();
    const counts = new Map<number, number>();
    if (where.length === 0) {
      const { rows } = await sql.query<{ customer: number; n: number }>(
        `SELECT customer_id AS customer, count(*) AS n FROM events_of($1::bigint[])
          WHERE type = $2 AND ($3::timestamptz IS NULL OR at >= $3::timestamptz)
          GROUP BY customer_id`,
        [ids, event, since],
      );
      for (const { customer, n } of rows) counts.set(customer, n);
    } else {
      const { rows } = await sql.query<{ customer: number; properties: Record<string, unknown> }>(
        `SELECT customer_id AS customer, properties FROM events_of($1::bigint[])
          WHERE type = $2 AND ($3::timestamptz IS NULL OR at >= $3::timestamptz)`,
        [ids, event, since],
      );
      for (const { customer, properties } of rows)
        if (where.every((criterion) => propertyMatches(criterion, properties, now)))
          counts.set(customer, (counts.get(customer) ?? 0) + 1);
    }
    all.push(counts);
  }
  return all;
}
