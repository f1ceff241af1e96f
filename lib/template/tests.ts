import { FILTERS, type Test } from './filters.ts';
import { compareBy } from './operators.ts';
import {
  Float,
  Func,
  float,
  Host,
  isFloat,
  isMapping,
  isNumber,
  isText,
  Safe,
  str,
  textOf,
  Undefined,
} from './values.ts';

const by =
  (op: Parameters<typeof compareBy>[0]): Test =>
  (value, [other]) =>
    compareBy(op, value, other);
const integer = (value: unknown) => isNumber(value) && !isFloat(value);

/** Every test (`x is name`) by name. */
export const TESTS: Map<string, Test> = new Map(
  Object.entries<Test>({
    boolean: (value) => typeof value === 'boolean',
    callable: (value) => value instanceof Func || (value instanceof Host && value.call !== null),
    defined: (value) => !(value instanceof Undefined),
    undefined: (value) => value instanceof Undefined,
    divisibleby: (value, [by_]) => float(value as number) % float(by_ as number) === 0,
    even: (value) => float(value as number) % 2 === 0,
    odd: (value) => Math.abs(float(value as number) % 2) === 1,
    false: (value) => value === false,
    true: (value) => value === true,
    none: (value) => value === null,
    float: (value) => isFloat(value),
    integer: (value) => integer(value),
    number: (value) => isNumber(value) || typeof value === 'boolean',
    string: (value) => isText(value),
    mapping: (value) => isMapping(value),
    iterable: (value) => isText(value) || Array.isArray(value) || isMapping(value) || value instanceof Undefined,
    sequence: (value) => isText(value) || Array.isArray(value) || isMapping(value) || value instanceof Undefined,
    lower: (value) => str(value) !== str(value).toUpperCase() && str(value) === str(value).toLowerCase(),
    upper: (value) => str(value) !== str(value).toLowerCase() && str(value) === str(value).toUpperCase(),
    escaped: (value) => value instanceof Safe,
    sameas: (value, [other]) =>
      value === other || (value instanceof Float && other instanceof Float && value.value === other.value),
    filter: (value) => isText(value) && FILTERS.has(textOf(value)),
    test: (value) => isText(value) && TESTS.has(textOf(value)),
    in: (value, [container]) => compareBy('in', value, container),
    eq: by('=='),
    equalto: by('=='),
    '==': by('=='),
    ne: by('!='),
    '!=': by('!='),
    lt: by('<'),
    lessthan: by('<'),
    '<': by('<'),
    le: by('<='),
    '<=': by('<='),
    gt: by('>'),
    greaterthan: by('>'),
    '>': by('>'),
    ge: by('>='),
    '>=': by('>='),
  }),
);
