import type { Node } from '../../core/document.ts';
import { type EventCriterion, eventCriteria, matches, propertyMatches } from '../../core/filter.ts';
import type { Sql } from '../../db/index.ts';
import { compileExpression, decide, TemplateError } from '../../template/index.ts';
import { intArray } from '../chunks.ts';
import { contextFor, type Traveller } from '../contexts.ts';
import { frameOf, once } from '../runs.ts';
import type { Departure, Handler, Step } from '../step.ts';

/** Those who match go by `yes`, the others by `no`; an expression that fails ends the journey with its reason. */
export const condition: Handler<'condition'> = {
  reads: () => true,
  arrive: (step) => (step.node.settings.mode === 'jinja' ? byExpression(step) : byFilter(step)),
};

async function byFilter(step: Step<'condition'>): Promise<Departure[]> {
  const { filter } = step.node.settings;
  const counts = await eventCountsOf(step.sql, eventCriteria(filter), step.travellers, step.now);
  const yes: Traveller[] = [];
  const no: Traveller[] = [];
  for (const traveller of step.travellers) {
    const subject = {
      properties: traveller.properties!,
      eventCounts: counts.map((count) => count.get(traveller.customer) ?? 0),
      now: step.now,
    };
    (matches(filter, subject) ? yes : no).push(traveller);
  }
  return split(yes, no);
}

const split = (yes: Traveller[], no: Traveller[]): Departure[] => [
  { travellers: yes, outcome: 'delivered', port: 'yes' },
  { travellers: no, outcome: 'delivered', port: 'no' },
];

function byExpression(step: Step<'condition'>): Departure[] {
  const { run, node, now } = step;
  const expression = once(run, `condition ${node.id}`, () =>
    compileExpression(node.settings.expression, { name: 'Condition' }),
  );
  const frame = frameOf(run, node as Node<'condition'>);
  const yes: Traveller[] = [];
  const no: Traveller[] = [];
  const failed = new Map<string, Traveller[]>();
  for (const traveller of step.travellers) {
    try {
      (decide(expression, contextFor(frame, traveller, now)) ? yes : no).push(traveller);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      failed.set(error.message, [...(failed.get(error.message) ?? []), traveller]);
    }
  }
  return [
    ...split(yes, no),
    ...[...failed].map(([reason, travellers]): Departure => ({ travellers, outcome: 'rejected', port: null, reason })),
  ];
}

/** For each criterion, how many events of each customer satisfy it; one statement a criterion. */
async function eventCountsOf(
  sql: Sql,
  criteria: readonly EventCriterion[],
  travellers: readonly Traveller[],
  now: number,
): Promise<Map<number, number>[]> {
  const ids = intArray(travellers.map((t) => t.customer));
  const all: Map<number, number>[] = [];
  for (const { event, withinDays, where } of criteria) {
    const since = withinDays === null ? null : new Date(now - withinDays * 86_400_000).toISOString();
    const counts = new Map<number, number>();
    if (where.length === 0) {
      const { rows } = await sql.query<{ customer: number; n: number }>(
        `SELECT customer_id AS customer, count(*) AS n FROM event
          WHERE customer_id = ANY($1::bigint[]) AND type = $2 AND ($3::timestamptz IS NULL OR at >= $3::timestamptz)
          GROUP BY customer_id`,
        [ids, event, since],
      );
      for (const { customer, n } of rows) counts.set(customer, n);
    } else {
      const { rows } = await sql.query<{ customer: number; properties: Record<string, unknown> }>(
        `SELECT customer_id AS customer, properties FROM event
          WHERE customer_id = ANY($1::bigint[]) AND type = $2 AND ($3::timestamptz IS NULL OR at >= $3::timestamptz)`,
        [ids, event, since],
      );
      for (const { customer, properties } of rows)
        if (where.every((criterion) => propertyMatches(criterion, properties, now)))
          counts.set(customer, (counts.get(customer) ?? 0) + 1);
    }
    all.push(counts);
  }
  return all;
}
