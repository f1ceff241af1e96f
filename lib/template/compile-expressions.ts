import { binary, concat, negate, plus } from './arithmetic.ts';
import type { Expr, FloatLiteral } from './ast.ts';
import { charge, chargeItems } from './budget.ts';
import { compareBy, equals } from './compare.ts';
import { callExpression, filterExpression, testExpression } from './compile-calls.ts';
import { typeError, valueError } from './errors.ts';
import { GLOBALS } from './globals.ts';
import { Loop } from './loop.ts';
import { attributeOf, hidesKey, itemOf } from './methods.ts';
import type { Evaluate, Frame, Render } from './render-state.ts';
import { type Scope, walk } from './scope.ts';
import { characters } from './sequences.ts';
import type { Surroundings } from './surroundings.ts';
import {
  Bytes,
  Dict,
  Float,
  isInt,
  isMapping,
  isMarkup,
  isText,
  isTruthy,
  Range,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
  unbool,
} from './values.ts';

/** Turns an expression into a closure. No code is generated: a template can do only what the closures here do. */
export function compileExpr(e: Expr, s: Surroundings): Evaluate {
  switch (e.type) {
    case 'const':
      return constant(e.value);
    case 'name':
      return readName(e.name, s.scope);
    case 'parameter':
      return s.parameters.get(e.name)?.evaluate ?? (() => new Undefined(`the parameter '${e.name}' has no value`));
    case 'list':
    case 'tuple':
      return sequence(
        e.items.map((item) => compileExpr(item, s)),
        e.type === 'tuple',
      );
    case 'dict':
      return dict(e, s);
    case 'attribute':
      return attribute(e, s);
    case 'item':
      return item(e, s);
    case 'slice':
      return slice(e, s);
    case 'call':
      return callExpression(e, s);
    case 'filter':
      return filterExpression(e, s);
    case 'test':
      return testExpression(e, s);
    case 'unary':
      return unary(e, s);
    case 'binary':
      return arithmetic(e, s);
    case 'and':
    case 'or':
      return logic(e, s);
    case 'compare':
      return comparison(e, s);
    case 'concat': {
      const parts = e.parts.map((part) => compileExpr(part, s));
      return (r) => {
        const values = parts.map((part) => part(r));
        r.at = e.at;
        return concat(values);
      };
    }
    case 'if':
      return conditional(e, { ...s, soft: true });
  }
}

function constant(value: unknown): Evaluate {
  if (typeof value !== 'object' || value === null) return () => value;
  const { float: number } = value as FloatLiteral;
  const boxed = Number.isInteger(number) ? new Float(number) : number;
  return () => boxed;
}

/** Names that JavaScript's objects have of themselves; a plain read of these would not be a read of own data. */
const inherited = (name: string): boolean => name in Object.prototype;

/** A name that no scope holds: from the context, or a global function, or undefined. */
function fromContext(name: string): Evaluate {
  const missing = new Undefined(`'${name}' is undefined`);
  const otherwise = GLOBALS.get(name)?.func ?? missing;
  if (inherited(name)) return (r) => (Object.hasOwn(r.context, name) ? (r.context[name] ?? null) : otherwise);
  return (r) => {
    const value = r.context[name];
    return value === undefined ? otherwise : value;
  };
}

function unset(name: string): Evaluate {
  const missing = new Undefined(`'${name}' is undefined`);
  return () => missing;
}

export function readName(name: string, scope: Scope): Evaluate {
  const { slots, fallsThrough } = scope.find(name);
  const outside = fallsThrough ? fromContext(name) : unset(name);
  if (slots.length === 0) return outside;
  if (slots.length === 1 && slots[0]!.depth === 0) {
    const { index } = slots[0]!;
    return (r) => {
      const value = r.frame.slots[index];
      return value === undefined ? outside(r) : value;
    };
  }
  return (r) => {
    for (const { depth, index } of slots) {
      let frame: Frame | null = r.frame;
      for (let i = 0; i < depth; i++) frame = frame!.parent;
      const value = frame!.slots[index];
      if (value !== undefined) return value;
    }
    return outside(r);
  };
}

function sequence(items: Evaluate[], isTuple: boolean): Evaluate {
  return (r) => {
    chargeItems(items.length);
    const values = isTuple ? new Tuple() : [];
    for (let i = 0; i < items.length; i++) values.push(items[i]!(r));
    return values;
  };
}

function dict(e: Extract<Expr, { type: 'dict' }>, s: Surroundings): Evaluate {
  const entries = e.entries.map(([key, value]) => [compileExpr(key, s), compileExpr(value, s)] as const);
  return (r) => {
    chargeItems(entries.length);
    const made = new Dict();
    for (const [key, value] of entries) {
      const name = key(r);
      const item = value(r);
      r.at = e.at;
      made.set(name, item);
    }
    return made;
  };
}

function attribute(e: Extract<Expr, { type: 'attribute' }>, s: Surroundings): Evaluate {
  const object = compileExpr(e.object, s);
  const { name, at } = e;
  if (e.object.type === 'name' && e.object.name === 'loop') return loopAttribute(object, name, at);
  const direct = !inherited(name) && !hidesKey(name);
  const missing = new Undefined(`'dict object' has no attribute '${name}'`);
  return (r) => {
    const value = object(r);
    // The way of nearly every expression: an own key of a plain object that hides no method. Only plain objects have this
    // constructor, and data with a key of that name takes the way below.
    if (
      direct &&
      typeof value === 'object' &&
      value !== null &&
      (value as { constructor: unknown }).constructor === Object
    ) {
      const found = (value as Record<string, unknown>)[name];
      return found === undefined ? missing : found;
    }
    r.at = at;
    return attributeOf(value, name);
  };
}

function loopAttribute(object: Evaluate, name: string, at: number): Evaluate {
  return (r) => {
    const value = object(r);
    r.at = at;
    return value instanceof Loop ? value.attribute(name) : attributeOf(value, name);
  };
}

function item(e: Extract<Expr, { type: 'item' }>, s: Surroundings): Evaluate {
  const object = compileExpr(e.object, s);
  const key = compileExpr(e.key, s);
  return (r) => {
    const value = object(r);
    const wanted = key(r);
    r.at = e.at;
    return itemOf(value, wanted);
  };
}

function slice(e: Extract<Expr, { type: 'slice' }>, s: Surroundings): Evaluate {
  const object = compileExpr(e.object, s);
  const [from, to, step] = [e.from, e.to, e.step].map((part) => part && compileExpr(part, s));
  return (r) => {
    const value = object(r);
    const bounds = [from, to, step].map((part) => (part ? part(r) : null)) as [unknown, unknown, unknown];
    r.at = e.at;
    return sliceOf(value, bounds);
  };
}

/** Python's value[from:to:step]. @throws TypeError, ValueError */
function sliceOf(value: unknown, bounds: [unknown, unknown, unknown]): unknown {
  if (value instanceof Undefined) throw value.complain();
  if (isText(value)) {
    const text = textOf(value);
    const cut = pick(characters(text), bounds).join('');
    return isMarkup(value) ? new Safe(cut, value.kind) : cut;
  }
  if (Array.isArray(value)) {
    const cut = pick(value, bounds);
    return value instanceof Tuple ? Tuple.from_(cut) : cut;
  }
  if (value instanceof Range) return sliceRange(value, bounds);
  if (value instanceof Bytes) return new Bytes(Uint8Array.from(pick([...value.data], bounds) as number[]));
  // Python cannot hash a slice, so a dict complains in its own way.
  throw typeError(isMapping(value) ? "unhashable type: 'slice'" : `'${typeName(value)}' object is not subscriptable`);
}

function sliceRange(range: Range, bounds: [unknown, unknown, unknown]): Range {
  const { start, stop, by } = indices(range.length, bounds);
  return new Range(range.at(start), range.at(stop), range.step * by);
}

/** Where a slice begins and ends and how it goes, as Python's slice.indices gives them. @throws TypeError, ValueError */
function indices(length: number, bounds: [unknown, unknown, unknown]): { start: number; stop: number; by: number } {
  const [from, to, step] = bounds.map((bound) => {
    if (bound === null) return null;
    const number = unbool(bound);
    if (!isInt(number)) throw typeError('slice indices must be integers or None or have an __index__ method');
    return Number(number);
  }) as [number | null, number | null, number | null];
  const by = step ?? 1;
  if (by === 0) throw valueError('slice step cannot be zero');
  const clamp = (index: number | null, fallback: number): number => {
    if (index === null) return fallback;
    const at = index < 0 ? index + length : index;
    return by > 0 ? Math.min(length, Math.max(0, at)) : Math.min(length - 1, Math.max(-1, at));
  };
  const start = clamp(from, by > 0 ? 0 : length - 1);
  const stop = clamp(to, by > 0 ? length : -1);
  return { start, stop, by };
}

function pick<T>(items: readonly T[], bounds: [unknown, unknown, unknown]): T[] {
  const { start, stop, by } = indices(items.length, bounds);
  if (by === 1) {
    chargeItems(Math.max(0, stop - start));
    return items.slice(start, Math.max(start, stop));
  }
  const out: T[] = [];
  for (let i = start; by > 0 ? i < stop : i > stop; i += by) out.push(items[i]!);
  chargeItems(out.length);
  return out;
}

function unary(e: Extract<Expr, { type: 'unary' }>, s: Surroundings): Evaluate {
  const operand = compileExpr(e.operand, s);
  if (e.op === 'not') return (r) => !isTruthy(operand(r));
  const apply = e.op === '-' ? negate : plus;
  return (r) => {
    const value = operand(r);
    r.at = e.at;
    return apply(value);
  };
}

function arithmetic(e: Extract<Expr, { type: 'binary' }>, s: Surroundings): Evaluate {
  const { op, at } = e;
  // Jinja folds -2 to a constant and writes it into Python, where `-2 ** x` is -(2 ** x); with two constants it is (-2) ** x.
  const folded = op === '**' && !isConstant(e.right) ? negatedConstant(e.left) : null;
  const left = compileExpr(folded ?? e.left, s);
  const right = compileExpr(e.right, s);
  return (r) => {
    const a = left(r);
    const b = right(r);
    r.at = at;
    charge(1);
    return folded ? negate(binary(op, a, b)) : binary(op, a, b);
  };
}

/** Whether an expression is the same for everybody, so that Jinja works it out beforehand. */
function isConstant(e: Expr): boolean {
  let constant = true;
  walk(e, (node) => {
    if (node.type === 'name' || node.type === 'parameter' || node.type === 'call') constant = false;
    return constant;
  });
  return constant;
}

function negatedConstant(e: Expr): Expr | null {
  // Minus nothing has no sign to lose, unless it is a float.
  return e.type === 'unary' && e.op === '-' && e.operand.type === 'const' && e.operand.value !== 0 ? e.operand : null;
}

function logic(e: Extract<Expr, { type: 'and' | 'or' }>, s: Surroundings): Evaluate {
  const left = compileExpr(e.left, s);
  const right = compileExpr(e.right, s);
  if (e.type === 'and')
    return (r) => {
      const value = left(r);
      return isTruthy(value) ? right(r) : value;
    };
  return (r) => {
    const value = left(r);
    return isTruthy(value) ? value : right(r);
  };
}

function comparison(e: Extract<Expr, { type: 'compare' }>, s: Surroundings): Evaluate {
  const left = compileExpr(e.left, s);
  const rest = e.rest.map(([op, operand]) => [op, compileExpr(operand, s)] as const);
  const { at } = e;
  if (rest.length === 1) {
    const [op, right] = rest[0]!;
    if (op === '==' || op === '!=') {
      const wanted = op === '==';
      return (r) => {
        const a = left(r);
        const b = right(r);
        if (typeof a === 'string' && typeof b === 'string' && a.length < 64) return (a === b) === wanted;
        r.at = at;
        return equals(a, b) === wanted;
      };
    }
    return (r) => {
      const a = left(r);
      const b = right(r);
      r.at = at;
      return compareBy(op, a, b);
    };
  }
  return (r) => {
    let a = left(r);
    for (const [op, operand] of rest) {
      const b = operand(r);
      r.at = at;
      if (!compareBy(op, a, b)) return false;
      a = b;
    }
    return true;
  };
}

function conditional(e: Extract<Expr, { type: 'if' }>, s: Surroundings): Evaluate {
  const test = compileExpr(e.test, s);
  const yes = compileExpr(e.yes, s);
  const no = e.no
    ? compileExpr(e.no, s)
    : () => new Undefined('the inline if-expression evaluated to false and no else section was defined.');
  return (r: Render) => (isTruthy(test(r)) ? yes(r) : no(r));
}
