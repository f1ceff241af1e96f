import { describe, expect, it } from 'vitest';
import { type WalkInput, walk } from '@/components/scenario/walk';
import type { Filter } from '@/lib/core/filter';
import { changed, node, smallScenario } from './drawing';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const hasPhone: Filter = {
  groups: [
    {
      negate: false,
      criteria: [{ kind: 'property', property: 'phone', operator: 'has value', value: '', value2: '' }],
    },
  ],
};
const boughtTwice: Filter = {
  groups: [
    {
      negate: false,
      criteria: [
        {
          kind: 'event',
          event: 'purchase',
          compare: 'at least',
          count: 2,
          withinDays: 30,
          where: [{ kind: 'property', property: 'total', operator: '>', value: '10', value2: '' }],
        },
      ],
    },
  ],
};
const purchase = (at: string, total: number) => ({ type: 'purchase', at, properties: { total } });

function input(change: Partial<WalkInput>): WalkInput {
  return {
    document: changed(smallScenario(), { type: 'set', node: 'n2', settings: { filter: hasPhone } }),
    trigger: 'n1',
    customer: {},
    events: [],
    event: null,
    called: null,
    answers: new Map(),
    scenario: { id: 's', name: 'Spring' },
    project: { id: 'p', name: 'Acme' },
    now: NOW,
    ...change,
  };
}
const way = (steps: ReturnType<typeof walk>) => steps.map((step) => `${step.node.id} ${step.port}`);

describe('walking one customer', () => {
  it('goes by Yes to the webhook when the filter matches, and says what was held against it', () => {
    const steps = walk(input({ customer: { phone: '+421' } }));
    expect(way(steps)).toEqual(['n1 out', 'n2 yes', 'n3 sent']);
    expect(steps[1]!.because).toEqual([{ text: 'phone has value: +421', holds: true }]);
  });

  it('ends where nothing follows', () => {
    const steps = walk(input({ customer: { phone: '' } }));
    expect(way(steps)).toEqual(['n1 out', 'n2 no']);
    expect(steps[1]!.because).toEqual([{ text: 'phone has value: nothing', holds: false }]);
  });

  it('counts only the events that the criterion means', () => {
    const document = changed(smallScenario(), { type: 'set', node: 'n2', settings: { filter: boughtTwice } });
    const events = [
      purchase('2026-11-20T00:00:00Z', 50),
      purchase('2026-11-10T00:00:00Z', 5),
      purchase('2026-01-01T00:00:00Z', 50),
    ];
    expect(way(walk(input({ document, events })))).toEqual(['n1 out', 'n2 no']);
    const more = [...events, purchase('2026-11-23T00:00:00Z', 11)];
    const steps = walk(input({ document, events: more }));
    expect(steps[1]!.port).toBe('yes');
    expect(steps[1]!.because[0]!.text).toMatch(/2 times$/);
  });

  it('decides an expression by what an earlier webhook is taken to have answered', () => {
    const document = changed(smallScenario(), {
      type: 'add',
      nodes: [node('n4', 'condition', [900, 0], { mode: 'jinja', expression: 'webhook.status == "ok"' })] as never,
      edges: [{ id: 'x', from: 'n3', port: 'sent', to: 'n4' }],
    });
    const answers = (data: unknown) =>
      new Map([['n3', { name: 'Webhook', data, isText: false, statusCode: 200, success: true }]]);
    const all = changed(document, { type: 'set', node: 'n2', settings: { filter: { groups: [] } } });
    expect(way(walk(input({ document: all, answers: answers({ status: 'ok' }) }))).at(-1)).toBe('n4 yes');
    expect(way(walk(input({ document: all, answers: answers({ status: 'no' }) }))).at(-1)).toBe('n4 no');
  });

  it('takes the failed way when a webhook is taken to fail', () => {
    const steps = walk(input({ customer: { phone: '1' }, answers: new Map([['n3', null]]) }));
    expect(way(steps).at(-1)).toBe('n3 failed');
  });

  it('tells an expression that cannot be decided, and ends there', () => {
    const document = changed(smallScenario(), {
      type: 'set',
      node: 'n2',
      settings: { mode: 'jinja', expression: '1 +' },
    });
    const steps = walk(input({ document }));
    expect(way(steps)).toEqual(['n1 out', 'n2 null']);
    expect(steps[1]!.says).toMatch(/fails/);
  });

  it('enters at On event only with an event that the filter lets in', () => {
    const filter: Filter = {
      groups: [
        { negate: false, criteria: [{ kind: 'property', property: 'total', operator: '>', value: '10', value2: '' }] },
      ],
    };
    const document = changed(smallScenario(), {
      type: 'add',
      nodes: [node('n4', 'on-event', [0, 300], { event: 'purchase', filter })] as never,
      edges: [{ id: 'x', from: 'n4', port: 'out', to: 'n3' }],
    });
    const at = (event: WalkInput['event']) => way(walk(input({ document, trigger: 'n4', event })));
    expect(at(null)).toEqual(['n4 null']);
    expect(at({ total: 5 })).toEqual(['n4 null']);
    expect(at({ total: 50 })).toEqual(['n4 out', 'n3 sent']);
  });

  it('goes every branch of a fork', () => {
    const document = changed(smallScenario(), {
      type: 'add',
      nodes: [node('n4', 'wait', [300, 300])] as never,
      edges: [{ id: 'x', from: 'n1', port: 'out', to: 'n4' }],
    });
    const steps = walk(input({ document, customer: { phone: '1' } }));
    expect(steps.map(({ node: { id }, depth }) => [id, depth])).toEqual([
      ['n1', 0],
      ['n2', 1],
      ['n3', 1],
      ['n4', 1],
    ]);
  });
});
