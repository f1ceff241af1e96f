import type { Sql } from '../db/index.ts';
import { intArray } from './chunks.ts';
import type { Traveller } from './contexts.ts';

/** Customers by the thousand. */

export interface Customer {
  id: number;
  properties: Record<string, unknown>;
}

/** The properties that are wanted: some by name, or all. */
export type Wanted = readonly string[] | null;

/** The next customers of a project by id: after one, up to another. */
export async function pageOfCustomers(
  sql: Sql,
  projectId: string,
  range: { after: number; upTo: number; limit: number },
  wanted: Wanted,
): Promise<Customer[]> {
  const values = [projectId, range.after, range.upTo, range.limit];
  const { rows } = await sql.query<Row>(
    `SELECT ${columns(wanted, values.length)} FROM customer
      WHERE project_id = $1::uuid AND id > $2 AND id <= $3 ORDER BY id LIMIT $4`,
    [...values, ...(wanted ?? [])],
  );
  return customersOf(rows, wanted);
}

/** Fills in properties that are not there yet; travellers whose customer is gone are moved to `gone`. */
export async function loadCustomers(
  sql: Sql,
  travellers: Traveller[],
  gone: Traveller[],
  wanted: Wanted = null,
): Promise<Traveller[]> {
  const missing = travellers.filter((t) => t.properties === null);
  if (missing.length === 0) return travellers;
  const { rows } = await sql.query<Row>(`SELECT ${columns(wanted, 1)} FROM customer WHERE id = ANY($1::bigint[])`, [
    intArray(missing.map((t) => t.customer)),
    ...(wanted ?? []),
  ]);
  const known = new Map(customersOf(rows, wanted).map((row) => [row.id, row.properties]));
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

type Row = { id: number; properties: Record<string, unknown> } & Record<`p${number}`, string | null>;

/** Names are values of the statement, so that statements differ by their number only. */
const columns = (wanted: Wanted, values: number): string =>
  wanted
    ? ['id', ...wanted.map((_, i) => `(properties -> $${values + i + 1}::text)::text AS p${i}`)].join(', ')
    : 'id, properties';

/** A property that is null is JSON's null; one that is not there has no text. */
function customersOf(rows: Row[], wanted: Wanted): Customer[] {
  if (!wanted) return rows;
  return rows.map((row) => {
    const properties: Record<string, unknown> = {};
    for (let i = 0; i < wanted.length; i++) {
      const text = row[`p${i}`];
      if (text != null) properties[wanted[i]!] = JSON.parse(text);
    }
    return { id: row.id, properties };
  });
}
