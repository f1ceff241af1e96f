import type { AnyNode } from '../core/document.ts';
import type { Kind } from '../core/node-kinds.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import type { ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import type { Traveller } from './contexts.ts';
import { loadCustomers } from './customers.ts';
import { HANDLERS } from './handlers/index.ts';
import type { RunContext } from './runs.ts';
import type { Departure, Handler, Step } from './step.ts';
import type { Outcome, Transition } from './transition.ts';
import { propertiesRead } from './walk-reads.ts';

/** Walks groups of journeys through nodes in memory until they rest, end or fail; all effects go into one transition. */

/** A group arrives at a node, goes through it and on from there. */
export async function arrive(at: Omit<Step, 'entry' | 'node'> & { entry: ProgramNode }): Promise<void> {
  const { run, into, entry } = at;
  into.count(run.id, entry.node.number).entered += at.travellers.length;
  await depart(at, await handle(at));
}

/** The same for a group that has been at the node and now leaves it. */
export async function depart(
  at: Omit<Step, 'entry' | 'node'> & { entry: ProgramNode },
  departures: readonly Departure[],
): Promise<void> {
  const { run, into, entry } = at;
  for (const departure of departures) {
    if (departure.travellers.length === 0) continue;
    record(run, entry.node, departure, into);
    if (departure.port !== null) await leave(at, departure.travellers, departure.port);
  }
}

/** Goes on from a port to wherever it leads. */
export async function leave(
  at: Omit<Step, 'entry' | 'node'> & { entry: ProgramNode },
  travellers: Traveller[],
  port: string,
): Promise<void> {
  const targets = at.entry.next[port] ?? [];
  for (const [index, target] of targets.entries()) {
    const entry = at.run.program.nodes[target]!;
    const group = index === 0 ? travellers : await fork(at.sql, at.run, travellers);
    await arrive({ ...at, entry, travellers: group });
  }
}

/** Goes on from a port of a node as the run's version says: also from one that it has no more, to where its people are moved. */
export async function leaveNode(
  at: Omit<Step, 'entry' | 'node'>,
  number: number,
  travellers: Traveller[],
  port: string,
): Promise<void> {
  const entry = at.run.nodes.get(number);
  if (entry) return leave({ ...at, entry }, travellers, port);
  const target = movedFrom(at.run, number);
  if (target) await arrive({ ...at, entry: target, travellers });
}

/** Where people go on who stand at a node that the run's version has no more; undefined ends them. */
export const movedFrom = (run: RunContext, number: number): ProgramNode | undefined =>
  run.program.nodes[run.program.moves[number] ?? ''];

async function handle(at: Omit<Step, 'node'> & { entry: ProgramNode; node?: never }): Promise<Departure[]> {
  const { node } = at.entry;
  const handler = HANDLERS[node.kind] as Handler<Kind>;
  let { travellers } = at;
  const gone: Traveller[] = [];
  if (handler.reads(node)) travellers = await loadCustomers(at.sql, travellers, gone, propertiesRead(at.run.program));
  const departures = travellers.length > 0 ? await handler.arrive({ ...at, node, travellers }) : [];
  return gone.length > 0
    ? [...departures, { travellers: gone, outcome: 'skipped', port: null, reason: 'the customer was deleted' }]
    : departures;
}

/** Ledger entry and numbers of a departure. */
function record(run: RunContext, node: AnyNode, departure: Departure, into: Transition): void {
  const { travellers, outcome, port, reason } = departure;
  countDeparture(into, run.id, node, outcome, port, travellers.length);
  into.entries.push({
    runId: run.id,
    node: node.number,
    outcome,
    port,
    reason: reason ?? null,
    journeys: travellers.map((t) => t.journey),
    customers: travellers.map((t) => t.customer),
    by: null,
  });
}

/** Adds journeys that left to a node's numbers. */
export function countDeparture(
  into: Transition,
  runId: number,
  node: AnyNode,
  outcome: Outcome,
  port: string | null,
  journeys: number,
): void {
  const counts = into.count(runId, node.number);
  counts[outcome] += journeys;
  const place = port === null ? -1 : NODE_KINDS[node.kind].ports.indexOf(port);
  if (place === 0) counts.portA += journeys;
  if (place === 1) counts.portB += journeys;
}

/** A second branch is a journey of its own: same customer and luggage, new number. */
async function fork(sql: Sql, run: RunContext, travellers: readonly Traveller[]): Promise<Traveller[]> {
  const first = await newJourneys(sql, run.id, travellers.length);
  return travellers.map((traveller, i) => ({ ...traveller, journey: first + i }));
}

/** Reserves journey numbers. @returns the first of them */
export async function newJourneys(sql: Sql, runId: number, count: number): Promise<number> {
  const { rows } = await sql.query<{ journeys: number }>(
    'UPDATE run SET journeys = journeys + $2 WHERE id = $1 RETURNING journeys',
    [runId, count],
  );
  return rows[0]!.journeys - count + 1;
}
