import { pool } from '../../lib/db/index.ts';
import { thaw } from '../../lib/engine/frozen.ts';
import { type Ctx, verbs } from '../../lib/services/index.ts';
import { until } from './engine.ts';

/** What tests of deletions share. */

/** Every row of every table of the house and its queue that has one of these texts, stored requests unpacked. */
export async function rowsWith(texts: readonly string[]): Promise<string[]> {
  const { rows: tables } = await pool().query<{ schema: string; name: string }>(
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
      WHERE table_schema IN ('public', 'pgboss') AND table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  const look = (place: string, text: string) => {
    const has = texts.filter((one) => text.includes(one));
    if (has.length > 0) found.push(`${place} has ${has.join(', ')}: ${text.slice(0, 300)}`);
  };
  for (const { schema, name } of tables) {
    const { rows } = await pool().query<{ row: string }>(`SELECT t::text AS row FROM ${schema}."${name}" t`);
    for (const { row } of rows) look(name, row);
  }
  const { rows: windows } = await pool().query<{ id: number; frozen: Buffer }>(
    'SELECT id, frozen FROM request_window WHERE frozen IS NOT NULL',
  );
  for (const { id, frozen } of windows) {
    const { requests, headers } = thaw(frozen);
    look(
      `request_window ${id}`,
      JSON.stringify([headers, requests.map((request) => request && { ...request, body: String(request.body) })]),
    );
  }
  return found;
}

/** Waits until a deletion is done. */
export const deleted = (ctx: Ctx, id: string) =>
  until('the deletion is done', async () => {
    const deletion = await verbs['customer.deletion'](ctx, { id });
    return deletion.state === 'done' && deletion;
  });
