import type { Sql } from '../db/index.ts';
import { CHUNK_SIZE, intArray, spanOf } from './chunks.ts';

/** `campaign` events by the thousand: what many customers have in common is stored once. */

/** The same event of some customers. */
export interface CampaignEvents {
  projectId: string;
  customers: number[];
  /** JSON. */
  properties: string;
}

/** Fewer customers than that are rows of their own: one such row costs as much as these. */
const FEW = 8;

/**
 * Stores them in the caller's transaction, one statement for those of few customers and one for those of many; both are
 * read through the database's functions `events_of` and `events_in`.
 */
export async function writeCampaignEvents(sql: Sql, groups: readonly CampaignEvents[]): Promise<void> {
  const few = groups.filter(({ customers }) => customers.length < FEW);
  if (few.length > 0)
    await sql.query(
      `INSERT INTO event (project_id, customer_id, type, at, properties)
       SELECT t.project, t.customer, 'campaign', now(), t.properties
         FROM unnest($1::uuid[], $2::bigint[], $3::jsonb[]) AS t(project, customer, properties)`,
      [
        few.flatMap(({ projectId, customers }) => customers.map(() => projectId)),
        intArray(few.flatMap(({ customers }) => customers)),
        few.flatMap(({ properties, customers }) => customers.map(() => properties)),
      ],
    );
  const many = groups.filter(({ customers }) => customers.length >= FEW).flatMap(inParts);
  if (many.length > 0)
    await sql.query(
      `INSERT INTO campaign_event (project_id, properties, customers, size, span)
       SELECT t.project, t.properties, t.customers::bigint[], t.size, int8range(t.low, t.high, '[]')
         FROM unnest($1::uuid[], $2::jsonb[], $3::text[], $4::int[], $5::bigint[], $6::bigint[])
           AS t(project, properties, customers, size, low, high)`,
      [
        many.map(({ projectId }) => projectId),
        many.map(({ properties }) => properties),
        many.map(({ customers }) => intArray(customers)),
        intArray(many.map(({ customers }) => customers.length)),
        intArray(many.map(({ customers }) => spanOf(customers)[0])),
        intArray(many.map(({ customers }) => spanOf(customers)[1])),
      ],
    );
}

function inParts({ customers, ...rest }: CampaignEvents): CampaignEvents[] {
  const parts: CampaignEvents[] = [];
  for (let i = 0; i < customers.length; i += CHUNK_SIZE)
    parts.push({ ...rest, customers: customers.slice(i, i + CHUNK_SIZE) });
  return parts;
}

/** Rows that may hold one of the customers ($1). */
const WITH_ONE_OF = `SELECT s.id FROM unnest($1::bigint[]) AS p(id) JOIN campaign_event s ON s.span @> p.id`;

/** Takes customers out of events that they share with others. @returns how many events they had */
export async function eraseFromCampaigns(sql: Sql, customers: readonly number[]): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `WITH rest AS (
       SELECT c.id, c.size, array(SELECT m.id FROM unnest(c.customers) WITH ORDINALITY AS m(id, place)
                                   WHERE m.id <> ALL($1::bigint[]) ORDER BY m.place) AS customers
         FROM campaign_event c WHERE c.id IN (${WITH_ONE_OF}) AND c.customers && $1::bigint[] FOR UPDATE),
     emptied AS (DELETE FROM campaign_event c USING rest WHERE c.id = rest.id AND cardinality(rest.customers) = 0),
     changed AS (
       UPDATE campaign_event c SET customers = rest.customers, size = cardinality(rest.customers)
         FROM rest WHERE c.id = rest.id AND cardinality(rest.customers) > 0)
     SELECT coalesce(sum(size - cardinality(customers)), 0) AS n FROM rest`,
    [intArray(customers)],
  );
  return Number(rows[0]!.n);
}

/** Gives events that customers share with others to other customers, in pairs; what was somebody's stays in its place. */
export async function moveInCampaigns(sql: Sql, from: readonly number[], to: readonly number[]): Promise<void> {
  await sql.query(
    `WITH moved AS (
       SELECT c.id, array(SELECT coalesce(t.winner, m.id) FROM unnest(c.customers) WITH ORDINALITY AS m(id, place)
                            LEFT JOIN unnest($1::bigint[], $2::bigint[]) AS t(loser, winner) ON t.loser = m.id
                           ORDER BY m.place) AS customers
         FROM campaign_event c WHERE c.id IN (${WITH_ONE_OF}) AND c.customers && $1::bigint[] FOR UPDATE)
     UPDATE campaign_event c SET customers = moved.customers,
            span = (SELECT int8range(min(m), max(m), '[]') FROM unnest(moved.customers) AS m)
       FROM moved WHERE c.id = moved.id`,
    [intArray(from), intArray(to)],
  );
}
