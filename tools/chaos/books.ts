// What the database has to say after a run under faults.
import { pool } from '../../lib/db/index.ts';
import { requestKeys } from '../../lib/engine/index.ts';
import type { Books, Live, Recorded } from './evidence.ts';
import type { Begun } from './scenario.ts';

/** The ledger and the live numbers of a run, with the key of each journey's request. */
export async function booksOf({ runId, ...begun }: Begun): Promise<Books> {
  const keys = await requestKeys(pool(), runId);
  const { rows: recorded } = await pool().query<Omit<Recorded, 'key'>>(
    `SELECT e.node, e.outcome, u.journey, u.customer::float8 AS customer
       FROM ledger_entry e CROSS JOIN LATERAL unnest(e.journeys, e.customers) AS u(journey, customer) WHERE e.run_id = $1`,
    [runId],
  );
  const { rows: counts } = await pool().query<Live & { node: number }>(
    `SELECT n.node, n.entered, n.delivered, n.rejected, n.unknown, n.skipped,
            coalesce((SELECT sum(size) FROM chunk c WHERE c.run_id = n.run_id AND c.node = n.node), 0)::float8 AS standing
       FROM run_node n WHERE n.run_id = $1`,
    [runId],
  );
  return {
    ...begun,
    recorded: recorded.map((one) => ({ ...one, key: keys.get(`${one.node}:${one.journey}`) ?? null })),
    counts: new Map(counts.map(({ node, ...live }) => [node, live])),
  };
}

/** Tables in which the secret stands as it is, in base64 or in hexadecimal, and stored requests that have it in them. */
export async function whereTheSecretStands(canary: string, runIds: readonly string[]): Promise<string[]> {
  const forms = [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')];
  const { rows: tables } = await pool().query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool().query(`SELECT 1 FROM ${name} AS t WHERE t::text LIKE ANY($1::text[]) LIMIT 1`, [
      forms.map((form) => `%${form}%`),
    ]);
    if (rows.length > 0) found.push(name);
  }
  let isStored = false;
  for (const runId of runIds)
    await requestKeys(pool(), runId, ({ headers, requests }) => {
      const text = [
        JSON.stringify(headers),
        ...requests.map((one) => `${JSON.stringify(one)}${one?.body ?? ''}`),
      ].join();
      isStored ||= forms.some((form) => text.includes(form));
    });
  return isStored ? [...found, 'stored requests'] : found;
}

/** Outcomes of a node of a run. */
export async function outcomesAt(runId: string, node: number): Promise<number> {
  const { rows } = await pool().query<{ n: number }>(
    'SELECT coalesce(sum(size), 0)::float8 AS n FROM ledger_entry WHERE run_id = $1 AND node = $2',
    [runId, node],
  );
  return rows[0]!.n;
}
