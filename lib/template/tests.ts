import { binary } from './arithmetic.ts';
import { type CompareOp, compareBy, equals } from './compare.ts';
import { type Test, test } from './filter.ts';
import { isLower, isUpper } from './methods-str.ts';
import { str } from './print.ts';
import {
  Bytes,
  Dict,
  Float,
  Func,
  Gen,
  Host,
  hashable,
  isFloat,
  isInt,
  isMapping,
  isMarkup,
  isNumber,
  isPlain,
  isText,
  Range,
  textOf,
  Undefined,
  View,
} from './values.ts';

/** Python's functions behind the comparisons. */
const FUNCTIONS: Record<string, string> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' };

const comparison = (name: string, op: CompareOp): Test =>
  test(name, 'other', (value, [other]) => compareBy(op, value, other), FUNCTIONS[op]);

const isSized = (value: unknown): boolean =>
  isText(value) || Array.isArray(value) || isMapping(value) || value instanceof Range || value instanceof Bytes;
const isIterable = (value: unknown): boolean =>
  isSized(value) || value instanceof View || value instanceof Gen || value instanceof Undefined;

/** `is sameas`: the same object; small values that Python keeps once are the same wherever they come from. */
function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Float && b instanceof Float) return false;
  return a === b;
}

const remainder = (value: unknown, by: unknown, rest: number): boolean => equals(binary('%', value, by), rest);

/** Every test (`x is name`). */
const ALL: Test[] = [
  test('boolean', '', (value) => typeof value === 'boolean'),
  test(
    'callable',
    '',
    (value) => value instanceof Func || value instanceof Undefined || (value instanceof Host && value.call !== null),
    'callable',
  ),
  test('defined', '', (value) => !(value instanceof Undefined)),
  test('divisibleby', 'num', (value, [by]) => remainder(value, by, 0)),
  test('escaped', '', (value) => isMarkup(value)),
  test('even', '', (value) => remainder(value, 2, 0)),
  test('false', '', (value) => value === false),
  test(
    'filter',
    '',
    (value, _args, env) => (hashable(value), isText(value) && env.hasFilter(textOf(value))),
    'test_filter',
    2,
  ),
  test('float', '', (value) => isFloat(value)),
  test('in', 'seq', (value, [container]) => compareBy('in', value, container)),
  test('integer', '', (value) => isInt(value)),
  test('iterable', '', isIterable),
  test('lower', '', (value) => isLower(str(value))),
  test('mapping', '', (value) => value instanceof Dict || isPlain(value)),
  test('none', '', (value) => value === null),
  test('number', '', (value) => isNumber(value) || typeof value === 'boolean'),
  test('odd', '', (value) => remainder(value, 2, 1)),
  test('sameas', 'other', (value, [other]) => isSame(value, other)),
  test('sequence', '', (value) => isSized(value) || value instanceof Undefined),
  test('string', '', (value) => isText(value)),
  test(
    'test',
    '',
    (value, _args, env) => (hashable(value), isText(value) && env.hasTest(textOf(value))),
    'test_test',
    2,
  ),
  test('true', '', (value) => value === true),
  test('undefined', '', (value) => value instanceof Undefined),
  test('upper', '', (value) => isUpper(str(value))),
  comparison('eq', '=='),
  comparison('equalto', '=='),
  comparison('==', '=='),
  comparison('ne', '!='),
  comparison('!=', '!='),
  comparison('lt', '<'),
  comparison('lessthan', '<'),
  comparison('<', '<'),
  comparison('le', '<='),
  comparison('<=', '<='),
  comparison('gt', '>'),
  comparison('greaterthan', '>'),
  comparison('>', '>'),
  comparison('ge', '>='),
  comparison('>=', '>='),
];

export const TESTS: ReadonlyMap<string, Test> = new Map(ALL.map((one) => [one.name, one]));
