import { pool, type Sql, inTransaction as transaction } from '../db/index.ts';

/**
 * The executor's way to the database: the same statements over and over, so each connection parses and plans them once.
 * Statements beyond the first few hundred different ones are sent as they are.
 */

const KEPT_STATEMENTS = 300;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  let name = names.get(text);
  if (name === undefined && names.size < KEPT_STATEMENTS) {
    name = `engine ${names.size}`;
    names.set(text, name);
  }
  return name;
}

/** One statement on any connection. */
export async function query<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await pool().query<Row & object>({ name: nameOf(text), text, values });
  return rows;
}

/** `query` where something takes an `Sql`. */
export const anyConnection: Sql = { query: async (text, values) => ({ rows: await query(text, values) }) };

/** A transaction on a connection of its own; rolled back when the work throws. */
export function inTransaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  return transaction((client) => work(prepared(client)));
}

function prepared(client: Sql): Sql {
  // The driver takes a name with the text, and so does every client of its pool.
  const named = client as unknown as { query(statement: object): Promise<{ rows: never[] }> };
  return { query: (text, values) => named.query({ name: nameOf(text), text, values }) };
}
