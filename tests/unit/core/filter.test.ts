import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Criterion,
  describeFilter,
  type EventCriterion,
  eventCriteria,
  Filter,
  matches,
  Operator,
  type PropertyCriterion,
  propertiesOf,
  propertyMatches,
} from '../../../lib/core/filter.ts';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const DAY = 86_400_000;

const property = (
  name: string,
  operator: PropertyCriterion['operator'],
  value = '',
  value2 = '',
): PropertyCriterion => ({
  kind: 'property',
  property: name,
  operator,
  value,
  value2,
});
const event = (name: string, change: Partial<EventCriterion> = {}): EventCriterion => ({
  kind: 'event',
  event: name,
  compare: 'at least',
  count: 1,
  withinDays: null,
  where: [],
  ...change,
});
const filter = (...groups: (Criterion[] | { negate: true; criteria: Criterion[] })[]): Filter => ({
  groups: groups.map((group) => (Array.isArray(group) ? { negate: false, criteria: group } : group)),
});
const holds = (actual: unknown, operator: PropertyCriterion['operator'], value = '', value2 = '') =>
  propertyMatches(property('p', operator, value, value2), actual === undefined ? {} : { p: actual }, NOW);

describe('a text comparison', () => {
  it.each<[unknown, PropertyCriterion['operator'], string, boolean]>([
    ['SK', 'equals', 'SK', true],
    ['sk', 'equals', 'SK', false],
    [5, 'equals', '5', true],
    [true, 'equals', 'true', true],
    [undefined, 'equals', '', false],
    ['SK', 'does not equal', 'SK', false],
    ['CZ', 'does not equal', 'SK', true],
    [undefined, 'does not equal', 'SK', true],
    ['bratislava', 'contains', 'tisl', true],
    ['bratislava', 'contains', 'Tisl', false],
    [undefined, 'contains', '', false],
    [['sms', 'email'], 'contains', 'sms', true],
    [['sms', 'email'], 'contains', 's', false],
    ['bratislava', 'does not contain', 'tisl', false],
    [undefined, 'does not contain', 'x', true],
    ['+421900', 'starts with', '+421', true],
    ['+420900', 'starts with', '+421', false],
    [undefined, 'starts with', '', false],
    ['a@x.sk', 'ends with', '.sk', true],
    ['a@x.cz', 'ends with', '.sk', false],
    ['SK', 'in', 'CZ, SK ,PL', true],
    ['S', 'in', 'CZ,SK', false],
    [7, 'in', '5, 7', true],
    ['SK', 'not in', 'CZ, SK', false],
    [undefined, 'not in', 'CZ, SK', true],
    ['', 'has value', '', false],
    [null, 'has value', '', false],
    [0, 'has value', '', true],
    [false, 'has value', '', true],
    ['', 'has no value', '', true],
    [undefined, 'has no value', '', true],
    [[], 'has no value', '', false],
    [{ a: 1 }, 'equals', '{"a":1}', true],
  ])('%j %s %j: %s', (actual, operator, value, expected) => expect(holds(actual, operator, value)).toBe(expected));
});

describe('a number comparison', () => {
  it.each<[unknown, PropertyCriterion['operator'], string, string, boolean]>([
    [5, '=', '5', '', true],
    ['5', '=', '5.0', '', true],
    [5, '≠', '6', '', true],
    [5, '≠', '5', '', false],
    ['five', '≠', '5', '', true],
    [undefined, '≠', '5', '', true],
    [5, '≠', '', '', false],
    [4.99, '<', '5', '', true],
    [5, '<', '5', '', false],
    [5, '≤', '5', '', true],
    [5, '>', '5', '', false],
    [5, '≥', '5', '', true],
    ['five', '≥', '0', '', false],
    ['', '≤', '5', '', false],
    [undefined, '<', '5', '', false],
    [null, '<', '5', '', false],
    [true, '=', '1', '', false],
    [1, 'between', '1', '3', true],
    [3, 'between', '1', '3', true],
    [3.1, 'between', '1', '3', false],
    [2, 'between', '1', '', false],
  ])('%j %s %j %j: %s', (actual, operator, value, value2, expected) =>
    expect(holds(actual, operator, value, value2)).toBe(expected),
  );
});

describe('a truth comparison', () => {
  it.each([
    [true, true, false],
    ['true', true, false],
    [false, false, true],
    ['false', false, true],
    [1, false, false],
    ['yes', false, false],
    [undefined, false, false],
  ])('%j is true: %s, is false: %s', (actual, isTrue, isFalse) => {
    expect(holds(actual, 'is true')).toBe(isTrue);
    expect(holds(actual, 'is false')).toBe(isFalse);
  });
});

describe('a date comparison', () => {
  const zone = process.env.TZ;
  beforeAll(() => {
    process.env.TZ = 'America/New_York';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it.each<[unknown, PropertyCriterion['operator'], string, boolean]>([
    ['2026-01-10', 'before', '2026-01-11', true],
    ['2026-01-11', 'before', '2026-01-11', false],
    ['2026-01-11T00:00:01Z', 'after', '2026-01-11', true],
    ['2026-01-11T01:00:00+02:00', 'before', '2026-01-11', true],
    ['soon', 'before', '2026-01-11', false],
    [undefined, 'after', '2026-01-11', false],
    ['2026-01-11', 'after', 'soon', false],
    // Unix seconds, as the platform's own timestamps are.
    [NOW / 1000 - 1, 'before', '2026-01-15T12:00:00Z', true],
    [String(NOW / 1000), 'after', '2026-01-15T11:59:59Z', true],
    // A time without a zone means UTC, wherever the process runs.
    ['2026-01-15T11:59:59', 'before', '2026-01-15T12:00:00Z', true],
    ['2026-01-15 12:00:01', 'after', '2026-01-15T12:00:00', true],
    // Small numbers as text and other forms are not dates.
    ['5', 'before', '2026-01-11', false],
    ['Jan 5 2020', 'before', '2026-01-11', false],
  ])('%j %s %s: %s', (actual, operator, value, expected) => expect(holds(actual, operator, value)).toBe(expected));

  it('in days counts back from the given moment', () => {
    const daysAgo = (days: number) => new Date(NOW - days * DAY).toISOString();
    expect(holds(daysAgo(7), 'in the last', '7')).toBe(true);
    expect(holds(daysAgo(7.1), 'in the last', '7')).toBe(false);
    expect(holds(daysAgo(7.1), 'more than ago', '7')).toBe(true);
    expect(holds(daysAgo(7), 'more than ago', '7')).toBe(false);
    expect(holds(daysAgo(-1), 'in the last', '7')).toBe(false);
    expect(holds(daysAgo(-1), 'more than ago', '7')).toBe(false);
    expect(holds(daysAgo(1), 'in the last', '')).toBe(false);
    expect(holds(daysAgo(1), 'more than ago', 'x')).toBe(false);
  });
});

describe('the names of properties', () => {
  it('are own names of the customer, never inherited ones', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(propertyMatches(property(name, 'has value'), {}, NOW)).toBe(false);
  });
});

describe('a filter', () => {
  const subject = { properties: { country: 'SK', age: 30 }, now: NOW };
  const slovak = property('country', 'equals', 'SK');
  const czech = property('country', 'equals', 'CZ');
  const adult = property('age', '≥', '18');

  it('without groups is everyone', () => {
    expect(matches(filter(), subject)).toBe(true);
    expect(matches(Filter.parse({}), subject)).toBe(true);
  });

  it('wants all criteria of a group and any of its groups', () => {
    expect(matches(filter([slovak, adult]), subject)).toBe(true);
    expect(matches(filter([czech, adult]), subject)).toBe(false);
    expect(matches(filter([czech], [adult]), subject)).toBe(true);
    expect(matches(filter([czech], [property('age', '<', '18')]), subject)).toBe(false);
  });

  it('turns a negated group around as a whole', () => {
    expect(matches(filter({ negate: true, criteria: [slovak, adult] }), subject)).toBe(false);
    expect(matches(filter({ negate: true, criteria: [czech, adult] }), subject)).toBe(true);
  });

  it('counts events by the order of its event criteria, over all groups', () => {
    const asked = filter(
      [event('view', { count: 2 }), slovak],
      [czech, event('purchase', { compare: 'exactly', count: 3 })],
      [event('refund', { compare: 'at most', count: 0 })],
    );
    expect(eventCriteria(asked).map((c) => c.event)).toEqual(['view', 'purchase', 'refund']);
    const count = (...eventCounts: number[]) => matches(asked, { ...subject, eventCounts });
    expect(count(2, 0, 1)).toBe(true);
    expect(count(1, 3, 1)).toBe(false);
    expect(count(0, 0, 0)).toBe(true);
    const other = { properties: { country: 'CZ' }, now: NOW };
    expect(matches(asked, { ...other, eventCounts: [0, 3, 1] })).toBe(true);
    expect(matches(asked, { ...other, eventCounts: [0, 4, 1] })).toBe(false);
  });

  it('tells which properties of the customer it reads, and none of events', () => {
    const asked = Filter.parse({
      groups: [
        { criteria: [{ kind: 'property', property: 'tier', operator: 'has value' }] },
        {
          criteria: [
            { kind: 'event', event: 'view', where: [{ kind: 'property', property: 'page', operator: 'has value' }] },
            { kind: 'property', property: 'city', operator: 'has value' },
          ],
        },
      ],
    });
    expect(propertiesOf(asked)).toEqual(['tier', 'city']);
  });

  it('takes a missing count for none', () => {
    expect(matches(filter([event('view')]), subject)).toBe(false);
    expect(matches(filter([event('view', { compare: 'exactly', count: 0 })]), subject)).toBe(true);
  });
});

describe('any filter on any customer', () => {
  const anyValue = fc.oneof(
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.object(),
  );
  const anyCriterion: fc.Arbitrary<Criterion> = fc.oneof(
    fc.record({
      kind: fc.constant('property' as const),
      property: fc.constantFrom('a', 'b', '__proto__'),
      operator: fc.constantFrom(...(Operator.options.flatMap((one) => one.options) as Operator[])),
      value: fc.oneof(fc.string(), fc.constantFrom('7', '2026-01-01', '')),
      value2: fc.string(),
    }),
    fc.record({ name: fc.string(), count: fc.nat(3) }).map(({ name, count }) => event(name, { count })),
  );
  const anyFilter = fc
    .array(fc.record({ negate: fc.boolean(), criteria: fc.array(anyCriterion, { maxLength: 4 }) }), { maxLength: 4 })
    .map((groups): Filter => ({ groups }));
  const anySubject = fc.record({
    properties: fc.dictionary(fc.constantFrom('a', 'b'), anyValue),
    eventCounts: fc.array(fc.nat(5), { maxLength: 8 }),
    now: fc.constant(NOW),
  });

  it('gives an answer and does not throw', () => {
    fc.assert(
      fc.property(anyFilter, anySubject, (asked, subject) => {
        expect(typeof matches(asked, subject)).toBe('boolean');
        expect(describeFilter(asked)).not.toBe('');
      }),
    );
  });

  it('of one group is the opposite of its negation', () => {
    fc.assert(
      fc.property(fc.array(anyCriterion, { maxLength: 4 }), anySubject, (criteria, subject) => {
        expect(matches(filter({ negate: true, criteria }), subject)).toBe(!matches(filter(criteria), subject));
      }),
    );
  });

  it('matches more with one group more', () => {
    fc.assert(
      fc.property(anyFilter, fc.array(anyCriterion, { maxLength: 3 }), anySubject, (asked, criteria, subject) => {
        fc.pre(asked.groups.length > 0);
        const wider = { groups: [...asked.groups, { negate: false, criteria }] };
        if (matches(asked, subject)) expect(matches(wider, subject)).toBe(true);
      }),
    );
  });

  it.each([
    ['equals', 'does not equal'],
    ['contains', 'does not contain'],
    ['in', 'not in'],
    ['has value', 'has no value'],
  ] as const)('%s and %s are opposites', (one, other) => {
    fc.assert(
      fc.property(anyValue, fc.string(), (actual, value) => {
        expect(holds(actual, one, value)).toBe(!holds(actual, other, value));
      }),
    );
  });
});

describe('a filter in words', () => {
  it.each<[Filter, string]>([
    [filter(), 'everyone'],
    [filter([]), 'everyone'],
    [filter([property('country', 'equals', 'SK')]), 'country equals SK'],
    [filter([property('age', 'between', '18', '30')]), 'age between 18 and 30'],
    [filter([property('seen', 'in the last', '7')]), 'seen in the last 7 days'],
    [filter([property('seen', 'more than ago', '7')]), 'seen more than 7 days ago'],
    [filter([property('phone', 'has value')]), 'phone has value'],
    [filter([property('', 'equals', 'x')]), '(no property) equals x'],
    [filter([event('')]), 'has done (no event) at least 1 time'],
    [
      filter([
        event('purchase', { compare: 'at most', count: 3, withinDays: 30, where: [property('total', '>', '10')] }),
      ]),
      'has done purchase at most 3 times where total > 10 in the last 30 days',
    ],
    [
      filter([property('a', '=', '1'), property('b', '=', '2')], [property('c', 'is true')]),
      'a = 1 and b = 2 or c is true',
    ],
    [filter({ negate: true, criteria: [property('a', '=', '1')] }), 'not a = 1'],
    [filter({ negate: true, criteria: [property('a', '=', '1'), property('b', '=', '2')] }), 'not (a = 1 and b = 2)'],
  ])('%#', (asked, words) => expect(describeFilter(asked)).toBe(words));
});

describe('a stored filter', () => {
  it('gets what it left out', () => {
    expect(Filter.parse({ groups: [{ criteria: [{ kind: 'event', event: 'view' }] }] })).toEqual(
      filter([event('view')]),
    );
  });

  it('is refused when it is too large or says nonsense', () => {
    const refuses = (groups: unknown) => expect(Filter.safeParse({ groups }).success).toBe(false);
    refuses(Array.from({ length: 21 }, () => ({ criteria: [] })));
    refuses([{ criteria: Array.from({ length: 51 }, () => property('a', 'equals', 'x')) }]);
    refuses([{ criteria: [{ kind: 'property', property: 'a', operator: 'resembles' }] }]);
    refuses([{ criteria: [{ kind: 'event', event: 'view', count: -1 }] }]);
    refuses([{ criteria: [{ kind: 'event', event: 'view', withinDays: 0 }] }]);
  });
});
