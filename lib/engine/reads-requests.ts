import type { AnyNode } from '../core/document.ts';
import type { Sql } from '../db/index.ts';
import type { Try } from './chunks.ts';
import { thaw } from './frozen.ts';
import { loadNodes } from './runs.ts';
import { outgoing } from './send.ts';
import type { RequestDetail, RequestOutcome, RequestRow } from './views.ts';

/**
 * Requests of a run. Those with an outcome stand in the ledger, many in one row; those that wait for another try stand with
 * their chunk. An id names both: row · 2048 + place · 2, plus 1 for a request that is still being tried.
 */

const PLACES = 1024;
const requestId = (row: number, place: number, open: boolean): string =>
  String((BigInt(row) * BigInt(PLACES) + BigInt(place)) * 2n + (open ? 1n : 0n));

/** Row, place in it, and whether it is still being tried. */
export function readRequestId(id: string): { row: number; place: number; open: boolean } | null {
  if (!/^\d{1,19}$/.test(id)) return null;
  const all = BigInt(id);
  return {
    row: Number(all / 2n / BigInt(PLACES)),
    place: Number((all / 2n) % BigInt(PLACES)),
    open: all % 2n === 1n,
  };
}

/** The id of the request that a ledger entry tells of, for the journey at that place. */
export const requestIdOf = (entry: { id: number; sent: string | null }, place: number): string | null =>
  entry.sent === null ? null : requestId(entry.id, entry.sent === 'all' ? 0 : place, false);

interface LedgerRow {
  id: number;
  place: number;
  node: number;
  outcome: RequestOutcome | 'skipped';
  status: number | null;
  ms: number | null;
  attempts: number;
  customers: number;
  customer: number;
  at: Date;
  reason: string | null;
}

/** Requests of a run, newest first. `node` is a node id; `before` is a `next` of an earlier page. */
export async function listRequests(
  sql: Sql,
  what: {
    runId: string;
    node?: string;
    outcome?: RequestOutcome;
    status?: number;
    /** Part of the reason, or of an answer if those are searched too. */
    text?: string;
    inAnswers?: boolean;
    before?: string;
    limit?: number;
  },
): Promise<{ requests: RequestRow[]; next: string | null }> {
  const limit = what.limit ?? 50;
  const nodes = await loadNodes(sql, what.runId);
  const number =
    what.node === undefined ? null : ([...nodes.values()].find(({ id }) => id === what.node)?.number ?? -1);
  const open = await openRequests(sql, what, number, nodes);
  if (what.outcome === 'retrying') return { requests: open, next: null };
  const before = what.before ? readRequestId(what.before) : null;
  const { rows } = await sql.query<LedgerRow>(
    `SELECT e.id::float8 AS id, (u.place - 1)::int AS place, e.node, e.outcome, e.status, e.ms[u.place] AS ms, e.attempts,
            CASE WHEN e.sent = 'all' THEN e.size ELSE 1 END AS customers, u.customer::float8 AS customer, e.at, e.reason
       FROM ledger_entry e
       CROSS JOIN LATERAL unnest(CASE WHEN e.sent = 'all' THEN e.customers[1:1] ELSE e.customers END) WITH ORDINALITY AS u(customer, place)
      WHERE e.run_id = $1::bigint AND e.sent IS NOT NULL
        AND ($2::int IS NULL OR e.node = $2::int) AND ($3::text IS NULL OR e.outcome = $3::text)
        AND ($4::int IS NULL OR e.status = $4::int)
        AND ($5::text IS NULL OR e.reason ILIKE $5::text OR ($9::bool AND e.answers::text ILIKE $5::text))
        AND ($6::bigint IS NULL OR e.id < $6::bigint OR (e.id = $6::bigint AND u.place - 1 > $7::int))
      ORDER BY e.id DESC, u.place LIMIT $8`,
    [
      what.runId,
      number,
      what.outcome ?? null,
      what.status ?? null,
      what.text ? `%${what.text.replace(/[\\%_]/g, '\\$&')}%` : null,
      before?.row ?? null,
      before?.place ?? null,
      limit + 1,
      what.inAnswers ?? true,
    ],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    requests: [...(what.before || what.outcome ? [] : open), ...page.map((row) => rowOf(row, nodes))],
    next: rows.length > limit && last ? requestId(last.id, last.place, false) : null,
  };
}

function rowOf(row: LedgerRow, nodes: ReadonlyMap<number, AnyNode>): RequestRow {
  const node = nodes.get(row.node);
  return {
    id: requestId(row.id, row.place, false),
    node: node?.id ?? '',
    nodeNumber: row.node,
    nodeName: node?.name ?? '',
    outcome: row.outcome as RequestOutcome,
    status: row.status,
    ms: row.ms ?? 0,
    attempts: row.attempts,
    customers: row.customers,
    customerId: String(row.customer),
    at: new Date(row.at).toISOString(),
    message: row.reason ?? '',
  };
}

interface WaitingRow {
  id: number;
  node: number;
  attempt: number;
  size: number;
  customers: (number | bigint)[];
  tries: Try[][];
  windows: (number | bigint)[];
}

const WAITING = `SELECT id::float8 AS id, node, attempt, size, customers, tries, windows FROM chunk
  WHERE run_id = $1::bigint AND tries IS NOT NULL AND claimed < size`;

/** Requests that wait for another try. */
async function openRequests(
  sql: Sql,
  what: { runId: string; status?: number; text?: string },
  node: number | null,
  nodes: ReadonlyMap<number, AnyNode>,
): Promise<RequestRow[]> {
  const { rows } = await sql.query<WaitingRow>(
    `${WAITING} AND ($2::int IS NULL OR node = $2::int) ORDER BY id DESC LIMIT 100`,
    [what.runId, node],
  );
  return rows
    .flatMap((row) => row.tries.map((_, place) => openRow(row, place, nodes)))
    .filter(
      (row) =>
        (what.status === undefined || row.status === what.status) &&
        (!what.text || row.message.toLowerCase().includes(what.text.toLowerCase())),
    )
    .slice(0, 200);
}

function openRow(row: WaitingRow, place: number, nodes: ReadonlyMap<number, AnyNode>): RequestRow {
  const node = nodes.get(row.node);
  const last = row.tries[place]!.at(-1);
  return {
    id: requestId(row.id, place, true),
    node: node?.id ?? '',
    nodeNumber: row.node,
    nodeName: node?.name ?? '',
    outcome: 'retrying',
    status: last?.status ?? null,
    ms: last?.ms ?? 0,
    attempts: row.tries[place]!.length,
    customers: row.tries.length === 1 ? row.size : 1,
    customerId: String(row.customers[place] ?? ''),
    at: last?.at ?? new Date().toISOString(),
    message: last?.message ?? '',
  };
}

/** One request, whole; null when the run has none of that id. */
export async function requestDetail(sql: Sql, runId: string, id: string): Promise<RequestDetail | null> {
  const at = readRequestId(id);
  if (!at) return null;
  const nodes = await loadNodes(sql, runId);
  return at.open ? openDetail(sql, runId, at, nodes) : settledDetail(sql, runId, at, nodes);
}

async function openDetail(
  sql: Sql,
  runId: string,
  at: { row: number; place: number },
  nodes: ReadonlyMap<number, AnyNode>,
): Promise<RequestDetail | null> {
  const { rows } = await sql.query<WaitingRow & { journeys: number[] }>(
    `${WAITING.replace('customers,', 'customers, journeys,')} AND id = $2::bigint`,
    [runId, at.row],
  );
  const row = rows[0];
  const tries = row?.tries[at.place];
  if (!row || !tries) return null;
  const whole = row.tries.length === 1;
  const journey = row.journeys[at.place]!;
  const windowId = Number(row.windows[row.windows.length === 1 ? 0 : at.place]);
  const people = row.journeys
    .map((one, i) => ({ journey: String(one), customerId: String(row.customers[i]) }))
    .filter((person, i) => whole || i === at.place || person.journey === String(journey));
  return {
    ...openRow(row, at.place, nodes),
    ...(await storedRequest(sql, runId, row.node, journey, windowId)),
    response: null,
    tries,
    people: people.slice(0, 100),
  };
}

async function settledDetail(
  sql: Sql,
  runId: string,
  at: { row: number; place: number },
  nodes: ReadonlyMap<number, AnyNode>,
): Promise<RequestDetail | null> {
  const { rows } = await sql.query<
    Omit<LedgerRow, 'place' | 'ms' | 'customer' | 'customers'> & {
      sent: 'each' | 'all';
      size: number;
      ms: number[];
      journeys: number[];
      customers: (number | bigint)[];
      windowId: number | null;
      answers: { headers: Record<string, string>; body: string }[] | null;
      answerOf: number[] | null;
      tries: Try[] | null;
    }
  >(
    `SELECT id::float8 AS id, node, outcome, status, attempts, at, reason, sent, size, ms, journeys, customers,
            window_id::float8 AS "windowId", answers, answer_of AS "answerOf", tries
       FROM ledger_entry WHERE run_id = $1::bigint AND id = $2::bigint AND sent IS NOT NULL`,
    [runId, at.row],
  );
  const entry = rows[0];
  const journey = entry?.journeys[at.place];
  if (!entry || journey === undefined) return null;
  const ms = entry.ms[at.place] ?? 0;
  const row = rowOf(
    {
      ...entry,
      place: at.place,
      ms,
      customers: entry.sent === 'all' ? entry.size : 1,
      customer: Number(entry.customers[at.place]),
    },
    nodes,
  );
  const answer = entry.answers?.[entry.answerOf ? entry.answerOf[at.place]! : 0];
  const everybody = entry.journeys.map((one, i) => ({ journey: String(one), customerId: String(entry.customers[i]) }));
  return {
    ...row,
    ...(await storedRequest(sql, runId, entry.node, journey, entry.windowId)),
    response: answer && entry.status !== null ? { status: entry.status, ...answer } : null,
    tries: entry.tries ?? [{ at: row.at, status: entry.status, ms, message: row.message }],
    people: entry.sent === 'all' ? everybody.slice(0, 100) : [everybody[at.place]!],
  };
}

type Stored = Pick<RequestDetail, 'method' | 'url' | 'headers' | 'body' | 'key'>;
const NOT_KEPT: Stored = { method: '', url: '', headers: [], body: null, key: '' };

/** The bytes of a journey's request: of the named window, or of the latest one that the journey stands in. */
async function storedRequest(
  sql: Sql,
  runId: string,
  node: number,
  journey: number,
  windowId: number | null,
): Promise<Stored> {
  const { rows } = await sql.query<{ batch: boolean; journeys: number[]; frozen: Uint8Array | null }>(
    windowId === null
      ? `SELECT batch, journeys, frozen FROM request_window WHERE run_id = $1::bigint AND node = $2 AND journeys @> ARRAY[$3::int]
          ORDER BY id DESC LIMIT 1`
      : 'SELECT batch, journeys, frozen FROM request_window WHERE run_id = $1::bigint AND node = $2 AND $3::int IS NOT NULL AND id = $4::bigint',
    windowId === null ? [runId, node, journey] : [runId, node, journey, windowId],
  );
  const row = rows[0];
  if (!row?.frozen) return NOT_KEPT;
  const window = thaw(row.frozen);
  const request = window.requests[row.batch ? 0 : row.journeys.indexOf(journey)];
  if (!request) return NOT_KEPT;
  const { method, url, headers } = outgoing(window.method, window.headers, request);
  return { method, url, headers, body: request.body?.toString('utf8') ?? null, key: request.key };
}
