import { describe, expect, it } from 'vitest';
import {
  addCriterion,
  changeCriterion,
  firstOperator,
  negateGroup,
  newProperty,
  operatorsFor,
  valueShape,
  withProperty,
} from '@/components/scenario/criteria';
import { differences } from '@/components/scenario/differences';
import { duration } from '@/components/scenario/duration';
import { cardsOf, linesOf } from '@/components/scenario/flow-model';
import { outlineRows } from '@/components/scenario/outline-rows';
import { Operator } from '@/lib/core/filter';
import { problemsOf } from '@/lib/core/problems';
import { changed, node, smallScenario } from './drawing';

const marks = { problems: [], numbers: new Map(), changes: new Map(), selected: [], editable: true };

describe('cards on the canvas', () => {
  it('keep their identity unless something of theirs changed, so that only those render again', () => {
    const before = cardsOf(smallScenario(), marks, []);
    const document = smallScenario();
    const same = cardsOf({ ...document, nodes: before.map(({ data }) => data.node) }, marks, before);
    expect(same.map((card, i) => card === before[i])).toEqual([true, true, true]);
    const moved = { ...before[1]!.data.node, position: { x: 340, y: 0 } };
    const next = cardsOf(
      { ...document, nodes: [before[0]!.data.node, moved, before[2]!.data.node] } as never,
      marks,
      before,
    );
    expect(next.map((card, i) => card === before[i])).toEqual([true, false, true]);
  });

  it('stay under the pointer while they are dragged, whatever is saved meanwhile', () => {
    const before = cardsOf(smallScenario(), marks, []).map((card) => ({
      ...card,
      dragging: true,
      position: { x: 5, y: 5 },
    }));
    expect(cardsOf(smallScenario(), marks, before)[0]!.position).toEqual({ x: 5, y: 5 });
  });

  it('are named by kind, number and name, and count their problems', () => {
    const document = changed(smallScenario(), { type: 'rename', node: 'n3', name: 'Send SMS' });
    const card = cardsOf(document, { ...marks, problems: problemsOf(document) }, [])[2]!;
    expect(card.ariaLabel).toBe('Webhook #3 Send SMS');
    expect([card.data.errors, card.data.warnings]).toEqual([1, 0]);
    expect(card.data.open).toBe('sent failed');
  });

  it('are joined by lines that say from where to where', () => {
    expect(linesOf(smallScenario(), ['e12'], true, []).map(({ ariaLabel, selected }) => [ariaLabel, selected])).toEqual(
      [
        ['Connection from #1 Now to #2 Condition', true],
        ['Connection from Yes of #2 Condition to #3 Webhook', false],
      ],
    );
  });
});

describe('the outline', () => {
  it('writes every branch below its port, yes before no, and a node with two ways in once', () => {
    const document = changed(smallScenario(), {
      type: 'add',
      nodes: [node('n4', 'wait', [600, 200]), node('n5', 'add-event', [900, 0]), node('n6', 'wait', [0, 500])] as never,
      edges: [
        { id: 'e24', from: 'n2', port: 'no', to: 'n4' },
        { id: 'e35', from: 'n3', port: 'sent', to: 'n5' },
        { id: 'e45', from: 'n4', port: 'out', to: 'n5' },
      ],
    });
    const { reached, loose } = outlineRows(document);
    expect(reached.map(({ node: { number }, depth, port, isRepeated }) => [number, depth, port, isRepeated])).toEqual([
      [1, 0, null, false],
      [2, 1, 'out', false],
      [3, 2, 'yes', false],
      [5, 3, 'sent', false],
      [4, 2, 'no', false],
      [5, 3, 'out', true],
    ]);
    expect(loose.map((row) => row.node.number)).toEqual([6]);
  });
});

describe('differences between versions', () => {
  it('are new and changed nodes, not places and not the order of keys', () => {
    const before = smallScenario();
    const after = changed(
      before,
      { type: 'move', positions: { n1: { x: 900, y: 900 } } },
      { type: 'set', node: 'n3', settings: { url: 'https://api.example.com' } },
      { type: 'add', nodes: [node('n4', 'wait', [0, 0])] as never, edges: [] },
      { type: 'remove', nodes: ['n2'], edges: [] },
    );
    const turned = {
      ...after,
      nodes: after.nodes.map((each) => ({
        ...each,
        settings: Object.fromEntries(Object.entries(each.settings).reverse()),
      })),
    } as typeof after;
    expect(differences(turned, before)).toEqual({
      changes: new Map([
        ['n3', 'changed'],
        ['n4', 'added'],
      ]),
      removed: 1,
    });
  });
});

describe('criteria of a filter', () => {
  it('offer every operator once, those of the type first', () => {
    for (const type of ['string', 'number', 'boolean', 'array', undefined] as const) {
      const offered = operatorsFor(type).flatMap(({ operators }) => operators);
      expect(new Set(offered).size).toBe(offered.length);
      for (const operator of offered) expect(Operator.safeParse(operator).success).toBe(true);
      expect(offered).toHaveLength(23);
    }
    expect(operatorsFor('number')[0]!.operators).toContain(firstOperator('number'));
  });

  it('ask for what the operator needs', () => {
    expect(valueShape('has value')).toBe('none');
    expect(valueShape('between')).toBe('range');
    expect(valueShape('in the last')).toBe('days');
    expect(valueShape('before')).toBe('date');
    expect(valueShape('starts with')).toBe('text');
  });

  it('keep the operator with a new property when it suits its type, and take a fitting one otherwise', () => {
    const text = { ...newProperty(), operator: 'contains' as const, value: 'x' };
    expect(withProperty(text, 'city', 'string')).toMatchObject({ property: 'city', operator: 'contains', value: 'x' });
    expect(withProperty(text, 'age', 'number')).toMatchObject({ property: 'age', operator: '=', value: '' });
    expect(withProperty({ ...text, operator: 'has value' }, 'age', 'number').operator).toBe('has value');
    expect(withProperty(text, 'unheard of', undefined).operator).toBe('contains');
  });

  it('join groups by adding behind the last, and a group goes with its last criterion', () => {
    const one = addCriterion({ groups: [] }, 0, newProperty());
    const two = addCriterion(one, 1, { ...newProperty(), property: 'b' });
    expect(two.groups.map(({ criteria }) => criteria.length)).toEqual([1, 1]);
    expect(negateGroup(two, 1, true).groups.map(({ negate }) => negate)).toEqual([false, true]);
    const less = changeCriterion(two, 0, 0, null);
    expect(less.groups).toHaveLength(1);
    expect(less.groups[0]!.criteria[0]).toMatchObject({ property: 'b' });
  });
});

it('a duration is told as exactly as it deserves', () => {
  expect([0.2, 8, 89, 240, 7800, 7200, 50_000, 300_000].map(duration)).toEqual([
    'under 1 s',
    '8 s',
    '89 s',
    '4 min',
    '2 h 10 min',
    '2 h',
    '14 h',
    '3 days',
  ]);
});
