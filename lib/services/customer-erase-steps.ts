import { HIDDEN_VALUE } from '../core/mask-values.ts';
import type { Sql } from '../db/index.ts';
import {
  eraseAnswers,
  eraseFromCampaigns,
  eraseRequests,
  hiding,
  leaveRuns,
  type Place,
  rowsToSearch,
} from '../engine/index.ts';

/** What a deletion of customers does after their profiles are gone: step by step, each in batches of one transaction. */

const EVENTS_A_TIME = 5000;
/** Who was about to be asked for at the request, by a profile that was read just before, is in a window by then: under way. */
const GRACE_MS = 2000;

/** A deletion as it stands. */
export interface Job {
  id: string;
  projectId: string;
  customers: number;
  step: number;
  place: Place | null;
  done: number;
  removed: Record<string, number>;
  requestId: string | null;
  createdAt: Date;
}

export interface People {
  ids: number[];
  /** Values by customer, and those that were nobody else's. */
  traces: Map<number, string[]>;
  telling: string[];
}

interface Batch {
  /** Where the next batch of the step begins; null ends the step. */
  next: Place | null;
  seen: number;
  removed: number;
  /** So many things are under way; the same batch again when they are over. */
  waits?: number;
}

interface Step {
  /** What is removed, as it is counted. */
  what: 'journeys' | 'events' | 'requests' | 'answers' | 'reports';
  /** How much there is to look through. */
  size(sql: Sql, job: Job, people: People): Promise<number>;
  batch(sql: Sql, job: Job, people: People): Promise<Batch>;
}

/** A step without places: it is called until it has nothing left. */
const AGAIN: Place = { run: 0, after: 0 };

export const STEPS: readonly Step[] = [
  {
    what: 'journeys',
    size: async () => 0,
    async batch(sql, { projectId, createdAt }, { ids }) {
      const { journeys, more, underWay, isRunning } = await leaveRuns(sql, projectId, ids);
      const isEarly = isRunning && Date.now() - createdAt.getTime() < GRACE_MS;
      const waits = more ? undefined : underWay > 0 ? underWay : isEarly ? 0 : undefined;
      return {
        next: more || waits !== undefined ? AGAIN : null,
        seen: journeys,
        removed: journeys,
        ...(waits === undefined ? {} : { waits }),
      };
    },
  },
  {
    what: 'events',
    async size(sql, _job, { ids }) {
      const { rows } = await sql.query<{ n: number }>('SELECT count(*) AS n FROM events_of($1::bigint[])', [ids]);
      return Number(rows[0]!.n);
    },
    async batch(sql, _job, { ids }) {
      const { rows } = await sql.query(
        `DELETE FROM event WHERE id IN (SELECT id FROM event WHERE customer_id = ANY($1::bigint[]) LIMIT ${EVENTS_A_TIME})
         RETURNING id`,
        [ids],
      );
      if (rows.length === EVENTS_A_TIME) return { next: AGAIN, seen: rows.length, removed: rows.length };
      const removed = rows.length + (await eraseFromCampaigns(sql, ids));
      return { next: null, seen: removed, removed };
    },
  },
  {
    what: 'requests',
    size: (sql, { projectId }) => rowsToSearch(sql, 'request_window', projectId),
    async batch(sql, { projectId, place }, { ids }) {
      const { next, seen, changed } = await eraseRequests(sql, { projectId, place, customers: ids });
      return { next, seen, removed: changed };
    },
  },
  {
    what: 'answers',
    size: (sql, { projectId }) => rowsToSearch(sql, 'ledger_entry', projectId),
    async batch(sql, { projectId, place }, { ids, traces }) {
      const { next, seen, changed } = await eraseAnswers(sql, { projectId, place, customers: ids, traces });
      return { next, seen, removed: changed };
    },
  },
  {
    what: 'reports',
    size: async () => 0,
    async batch(sql, { projectId }, people) {
      const removed =
        (await eraseRefusals(sql, projectId, people)) +
        (await eraseChecks(sql, projectId, people)) +
        (await eraseCalls(sql, projectId, people));
      return { next: null, seen: removed, removed };
    },
  },
];

/** What a deletion does, step by step. */
export const STEP_NAMES = STEPS.map(({ what }) => what);

/** Rows of imports that were refused and name one of them. */
async function eraseRefusals(sql: Sql, projectId: string, { telling }: People): Promise<number> {
  const { rows } = await sql.query(
    `UPDATE import_refusal r SET cells = '{}', reason = 'the row was about a customer who was deleted since'
       FROM import i WHERE i.id = r.import_id AND i.project_id = $1::uuid
        AND EXISTS (SELECT FROM unnest(r.cells) AS u WHERE trim(u) = ANY($2::text[])) RETURNING r.line`,
    [projectId, telling],
  );
  return rows.length;
}

interface Fault {
  customers: number[];
  example: string | null;
  message: string;
}

/** Examples and numbers of theirs in checks of audiences. */
async function eraseChecks(sql: Sql, projectId: string, { ids, traces }: People): Promise<number> {
  const { rows } = await sql.query<{ id: string; result: { faults: Fault[] } }>(
    'SELECT id, result FROM audience_check WHERE project_id = $1::uuid AND result IS NOT NULL FOR UPDATE',
    [projectId],
  );
  const gone = new Set(ids);
  let changed = 0;
  for (const { id, result } of rows) {
    if (!result.faults.some(({ customers }) => customers.some((customer) => gone.has(customer)))) continue;
    changed++;
    const faults = result.faults.map((fault) => {
      const theirs = fault.customers.filter((customer) => gone.has(customer));
      if (theirs.length === 0) return fault;
      return {
        ...fault,
        customers: fault.customers.filter((customer) => !gone.has(customer)),
        // It is of the first customer.
        example: gone.has(fault.customers[0]!) ? null : fault.example,
        message: hiding(theirs.flatMap((customer) => traces.get(customer) ?? []))(fault.message),
      };
    });
    await sql.query('UPDATE audience_check SET result = $2::jsonb WHERE id = $1', [
      id,
      JSON.stringify({ ...result, faults }),
    ]);
  }
  return changed;
}

/** Values of theirs in what calls of API triggers gave. */
async function eraseCalls(sql: Sql, projectId: string, { telling }: People): Promise<number> {
  const theirs = new Set(telling);
  // Word by word: thousands of people have too many values to look for each in each text.
  const hide = (text: string) =>
    theirs.has(text.trim()) ? HIDDEN_VALUE : text.replace(WORD, (word) => (theirs.has(word) ? HIDDEN_VALUE : word));
  let changed = 0;
  for (const { table, column } of CALLS) {
    const { rows } = await sql.query<{ id: number; given: unknown }>(
      `SELECT id, ${column} AS given FROM ${table} WHERE project_id = $1::uuid AND ${column} IS NOT NULL FOR UPDATE`,
      [projectId],
    );
    for (const { id, given } of rows) {
      const left = withoutTexts(given, hide);
      if (JSON.stringify(left) === JSON.stringify(given)) continue;
      changed++;
      await sql.query(`UPDATE ${table} SET ${column} = $2::jsonb WHERE id = $1`, [id, JSON.stringify(left)]);
    }
  }
  return changed;
}

const WORD = /[^\s"'<>,;()]+/g;
const CALLS = [
  { table: 'api_trigger_call', column: 'payload' },
  { table: 'run', column: 'called_with' },
] as const;

function withoutTexts(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'number') return hide(String(value)) === String(value) ? value : hide(String(value));
  if (Array.isArray(value)) return value.map((each) => withoutTexts(each, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutTexts(inner, hide)]));
}
