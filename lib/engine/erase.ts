import type { Sql } from '../db/index.ts';
import { MASK, mask } from '../vault/index.ts';
import { intArray, type Try } from './chunks.ts';
import { freeze, thaw } from './frozen.ts';

/**
 * Forgets what is stored of the requests of people: their bytes, their answers, and values of theirs in what was told of
 * them. Outcomes and numbers stay, by internal id; what is stored of other people stays too, as far as it can be told apart.
 */

/** Where a search through all windows or entries of a project is; it begins without one. */
export interface Place {
  run: number;
  after: number;
}

export interface Searched {
  /** Null when everything is looked through. */
  next: Place | null;
  /** Rows that were looked at, and that were changed. */
  seen: number;
  changed: number;
}

interface Search {
  projectId: string;
  customers: readonly number[];
  place: Place | null;
}

const PAGE = { request_window: 200, ledger_entry: 500 } as const;
type Table = keyof typeof PAGE;
const HIDDEN = '•••';

/** How many rows a search will look at. */
export async function rowsToSearch(sql: Sql, table: Table, projectId: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `SELECT count(*) AS n FROM ${table} WHERE run_id IN (SELECT id FROM run WHERE project_id = $1::uuid)`,
    [projectId],
  );
  return Number(rows[0]!.n);
}

/** The next page by run and id: from where to where, and how many rows it has. Null behind the last run. */
async function pageOf(
  sql: Sql,
  table: Table,
  { projectId, place }: Search,
): Promise<{ run: number; after: number; upTo: number; seen: number; next: Place | null } | null> {
  const run = place?.run ?? (await nextRun(sql, projectId, 0));
  if (run === null) return null;
  const after = place?.after ?? 0;
  const { rows } = await sql.query<{ last: number | null; n: number }>(
    `SELECT max(id) AS last, count(*) AS n FROM (
       SELECT id FROM ${table} WHERE run_id = $1 AND id > $2 ORDER BY id LIMIT ${PAGE[table]}) AS page`,
    [run, after],
  );
  const upTo = Number(rows[0]!.last ?? after);
  const seen = Number(rows[0]!.n);
  if (seen === PAGE[table]) return { run, after, upTo, seen, next: { run, after: upTo } };
  const following = await nextRun(sql, projectId, run);
  return { run, after, upTo, seen, next: following === null ? null : { run: following, after: 0 } };
}

async function nextRun(sql: Sql, projectId: string, after: number): Promise<number | null> {
  const { rows } = await sql.query<{ id: number | null }>(
    'SELECT min(id) AS id FROM run WHERE project_id = $1::uuid AND id > $2',
    [projectId, after],
  );
  return rows[0]?.id == null ? null : Number(rows[0].id);
}

/** One page of requests: those of single customers lose what was sent for these, batches with one of them everything. */
export async function eraseRequests(sql: Sql, search: Search): Promise<Searched> {
  const page = await pageOf(sql, 'request_window', search);
  if (!page) return { next: null, seen: 0, changed: 0 };
  const { rows } = await sql.query<{ id: number; batch: boolean; customers: number[]; frozen: Buffer | null }>(
    `SELECT id, batch, customers, CASE WHEN NOT batch THEN frozen END AS frozen FROM request_window
      WHERE run_id = $1 AND id > $3 AND id <= $4 AND frozen IS NOT NULL
        AND EXISTS (SELECT FROM unnest(customers) AS u WHERE u = ANY($2::bigint[])) FOR UPDATE`,
    [page.run, intArray(search.customers), page.after, page.upTo],
  );
  const gone = new Set(search.customers);
  await sql.query(
    `UPDATE request_window w SET frozen = t.frozen FROM unnest($2::bigint[], $3::bytea[]) AS t(id, frozen)
      WHERE w.run_id = $1 AND w.id = t.id`,
    [
      page.run,
      intArray(rows.map(({ id }) => id)),
      rows.map(({ frozen, customers }) => frozen && withoutRequests(frozen, (i) => gone.has(customers[i]!))),
    ],
  );
  return { next: page.next, seen: page.seen, changed: rows.length };
}

/** The window without some of its requests; null when nothing is left of it. */
function withoutRequests(frozen: Uint8Array, isGone: (position: number) => boolean): Buffer | null {
  const window = thaw(frozen);
  const requests = window.requests.map((request, position) => (isGone(position) ? null : request));
  if (requests.every((request) => request === null)) return null;
  // The window's own headers are those of its first request: no one else may have the same.
  const headers = requests.some((request) => request?.headers === null) ? window.headers : [];
  return freeze({ ...window, headers, requests });
}

interface Entry {
  id: number;
  sent: 'each' | 'all' | null;
  customers: number[];
  reason: string | null;
  answers: { headers: Record<string, string>; body: string }[] | null;
  answerOf: number[] | null;
  tries: Try[] | null;
}

/**
 * One page of the ledger: answers that these customers alone got are forgotten, and so are answers to batches with one of
 * them; values of theirs in reasons and tries are hidden.
 * @param traces values by customer
 */
export async function eraseAnswers(
  sql: Sql,
  search: Search & { traces: ReadonlyMap<number, readonly string[]> },
): Promise<Searched> {
  const page = await pageOf(sql, 'ledger_entry', search);
  if (!page) return { next: null, seen: 0, changed: 0 };
  const { rows } = await sql.query<Entry>(
    `SELECT id, sent, customers, reason, answers, answer_of AS "answerOf", tries FROM ledger_entry
      WHERE run_id = $1 AND id > $3 AND id <= $4 AND (answers IS NOT NULL OR reason IS NOT NULL OR tries IS NOT NULL)
        AND EXISTS (SELECT FROM unnest(customers) AS u WHERE u = ANY($2::bigint[])) FOR UPDATE`,
    [page.run, intArray(search.customers), page.after, page.upTo],
  );
  const gone = new Set(search.customers);
  const left = rows.map((entry) => {
    const { answers, answerOf } = withoutAnswers(entry, gone);
    const hide = hiding(entry.customers.flatMap((id) => search.traces.get(id) ?? []));
    const tries = entry.tries?.map((one) => ({ ...one, message: hide(one.message) })) ?? null;
    return {
      answers: answers && JSON.stringify(answers),
      answerOf: answerOf && intArray(answerOf),
      reason: entry.reason && hide(entry.reason),
      tries: tries && JSON.stringify(tries),
    };
  });
  await sql.query(
    `UPDATE ledger_entry e SET answers = t.answers, answer_of = t.answer_of::smallint[], reason = t.reason, tries = t.tries
       FROM unnest($2::bigint[], $3::jsonb[], $4::text[], $5::text[], $6::jsonb[]) AS t(id, answers, answer_of, reason, tries)
      WHERE e.run_id = $1 AND e.id = t.id`,
    [
      page.run,
      intArray(rows.map(({ id }) => id)),
      left.map(({ answers }) => answers),
      left.map(({ answerOf }) => answerOf),
      left.map(({ reason }) => reason),
      left.map(({ tries }) => tries),
    ],
  );
  return { next: page.next, seen: page.seen, changed: rows.length };
}

function withoutAnswers(entry: Entry, gone: ReadonlySet<number>): Pick<Entry, 'answers' | 'answerOf'> {
  const { sent, customers, answers, answerOf } = entry;
  if (answers === null || sent !== 'each') return { answers: null, answerOf: null };
  const places = customers.map((customer, i) => (gone.has(customer) ? -1 : (answerOf?.[i] ?? 0)));
  if (places.every((place) => place === -1)) return { answers: null, answerOf: null };
  const wanted = new Set(places);
  return {
    answers: answers.map((answer, i) => (wanted.has(i) ? answer : { headers: {}, body: '' })),
    answerOf: places,
  };
}

/** Hides values of people in a text, in all usual ways of writing them. */
export function hiding(values: readonly string[]): (text: string) => string {
  return values.length === 0 ? (text) => text : (text) => mask(text, values).replaceAll(MASK, HIDDEN);
}
