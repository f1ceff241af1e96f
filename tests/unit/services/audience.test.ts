import { describe, expect, it } from 'vitest';
import { type Document, newNode } from '../../../lib/core/document.ts';
import type { ConditionSettings } from '../../../lib/core/node-kinds.ts';
import { apply } from '../../../lib/core/operations.ts';
import { audienceWalk, type CountEvents, isOpenQuestion } from '../../../lib/services/audience.ts';
import { rowOf, webhookStep } from '../../support/scenarios.ts';

const NOW = Date.UTC(2026, 10, 24);
const people = [
  { id: 1, properties: { country: 'SK', age: 30 } },
  { id: 2, properties: { country: 'CZ', age: 41 } },
  { id: 3, properties: { country: 'SK', age: 'old' } },
];

const whereCountry = (value: string) => ({
  groups: [
    {
      negate: false,
      criteria: [{ kind: 'property' as const, property: 'country', operator: 'equals' as const, value, value2: '' }],
    },
  ],
});

/** Customer 2 has purchased once, customer 3 three times. */
const countEvents: CountEvents = async (criteria) =>
  criteria.map(
    () =>
      new Map([
        [2, 1],
        [3, 3],
      ]),
  );

const arrivals = async (document: Document, node: string) =>
  ((await audienceWalk(document, NOW, countEvents)(people)).get(node) ?? []).map(({ id }) => id);

/** Now → condition → two webhooks: n3 behind Yes, n4 behind No. */
function divided(settings: Partial<ConditionSettings>): Document {
  const document = rowOf(['now', {}], ['condition', settings], webhookStep());
  const other = newNode(document, 'webhook', 'n4', { x: 0, y: 0 });
  return apply(document, {
    type: 'add',
    nodes: [other],
    edges: [{ id: 'e4', from: 'n2', port: 'no', to: 'n4' }],
  }).document;
}

describe('who would come', () => {
  it('are all customers behind Now, also through waits and changes', async () => {
    const document = rowOf(
      ['now', {}],
      ['wait', { amount: 2, unit: 'days' }],
      ['set-attribute', { attributes: [{ name: 'a', value: '1' }] }],
      webhookStep(),
    );
    expect(await arrivals(document, 'n4')).toEqual([1, 2, 3]);
  });

  it('are nobody behind an event', async () => {
    expect(await arrivals(rowOf(['on-event', { event: 'purchase' }], webhookStep()), 'n2')).toEqual([]);
  });

  it('is everybody behind an API trigger, and by both ways where a condition reads the call', async () => {
    const document = rowOf(
      ['api-trigger', { triggerId: 't' }],
      ['condition', { mode: 'jinja', expression: 'trigger.city == customer.city' }],
      webhookStep(),
    );
    expect(await arrivals(document, 'n2')).toHaveLength(people.length);
    expect(await arrivals(document, 'n3')).toHaveLength(people.length);
  });

  it('are divided by a filter', async () => {
    const document = divided({ mode: 'filter', filter: whereCountry('SK') });
    expect(await arrivals(document, 'n3')).toEqual([1, 3]);
    expect(await arrivals(document, 'n4')).toEqual([2]);
  });

  it('are divided by what happened to them', async () => {
    const criterion = {
      kind: 'event' as const,
      event: 'purchase',
      compare: 'at least' as const,
      withinDays: null,
      where: [],
    };
    const document = divided({
      mode: 'filter',
      filter: { groups: [{ negate: false, criteria: [{ ...criterion, count: 2 }] }] },
    });
    expect(await arrivals(document, 'n3')).toEqual([3]);
    expect(await arrivals(document, 'n4')).toEqual([1, 2]);
    expect(document.nodes.filter(isOpenQuestion)).toEqual([]);
  });

  it('are divided by an expression; whoever it fails for goes nowhere', async () => {
    const document = divided({ mode: 'jinja', expression: 'customer.age > 35' });
    expect(await arrivals(document, 'n3')).toEqual([2]);
    expect(await arrivals(document, 'n4')).toEqual([1]);
  });

  it.each([
    ['a response', { mode: 'jinja' as const, expression: 'webhook.success' }],
    ['an event', { mode: 'jinja' as const, expression: 'event.total > 1' }],
  ])('go both ways where a condition reads %s', async (_what, settings) => {
    const document = divided(settings);
    expect(await arrivals(document, 'n3')).toEqual([1, 2, 3]);
    expect(await arrivals(document, 'n4')).toEqual([1, 2, 3]);
    expect(document.nodes.filter(isOpenQuestion).map(({ id }) => id)).toEqual(['n2']);
  });

  it('behind a webhook are those behind Sent, not those behind Failed', async () => {
    const document = rowOf(['now', {}], webhookStep(), webhookStep());
    const failed = apply(document, {
      type: 'add',
      nodes: [newNode(document, 'webhook', 'n9', { x: 0, y: 0 })],
      edges: [{ id: 'e9', from: 'n2', port: 'failed', to: 'n9' }],
    }).document;
    expect(await arrivals(failed, 'n3')).toEqual([1, 2, 3]);
    expect(await arrivals(failed, 'n9')).toEqual([]);
  });

  it('come once for each way in', async () => {
    const document = rowOf(['now', {}], ['wait', {}], webhookStep());
    const twice = apply(document, {
      type: 'add',
      nodes: [newNode(document, 'now', 'other', { x: 0, y: 0 })],
      edges: [{ id: 'again', from: 'other', port: 'out', to: 'n3' }],
    }).document;
    expect(await arrivals(twice, 'n3')).toEqual([1, 2, 3, 1, 2, 3]);
  });
});
