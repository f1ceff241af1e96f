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
