import { z } from 'zod';

/**
 * Customer and event filters as data (Bloomreach docs: "Use filters"): written by the condition and the on-event
 * trigger, evaluated by the executor on a chunk in memory, shown as a sentence on cards.
 */

export const TextOperator = z.enum([
  'equals',
  'does not equal',
  'contains',
  'does not contain',
  'starts with',
  'ends with',
  'in',
  'not in',
  'has value',
  'has no value',
]);
export const NumberOperator = z.enum(['=', '≠', '<', '≤', '>', '≥', 'between']);
export const BooleanOperator = z.enum(['is true', 'is false']);
export const DateOperator = z.enum(['before', 'after', 'in the last', 'more than ago']);
export const Operator = z.union([TextOperator, NumberOperator, BooleanOperator, DateOperator]);
export type Operator = z.infer<typeof Operator>;

/** One comparison of a property; `value` is text as typed, `value2` the upper end of "between", lists are comma-separated. */
export const PropertyCriterion = z.object({
  kind: z.literal('property'),
  property: z.string().max(256),
  operator: Operator,
  value: z.string().max(4096).default(''),
  value2: z.string().max(4096).default(''),
});
export type PropertyCriterion = z.infer<typeof PropertyCriterion>;

/** "Has done `event` at least/at most/exactly `count` times", optionally in the last `withinDays` and with matching attributes. */
export const EventCriterion = z.object({
  kind: z.literal('event'),
  event: z.string().max(256),
  compare: z.enum(['at least', 'at most', 'exactly']).default('at least'),
  count: z.number().int().min(0).max(1_000_000).default(1),
  withinDays: z.number().positive().max(3650).nullable().default(null),
  where: z.array(PropertyCriterion).max(20).default([]),
});
export type EventCriterion = z.infer<typeof EventCriterion>;

export const Criterion = z.discriminatedUnion('kind', [PropertyCriterion, EventCriterion]);
export type Criterion = z.infer<typeof Criterion>;

/** Criteria joined by AND inside a group; groups joined by OR. An empty filter matches everyone. */
export const Filter = z.object({
  groups: z
    .array(z.object({ negate: z.boolean().default(false), criteria: z.array(Criterion).max(50) }))
    .max(20)
    .default([]),
});
export type Filter = z.infer<typeof Filter>;

/** Everything about one customer (or event) that a filter may read. */
export interface FilterSubject {
  properties: Record<string, unknown>;
  /** For each criterion of `eventCriteria(filter)`, in its order, how many events of the customer satisfy it. */
  eventCounts?: readonly number[];
  /** Unix time in milliseconds that relative dates are measured from. */
  now: number;
}

/** The event criteria of a filter in the order in which `FilterSubject.eventCounts` must answer them. */
export function eventCriteria(filter: Filter): EventCriterion[] {
  return filter.groups.flatMap((group) => group.criteria.filter((c): c is EventCriterion => c.kind === 'event'));
}

/** The customer's properties that a filter reads; those of events are not among them. */
export function propertiesOf(filter: Filter): string[] {
  return filter.groups.flatMap(({ criteria }) => criteria.flatMap((c) => (c.kind === 'property' ? [c.property] : [])));
}

/** Whether the subject satisfies the filter. Never throws: a value of the wrong type just does not match. */
export function matches(filter: Filter, subject: FilterSubject): boolean {
  if (filter.groups.length === 0) return true;
  let nextEvent = 0;
  let any = false;
  for (const group of filter.groups) {
    let all = true;
    for (const criterion of group.criteria) {
      const ok =
        criterion.kind === 'event'
          ? countMatches(criterion, subject.eventCounts?.[nextEvent++] ?? 0)
          : propertyMatches(criterion, subject.properties, subject.now);
      if (!ok) all = false;
    }
    if (all !== group.negate) any = true;
  }
  return any;
}

function countMatches(criterion: EventCriterion, count: number): boolean {
  if (criterion.compare === 'at least') return count >= criterion.count;
  if (criterion.compare === 'at most') return count <= criterion.count;
  return count === criterion.count;
}

/** Whether one property satisfies one comparison; `now` is unix time in milliseconds. */
export function propertyMatches(
  criterion: PropertyCriterion,
  properties: Record<string, unknown>,
  now: number,
): boolean {
  const actual = Object.hasOwn(properties, criterion.property) ? properties[criterion.property] : undefined;
  const present = actual !== undefined && actual !== null && actual !== '';
  const wanted = criterion.value;
  switch (criterion.operator) {
    case 'has value':
      return present;
    case 'has no value':
      return !present;
    case 'equals':
      return present && text(actual) === wanted;
    case 'does not equal':
      return !present || text(actual) !== wanted;
    case 'contains':
      return contains(actual, wanted);
    case 'does not contain':
      return !contains(actual, wanted);
    case 'starts with':
      return present && text(actual).startsWith(wanted);
    case 'ends with':
      return present && text(actual).endsWith(wanted);
    case 'in':
      return present && list(wanted).includes(text(actual));
    case 'not in':
      return !present || !list(wanted).includes(text(actual));
    case 'is true':
      return actual === true || actual === 'true';
    case 'is false':
      return actual === false || actual === 'false';
    case 'before':
    case 'after':
    case 'in the last':
    case 'more than ago':
      return dateMatches(criterion.operator, moment(actual), wanted, now);
    default:
      return numberMatches(criterion.operator, number(actual), number(wanted), number(criterion.value2));
  }
}

function numberMatches(operator: z.infer<typeof NumberOperator>, a: number, b: number, c: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return operator === '≠' && !Number.isNaN(b);
  if (operator === '=') return a === b;
  if (operator === '≠') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '≤') return a <= b;
  if (operator === '>') return a > b;
  if (operator === '≥') return a >= b;
  return a >= b && a <= c;
}

/** "in the last" and "more than ago" take days; "before" and "after" take a date or a date-time (ISO 8601). */
function dateMatches(operator: z.infer<typeof DateOperator>, at: number, wanted: string, now: number): boolean {
  if (Number.isNaN(at)) return false;
  if (operator === 'before') return at < moment(wanted);
  if (operator === 'after') return at > moment(wanted);
  const age = now - at;
  const days = number(wanted) * 86_400_000;
  return operator === 'in the last' ? age >= 0 && age <= days : age > days;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);

const list = (value: string): string[] => value.split(',').map((item) => item.trim());

function contains(actual: unknown, wanted: string): boolean {
  if (actual === undefined || actual === null) return false;
  return Array.isArray(actual) ? actual.some((item) => text(item) === wanted) : text(actual).includes(wanted);
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
}

const ISO_DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Unix milliseconds of a date property: ISO 8601 text (UTC when it names no zone, wherever this runs), or unix seconds
 * as number or digits (the platform's own timestamps).
 */
function moment(value: unknown): number {
  if (typeof value === 'number') return value * 1000;
  if (typeof value !== 'string') return Number.NaN;
  if (/^\d{9,10}(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const iso = ISO_DATE.exec(value.trim());
  if (!iso) return Number.NaN;
  const [, day, time = '00:00', zone = 'Z'] = iso;
  return Date.parse(`${day}T${time}${zone}`);
}

/** The filter in words, for a card: "country equals SK and has done purchase at least 1 time". */
export function describeFilter(filter: Filter): string {
  if (filter.groups.length === 0) return 'everyone';
  return filter.groups
    .map((group) => {
      const words = group.criteria.map(describeCriterion).join(' and ') || 'everyone';
      if (!group.negate) return words;
      return group.criteria.length > 1 ? `not (${words})` : `not ${words}`;
    })
    .join(' or ');
}

function describeCriterion(criterion: Criterion): string {
  if (criterion.kind === 'property') {
    const tail = criterion.operator === 'between' ? `${criterion.value} and ${criterion.value2}` : criterion.value;
    if (criterion.operator === 'more than ago')
      return `${criterion.property || '(no property)'} more than ${criterion.value || '(no)'} days ago`;
    const days = criterion.operator === 'in the last' ? ' days' : '';
    return [criterion.property || '(no property)', criterion.operator, tail + (tail && days)].filter(Boolean).join(' ');
  }
  const within = criterion.withinDays === null ? '' : ` in the last ${criterion.withinDays} days`;
  const where = criterion.where.length === 0 ? '' : ` where ${criterion.where.map(describeCriterion).join(' and ')}`;
  return `has done ${criterion.event || '(no event)'} ${criterion.compare} ${criterion.count} ${criterion.count === 1 ? 'time' : 'times'}${where}${within}`;
}
