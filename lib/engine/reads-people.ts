import type { AnyNode } from '../core/document.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import type { Sql } from '../db/index.ts';
import { requestIdOf } from './reads-requests.ts';
import { loadNodes } from './runs.ts';
import type { CustomerJourney, JourneyStep, JourneyView, PeopleGroup, PersonAt } from './views.ts';

/** The people behind the numbers: who stands where, what became of whom, one journey step by step. */

interface Standing {
  journey: number;
  customer: number;
  reason: string | null;
  at: Date | null;
}

/** The people behind a number of a node (a node id), newest first. */
export async function peopleAt(
  sql: Sql,
  what: { runId: string; node: string; group: PeopleGroup; before?: string; limit?: number },
): Promise<{ people: PersonAt[]; next: string | null }> {
  const limit = what.limit ?? 50;
  const node = [...(await loadNodes(sql, what.runId)).values()].find(({ id }) => id === what.node);
  if (!node) return { people: [], next: null };
  if (what.group === 'waiting' || what.group === 'in-flight') return standing(sql, what, node.number, limit);
  const ports: readonly string[] = NODE_KINDS[node.kind].ports;
  const outcome = ['delivered', 'rejected', 'unknown', 'skipped'].includes(what.group) ? what.group : null;
  const port = outcome === null && ports.includes(what.group) ? what.group : null;
  // Those who entered and are still here come first, before anybody with an outcome.
  const here =
    what.group === 'entered' && !what.before
      ? (await standing(sql, { ...what, group: 'here' }, node.number, limit)).people
      : [];
  const [row, place] = (what.before ?? '').split('.').map(Number);
  const { rows } = await sql.query<{
    id: number;
    place: number;
    sent: string | null;
    journey: number;
    customer: number;
    reason: string | null;
    at: Date;
  }>(
    `SELECT e.id::float8 AS id, (u.place - 1)::int AS place, e.sent, u.journey, u.customer::float8 AS customer, e.reason, e.at
       FROM ledger_entry e CROSS JOIN LATERAL unnest(e.journeys, e.customers) WITH ORDINALITY AS u(journey, customer, place)
      WHERE e.run_id = $1::bigint AND e.node = $2 AND ($3::text IS NULL OR e.outcome = $3::text) AND ($4::text IS NULL OR e.port = $4::text)
        AND ($5::bigint IS NULL OR e.id < $5::bigint OR (e.id = $5::bigint AND u.place - 1 > $6::int))
      ORDER BY e.id DESC, u.place LIMIT $7`,
    [what.runId, node.number, outcome, port, what.before ? row : null, what.before ? place : null, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    people: [
      ...here,
      ...page.map((person) => ({
        journey: String(person.journey),
        customerId: String(person.customer),
        reason: person.reason,
        at: new Date(person.at).toISOString(),
        requestId: requestIdOf(person, person.place),
      })),
    ],
    next: rows.length > limit && last ? `${last.id}.${last.place}` : null,
  };
}

/** Who stands at a node now: waits, is claimed, or either. */
async function standing(
  sql: Sql,
  what: { runId: string; group: string; before?: string },
  node: number,
  limit: number,
): Promise<{ people: PersonAt[]; next: string | null }> {
  const waiting = `
    SELECT u.journey, u.customer::float8 AS customer, c.due_at AS at,
           CASE c.state WHEN 'held' THEN 'waits for Resume' WHEN 'quarantined' THEN 'quarantined: three workers died while they had it'
                ELSE (c.tries->(CASE WHEN jsonb_array_length(c.tries) = 1 THEN 0 ELSE (u.place - 1)::int END)->-1->>'message') END AS reason
      FROM chunk c CROSS JOIN LATERAL unnest(c.journeys, c.customers) WITH ORDINALITY AS u(journey, customer, place)
     WHERE c.run_id = $1::bigint AND c.node = $2 AND u.place > c.claimed`;
  const flying = `
    SELECT u.journey, u.customer::float8 AS customer, w.at, NULL AS reason
      FROM chunk c JOIN request_window w ON w.chunk_id = c.id AND w.open
      CROSS JOIN LATERAL unnest(w.journeys, w.customers) WITH ORDINALITY AS u(journey, customer, place)
     WHERE c.run_id = $1::bigint AND c.node = $2 AND (w.done_at IS NULL OR NOT (u.place - 1)::int = ANY(w.done_at))`;
  const source =
    what.group === 'waiting' ? waiting : what.group === 'in-flight' ? flying : `${flying} UNION ALL ${waiting}`;
  const { rows } = await sql.query<Standing>(
    `SELECT * FROM (${source}) t WHERE ($3::int IS NULL OR journey > $3::int) ORDER BY journey LIMIT $4`,
    [what.runId, node, what.before ?? null, limit + 1],
  );
  const people = rows.slice(0, limit).map(
    ({ journey, customer, reason, at }): PersonAt => ({
      journey: String(journey),
      customerId: String(customer),
      reason,
      at: at && new Date(at).toISOString(),
      requestId: null,
    }),
  );
  return { people, next: rows.length > limit ? people.at(-1)!.journey : null };
}

interface StepRow {
  id: number;
  node: number;
  outcome: JourneyStep['outcome'];
  port: string | null;
  reason: string | null;
  at: Date | null;
  sent: string | null;
  place: number;
  status: number | null;
  customer: number;
}

/** One journey, step by step; null when the run has none of that number. */
export async function journeyOf(sql: Sql, runId: string, journey: string): Promise<JourneyView | null> {
  if (!/^\d{1,9}$/.test(journey)) return null;
  const byNumber = await loadNodes(sql, runId);
  const { rows } = await sql.query<StepRow>(
    `SELECT id::float8 AS id, node, outcome, port, reason, at, sent, status, array_position(journeys, $2::int) - 1 AS place,
            customers[array_position(journeys, $2::int)]::float8 AS customer
       FROM ledger_entry WHERE run_id = $1::bigint AND journeys @> ARRAY[$2::int]
     UNION ALL
     SELECT 1e18, node, CASE WHEN array_position(journeys, $2::int) > claimed THEN 'waiting' ELSE 'in-flight' END, NULL,
            CASE state WHEN 'held' THEN 'waits for Resume' WHEN 'quarantined' THEN 'quarantined: three workers died while they had it' END,
            due_at, NULL, NULL, 0, customers[array_position(journeys, $2::int)]::float8
       FROM chunk c WHERE run_id = $1::bigint AND journeys @> ARRAY[$2::int]
        AND (array_position(journeys, $2::int) > claimed OR NOT EXISTS (SELECT FROM ledger_entry e WHERE e.run_id = c.run_id AND e.node = c.node AND e.journeys @> ARRAY[$2::int]))
      ORDER BY id`,
    [runId, journey],
  );
  if (rows.length === 0) return null;
  return {
    customerId: String(rows[0]!.customer),
    steps: rows.flatMap((row) => {
      const node = byNumber.get(row.node);
      return node ? [stepOf(row, node)] : [];
    }),
  };
}

const stepOf = (row: StepRow, node: AnyNode): JourneyStep => ({
  node: node.id,
  number: node.number,
  nodeName: node.name,
  kind: node.kind,
  outcome: row.outcome,
  port: row.port,
  reason: row.reason,
  at: row.at && new Date(row.at).toISOString(),
  requestId: requestIdOf(row, row.place),
  status: row.status,
});

/** Runs in which a customer's journeys are looked for, the latest of the project. */
const SEARCHED_RUNS = 200;

/** The journeys of a customer, newest first. */
export async function journeysOfCustomer(
  sql: Sql,
  what: { projectId: string; customerId: string; before?: string; limit?: number },
): Promise<{ journeys: CustomerJourney[]; next: string | null }> {
  const limit = what.limit ?? 50;
  const { rows } = await sql.query<{
    run: string;
    runNumber: number;
    scenarioId: string;
    scenarioName: string;
    journey: number;
    going: boolean;
    outcome: string | null;
    at: Date;
    entry: number;
  }>(
    `WITH runs AS (
       SELECT id, number, scenario_id FROM run WHERE project_id = $1::uuid ORDER BY id DESC LIMIT ${SEARCHED_RUNS}),
     entries AS (
       SELECT e.id, e.run_id, e.node, e.outcome, e.port, e.at, u.journey FROM runs r JOIN ledger_entry e ON e.run_id = r.id
        CROSS JOIN LATERAL unnest(e.journeys, e.customers) AS u(journey, customer)
        WHERE e.low <= $2::bigint AND e.high >= $2::bigint AND u.customer = $2::bigint),
     latest AS (
       SELECT run_id, journey, max(id) AS last, min(id) AS first, max(at) AS at,
              coalesce((array_agg(outcome ORDER BY id DESC) FILTER (WHERE outcome <> 'delivered'))[1],
                       (array_agg(outcome ORDER BY id DESC))[1]) AS outcome
         FROM entries GROUP BY run_id, journey)
     SELECT r.id::text AS run, r.number AS "runNumber", s.id::text AS "scenarioId", s.name AS "scenarioName", l.journey, l.outcome, l.at,
            l.first::float8 AS entry,
            EXISTS (SELECT FROM chunk c WHERE c.run_id = r.id AND c.journeys @> ARRAY[l.journey]) AS going
       FROM latest l JOIN runs r ON r.id = l.run_id JOIN scenario s ON s.id = r.scenario_id
      WHERE $3::bigint IS NULL OR l.first < $3::bigint ORDER BY l.first DESC LIMIT $4`,
    [what.projectId, what.customerId, what.before ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  return {
    journeys: page.map(({ going, entry: _entry, journey, outcome, at, ...rest }) => ({
      ...rest,
      journey: String(journey),
      state: going ? 'going' : 'done',
      outcome: outcome ?? '',
      at: new Date(at).toISOString(),
    })),
    next: rows.length > limit ? String(page.at(-1)!.entry) : null,
  };
}
