import type { Node } from '../../core/document.ts';
import { eventCriteria, matches } from '../../core/filter.ts';
import { compileExpression, decide, TemplateError } from '../../template/index.ts';
import { contextFor, type Traveller } from '../contexts.ts';
import { countEvents } from '../event-counts.ts';
import { frameOf, once } from '../runs.ts';
import type { Departure, Handler, Step } from '../step.ts';

/** Those who match go by `yes`, the others by `no`; an expression that fails ends the journey with its reason. */
export const condition: Handler<'condition'> = {
  reads: () => true,
  arrive: (step) => (step.node.settings.mode === 'jinja' ? byExpression(step) : byFilter(step)),
};

async function byFilter(step: Step<'condition'>): Promise<Departure[]> {
  const { filter } = step.node.settings;
  const customers = step.travellers.map(({ customer }) => customer);
  const counts = await countEvents(step.sql, eventCriteria(filter), customers, step.now);
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
