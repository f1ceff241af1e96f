import { inTransaction, pool, type Sql } from '../db/index.ts';
import { ServiceError } from './verb.ts';

/** Finding customers by what people know of them, and calling them by a name. */

export interface FoundCustomer {
  id: number;
  properties: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

/** The text as a LIKE pattern that finds it anywhere. */
const anywhere = (text: string) => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** How long a person waits for a search before it is cut short. */
const PATIENCE_MS = 4000;
const CANCELLED = '57014';

interface Search {
  query: string;
  /** The id after which the page begins. */
  before: number | null;
  limit: number;
}

/**
 * Customers of the project, newest first, whose identifier, internal id or property value contains the text (any case).
 * A text that hits nobody costs one scan of the project's profiles.
 */
export async function findCustomers(sql: Sql, projectId: string, search: Search): Promise<FoundCustomer[]> {
  const text = search.query.trim();
  const values = [anywhere(text), anywhere(JSON.stringify(text).slice(1, -1)), digitsOf(text)];
  // The cheap look at the whole document comes first; only what it lets through is looked at value by value, because names
  // of properties are no values.
  const matches = `(
      c.id IN (SELECT i.customer_id FROM customer_identifier i WHERE i.project_id = $1::uuid AND i.value ILIKE $4)
      OR c.id = $6::bigint
      OR (c.properties::text ILIKE $5
          AND EXISTS (SELECT FROM jsonb_each_text(c.properties) AS p WHERE p.value ILIKE $4)))`;
  return text === '' ? select(sql, projectId, search) : select(sql, projectId, search, matches, values);
}

/**
 * `findCustomers` for somebody who waits: among millions of profiles a search that takes too long is stopped, and finds only
 * who has exactly this identifier or internal id.
 * @throws ServiceError when it was stopped and nobody has it
 */
export async function findCustomersSoon(
  projectId: string,
  search: Search,
  patienceMs = PATIENCE_MS,
): Promise<FoundCustomer[]> {
  try {
    return await inTransaction(async (sql) => {
      await sql.query(`SET LOCAL statement_timeout = ${Math.ceil(patienceMs)}`);
      return findCustomers(sql, projectId, search);
    });
  } catch (error) {
    if ((error as { code?: string }).code !== CANCELLED) throw error;
  }
  const text = search.query.trim();
  const found = await select(
    pool(),
    projectId,
    search,
    `(c.id IN (SELECT i.customer_id FROM customer_identifier i WHERE i.project_id = $1::uuid AND i.value = $4)
      OR c.id = $5::bigint)`,
    [text, digitsOf(text)],
  );
  if (found.length > 0) return found;
  throw new ServiceError(
    'limited',
    'The search took too long and was stopped. Give a whole identifier, or a text that more customers have.',
  );
}

const digitsOf = (text: string) => (/^\d{1,18}$/.test(text) ? text : null);

/** @param matches a condition on `c`; its values begin at $4 */
async function select(
  sql: Sql,
  projectId: string,
  { before, limit }: Search,
  matches = 'true',
  values: unknown[] = [],
): Promise<FoundCustomer[]> {
  const { rows } = await sql.query<{
    id: number;
    properties: Record<string, unknown>;
    created_at: Date;
    updated_at: Date;
  }>(
    `SELECT c.id, c.properties, c.created_at, c.updated_at FROM customer c
      WHERE c.project_id = $1::uuid AND c.id < $2::bigint AND ${matches} ORDER BY c.id DESC LIMIT $3::int`,
    [projectId, before ?? '9223372036854775807', limit, ...values],
  );
  return rows.map((row) => ({
    id: Number(row.id),
    properties: row.properties,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }));
}

export interface IdentifierRow {
  kind: string;
  value: string;
  isHard: boolean;
}

/** Identifiers by customer, hard ones first. */
export async function identifiersOf(sql: Sql, projectId: string, ids: number[]): Promise<Map<number, IdentifierRow[]>> {
  const { rows } = await sql.query<{ customer_id: number; kind: string; value: string; is_hard: boolean }>(
    `SELECT customer_id, kind, value, is_hard FROM customer_identifier
      WHERE project_id = $1::uuid AND customer_id = ANY($2::bigint[]) ORDER BY is_hard DESC, kind, value`,
    [projectId, ids],
  );
  const found = new Map<number, IdentifierRow[]>();
  for (const row of rows) {
    const list = found.get(Number(row.customer_id)) ?? [];
    list.push({ kind: row.kind, value: row.value, isHard: row.is_hard });
    found.set(Number(row.customer_id), list);
  }
  return found;
}

/** What a person would call this customer: a name, an e-mail address, an identifier, or the internal number. */
export function nameOf(id: number, properties: Record<string, unknown>, identifiers: readonly IdentifierRow[]): string {
  const text = (name: string) => (typeof properties[name] === 'string' ? (properties[name] as string).trim() : '');
  const full = [text('first_name'), text('last_name')].filter(Boolean).join(' ');
  return full || text('name') || text('email') || identifiers[0]?.value || `Customer ${id}`;
}

/** Names of customers by id, for lists of the executor's; a customer that is gone (merged into another) has none. */
export async function namesOf(sql: Sql, projectId: string, ids: number[]): Promise<Map<number, string>> {
  const [profiles, identifiers] = await Promise.all([
    profilesOf(sql, projectId, ids),
    identifiersOf(sql, projectId, ids),
  ]);
  return new Map([...profiles].map(([id, properties]) => [id, nameOf(id, properties, identifiers.get(id) ?? [])]));
}

/** Properties of customers by id; one that is gone has none. */
export async function profilesOf(
  sql: Sql,
  projectId: string,
  ids: number[],
): Promise<Map<number, Record<string, unknown>>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<{ id: number; properties: Record<string, unknown> }>(
    'SELECT id, properties FROM customer WHERE project_id = $1::uuid AND id = ANY($2::bigint[])',
    [projectId, ids],
  );
  return new Map(rows.map(({ id, properties }) => [Number(id), properties]));
}
