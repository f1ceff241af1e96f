import type { Sql } from '../db/index.ts';
import { ServiceError } from './verb.ts';

export interface EventRow {
  id: string;
  customerId: string;
  type: string;
  at: string;
  properties: Record<string, unknown>;
}

export interface EventFilter {
  /** Only of these customers; without them, of the whole project. */
  customerIds?: number[];
  type: string | null;
  /** `next` of the page before. */
  before: string | null;
  limit: number;
}

const START = { at: 'infinity', id: '9223372036854775807' };

/**
 * Events, latest first, by keyset over (at, id). Without a type the types are visited one by one through the index and
 * the latest of each are merged, so that the cost does not grow with the number of events.
 */
export async function pageOfEvents(
  sql: Sql,
  projectId: string,
  { customerIds, type, before, limit }: EventFilter,
): Promise<{ events: EventRow[]; next: string | null }> {
  const from = before === null ? START : readCursor(before);
  const values: unknown[] = [projectId, from.at, from.id, limit + 1];
  const order = 'ORDER BY e.at DESC, e.id DESC LIMIT $4::int';
  let source: string;
  if (customerIds) {
    values.push(customerIds, type);
    source = `SELECT e.* FROM events_of($5::bigint[]) AS e WHERE e.project_id = $1::uuid
               AND ($6::text IS NULL OR e.type = $6) AND (e.at, e.id) < ($2::timestamptz, $3::bigint)
               AND EXISTS (SELECT FROM customer c WHERE c.id = e.customer_id) ${order}`;
  } else if (type !== null) {
    values.push(type);
    source = `SELECT e.* FROM events_in($1::uuid, $5, $2::timestamptz, $3::bigint, $4::int) AS e ${order}`;
  } else {
    source = `WITH RECURSIVE types AS (${TYPES})
      SELECT e.* FROM types, LATERAL events_in($1::uuid, types.type, $2::timestamptz, $3::bigint, $4::int) AS e
      WHERE types.type IS NOT NULL ${order}`;
  }
  const { rows } = await sql.query<{
    id: number;
    customer_id: number;
    type: string;
    at: Date;
    properties: Record<string, unknown>;
  }>(source, values);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    events: page.map((row) => ({
      id: String(row.id),
      customerId: String(row.customer_id),
      type: row.type,
      at: row.at.toISOString(),
      properties: row.properties,
    })),
    next: rows.length > limit && last ? `${last.at.toISOString()}_${last.id}` : null,
  };
}

/** Whether somebody got campaign events together with others, which are no rows of `event`. */
const CAMPAIGN = `CASE WHEN EXISTS (SELECT FROM campaign_event c WHERE c.project_id = $1::uuid) THEN 'campaign' END`;

/** The project's types of events ($1) by skipping through the index on (project, type, at); ends with a null row. */
export const TYPES = `(SELECT least(min(e.type), ${CAMPAIGN}) AS type FROM event e WHERE e.project_id = $1::uuid)
  UNION ALL
  SELECT least((SELECT min(e.type) FROM event e WHERE e.project_id = $1::uuid AND e.type > types.type),
               CASE WHEN types.type < 'campaign' THEN ${CAMPAIGN} END)
    FROM types WHERE types.type IS NOT NULL`;

function readCursor(cursor: string): { at: string; id: string } {
  const [at = '', id = ''] = cursor.split('_');
  if (Number.isNaN(Date.parse(at)) || !/^-?\d{1,18}$/.test(id))
    throw new ServiceError('invalid', 'before: is not the end of a page');
  return { at, id };
}
