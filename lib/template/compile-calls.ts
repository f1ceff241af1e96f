import type { Arguments, Expr, FilterCall } from './ast.ts';
import { charge, chargeItems } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { applyFilter, type Filter, type Test } from './filter.ts';
import { FILTERS } from './filters.ts';
import { callMethod } from './method.ts';
import { attributeOf, directMethod } from './methods.ts';
import type { Evaluate, Render } from './render-state.ts';
import { iterate } from './sequences.ts';
import { bind, type Signature } from './signature.ts';
import type { Surroundings } from './surroundings.ts';
import { TESTS } from './tests.ts';
import {
  entriesOf,
  Func,
  Host,
  isMapping,
  isText,
  type Named,
  NO_NAMED,
  textOf,
  typeName,
  Undefined,
} from './values.ts';

/** Arguments as a call takes them. */
export interface Given {
  positional: unknown[];
  named: Named;
}

const NO_REST: unknown[] = [];
const NOTHING: Given = { positional: [], named: NO_NAMED };

/** How the arguments of a call are evaluated: in the order they are written. */
export function compileArguments(args: Arguments, s: Surroundings, at: number): (r: Render) => Given {
  const positional = args.positional.map((arg) => s.compile(arg, s));
  const named = args.named.map(([name, value]) => [name, s.compile(value, s)] as const);
  const rest = args.rest && s.compile(args.rest, s);
  const restNamed = args.restNamed && s.compile(args.restNamed, s);
  if (positional.length === 0 && named.length === 0 && !rest && !restNamed) return () => NOTHING;
  return (r) => {
    const list = positional.map((arg) => arg(r));
    let byName: Named = NO_NAMED;
    if (named.length > 0 || restNamed) {
      byName = Object.create(null) as Named;
      for (const [name, value] of named) byName[name] = value(r);
    }
    if (rest) {
      const more = iterate(rest(r));
      chargeItems(more.length);
      for (const item of more) list.push(item);
    }
    if (restNamed) spread(restNamed(r), byName, r, at);
    return { positional: list, named: byName };
  };
}

function spread(value: unknown, into: Named, r: Render, at: number): void {
  r.at = at;
  if (!isMapping(value)) throw typeError(`argument after ** must be a mapping, not ${typeName(value)}`);
  for (const [key, item] of entriesOf(value)) {
    if (!isText(key)) throw typeError('keywords must be strings');
    charge(1);
    if (textOf(key) in into) throw typeError(`got multiple values for keyword argument '${textOf(key)}'`);
    into[textOf(key)] = item;
  }
}

/** Calls what may be called: a macro, a method, a registered function, a host object. @throws TypeError, UndefinedError */
export function invoke(target: unknown, positional: unknown[], named: Named): unknown {
  charge(1);
  if (target instanceof Func) return target.call(positional, named);
  if (target instanceof Host && target.call) return target.call(positional, named);
  if (target instanceof Undefined) throw target.complain();
  throw typeError(`'${typeName(target)}' object is not callable`);
}

export function callExpression(e: Extract<Expr, { type: 'call' }>, s: Surroundings): Evaluate {
  const args = compileArguments(e.args, s, e.at);
  if (e.callee.type === 'attribute') return methodCall(e.callee, args, s);
  const callee = s.compile(e.callee, s);
  const { at } = e;
  return (r) => {
    const target = callee(r);
    const { positional, named } = args(r);
    r.at = at;
    const result = invoke(target, positional, named);
    return result === undefined ? null : result;
  };
}

/** `value.name(…)`, without a bound method in between. */
function methodCall(
  callee: Extract<Expr, { type: 'attribute' }>,
  args: (r: Render) => Given,
  s: Surroundings,
): Evaluate {
  const object = s.compile(callee.object, s);
  const { name, at } = callee;
  return (r) => {
    const value = object(r);
    const method = directMethod(value, name);
    if (method) {
      const { positional, named } = args(r);
      r.at = at;
      charge(1);
      return callMethod(method, typeName(value), value, positional, named);
    }
    r.at = at;
    const target = attributeOf(value, name);
    const { positional, named } = args(r);
    r.at = at;
    const result = invoke(target, positional, named);
    return result === undefined ? null : result;
  };
}

/** A filter by name. Unknown ones are a fault of the template, inside an `if` only when they are reached. */
function findFilter(name: string, at: number, soft: boolean): Filter {
  const found = FILTERS.get(name);
  if (found) return found;
  if (!soft) throw new TemplateError('TemplateAssertionError', `No filter named '${name}'.`, at);
  return {
    name,
    label: name,
    signature: { text: '', parameters: [], required: 0, rest: true, named: true },
    hidden: 0,
    run() {
      throw new TemplateError('TemplateRuntimeError', `No filter named '${name}' found.`);
    },
  };
}

function findTest(name: string, at: number, soft: boolean): Test {
  const found = TESTS.get(name);
  if (found) return found;
  if (!soft) throw new TemplateError('TemplateAssertionError', `No test named '${name}'.`, at);
  return {
    name,
    label: name,
    signature: { text: '', parameters: [], required: 0, rest: true, named: true },
    hidden: 0,
    run() {
      throw new TemplateError('TemplateRuntimeError', `No test named '${name}' found.`);
    },
  };
}

/**
 * Arguments bound to a signature before the template runs. Null when that is not possible: `*args` decide only then, and a
 * wrong argument is a fault only when it is reached.
 */
function plan(
  of: Signature,
  label: string,
  hidden: number,
  args: Arguments,
  s: Surroundings,
): ((r: Render) => unknown[]) | null {
  if (args.rest || args.restNamed || of.rest || of.named) return null;
  const parts = [...args.positional, ...args.named.map(([, value]) => value)].map((arg) => s.compile(arg, s));
  const names: Named = Object.create(null) as Named;
  args.named.forEach(([name], i) => {
    names[name] = args.positional.length + i;
  });
  let bound: unknown[];
  try {
    bound = bind(
      of,
      label,
      args.positional.map((_, i) => ({ part: i })),
      names,
      hidden,
    ).args;
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
  const named = new Set(args.named.map(([name]) => name));
  const getters = of.parameters.map(({ name, fallback }, i): Evaluate => {
    if (i < args.positional.length) return parts[i]!;
    if (named.has(name)) return parts[names[name] as number]!;
    return () => fallback;
  });
  const isFixed = [...args.positional, ...args.named.map(([, value]) => value)].every(({ type }) => type === 'const');
  if (isFixed) {
    const fixed = getters.map((get) => get(undefined as never));
    return () => fixed;
  }
  // Python evaluates arguments in the order they are written, whatever order the parameters have.
  return bound.length === 1 ? (r) => [getters[0]!(r)] : (r) => getters.map((get) => get(r));
}

export function filterExpression(e: Extract<Expr, { type: 'filter' }>, s: Surroundings): Evaluate {
  const input = s.compile(e.input, s);
  const apply = compileFilter(e, s);
  return (r) => apply(r, input(r));
}

/** One filter with its arguments, as a function of the value. */
function compileFilter(
  call: Omit<FilterCall, 'at'> & { at: number },
  s: Surroundings,
): (r: Render, value: unknown) => unknown {
  const filter = findFilter(call.name, call.nameAt, s.soft);
  const { nameAt: at } = call;
  const planned = plan(filter.signature, filter.label, filter.hidden, call.args, s);
  if (planned) {
    const { run } = filter;
    return (r, value) => {
      const args = planned(r);
      r.at = at;
      charge(1);
      return run(value, args, r.env, NO_REST, null);
    };
  }
  const args = compileArguments(call.args, s, at);
  return (r, value) => {
    const { positional, named } = args(r);
    r.at = at;
    return applyFilter(filter, value, positional, named, r.env);
  };
}

export function testExpression(e: Extract<Expr, { type: 'test' }>, s: Surroundings): Evaluate {
  const input = s.compile(e.input, s);
  const test = findTest(e.name, e.nameAt, s.soft);
  const planned = plan(test.signature, test.label, test.hidden, e.args, s);
  const args = planned ?? bindLater(test, compileArguments(e.args, s, e.at));
  const { negate, at } = e;
  return (r) => {
    const value = input(r);
    const given = args(r);
    r.at = at;
    return test.run(value, given, r.env) !== negate;
  };
}

function bindLater(test: Test, args: (r: Render) => Given): (r: Render) => unknown[] {
  return (r) => {
    const { positional, named } = args(r);
    return bind(test.signature, test.label, positional, named, test.hidden).args;
  };
}

/** The filters of a block, one after another. */
export function compileFilters(calls: FilterCall[], s: Surroundings): (r: Render, value: unknown) => unknown {
  const filters = calls.map((call) => compileFilter(call, s));
  return (r, value) => {
    let current = value;
    for (const filter of filters) current = filter(r, current);
    return current;
  };
}
