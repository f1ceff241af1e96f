import { type AnyNode, type Document, type Node, nodeOf } from '@/lib/core/document';
import {
  type Criterion,
  describeFilter,
  eventCriteria,
  type Filter,
  matches,
  propertyMatches,
} from '@/lib/core/filter';
import { hostOf, NODE_KINDS } from '@/lib/core/node-kinds';
import type { EarlierResponse } from '@/lib/core/response-view';
import { compileExpression, decide, TemplateError, webhookValue } from '@/lib/template';

/** What one customer would go through, node by node, without anything being done: conditions are decided by the rules of a run. */

interface PastEvent {
  type: string;
  at: string;
  properties: Record<string, unknown>;
}

export interface WalkInput {
  document: Document;
  trigger: string;
  customer: Record<string, unknown>;
  /** The customer's history, as far as it is known. */
  events: readonly PastEvent[];
  /** The properties of the event that lets the customer in; only On event triggers have one. */
  event: Record<string, unknown> | null;
  /** What the call of an API trigger gives; null when the customer enters in another way. */
  called: Record<string, unknown> | null;
  /** What webhooks are taken to answer, by node id; null is a failure. */
  answers: ReadonlyMap<string, EarlierResponse | null>;
  scenario: { id: string; name: string };
  project: { id: string; name: string };
  /** Unix milliseconds. */
  now: number;
}

export interface WalkStep {
  node: AnyNode;
  /** By which output the customer goes on; null when the way ends here. */
  port: string | null;
  /** What happens, in a sentence. */
  says: string;
  /** What was decided by what. */
  because: { text: string; holds: boolean }[];
  /** How many forks the way has taken so far; steps of one branch have one depth more. */
  depth: number;
}

interface Traveller {
  input: WalkInput;
  responses: EarlierResponse[];
}

/** The steps in the order in which the customer comes to them. Every branch of a fork is gone, one after the other. */
export function walk(input: WalkInput): WalkStep[] {
  const first = nodeOf(input.document, input.trigger);
  return first ? from(first, { input, responses: [] }, 0) : [];
}

function from(node: AnyNode, traveller: Traveller, depth: number): WalkStep[] {
  const { document } = traveller.input;
  const step = stepAt(node, traveller, depth);
  const next = document.edges.filter((edge) => edge.from === node.id && edge.port === step.port);
  const onward =
    node.kind === 'webhook'
      ? { ...traveller, responses: [...traveller.responses, ...answerOf(node, traveller)] }
      : traveller;
  return [
    step,
    ...next.flatMap((edge) => {
      const target = nodeOf(document, edge.to);
      return target ? from(target, onward, depth + (next.length > 1 ? 1 : 0)) : [];
    }),
  ];
}

function stepAt(node: AnyNode, traveller: Traveller, depth: number): WalkStep {
  const { input } = traveller;
  const step = (port: string | null, says: string, because: WalkStep['because'] = []) => ({
    node,
    port,
    says,
    because,
    depth,
  });
  switch (node.kind) {
    case 'on-event': {
      const { filter } = node.settings;
      if (input.event === null) return step(null, `There is no ${node.settings.event || 'such'} event to enter with.`);
      const isIn = matches(filter, { properties: input.event, now: input.now });
      const because = reasons(filter, input.event, input);
      return isIn
        ? step('out', 'Enters with the event.', because)
        : step(null, 'Does not enter with this event.', because);
    }
    case 'condition':
      return condition(node, traveller, step);
    case 'webhook': {
      const host = hostOf(node.settings.url);
      const where = `${node.settings.method} ${host || 'to an address of the template'}`;
      return input.answers.get(node.id) === null
        ? step('failed', `${where} fails.`)
        : step('sent', `${where} is sent${node.settings.batch ? ', together with others' : ''}.`);
    }
    case 'now':
      return step('out', 'Enters at the start.');
    case 'on-date':
      return step('out', `Enters at ${NODE_KINDS['on-date'].summary(node.settings)}.`);
    case 'repeat':
      return step('out', `Enters ${NODE_KINDS.repeat.summary(node.settings)}.`);
    case 'api-trigger':
      return step('out', 'Enters when the trigger is called.');
    case 'wait':
      return step('out', `Waits ${NODE_KINDS.wait.summary(node.settings)}.`);
    case 'set-attribute':
      return step('out', `Gets ${NODE_KINDS['set-attribute'].summary(node.settings)} written to the profile.`);
    case 'add-event':
      return step('out', `Gets the event ${node.settings.event || '(no name)'}.`);
  }
}

type MakeStep = (port: string | null, says: string, because?: WalkStep['because']) => WalkStep;

function condition(node: Node<'condition'>, traveller: Traveller, step: MakeStep): WalkStep {
  const { input, responses } = traveller;
  if (node.settings.mode === 'filter') {
    const { filter } = node.settings;
    const isYes = matches(filter, {
      properties: input.customer,
      eventCounts: eventCriteria(filter).map((criterion) => countOf(criterion, input)),
      now: input.now,
    });
    return step(isYes ? 'yes' : 'no', isYes ? 'Matches.' : 'Does not match.', reasons(filter, input.customer, input));
  }
  const { expression } = node.settings;
  try {
    const isYes = decide(compileExpression(expression, { name: 'Condition' }), {
      customer: input.customer,
      event: input.event ?? {},
      trigger: input.called ?? {},
      webhook: webhookValue(responses),
      project: input.project,
      scenario: input.scenario,
      action: { id: node.number, name: node.name },
      time: Math.floor(input.now / 1000),
    });
    return step(isYes ? 'yes' : 'no', isYes ? 'The expression is true.' : 'The expression is false.', [
      { text: expression.trim(), holds: isYes },
    ]);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return step(null, `The expression fails, and the way ends here: ${error.message}`);
  }
}

/** Each criterion with the value that it was held against. */
function reasons(filter: Filter, properties: Record<string, unknown>, input: WalkInput): WalkStep['because'] {
  return filter.groups.flatMap(({ criteria }) =>
    criteria.map((criterion) => {
      const words = describeFilter({ groups: [{ negate: false, criteria: [criterion] }] });
      if (criterion.kind === 'event') {
        const count = countOf(criterion, input);
        const holds = matches(
          { groups: [{ negate: false, criteria: [criterion] }] },
          { properties, eventCounts: [count], now: input.now },
        );
        return { text: `${words}: ${count === 1 ? 'once' : `${count} times`}`, holds };
      }
      const value = Object.hasOwn(properties, criterion.property) ? properties[criterion.property] : undefined;
      const shown = value === undefined || value === null || value === '' ? 'nothing' : excerpt(value);
      return { text: `${words}: ${shown}`, holds: propertyMatches(criterion, properties, input.now) };
    }),
  );
}

function countOf(criterion: Criterion & { kind: 'event' }, { events, now }: WalkInput): number {
  const since = criterion.withinDays === null ? Number.NEGATIVE_INFINITY : now - criterion.withinDays * 86_400_000;
  return events.filter(
    ({ type, at, properties }) =>
      type === criterion.event &&
      Date.parse(at) >= since &&
      criterion.where.every((where) => propertyMatches(where, properties, now)),
  ).length;
}

function answerOf(node: Node<'webhook'>, { input }: Traveller): EarlierResponse[] {
  const answer = input.answers.get(node.id);
  const response = answer ?? {
    name: node.name,
    data: {},
    isText: false,
    statusCode: answer === null ? 500 : 200,
    success: answer !== null,
  };
  return [{ ...response, name: node.name }];
}

function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
