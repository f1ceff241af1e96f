import { charge, VALUE_DEPTH } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { iteratorOf, viewItems } from './sequences.ts';
import {
  Bytes,
  entriesOf,
  Float,
  float,
  Gen,
  getKey,
  hasKey,
  isMapping,
  isNumber,
  isText,
  Range,
  sizeOf,
  Tuple,
  textOf,
  typeName,
  Undefined,
  unbool,
  View,
} from './values.ts';

export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

const tooDeep = () => new TemplateError('RecursionError', 'maximum recursion depth exceeded in comparison');

/** Python's ==. */
export function equals(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) {
    if (typeof a === 'string' && a.length > 64) charge(a.length / 64);
    return !Number.isNaN(a);
  }
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length === b.length && a.length > 64) charge(a.length / 64);
    return false;
  }
  const x = unbool(a);
  const y = unbool(b);
  if (isNumber(x) && isNumber(y)) return compareNumbers(x, y) === 0;
  if (isText(x)) return isText(y) && textOf(x) === textOf(y);
  if (typeof x !== 'object' || x === null || typeof y !== 'object' || y === null) return false;
  charge(1);
  if (depth > VALUE_DEPTH) throw tooDeep();
  if (Array.isArray(x))
    return (
      Array.isArray(y) &&
      x instanceof Tuple === y instanceof Tuple &&
      x.length === y.length &&
      x.every((item, i) => equals(item, y[i], depth + 1))
    );
  if (isMapping(x)) {
    if (!isMapping(y) || sizeOf(x) !== sizeOf(y)) return false;
    return entriesOf(x).every(([key, value]) => hasKey(y, key) && equals(value, getKey(y, key), depth + 1));
  }
  if (x instanceof Range)
    return (
      y instanceof Range &&
      x.length === y.length &&
      (x.length === 0 || (x.start === y.start && (x.length === 1 || x.step === y.step)))
    );
  if (x instanceof Undefined) return y instanceof Undefined;
  if (x instanceof Bytes) return y instanceof Bytes && String(x.data) === String(y.data);
  if (x instanceof View && y instanceof View && x.kind !== 'values' && y.kind !== 'values') {
    const others = viewItems(y);
    return sizeOf(x.of) === others.length && viewItems(x).every((item) => contains(others, item));
  }
  return false;
}

type Numeric = number | bigint | Float;

/** -1, 0, 1; NaN when there is no order. Integers of any size meet floats exactly. */
function compareNumbers(x: Numeric, y: Numeric): number {
  if (typeof x === 'bigint' || typeof y === 'bigint') {
    // JavaScript compares a bigint and a number by value, exactly.
    const a = x instanceof Float ? x.value : x;
    const b = y instanceof Float ? y.value : y;
    return a < b ? -1 : a > b ? 1 : Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
  }
  const a = float(x);
  const b = float(y);
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

/** Python's order, as a negative number, 0, a positive one, or NaN. @throws TypeError when the types have no order */
export function compare(a: unknown, b: unknown, op = '<', depth = 0): number {
  const x = unbool(a);
  const y = unbool(b);
  if (isNumber(x) && isNumber(y)) return compareNumbers(x, y);
  if (isText(x) && isText(y)) return compareText(textOf(x), textOf(y));
  if (depth > VALUE_DEPTH) throw tooDeep();
  if (Array.isArray(x) && Array.isArray(y) && x instanceof Tuple === y instanceof Tuple) {
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      charge(1);
      if (!equals(x[i], y[i], depth + 1)) return compare(x[i], y[i], op, depth + 1);
    }
    return x.length - y.length;
  }
  if (x instanceof Undefined) throw x.complain();
  if (y instanceof Undefined) throw y.complain();
  throw typeError(`'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** By code points, as Python; JavaScript compares surrogates. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    charge(i / 64);
    if (x >= 0xd800 && y >= 0xd800) {
      const lead = i > 0 && (a.charCodeAt(i - 1) & 0xfc00) === 0xd800 ? i - 1 : i;
      return a.codePointAt(lead)! - b.codePointAt(lead)!;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** Whether `a op b` holds. @throws TypeError */
export function compareBy(op: CompareOp, a: unknown, b: unknown): boolean {
  switch (op) {
    case '==':
      return equals(a, b);
    case '!=':
      return !equals(a, b);
    case 'in':
      return contains(b, a);
    case 'not in':
      return !contains(b, a);
    case '<':
      return compare(a, b, op) < 0;
    case '<=':
      return compare(a, b, op) <= 0;
    case '>':
      return compare(a, b, op) > 0;
    case '>=':
      return compare(a, b, op) >= 0;
  }
}

/** Python's `item in container`. @throws TypeError */
function contains(container: unknown, item: unknown): boolean {
  if (isText(container)) {
    if (!isText(item)) throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    charge(textOf(container).length / 16);
    return textOf(container).includes(textOf(item));
  }
  if (Array.isArray(container)) {
    charge(container.length / 4);
    return container.some((one) => one === item || equals(one, item));
  }
  if (isMapping(container)) return hasKey(container, item);
  if (container instanceof View && container.kind === 'keys') return hasKey(container.of, item);
  if (container instanceof View) return contains(viewItems(container), item);
  if (container instanceof Range) return inRange(container, item);
  if (container instanceof Undefined) return false;
  if (container instanceof Gen) {
    const iterator = iteratorOf(container);
    for (let step = iterator.next(); !step.done; step = iterator.next()) {
      charge(1);
      if (step.value === item || equals(step.value, item)) return true;
    }
    return false;
  }
  throw typeError(`argument of type '${typeName(container)}' is not iterable`);
}

function inRange(range: Range, item: unknown): boolean {
  const number = unbool(item);
  if (!isNumber(number)) return false;
  const index = (float(number) - range.start) / range.step;
  return Number.isInteger(index) && index >= 0 && index < range.length;
}
