import { z } from 'zod';
import { pool } from '../db/index.ts';
import { findCustomersSoon, type IdentifierRow, identifiersOf, nameOf } from './customer-search.ts';
import { pageOfEvents } from './event-page.ts';
import { notFound, read } from './verb.ts';

/** Looking at customers: profiles with identifiers, properties and what happened to them. */

/** Ids of customers and of other rows by the million are digits in text, because JSON's readers lose large numbers. */
export const RowId = z.string().regex(/^\d{1,18}$/, 'must be a number');
const Limit = z.number().int().min(1).max(200);

export interface CustomerRow {
  id: string;
  name: string;
  identifiers: IdentifierRow[];
  properties: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
  lastEventAt: string | null;
}

/** Customers, newest first, found by any identifier or property value; `next` is the `before` of the next page. */
export const listCustomers = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({
    query: z.string().max(256).default(''),
    before: RowId.nullable().default(null),
    limit: Limit.default(50),
  }),
  async run({ ctx, input }): Promise<{ customers: CustomerRow[]; next: string | null; total: number | null }> {
    const { query, before, limit } = input;
    const [found, total] = await Promise.all([
      findCustomersSoon(ctx.projectId, {
        query,
        before: before === null ? null : Number(before),
        limit: limit + 1,
      }),
      query.trim() === '' && before === null ? countCustomers(ctx.projectId) : null,
    ]);
    const page = found.slice(0, limit);
    const ids = page.map(({ id }) => id);
    const [identifiers, last] = await Promise.all([identifiersOf(pool(), ctx.projectId, ids), lastEvents(ids)]);
    return {
      customers: page.map(({ id, properties, createdAt, updatedAt }) => ({
        id: String(id),
        name: nameOf(id, properties, identifiers.get(id) ?? []),
        identifiers: identifiers.get(id) ?? [],
        properties,
        createdAt: createdAt.toISOString(),
        updatedAt: updatedAt.toISOString(),
        lastEventAt: last.get(id)?.toISOString() ?? null,
      })),
      next: found.length > limit ? String(page.at(-1)!.id) : null,
      total,
    };
  },
});

async function countCustomers(projectId: string): Promise<number> {
  const { rows } = await pool().query<{ n: number }>('SELECT count(*) AS n FROM customer WHERE project_id = $1', [
    projectId,
  ]);
  return rows[0]!.n;
}

async function lastEvents(ids: number[]): Promise<Map<number, Date>> {
  const { rows } = await pool().query<{ customer_id: number; at: Date }>(
    'SELECT customer_id, max(at) AS at FROM events_of($1::bigint[]) GROUP BY customer_id',
    [ids],
  );
  return new Map(rows.map((row) => [row.customer_id, row.at]));
}

/** One profile with how often each type of event happened. */
export const getCustomer = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({ id: RowId }),
  async run({ ctx, input }) {
    const row = await profileOf(ctx.projectId, input.id);
    const [identifiers, types] = await Promise.all([
      identifiersOf(pool(), ctx.projectId, [row.id]),
      pool().query<{ type: string; n: number; last: Date }>(
        'SELECT type, count(*) AS n, max(at) AS last FROM events_of(ARRAY[$1::bigint]) GROUP BY type ORDER BY n DESC, type',
        [row.id],
      ),
    ]);
    return {
      id: String(row.id),
      name: nameOf(row.id, row.properties, identifiers.get(row.id) ?? []),
      identifiers: identifiers.get(row.id) ?? [],
      properties: row.properties,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      eventTypes: types.rows.map(({ type, n, last }) => ({ type, count: n, lastAt: last.toISOString() })),
    };
  },
});

async function profileOf(projectId: string, id: string) {
  const { rows } = await pool().query<{
    id: number;
    properties: Record<string, unknown>;
    created_at: Date;
    updated_at: Date;
  }>('SELECT id, properties, created_at, updated_at FROM customer WHERE project_id = $1 AND id = $2', [projectId, id]);
  if (!rows[0]) throw notFound('The customer');
  return rows[0];
}

/** What happened to one customer, newest first. */
export const listCustomerEvents = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({
    id: RowId,
    type: z.string().max(256).nullable().default(null),
    before: z.string().max(80).nullable().default(null),
    limit: Limit.default(50),
  }),
  async run({ ctx, input: { id, type, before, limit } }) {
    const { id: customerId } = await profileOf(ctx.projectId, id);
    return pageOfEvents(pool(), ctx.projectId, { customerIds: [customerId], type, before, limit });
  },
});

/**
 * A thousand profiles of a project ($1) by a thousand steps in its index, however many there are: the newest and the oldest, and
 * between them those at even distances of ids. Imports with columns of their own are blocks of ids; few are missed.
 */
const SAMPLE = `
  newest AS MATERIALIZED (SELECT id, properties FROM customer WHERE project_id = $1 ORDER BY id DESC LIMIT 400),
  oldest AS MATERIALIZED (SELECT id, properties FROM customer
    WHERE project_id = $1 AND id < (SELECT min(id) FROM newest) ORDER BY id LIMIT 200),
  gap AS (SELECT (SELECT max(id) FROM oldest) + 1 AS low, (SELECT min(id) FROM newest) AS high),
  between_them AS MATERIALIZED (SELECT DISTINCT ON (found.id) found.* FROM gap, generate_series(0, 399) AS step, LATERAL
    (SELECT id, properties FROM customer
      WHERE project_id = $1 AND id >= low + (high - low) * step / 400 AND id < high ORDER BY id LIMIT 1) AS found),
  sample AS MATERIALIZED (SELECT properties FROM newest UNION ALL SELECT properties FROM between_them
    UNION ALL SELECT properties FROM oldest)`;

/** The properties that profiles have, from a thousand of them spread over the whole project: for suggestions. */
export const listCustomerProperties = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({}),
  async run({ ctx }): Promise<{ name: string; type: string; share: number; example: unknown }[]> {
    const { rows } = await pool().query<{ name: string; type: string; share: number; example: unknown }>(
      `WITH ${SAMPLE}
       SELECT p.key AS name, mode() WITHIN GROUP (ORDER BY jsonb_typeof(p.value)) AS type,
              count(*)::float8 / (SELECT count(*) FROM sample) AS share, (array_agg(p.value))[1] AS example
         FROM sample, jsonb_each(sample.properties) AS p GROUP BY p.key ORDER BY share DESC, name LIMIT 500`,
      [ctx.projectId],
    );
    return rows;
  },
});
