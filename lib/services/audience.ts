import type { AnyNode, Document } from '../core/document.ts';
import { eventCriteria, matches } from '../core/filter.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import type { Sql } from '../db/index.ts';
import { compileExpression, decide, type Expression, TemplateError } from '../template/index.ts';

/**
 * Who would come to which node if a scenario were started now, found without sending anything. Webhooks are taken to
 * succeed; a condition that cannot be judged beforehand (it reads a response, an event or the history of events) lets
 * everybody through by both ports, so that numbers are never too small.
 */

export interface Person {
  id: number;
  properties: Record<string, unknown>;
}

/** For each node the people who arrive, once for each way in. */
export type Arrivals = ReadonlyMap<string, readonly Person[]>;

type Judge = (people: readonly Person[]) => { yes: Person[]; no: Person[] };

/** Makes the walk of a document ready once; it is then applied page by page. `now` is unix time in milliseconds. */
export function audienceWalk(document: Document, now: number): (page: readonly Person[]) => Arrivals {
  const order = inOrder(document);
  const judges = new Map(order.map((node) => [node.id, judgeOf(node, now)]));
  return (page) => {
    const arrivals = new Map<string, Person[]>();
    const arrive = (id: string, people: readonly Person[]) => {
      const there = arrivals.get(id);
      if (!there) arrivals.set(id, [...people]);
      else for (const person of people) there.push(person);
    };
    for (const node of order) {
      if (node.kind === 'now') arrive(node.id, page);
      const here = arrivals.get(node.id) ?? [];
      if (here.length === 0) continue;
      const judge = judges.get(node.id);
      const ports: Record<string, readonly Person[]> = judge ? judge(here) : { [firstPort(node)]: here };
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
function judgeOf(node: AnyNode, now: number): Judge | null {
  if (node.kind !== 'condition') return null;
  const { mode, filter, expression } = node.settings;
  if (mode === 'filter')
    return eventCriteria(filter).length > 0
      ? bothWays
      : dividing((person) => matches(filter, { properties: person.properties, now }));
  const compiled = compiledOrNull(expression);
  if (!compiled || compiled.reads.has('webhook') || compiled.reads.has('event')) return bothWays;
  return dividing((person) => {
    try {
      return decide(compiled, { customer: person.properties, time: now / 1000 });
    } catch (error) {
      if (error instanceof TemplateError) return null;
      throw error;
    }
  });
}

/** Whether a condition can only be judged when somebody is there. */
export function isOpenQuestion(node: AnyNode): boolean {
  return judgeOf(node, 0) === bothWays;
}

const bothWays: Judge = (people) => ({ yes: [...people], no: [...people] });

/** People for whom the test fails (null) end here, as they do in a run. */
function dividing(test: (person: Person) => boolean | null): Judge {
  return (people) => {
    const yes: Person[] = [];
    const no: Person[] = [];
    for (const person of people) {
      const answer = test(person);
      if (answer !== null) (answer ? yes : no).push(person);
    }
    return { yes, no };
  };
}

function compiledOrNull(expression: string): Expression | null {
  try {
    return compileExpression(expression, { name: 'Condition' });
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
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
