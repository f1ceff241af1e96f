import type { Sql } from '../db/index.ts';
import { intArray } from './chunks.ts';
import type { Traveller } from './contexts.ts';

/** Customers by the thousand. */

export interface Customer {
  id: number;
  properties: Record<string, unknown>;
}

/** The next customers of a project by id: after one, up to another. */
export async function pageOfCustomers(
  sql: Sql,
  projectId: string,
  range: { after: number; upTo: number; limit: number },
): Promise<Customer[]> {
  const { rows } = await sql.query<Customer>(
    'SELECT id, properties FROM customer WHERE project_id = $1::uuid AND id > $2 AND id <= $3 ORDER BY id LIMIT $4',
    [projectId, range.after, range.upTo, range.limit],
  );
  return rows;
}

/** Fills in properties that are not there yet; travellers whose customer is gone are moved to `gone`. */
export async function loadCustomers(sql: Sql, travellers: Traveller[], gone: Traveller[]): Promise<Traveller[]> {
  const missing = travellers.filter((t) => t.properties === null);
  if (missing.length === 0) return travellers;
  const { rows } = await sql.query<Customer>('SELECT id, properties FROM customer WHERE id = ANY($1::bigint[])', [
    intArray(missing.map((t) => t.customer)),
  ]);
  const known = new Map(rows.map((row) => [row.id, row.properties]));
  let someGone = false;
  for (const traveller of missing) {
    const found = known.get(traveller.customer);
    if (found) traveller.properties = found;
    else {
      gone.push(traveller);
      someGone = true;
    }
  }
  return someGone ? travellers.filter((t) => t.properties !== null) : travellers;
}
