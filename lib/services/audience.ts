import { type AnyNode, type Document, reachableFrom } from '../core/document.ts';
import { type EventCriterion, eventCriteria, matches } from '../core/filter.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import { pool, type Sql } from '../db/index.ts';
import { countEvents } from '../engine/index.ts';
import { compileExpression, decide, type Expression, TemplateError } from '../template/index.ts';

/**
 * Who would come to which node if a scenario were started now, found without sending anything. Webhooks are taken to
 * succeed; a condition that cannot be judged beforehand (it reads a response, the triggering event or the call of an API trigger) lets everybody
 * through by both ports, so that numbers are never too small.
 */

export interface Person {
  id: number;
  properties: Record<string, unknown>;
}

/** For each node the people who arrive, once for each way in. */
export type Arrivals = ReadonlyMap<string, readonly Person[]>;

type Judge = (people: readonly Person[]) => Promise<{ yes: Person[]; no: Person[] }>;

/** For each criterion, how many events of each customer satisfy it (lib/engine: countEvents). */
export type CountEvents = (
  criteria: readonly EventCriterion[],
  customers: readonly number[],
) => Promise<Map<number, number>[]>;

/** Makes the walk of a document ready once; it is then applied page by page. `now` is unix time in milliseconds. */
export function audienceWalk(
  document: Document,
  now: number,
  countEvents: CountEvents,
): (page: readonly Person[]) => Promise<Arrivals> {
  const order = inOrder(document);
  const judges = new Map(order.map((node) => [node.id, judgeOf(node, now, countEvents)]));
  return async (page) => {
    const arrivals = new Map<string, Person[]>();
    const arrive = (id: string, people: readonly Person[]) => {
      const there = arrivals.get(id);
      if (!there) arrivals.set(id, [...people]);
      else for (const person of people) there.push(person);
    };
    for (const node of order) {
      if (bringsAudience(node)) arrive(node.id, page);
      const here = arrivals.get(node.id) ?? [];
      if (here.length === 0) continue;
      const judge = judges.get(node.id);
      const ports: Record<string, readonly Person[]> = judge ? await judge(here) : { [firstPort(node)]: here };
      for (const edge of document.edges)
        if (edge.from === node.id && ports[edge.port]) arrive(edge.to, ports[edge.port]!);
    }
    return arrivals;
  };
}

const firstPort = (node: AnyNode): string => NODE_KINDS[node.kind].ports[0]!;

/** The nodes so that each stands behind all that lead to it. */
function inOrder(document: Document): AnyNode[] {
  const waiting = new Map(
    document.nodes.map((node) => [node.id, document.edges.filter((e) => e.to === node.id).length]),
  );
  const order: AnyNode[] = [];
  const free = document.nodes.filter((node) => waiting.get(node.id) === 0);
  for (let node = free.shift(); node; node = free.shift()) {
    order.push(node);
    for (const edge of document.edges) {
      if (edge.from !== node.id) continue;
      const left = waiting.get(edge.to)! - 1;
      waiting.set(edge.to, left);
      if (left === 0) free.push(document.nodes.find(({ id }) => id === edge.to)!);
    }
  }
  return order;
}

/** How a condition divides people; null for any other kind of node. */
function judgeOf(node: AnyNode, now: number, countEvents: CountEvents): Judge | null {
  if (node.kind !== 'condition') return null;
  const { mode, filter, expression } = node.settings;
  if (mode === 'filter') {
    const criteria = eventCriteria(filter);
    return async (people) => {
      const ids = people.map(({ id }) => id);
      const counts = criteria.length === 0 ? [] : await countEvents(criteria, ids);
      return divided(people, ({ id, properties }) =>
        matches(filter, { properties, eventCounts: counts.map((count) => count.get(id) ?? 0), now }),
      );
    };
  }
  const compiled = compiledOrNull(expression);
  if (!compiled || isOpen(compiled)) return bothWays;
  return async (people) =>
    divided(people, (person) => {
      try {
        return decide(compiled, { customer: person.properties, time: Math.floor(now / 1000) });
      } catch (error) {
        if (error instanceof TemplateError) return null;
        throw error;
      }
    });
}

const isOpen = ({ reads }: Expression): boolean => reads.has('webhook') || reads.has('event') || reads.has('trigger');

/** Whether a condition can only be judged when somebody is there. */
export function isOpenQuestion(node: AnyNode): boolean {
  if (node.kind !== 'condition' || node.settings.mode === 'filter') return false;
  const compiled = compiledOrNull(node.settings.expression);
  return !compiled || isOpen(compiled);
}

const bothWays: Judge = async (people) => ({ yes: [...people], no: [...people] });

/** People for whom the test fails (null) end here, as they do in a run. */
function divided(people: readonly Person[], test: (person: Person) => boolean | null) {
  const yes: Person[] = [];
  const no: Person[] = [];
  for (const person of people) {
    const answer = test(person);
    if (answer !== null) (answer ? yes : no).push(person);
  }
  return { yes, no };
}

function compiledOrNull(expression: string): Expression | null {
  try {
    return compileExpression(expression, { name: 'Condition' });
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

/** Whether all customers of the project enter by the node, now or at some date; by others they come one by one. */
export function bringsAudience({ kind }: AnyNode): boolean {
  return kind === 'now' || kind === 'on-date' || kind === 'repeat' || kind === 'api-trigger';
}

/** Whether customers come to the node all at once; otherwise one by one, as events bring them. */
export function comesAtOnce(document: Document, nodeId: string): boolean {
  return document.nodes.some((node) => bringsAudience(node) && reachableFrom(document, node.id).has(nodeId));
}

/** The walk of a document as of now, over the events that are stored. */
export function audienceWalkNow(document: Document): (page: readonly Person[]) => Promise<Arrivals> {
  const now = Date.now();
  return audienceWalk(document, now, (criteria, customers) => countEvents(pool(), criteria, customers, now));
}

/** How many customers the project has. */
export async function audienceSize(sql: Sql, projectId: string): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM customer WHERE project_id = $1::uuid',
    [projectId],
  );
  return rows[0]!.n;
}

/** Customers behind an id, in the order of their ids. */
export async function audiencePage(sql: Sql, projectId: string, after: number, limit: number): Promise<Person[]> {
  const { rows } = await sql.query<Person>(
    'SELECT id, properties FROM customer WHERE project_id = $1::uuid AND id > $2::bigint ORDER BY id LIMIT $3::int',
    [projectId, after, limit],
  );
  return rows.map(({ id, properties }) => ({ id: Number(id), properties }));
}

/** Up to `size` customers, spread evenly over all of them: begins at that many places and takes the next one of each. */
export async function audienceSample(sql: Sql, projectId: string, size: number): Promise<Person[]> {
  const { rows } = await sql.query<Person>(
    `WITH bounds AS (SELECT min(id) AS low, max(id) AS high FROM customer WHERE project_id = $1::uuid),
          places AS (SELECT low + (high - low) * i / $2::bigint AS place FROM bounds, generate_series(0, $2::int - 1) AS i)
     SELECT DISTINCT ON (c.id) c.id, c.properties FROM places, LATERAL (
       SELECT id, properties FROM customer WHERE project_id = $1::uuid AND id >= places.place ORDER BY id LIMIT 1) AS c`,
    [projectId, size],
  );
  return rows.map(({ id, properties }) => ({ id: Number(id), properties }));
}
