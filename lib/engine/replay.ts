import { NODE_KINDS } from '../core/node-kinds.ts';
import type { Program, ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { insertChunks, intArray, type NewChunk } from './chunks.ts';
import { announceWork } from './jobs.ts';
import { noteReplay, type ReplayRate } from './replay-pace.ts';
import { loadProgram, nodesByNumber } from './runs.ts';
import { type Outcome, Transition } from './transition.ts';
import type { RequestOutcome } from './views.ts';
import { countDeparture } from './walk.ts';

/** Why requests cannot be sent again in this way; for people. */
export class ReplayRefused extends Error {
  override name = 'ReplayRefused';
}

export interface Replay {
  runId: string;
  nodeNumber: number;
  /** Without it whatever is not delivered. */
  outcome?: Exclude<RequestOutcome, 'retrying'>;
  status?: number;
  /** Part of the reason or of an answer. */
  text?: string;
  /** Outcomes from then on, and before; ISO 8601. */
  since?: string;
  until?: string;
  /** "same": same bytes and key, for receivers that remember it; "new": rendered anew, with a key of its own. */
  as: 'same' | 'new';
  /** Beside the limits of the policy; without it they alone count. */
  rate?: ReplayRate | null;
}

interface Entry {
  id: number;
  outcome: Outcome;
  port: string | null;
  sent: 'each' | 'all';
  journeys: number[];
  customers: number[];
  windowId: number | null;
}

/**
 * Sends finished requests again: all that match, not just what a page shows, at the pace of their policy and of the rate that
 * is given, over all workers, retries included. Their outcomes are taken back until the new ones are there, so that a journey
 * never has two. Who has gone on by the port Failed stays; who ended there goes on when it is delivered now.
 * @returns how many requests will be sent
 * @throws ReplayRefused when they were rendered from something that is not kept
 */
export async function replay(sql: Sql, what: Replay): Promise<{ requests: number; customers: number }> {
  const program = await loadProgram(sql, Number(what.runId));
  const node = nodesByNumber(program).get(what.nodeNumber);
  if (!node)
    throw new ReplayRefused(
      'This webhook was deleted while the run was under way, so its requests cannot be sent again.',
    );
  if (node.node.kind !== 'webhook') throw new ReplayRefused('Only the requests of a webhook can be sent again.');
  const carries = isBroughtSomething(program, node);
  if (what.as === 'new' && carries)
    throw new ReplayRefused(
      'These requests were made from an event or an earlier response, which is not kept after a journey has ended. Send them again as they were.',
    );
  const { batch, results } = node.node.settings;
  if (what.as === 'same' && batch && results)
    throw new ReplayRefused(
      'The answers of these batches told each customer’s own outcome. Sent again as they were, the requests would reach customers who have theirs already; send them as new.',
    );
  const entries = await matching(sql, what);
  if (entries.length === 0) return { requests: 0, customers: 0 };
  await reopen(sql, what.runId);
  const totals = {
    requests: entries.reduce((sum, { sent, journeys }) => sum + (sent === 'all' ? 1 : journeys.length), 0),
    customers: entries.reduce((sum, { journeys }) => sum + journeys.length, 0),
  };
  const id = await noteReplay(sql, {
    runId: what.runId,
    node: what.nodeNumber,
    asNew: what.as === 'new',
    rate: what.rate ?? null,
    ...totals,
  });
  const into = new Transition();
  const policyId = node.node.settings.policyId ?? (await defaultPolicyOf(sql, what.runId));
  const chunks: NewChunk[] = [];
  for (const entry of entries) {
    countDeparture(into, Number(what.runId), node.node, entry.outcome, entry.port, -entry.journeys.length);
    chunks.push({
      runId: Number(what.runId),
      node: what.nodeNumber,
      journeys: entry.journeys,
      customers: entry.customers,
      contexts: null,
      policyId,
      onEvent: false,
      queue: 'send',
      windows: what.as === 'same' ? await windowsOf(sql, what, entry) : null,
      alone: true,
      stays: carries || (entry.port !== null && (node.next[entry.port]?.length ?? 0) > 0),
      sending: what.as === 'new' ? 2 : 1,
      replay: id,
    });
  }
  await insertChunks(sql, chunks);
  await into.write(sql);
  await announceWork(sql);
  return totals;
}

/** Whether journeys come to the node with an event or an answer that is read there or later: it is not kept after their end. */
function isBroughtSomething(program: Program, node: ProgramNode): boolean {
  const seen = new Set<ProgramNode>();
  const leadHere = [node];
  for (const at of leadHere)
    for (const before of Object.values(program.nodes)) {
      if (seen.has(before) || !Object.values(before.next).some((targets) => targets.includes(at.node.id))) continue;
      seen.add(before);
      leadHere.push(before);
    }
  return [...seen].some(
    ({ node: { kind }, after }) =>
      (kind === 'webhook' && after.responses) || (NODE_KINDS[kind].family === 'trigger' && after.event),
  );
}

/** Of webhooks that choose none. */
async function defaultPolicyOf(sql: Sql, runId: string): Promise<string | null> {
  const { rows } = await sql.query<{ id: string }>(
    'SELECT p.id FROM policy p JOIN run r ON r.project_id = p.project_id WHERE r.id = $1::bigint AND p.is_default',
    [runId],
  );
  return rows[0]?.id ?? null;
}

/** Takes the matching entries out of the ledger. */
async function matching(sql: Sql, what: Replay): Promise<Entry[]> {
  const { rows } = await sql.query<Entry & { journeys: number[]; customers: (number | bigint)[] }>(
    `DELETE FROM ledger_entry WHERE run_id = $1::bigint AND node = $2 AND sent IS NOT NULL
        AND (CASE WHEN $3::text IS NULL THEN outcome <> 'delivered' ELSE outcome = $3::text END)
        AND ($4::int IS NULL OR status = $4::int)
        AND ($5::text IS NULL OR reason ILIKE $5::text OR answers::text ILIKE $5::text)
        AND ($6::timestamptz IS NULL OR at >= $6::timestamptz) AND ($7::timestamptz IS NULL OR at < $7::timestamptz)
     RETURNING id::float8 AS id, outcome, port, sent, journeys, customers, window_id::float8 AS "windowId"`,
    [
      what.runId,
      what.nodeNumber,
      what.outcome ?? null,
      what.status ?? null,
      what.text ? `%${what.text.replace(/[\\%_]/g, '\\$&')}%` : null,
      what.since ?? null,
      what.until ?? null,
    ],
  );
  return rows.map((row) => ({ ...row, customers: row.customers.map(Number) }));
}

/** Where the bytes of an entry's requests are. */
async function windowsOf(sql: Sql, what: Replay, entry: Entry): Promise<number[]> {
  if (entry.windowId !== null)
    return entry.sent === 'all' ? [entry.windowId] : entry.journeys.map(() => entry.windowId!);
  const { rows } = await sql.query<{ journey: number; id: number }>(
    `SELECT u.journey, max(w.id)::float8 AS id FROM request_window w CROSS JOIN LATERAL unnest(w.journeys) AS u(journey)
      WHERE w.run_id = $1::bigint AND w.node = $2 AND w.journeys && $3::int[] AND u.journey = ANY($3::int[]) GROUP BY u.journey`,
    [what.runId, what.nodeNumber, intArray(entry.journeys)],
  );
  const found = new Map(rows.map(({ journey, id }) => [journey, id]));
  return entry.journeys.map((journey) => found.get(journey) ?? 0);
}

/** A run that was over is under way again until these requests are done. */
async function reopen(sql: Sql, runId: string): Promise<void> {
  await sql.query(
    "UPDATE run SET state = 'finishing', ended_at = NULL WHERE id = $1::bigint AND state IN ('done', 'stopped')",
    [runId],
  );
}
