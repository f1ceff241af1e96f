import type { BinaryOp, CompareOp } from './ast.ts';
import { charge } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import {
  asFloat,
  asInt,
  compare,
  equals,
  Float,
  float,
  getKey,
  hasKey,
  isFloat,
  isMapping,
  isNumber,
  isText,
  Safe,
  str,
  Tuple,
  textOf,
  typeName,
  Undefined,
} from './values.ts';

/** Python's arithmetic, comparison and membership. */

const MAX_INT_BITS = 20_000;

export function binary(op: BinaryOp, a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number' && op !== '**' && op !== '/' && op !== '//' && op !== '%') {
    const result = op === '+' ? a + b : op === '-' ? a - b : a * b;
    if (Number.isSafeInteger(result) && Number.isInteger(a) && Number.isInteger(b)) return result;
  }
  if (a instanceof Undefined) throw a.complain();
  if (b instanceof Undefined) throw b.complain();
  const x = typeof a === 'boolean' ? Number(a) : a;
  const y = typeof b === 'boolean' ? Number(b) : b;
  if (isNumber(x) && isNumber(y)) return arithmetic(op, x, y);
  if (op === '+') {
    if (isText(x) && isText(y)) {
      charge((textOf(x).length + textOf(y).length) / 16);
      return textOf(x) + textOf(y);
    }
    if (Array.isArray(x) && Array.isArray(y) && x instanceof Tuple === y instanceof Tuple) {
      charge(x.length + y.length);
      return x instanceof Tuple ? Tuple.of2([...x, ...y]) : [...x, ...y];
    }
    if (isText(x)) throw typeError(`can only concatenate str (not "${typeName(b)}") to str`);
    if (Array.isArray(x))
      throw typeError(`can only concatenate ${typeName(a)} (not "${typeName(b)}") to ${typeName(a)}`);
  }
  if (op === '*') {
    const repeated =
      isNumber(y) && !isFloat(y) ? repeat(x, Number(y)) : isNumber(x) && !isFloat(x) ? repeat(y, Number(x)) : undefined;
    if (repeated !== undefined) return repeated;
  }
  if (op === '%' && isText(x)) return percentFormat(textOf(x), y);
  throw typeError(
    `unsupported operand type(s) for ${op === '**' ? '** or pow()' : op}: '${typeName(a)}' and '${typeName(b)}'`,
  );
}

function repeat(value: unknown, times: number): unknown {
  const count = Math.max(0, times);
  if (isText(value)) {
    charge((textOf(value).length * count) / 4);
    return textOf(value).repeat(count);
  }
  if (!Array.isArray(value)) return undefined;
  charge(value.length * count);
  const out = value instanceof Tuple ? new Tuple() : [];
  for (let i = 0; i < count; i++) for (const item of value) out.push(item);
  return out;
}

function arithmetic(op: BinaryOp, a: number | bigint | Float, b: number | bigint | Float): unknown {
  const zero = () =>
    new TemplateError(
      'ZeroDivisionError',
      op === '/' ? 'division by zero' : op === '//' ? 'integer division or modulo by zero' : 'integer modulo by zero',
    );
  if (op === '/') {
    if (float(b) === 0)
      throw new TemplateError(
        'ZeroDivisionError',
        isFloat(a) || isFloat(b) ? 'float division by zero' : 'division by zero',
      );
    return asFloat(float(a) / float(b));
  }
  if (isFloat(a) || isFloat(b)) {
    const x = float(a);
    const y = float(b);
    switch (op) {
      case '+':
        return asFloat(x + y);
      case '-':
        return asFloat(x - y);
      case '*':
        return asFloat(x * y);
      case '**':
        return asFloat(x ** y);
      default:
        if (y === 0)
          throw new TemplateError('ZeroDivisionError', op === '//' ? 'float floor division by zero' : 'float modulo');
        return asFloat(op === '//' ? Math.floor(x / y) : x - Math.floor(x / y) * y);
    }
  }
  const x = BigInt(a as number | bigint);
  const y = BigInt(b as number | bigint);
  charge((x.toString(16).length + y.toString(16).length) / 16);
  switch (op) {
    case '+':
      return asInt(x + y);
    case '-':
      return asInt(x - y);
    case '*':
      return asInt(x * y);
    case '**': {
      if (y < 0n) return asFloat(Number(x) ** Number(y));
      const bits = x.toString(2).length * Number(y);
      if (bits > MAX_INT_BITS) throw new TemplateError('LimitError', 'the number is too large');
      charge(bits / 8);
      return asInt(x ** y);
    }
    default: {
      if (y === 0n) throw zero();
      const quotient = x / y;
      const floored = x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
      return asInt(op === '//' ? floored : x - floored * y);
    }
  }
}

export function negate(value: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  if (typeof value === 'boolean') return -Number(value) || 0;
  if (typeof value === 'bigint') return asInt(-value);
  if (value instanceof Float) return new Float(-value.value);
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  throw typeError(`bad operand type for unary -: '${typeName(value)}'`);
}

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

/** Python's `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (isText(container)) {
    if (item instanceof Undefined) throw item.complain();
    if (!isText(item)) throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    charge(textOf(container).length / 16);
    return textOf(container).includes(textOf(item));
  }
  if (Array.isArray(container)) {
    charge(container.length);
    return container.some((one) => equals(one, item));
  }
  if (isMapping(container)) return hasKey(container, item);
  if (container instanceof Undefined) return false;
  throw typeError(`argument of type '${typeName(container)}' is not iterable`);
}

/** Python's `'%s …' % values`. */
export function percentFormat(format: string, values: unknown): string {
  const list = values instanceof Tuple ? values : [values];
  let next = 0;
  charge(format.length / 4);
  const out = format.replace(
    /%(?:\(([^)]*)\))?([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g,
    (
      whole,
      key: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === '%') return '%';
      let value: unknown;
      if (key !== undefined) {
        if (!isMapping(values)) throw typeError('format requires a mapping');
        if (!hasKey(values, key)) throw new TemplateError('KeyError', `'${key}'`);
        value = getKey(values, key);
      } else {
        if (next >= list.length) throw typeError('not enough arguments for format string');
        value = list[next++];
      }
      return pad(
        convert(kind, value, flags, precision === undefined ? undefined : Number(precision), whole),
        flags,
        Number(width ?? 0),
      );
    },
  );
  if (!isMapping(values) && next < list.length && !(values instanceof Undefined))
    throw typeError('not all arguments converted during string formatting');
  return out;
}

function convert(kind: string, value: unknown, flags: string, precision: number | undefined, whole: string): string {
  if (kind === 's') return precision === undefined ? str(value) : str(value).slice(0, precision);
  if (!isNumber(value) && typeof value !== 'boolean')
    throw typeError(
      kind === 'd' || kind === 'i'
        ? `%${kind} format: a real number is required, not ${typeName(value)}`
        : `must be real number, not ${typeName(value)}`,
    );
  const number = typeof value === 'boolean' ? Number(value) : float(value);
  const sign = number >= 0 && flags.includes('+') ? '+' : number >= 0 && flags.includes(' ') ? ' ' : '';
  if (kind === 'd' || kind === 'i' || kind === 'u')
    return sign + String(typeof value === 'bigint' ? value : Math.trunc(number));
  if (kind === 'f' || kind === 'F') return sign + number.toFixed(Math.min(100, precision ?? 6));
  if (kind === 'e') return sign + number.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
  if (kind === 'g') return sign + String(Number(number.toPrecision(precision ?? 6)));
  if (kind === 'x' || kind === 'X' || kind === 'o') {
    const text = Math.trunc(number).toString(kind === 'o' ? 8 : 16);
    return kind === 'X' ? text.toUpperCase() : text;
  }
  throw new TemplateError('ValueError', `unsupported format character '${kind}' in ${whole}`);
}

function pad(text: string, flags: string, width: number): string {
  if (width > 100_000) throw new TemplateError('LimitError', 'the width is too large');
  charge(width / 16);
  if (flags.includes('-')) return text.padEnd(width);
  if (flags.includes('0') && /^[-+ ]?\d/.test(text)) {
    const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(width - sign.length, '0');
  }
  return text.padStart(width);
}

/** Safe texts stay safe when only safe texts meet. */
export function concat(parts: unknown[]): unknown {
  let text = '';
  let safe = true;
  for (const part of parts) {
    if (!(part instanceof Safe)) safe = false;
    text += str(part);
  }
  charge(text.length / 16);
  return safe ? new Safe(text) : text;
}
