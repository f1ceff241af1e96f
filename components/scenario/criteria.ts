import {
  BooleanOperator,
  type Criterion,
  DateOperator,
  type EventCriterion,
  type Filter,
  NumberOperator,
  type Operator,
  type PropertyCriterion,
  TextOperator,
} from '@/lib/core/filter';
import type { PropertyType } from './known-names';

/** What a criterion of a filter offers on the screen, and edits of a filter as data. */

interface OperatorGroup {
  group: string;
  operators: readonly Operator[];
}
const TEXT: OperatorGroup = { group: 'Text', operators: TextOperator.options };
const NUMBER: OperatorGroup = { group: 'Number', operators: NumberOperator.options };
const BOOLEAN: OperatorGroup = { group: 'Yes or no', operators: BooleanOperator.options };
const DATE: OperatorGroup = { group: 'Date', operators: DateOperator.options };

/** The operators, those that suit the property's type first. */
export function operatorsFor(type: PropertyType | undefined): OperatorGroup[] {
  if (type === 'number') return [NUMBER, TEXT, DATE, BOOLEAN];
  if (type === 'boolean') return [BOOLEAN, TEXT, NUMBER, DATE];
  return [TEXT, DATE, NUMBER, BOOLEAN];
}

/** What a property of this type is compared by at first. */
export function firstOperator(type: PropertyType | undefined): Operator {
  if (type === 'number') return '=';
  if (type === 'boolean') return 'is true';
  return type === 'array' ? 'contains' : 'equals';
}

/** What is asked for beside the operator. */
export function valueShape(operator: Operator): 'none' | 'text' | 'number' | 'range' | 'list' | 'date' | 'days' {
  switch (operator) {
    case 'has value':
    case 'has no value':
    case 'is true':
    case 'is false':
      return 'none';
    case 'in':
    case 'not in':
      return 'list';
    case 'between':
      return 'range';
    case 'before':
    case 'after':
      return 'date';
    case 'in the last':
    case 'more than ago':
      return 'days';
    case '=':
    case '≠':
    case '<':
    case '≤':
    case '>':
    case '≥':
      return 'number';
    default:
      return 'text';
  }
}

/** A criterion with another property; its operator stays when it suits the type. */
export function withProperty(
  criterion: PropertyCriterion,
  property: string,
  type: PropertyType | undefined,
): PropertyCriterion {
  if (type === undefined) return { ...criterion, property };
  const suits =
    operatorsFor(type)[0]!.operators.includes(criterion.operator) ||
    valueShape(criterion.operator) === 'none' ||
    (type === 'string' && DATE.operators.includes(criterion.operator));
  return suits ? { ...criterion, property } : { ...newProperty(), property, operator: firstOperator(type) };
}

export const newProperty = (): PropertyCriterion => ({
  kind: 'property',
  property: '',
  operator: 'equals',
  value: '',
  value2: '',
});

export const newEvent = (): EventCriterion => ({
  kind: 'event',
  event: '',
  compare: 'at least',
  count: 1,
  withinDays: null,
  where: [],
});

/** Adds a criterion to a group; `group` past the end begins a new one, joined by "or". */
export function addCriterion(filter: Filter, group: number, criterion: Criterion): Filter {
  if (group >= filter.groups.length) return { groups: [...filter.groups, { negate: false, criteria: [criterion] }] };
  return {
    groups: filter.groups.map((each, at) =>
      at === group ? { ...each, criteria: [...each.criteria, criterion] } : each,
    ),
  };
}

/** Replaces a criterion, or removes it (null); a group without criteria goes. */
export function changeCriterion(filter: Filter, group: number, index: number, to: Criterion | null): Filter {
  const groups = filter.groups.map((each, at) =>
    at === group
      ? { ...each, criteria: each.criteria.flatMap((old, i) => (i !== index ? [old] : to === null ? [] : [to])) }
      : each,
  );
  return { groups: groups.filter(({ criteria }) => criteria.length > 0) };
}

export function negateGroup(filter: Filter, group: number, negate: boolean): Filter {
  return { groups: filter.groups.map((each, at) => (at === group ? { ...each, negate } : each)) };
}
