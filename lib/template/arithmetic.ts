import { charge, chargeItems, chargeText, INTEGER_BITS } from './budget.ts';
import { limitError, TemplateError, typeError } from './errors.ts';
import { percentFormat } from './format-percent.ts';
import { htmlEscape } from './markup.ts';
import { str } from './print.ts';
import {
  asFloat,
  asInt,
  Bytes,
  Float,
  float,
  isFloat,
  isInt,
  isMarkup,
  isNumber,
  isText,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
  unbool,
} from './values.ts';

export type BinaryOp = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** Python's arithmetic. @throws TypeError, ZeroDivisionError, UndefinedError, LimitError */
export function binary(op: BinaryOp, a: unknown, b: unknown): unknown {
  if (a instanceof Undefined) throw a.complain();
  const x = unbool(a);
  const y = unbool(b);
  if (isNumber(x) && isNumber(y)) return arithmetic(op, x, y);
  if (op === '%' && isText(x)) return percentFormat(x, b);
  if (b instanceof Undefined) throw b.complain();
  if (op === '+') return add(x, y, a, b);
  if (op === '*') {
    const repeated = isInt(y) ? repeat(x, y) : isInt(x) ? repeat(y, x) : undefined;
    if (repeated !== undefined) return repeated;
    const other = isSequence(x) ? b : isSequence(y) ? a : undefined;
    if (other !== undefined && (isMarkup(x) || isMarkup(y)))
      throw typeError(`'${typeName(other)}' object cannot be interpreted as an integer`);
    if (other !== undefined) throw typeError(`can't multiply sequence by non-int of type '${typeName(other)}'`);
  }
  throw unsupported(op, a, b);
}

const isSequence = (value: unknown) => isText(value) || Array.isArray(value) || value instanceof Bytes;
const unsupported = (op: string, a: unknown, b: unknown) =>
  typeError(
    `unsupported operand type(s) for ${op === '**' ? '** or pow()' : op}: '${typeName(a)}' and '${typeName(b)}'`,
  );

function add(x: unknown, y: unknown, a: unknown, b: unknown): unknown {
  if (isText(x)) {
    if (!isText(y))
      throw isMarkup(x) ? unsupported('+', a, b) : typeError(`can only concatenate str (not "${typeName(b)}") to str`);
    chargeText(textOf(x).length + textOf(y).length);
    // Python's Markup escapes what is added to it, from either side.
    if (isMarkup(x)) return new Safe(x.text + (isMarkup(y) ? y.text : htmlEscape(textOf(y))), 'html');
    if (isMarkup(y)) return new Safe(htmlEscape(textOf(x)) + y.text, 'html');
    return textOf(x) + textOf(y);
  }
  if (Array.isArray(x)) {
    if (!Array.isArray(y) || x instanceof Tuple !== y instanceof Tuple)
      throw typeError(
        `can only concatenate ${x instanceof Tuple ? 'tuple' : 'list'} (not "${typeName(b)}") to ${x instanceof Tuple ? 'tuple' : 'list'}`,
      );
    chargeItems(x.length + y.length);
    return x instanceof Tuple ? Tuple.from_([...x, ...y]) : [...x, ...y];
  }
  throw unsupported('+', a, b);
}

function repeat(value: unknown, times: number | bigint): unknown {
  // Nothing, however often, is nothing.
  const isEmpty = isText(value) ? textOf(value) === '' : Array.isArray(value) && value.length === 0;
  const count = isEmpty ? 0 : Math.max(0, Number(times));
  if (isText(value)) {
    const text = textOf(value);
    if (text.length * count > 4_000_000) throw limitError('the text is too long');
    chargeText(text.length * count);
    return isMarkup(value) ? new Safe(text.repeat(count), value.kind) : text.repeat(count);
  }
  if (!Array.isArray(value)) return undefined;
  if (value.length * count > 4_000_000) throw limitError('the list is too long');
  chargeItems(value.length * count);
  const out = value instanceof Tuple ? new Tuple() : [];
  for (let i = 0; i < count; i++) for (const item of value) out.push(item);
  return out;
}

type Numeric = number | bigint | Float;
const divisionByZero = (message: string) => new TemplateError('ZeroDivisionError', message);

function arithmetic(op: BinaryOp, a: Numeric, b: Numeric): unknown {
  if (op === '/') return divide(a, b);
  if (isFloat(a) || isFloat(b)) return floats(op, toFloat(a), toFloat(b));
  return integers(op, a as number | bigint, b as number | bigint);
}

function toFloat(value: Numeric): number {
  const number = float(value);
  if (typeof value === 'bigint' && !Number.isFinite(number))
    throw new TemplateError('OverflowError', 'int too large to convert to float');
  return number;
}

function divide(a: Numeric, b: Numeric): unknown {
  if (float(b) === 0) throw divisionByZero(isFloat(a) || isFloat(b) ? 'float division by zero' : 'division by zero');
  const quotient = Number(a instanceof Float ? a.value : a) / float(b);
  if (Number.isFinite(quotient)) return asFloat(quotient);
  if (typeof a !== 'bigint' && typeof b !== 'bigint') return asFloat(quotient);
  throw new TemplateError('OverflowError', 'integer division result too large for a float');
}

function floats(op: BinaryOp, x: number, y: number): unknown {
  switch (op) {
    case '+':
      return asFloat(x + y);
    case '-':
      return asFloat(x - y);
    case '*':
      return asFloat(x * y);
    case '**':
      return power(x, y);
    default: {
      if (y === 0) throw divisionByZero(op === '//' ? 'float floor division by zero' : 'float modulo');
      const rest = modulo(x, y);
      if (op === '%') return asFloat(rest);
      return asFloat(floorDivide(x, y));
    }
  }
}

/** The remainder with the divisor's sign. */
function modulo(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return y < 0 ? -0 : 0;
  return rest < 0 !== y < 0 ? rest + y : rest;
}

/** As Python's float_divmod does, so that the quotient agrees with the remainder. */
function floorDivide(x: number, y: number): number {
  let rest = x % y;
  let quotient = (x - rest) / y;
  if (rest !== 0 && rest < 0 !== y < 0) {
    rest += y;
    quotient -= 1;
  }
  if (quotient === 0) return Object.is(x / y, -0) || x / y < 0 ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function power(x: number, y: number): unknown {
  if (x === 0 && y < 0) throw divisionByZero('0.0 cannot be raised to a negative power');
  if (x < 0 && Number.isFinite(x) && Number.isFinite(y) && !Number.isInteger(y))
    throw typeError('a negative number raised to a fraction is complex, which templates do not have');
  const result = x === 1 || y === 0 ? 1 : x ** y;
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y))
    throw new TemplateError('OverflowError', "(34, 'Numerical result out of range')");
  return asFloat(result);
}

const isSmall = Number.isSafeInteger;

function integers(op: BinaryOp, a: number | bigint, b: number | bigint): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    const small = smallIntegers(op, a, b);
    if (small !== undefined) return small;
  }
  const x = BigInt(a);
  const y = BigInt(b);
  const bits = bitLength(x) + bitLength(y);
  charge(1 + bits / 16);
  switch (op) {
    case '+':
      return limited(x + y);
    case '-':
      return limited(x - y);
    case '*':
      charge((bitLength(x) * bitLength(y)) / 65_536);
      if (bits > INTEGER_BITS) throw tooLarge();
      return asInt(x * y);
    case '**':
      return integerPower(x, y);
    default: {
      if (y === 0n) throw divisionByZero(op === '%' ? 'integer modulo by zero' : 'integer division or modulo by zero');
      const quotient = x / y;
      const floored = x % y !== 0n && x < 0n !== y < 0n ? quotient - 1n : quotient;
      return asInt(op === '//' ? floored : x - floored * y);
    }
  }
}

function smallIntegers(op: BinaryOp, x: number, y: number): number | undefined {
  if (op === '+' || op === '-' || op === '*') {
    const result = op === '+' ? x + y : op === '-' ? x - y : x * y;
    return isSmall(result) && isSmall(x) && isSmall(y) ? result + 0 : undefined;
  }
  if (op === '**' || y === 0 || !isSmall(x) || !isSmall(y)) return undefined;
  return op === '%' ? modulo(x, y) + 0 : (x - modulo(x, y)) / y + 0;
}

const tooLarge = () => limitError(`the number has more than ${INTEGER_BITS} bits`);

function limited(value: bigint): number | bigint {
  if (bitLength(value) > INTEGER_BITS) throw tooLarge();
  return asInt(value);
}

/** Bits of an integer's size, to the next hexadecimal digit. */
function bitLength(value: bigint): number {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return 53;
  return value.toString(16).length * 4;
}

function integerPower(x: bigint, y: bigint): unknown {
  if (y < 0n) {
    if (x === 0n) throw divisionByZero('0.0 cannot be raised to a negative power');
    return asFloat(Number(x) ** Number(y));
  }
  if (x === 0n || x === 1n || x === -1n) return asInt(y === 0n ? 1n : x === -1n && y % 2n === 0n ? 1n : x);
  const size = x < 0n ? -x : x;
  const bits = size.toString(2).length * Number(y);
  if (bits > INTEGER_BITS * 2) throw tooLarge();
  charge(1 + (bits * bits) / 65_536);
  return limited(x ** y);
}

/** Unary minus. @throws TypeError */
export function negate(value: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  const number = unbool(value);
  if (typeof number === 'bigint') return asInt(-number);
  if (number instanceof Float) return new Float(-number.value);
  if (typeof number === 'number') return number === 0 ? 0 : -number;
  throw typeError(`bad operand type for unary -: '${typeName(value)}'`);
}

/** Unary plus. @throws TypeError */
export function plus(value: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  const number = unbool(value);
  if (isNumber(number)) return number;
  throw typeError(`bad operand type for unary +: '${typeName(value)}'`);
}

/** `~`: the parts as text. What is finished for its place stays so when only such parts meet. */
export function concat(parts: unknown[]): unknown {
  let text = '';
  let finished = true;
  for (const part of parts) {
    if (!(part instanceof Safe && part.kind === 'place')) finished = false;
    text += str(part);
  }
  chargeText(text.length);
  return finished ? new Safe(text) : text;
}
