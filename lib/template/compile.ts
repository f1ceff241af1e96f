import type { Arguments, Expr, FilterCall, Statement, Target } from './ast.ts';
import { charge, MACRO_DEPTH, RANGE_LIMIT } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { type Escape, type Place, placeOf, type Write } from './escape.ts';
import { type Env, FILTERS, type Filter, type Test } from './filters.ts';
import { attributeOf, itemOf } from './methods.ts';
import { binary, compareBy, concat, negate } from './operators.ts';
import { TESTS } from './tests.ts';
import {
  equals,
  Float,
  Func,
  float,
  Host,
  hashable,
  isMapping,
  isNumber,
  isText,
  isTruthy,
  iterate,
  Namespace,
  Safe,
  str,
  Tuple,
  textOf,
  typeName,
  Undefined,
} from './values.ts';

/** The state of one render. Rendering is synchronous, so closures share it without locks. */
export interface Render {
  context: Record<string, unknown>;
  scope: Scope;
  out: string;
  /** Root only: finished pieces of output, so that a batch never becomes one huge string. */
  chunks: string[] | null;
  outputLimit: number;
  /** Where in the source we are; errors take their place from it. */
  at: number;
  depth: number;
  env: Env;
}

interface Scope {
  vars: Map<string, unknown>;
  parent: Scope | null;
}

type Evaluate = (r: Render) => unknown;
type Execute = (r: Render) => void;

export interface CompiledParameter {
  /** What `[[ name ]]` gives: a constant, or the result of the value's own template. */
  evaluate: Evaluate;
}

export interface CompileSettings {
  escape: Escape;
  parameters: ReadonlyMap<string, CompiledParameter>;
}

export const emptyScope = (): Scope => ({ vars: new Map(), parent: null });

/** Turns a tree into closures. No code is generated: a template can only do what the closures here do. */
export function compileStatements(body: Statement[], settings: CompileSettings): Execute {
  return new Compiler(settings, assignedNames(body)).block(body);
}

export function compileExpr(expression: Expr): Evaluate {
  return new Compiler({ escape: 'raw', parameters: new Map() }, new Set()).expr(expression);
}

/** Names that the template itself gives a value somewhere; all others come straight from the context. */
function assignedNames(body: Statement[]): Set<string> {
  const names = new Set<string>();
  const target = (t: Target): void => {
    if (typeof t === 'string') names.add(t);
    else for (const inner of t) target(inner);
  };
  const visit = (statements: Statement[]): void => {
    for (const s of statements) {
      if (s.type === 'for') {
        target(s.target);
        names.add('loop');
        visit(s.body);
        visit(s.otherwise);
      } else if (s.type === 'if') {
        for (const [, inner] of s.branches) visit(inner);
        visit(s.otherwise);
      } else if (s.type === 'set') target(s.target);
      else if (s.type === 'set-block') {
        names.add(s.target);
        visit(s.body);
      } else if (s.type === 'with') {
        for (const [t] of s.names) target(t);
        visit(s.body);
      } else if (s.type === 'macro' || s.type === 'call-block') {
        if (s.type === 'macro') names.add(s.name);
        for (const [name] of s.parameters) names.add(name);
        for (const name of ['caller', 'varargs', 'kwargs']) names.add(name);
        visit(s.body);
      } else if ('body' in s) visit(s.body);
    }
  };
  visit(body);
  return names;
}

class Compiler {
  private readonly settings: CompileSettings;
  private readonly assigned: ReadonlySet<string>;
  private readonly place: Place;

  constructor(settings: CompileSettings, assigned: ReadonlySet<string>) {
    this.settings = settings;
    this.assigned = assigned;
    this.place = placeOf(settings.escape);
  }

  // ---- statements

  block(body: Statement[]): Execute {
    const steps = body.map((statement) => this.statement(statement));
    if (steps.length === 1) return steps[0]!;
    return (r) => {
      for (let i = 0; i < steps.length; i++) steps[i]!(r);
    };
  }

  private statement(s: Statement): Execute {
    switch (s.type) {
      case 'text': {
        this.place.text(s.text);
        const { text } = s;
        return (r) => {
          r.out += text;
          if (r.out.length > r.outputLimit) tooLong();
        };
      }
      case 'output': {
        const evaluate = this.expr(s.value);
        const write: Write = this.place.write(s.value);
        const { at } = s;
        return (r) => {
          const value = evaluate(r);
          if (value instanceof Undefined || typeof value === 'object') r.at = at;
          r.out += write(value);
          if (r.out.length > r.outputLimit) tooLong();
        };
      }
      case 'if': {
        const before = this.place.save();
        let after: unknown;
        const branches = s.branches.map(([test, body]) => {
          this.place.restore(before);
          const branch = [this.expr(test), this.block(body)] as const;
          after ??= this.place.save();
          return branch;
        });
        this.place.restore(before);
        const otherwise = this.block(s.otherwise);
        this.place.restore(after);
        return (r) => {
          for (const [test, body] of branches) {
            if (!isTruthy(test(r))) continue;
            body(r);
            return;
          }
          otherwise(r);
        };
      }
      case 'for':
        return this.forLoop(s);
      case 'set': {
        const value = this.expr(s.value);
        const assign = this.assign(s.target);
        return (r) => assign(r, value(r));
      }
      case 'set-attribute': {
        const value = this.expr(s.value);
        const object = this.name(s.object);
        return (r) => {
          r.at = s.at;
          const space = object(r);
          if (!(space instanceof Namespace))
            throw new TemplateError('TemplateRuntimeError', 'cannot assign attribute on non-namespace object');
          charge(4);
          space.values.set(s.name, value(r));
        };
      }
      case 'set-block': {
        const body = this.captured(s.body);
        const filters = this.filters(s.filters);
        return (r) => {
          r.scope.vars.set(s.target, filters(r, body(r)));
        };
      }
      case 'with': {
        const names = s.names.map(([target, value]) => [this.assign(target), this.expr(value)] as const);
        const body = this.block(s.body);
        return (r) => {
          const values = names.map(([, value]) => value(r));
          inScope(r, () => {
            names.forEach(([assign], i) => assign(r, values[i]));
            body(r);
          });
        };
      }
      case 'filter-block': {
        const body = this.captured(s.body);
        const filters = this.filters(s.filters);
        return (r) => {
          r.out += str(filters(r, body(r)));
        };
      }
      case 'macro': {
        const macro = this.macro(s.name, s.parameters, s.body);
        return (r) => {
          r.scope.vars.set(s.name, macro(r));
        };
      }
      case 'call-block': {
        const caller = this.macro('caller', s.parameters, s.body);
        const call = s.call as Extract<Expr, { type: 'call' }>;
        const callee = this.expr(call.callee);
        const args = this.args(call.args);
        return (r) => {
          const { positional, named } = args(r);
          const result = invoke(r, callee(r), positional, { ...named, caller: caller(r) }, call.at);
          r.out += str(result);
        };
      }
      case 'block':
        return this.block(s.body);
      case 'customers':
        return this.customers(s);
    }
  }

  private forLoop(s: Extract<Statement, { type: 'for' }>): Execute {
    const over = this.expr(s.over);
    const assign = this.assign(s.target);
    const condition = s.condition && this.expr(s.condition);
    const before = this.place.save();
    const body = this.block(s.body);
    const after = this.place.save();
    this.place.restore(before);
    const otherwise = this.block(s.otherwise);
    this.place.restore(after);
    const usesLoop = s.recursive || mentionsLoop(s.body);
    const run = (r: Render, value: unknown, depth: number): void => {
      let items = iterate(value);
      if (condition)
        items = items.filter((item) =>
          inScope(r, () => {
            assign(r, item);
            return isTruthy(condition(r));
          }),
        );
      if (items.length === 0) return otherwise(r);
      const outer = r.scope;
      const state = usesLoop
        ? new Loop(
            items,
            depth,
            s.recursive ? (inner) => capture(r, () => run(r, inner, depth + 1), this.settings.escape) : null,
          )
        : null;
      // A copy would be wrong (Python sees appended items), but a list that grows under the loop must end: fuel does that.
      for (let i = 0; i < items.length; i++) {
        charge(1);
        r.scope = { vars: new Map(), parent: outer };
        if (state) {
          state.index = i;
          r.scope.vars.set('loop', state.host);
        }
        assign(r, items[i]);
        body(r);
      }
      r.scope = outer;
    };
    return (r) => {
      r.at = s.at;
      const outer = r.scope;
      try {
        run(r, over(r), 0);
      } finally {
        r.scope = outer;
      }
    };
  }

  /** `{% output E separated by S %}`: finished fragments, each a chunk of its own. */
  private customers(s: Extract<Statement, { type: 'customers' }>): Execute {
    const over = this.expr(s.over);
    const separator = this.expr(s.separator);
    return (r) => {
      const between = str(separator(r));
      const items = iterate(over(r));
      charge(items.length);
      if (r.chunks) {
        r.chunks.push(r.out);
        r.out = '';
        for (let i = 0; i < items.length; i++) {
          if (i > 0) r.chunks.push(between);
          r.chunks.push(str(items[i]));
        }
        return;
      }
      r.out += items.map(str).join(between);
      if (r.out.length > r.outputLimit) tooLong();
    };
  }

  private captured(body: Statement[]): Evaluate {
    const run = this.block(body);
    const { escape } = this.settings;
    return (r) => capture(r, () => inScope(r, () => run(r)), escape);
  }

  private filters(calls: FilterCall[]): (r: Render, value: unknown) => unknown {
    const compiled = calls.map((call) => ({
      filter: this.filter(call.name, call.at),
      args: this.args(call.args),
      at: call.at,
    }));
    return (r, value) =>
      compiled.reduce((current, { filter, args, at }) => {
        const { positional, named } = args(r);
        r.at = at;
        charge(1);
        return filter(current, positional, named, r.env);
      }, value);
  }

  private macro(name: string, parameters: [string, Expr | null][], body: Statement[]): (r: Render) => Func {
    const run = this.block(body);
    const defaults = parameters.map(([parameter, value]) => [parameter, value && this.expr(value)] as const);
    const { escape } = this.settings;
    const takesRest = mentions(body, 'varargs');
    const takesNamed = mentions(body, 'kwargs');
    const takesCaller = mentions(body, 'caller');
    return (r) => {
      const home = r.scope;
      return new Func(name, (positional, named) => {
        if (++r.depth > MACRO_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
        const back = r.scope;
        r.scope = { vars: new Map(), parent: home };
        try {
          const { vars } = r.scope;
          const rest = { ...named };
          if (takesCaller || Object.hasOwn(rest, 'caller'))
            vars.set('caller', Object.hasOwn(rest, 'caller') ? rest.caller : new Undefined("'caller' is undefined"));
          delete rest.caller;
          if (positional.length > defaults.length && !takesRest)
            throw typeError(`macro '${name}' takes not more than ${defaults.length} argument(s)`);
          defaults.forEach(([parameter, fallback], i) => {
            if (i < positional.length) vars.set(parameter, positional[i]);
            else if (Object.hasOwn(rest, parameter)) vars.set(parameter, rest[parameter]);
            else
              vars.set(parameter, fallback ? fallback(r) : new Undefined(`parameter '${parameter}' was not provided`));
            delete rest[parameter];
          });
          if (takesRest) vars.set('varargs', Tuple.of2(positional.slice(defaults.length)));
          if (takesNamed) vars.set('kwargs', new Map(Object.entries(rest)));
          else if (Object.keys(rest).length > 0)
            throw typeError(`macro '${name}' takes no keyword argument '${Object.keys(rest)[0]}'`);
          return capture(r, () => run(r), escape);
        } finally {
          r.scope = back;
          r.depth--;
        }
      });
    };
  }

  private assign(target: Target): (r: Render, value: unknown) => void {
    if (typeof target === 'string') return (r, value) => void r.scope.vars.set(target, value);
    const parts = target.map((part) => this.assign(part));
    return (r, value) => {
      const items = iterate(value);
      if (items.length > parts.length)
        throw new TemplateError('ValueError', `too many values to unpack (expected ${parts.length})`);
      if (items.length < parts.length)
        throw new TemplateError(
          'ValueError',
          `not enough values to unpack (expected ${parts.length}, got ${items.length})`,
        );
      parts.forEach((part, i) => part(r, items[i]));
    };
  }

  // ---- expressions

  expr(e: Expr): Evaluate {
    switch (e.type) {
      case 'const': {
        const { value } = e;
        if (typeof value === 'object' && value !== null) {
          const number = (value as { float: number }).float;
          const boxed = Number.isInteger(number) ? new Float(number) : number;
          return () => boxed;
        }
        return () => value;
      }
      case 'name':
        return this.name(e.name);
      case 'parameter': {
        const parameter = this.settings.parameters.get(e.name);
        return parameter ? parameter.evaluate : () => new Undefined(`the parameter '${e.name}' has no value`);
      }
      case 'list':
      case 'tuple': {
        const items = e.items.map((item) => this.expr(item));
        const tuple = e.type === 'tuple';
        return (r) => {
          charge(items.length);
          const values = items.map((item) => item(r));
          return tuple ? Tuple.of2(values) : values;
        };
      }
      case 'dict': {
        const entries = e.entries.map(([key, value]) => [this.expr(key), this.expr(value)] as const);
        return (r) => {
          charge(entries.length);
          const keys = entries.map(([key, value]) => [key(r), value(r)] as const);
          return new Map(
            keys.map(([key, value]) => [hashable(key) === key || key instanceof Safe ? hashable(key) : key, value]),
          );
        };
      }
      case 'attribute': {
        const object = this.expr(e.object);
        const { name, at } = e;
        return (r) => {
          const value = object(r);
          // The way of nearly every expression: an own key of a plain object that hides no method.
          if (
            typeof value === 'object' &&
            value !== null &&
            Object.getPrototypeOf(value) === Object.prototype &&
            Object.hasOwn(value, name) &&
            !DICT_METHODS.has(name)
          )
            return (value as Record<string, unknown>)[name];
          r.at = at;
          return attributeOf(value, name);
        };
      }
      case 'item': {
        const object = this.expr(e.object);
        const key = this.expr(e.key);
        return (r) => {
          const value = object(r);
          const wanted = key(r);
          r.at = e.at;
          return itemOf(value, wanted);
        };
      }
      case 'slice':
        return this.slice(e);
      case 'call': {
        const callee = this.expr(e.callee);
        const args = this.args(e.args);
        return (r) => {
          const target = callee(r);
          const { positional, named } = args(r);
          return invoke(r, target, positional, named, e.at);
        };
      }
      case 'filter': {
        const input = this.expr(e.input!);
        const filter = this.filter(e.name, e.at);
        const args = this.args(e.args);
        return (r) => {
          const value = input(r);
          const { positional, named } = args(r);
          r.at = e.at;
          charge(1);
          return filter(value, positional, named, r.env);
        };
      }
      case 'test': {
        const input = this.expr(e.input);
        const test: Test | undefined = TESTS.get(e.name);
        if (!test)
          throw Object.assign(new TemplateError('TemplateAssertionError', `No test named '${e.name}'.`), {
            offset: e.at,
          });
        const args = this.args(e.args);
        return (r) => {
          const value = input(r);
          const { positional } = args(r);
          r.at = e.at;
          return test(value, positional, r.env) !== e.negate;
        };
      }
      case 'unary': {
        const operand = this.expr(e.operand);
        if (e.op === 'not') return (r) => !isTruthy(operand(r));
        if (e.op === '+') return operand;
        return (r) => {
          r.at = e.at;
          return negate(operand(r));
        };
      }
      case 'binary': {
        const left = this.expr(e.left);
        const right = this.expr(e.right);
        const { op, at } = e;
        return (r) => {
          const a = left(r);
          const b = right(r);
          r.at = at;
          return binary(op, a, b);
        };
      }
      case 'and': {
        const left = this.expr(e.left);
        const right = this.expr(e.right);
        return (r) => {
          const value = left(r);
          return isTruthy(value) ? right(r) : value;
        };
      }
      case 'or': {
        const left = this.expr(e.left);
        const right = this.expr(e.right);
        return (r) => {
          const value = left(r);
          return isTruthy(value) ? value : right(r);
        };
      }
      case 'compare': {
        const left = this.expr(e.left);
        const rest = e.rest.map(([op, operand]) => [op, this.expr(operand)] as const);
        return (r) => {
          let a = left(r);
          for (const [op, operand] of rest) {
            const b = operand(r);
            r.at = e.at;
            if (!compareBy(op, a, b)) return false;
            a = b;
          }
          return true;
        };
      }
      case 'concat': {
        const parts = e.parts.map((part) => this.expr(part));
        return (r) => concat(parts.map((part) => part(r)));
      }
      case 'if': {
        const test = this.expr(e.test);
        const yes = this.expr(e.yes);
        const no = e.no
          ? this.expr(e.no)
          : () =>
              new Undefined('the inline if-expression on line 1 evaluated to false and no else section was defined.');
        return (r) => (isTruthy(test(r)) ? yes(r) : no(r));
      }
    }
  }

  private name(name: string): Evaluate {
    const missing = new Undefined(`'${name}' is undefined`);
    const outside = (r: Render): unknown => {
      if (Object.hasOwn(r.context, name)) {
        const value = r.context[name];
        return value === undefined ? missing : value;
      }
      return GLOBALS.has(name) ? GLOBALS.get(name)!(r) : missing;
    };
    if (!this.assigned.has(name)) return outside;
    return (r) => {
      for (let scope: Scope | null = r.scope; scope; scope = scope.parent)
        if (scope.vars.has(name)) return scope.vars.get(name);
      return outside(r);
    };
  }

  private slice(e: Extract<Expr, { type: 'slice' }>): Evaluate {
    const object = this.expr(e.object);
    const [from, to, step] = [e.from, e.to, e.step].map((part) => (part ? this.expr(part) : () => null)) as [
      Evaluate,
      Evaluate,
      Evaluate,
    ];
    return (r) => {
      const value = object(r);
      const bounds = [from(r), to(r), step(r)].map((bound) => (bound === null ? null : Number(float(bound as number))));
      r.at = e.at;
      if (value instanceof Undefined) throw value.complain();
      if (!isText(value) && !Array.isArray(value)) throw typeError(`'${typeName(value)}' object is not subscriptable`);
      const items: unknown[] = isText(value) ? [...textOf(value)] : value;
      charge(items.length);
      const picked = sliceOf(items, bounds[0]!, bounds[1]!, bounds[2]!);
      return isText(value) ? picked.join('') : value instanceof Tuple ? Tuple.of2(picked) : picked;
    };
  }

  private filter(name: string, at: number): Filter {
    const filter = FILTERS.get(name);
    if (!filter)
      throw Object.assign(new TemplateError('TemplateAssertionError', `No filter named '${name}'.`), { offset: at });
    return filter;
  }

  private args(args: Arguments): (r: Render) => { positional: unknown[]; named: Record<string, unknown> } {
    if (args.positional.length === 0 && args.named.length === 0) return () => NO_ARGUMENTS;
    const positional = args.positional.map((arg) => this.expr(arg));
    const named = args.named.map(([name, value]) => [name, this.expr(value)] as const);
    return (r) => {
      const byName: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [name, value] of named) byName[name] = value(r);
      return { positional: positional.map((arg) => arg(r)), named: byName };
    };
  }
}

const NO_ARGUMENTS = {
  positional: [] as unknown[],
  named: Object.freeze(Object.create(null)) as Record<string, unknown>,
};
const DICT_METHODS = new Set(['keys', 'values', 'items', 'get', 'copy', 'update', 'setdefault', 'pop', 'clear']);

const tooLong = (): never => {
  throw new TemplateError('LimitError', 'the output is too long');
};

function mentions(body: Statement[], name: string): boolean {
  return JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes(
    `"type":"name","name":"${name}"`,
  );
}
const mentionsLoop = (body: Statement[]) => mentions(body, 'loop');

function inScope<T>(r: Render, work: () => T): T {
  const outer = r.scope;
  r.scope = { vars: new Map(), parent: outer };
  try {
    return work();
  } finally {
    r.scope = outer;
  }
}

/** Runs `work` and takes its output instead of letting it go; it was escaped for its place already. */
function capture(r: Render, work: () => void, escape: Escape): unknown {
  const { out, chunks } = r;
  r.out = '';
  r.chunks = null;
  try {
    work();
    return escape === 'raw' ? r.out : new Safe(r.out);
  } finally {
    r.out = out;
    r.chunks = chunks;
  }
}

function invoke(
  r: Render,
  target: unknown,
  positional: unknown[],
  named: Record<string, unknown>,
  at: number,
): unknown {
  r.at = at;
  charge(1);
  if (target instanceof Func) return target.call(positional, named);
  if (target instanceof Host && target.call) return target.call(positional, named);
  if (target instanceof Undefined) throw target.complain();
  throw typeError(`'${typeName(target)}' object is not callable`);
}

/** Python's slice of a list. */
function sliceOf(items: unknown[], from: number | null, to: number | null, step: number | null): unknown[] {
  const by = step ?? 1;
  if (by === 0) throw new TemplateError('ValueError', 'slice step cannot be zero');
  const { length } = items;
  const clamp = (index: number | null, fallback: number) =>
    index === null
      ? fallback
      : by > 0
        ? Math.min(length, Math.max(0, index < 0 ? index + length : index))
        : Math.min(length - 1, Math.max(-1, index < 0 ? index + length : index));
  const start = clamp(from, by > 0 ? 0 : length - 1);
  const stop = clamp(to, by > 0 ? length : -1);
  const out: unknown[] = [];
  for (let i = start; by > 0 ? i < stop : i > stop; i += by) out.push(items[i]);
  return out;
}

/** The `loop` of a for statement. */
class Loop {
  index = 0;
  readonly host: Host;
  private lastSeen: unknown = Loop;

  constructor(items: unknown[], depth: number, recurse: ((items: unknown) => unknown) | null) {
    const at = (offset: number): unknown =>
      this.index + offset >= 0 && this.index + offset < items.length
        ? items[this.index + offset]
        : new Undefined(offset < 0 ? 'there is no previous item' : 'there is no next item');
    const get = (key: unknown): unknown => {
      switch (key) {
        case 'index':
          return this.index + 1;
        case 'index0':
          return this.index;
        case 'first':
          return this.index === 0;
        case 'last':
          return this.index === items.length - 1;
        case 'length':
          return items.length;
        case 'revindex':
          return items.length - this.index;
        case 'revindex0':
          return items.length - this.index - 1;
        case 'depth':
          return depth + 1;
        case 'depth0':
          return depth;
        case 'previtem':
          return at(-1);
        case 'nextitem':
          return at(1);
        case 'cycle':
          return new Func('cycle', (values) => {
            if (values.length === 0) throw typeError('no items for cycling given');
            return values[this.index % values.length];
          });
        case 'changed':
          return new Func('changed', (values) => {
            const now = Tuple.of2(values);
            const same = this.lastSeen !== Loop && equals(this.lastSeen, now);
            this.lastSeen = now;
            return !same;
          });
        default:
          return undefined;
      }
    };
    this.host = new Host('LoopContext', get, recurse && ((values) => recurse(values[0])));
  }
}

/** Functions that every template has. */
const GLOBALS = new Map<string, (r: Render) => unknown>([
  [
    'range',
    () =>
      new Func('range', (args) => {
        const [a = 0, b, c = 1] = args.map((arg) => {
          if (!isNumber(arg)) throw typeError(`'${typeName(arg)}' object cannot be interpreted as an integer`);
          return Number(float(arg));
        });
        const [from, to] = b === undefined ? [0, a] : [a, b];
        if (c === 0) throw new TemplateError('ValueError', 'range() arg 3 must not be zero');
        const count = Math.max(0, Math.ceil((to - from) / c));
        if (count > RANGE_LIMIT)
          throw new TemplateError(
            'OverflowError',
            `Range too big. The sandbox blocks ranges larger than MAX_RANGE (${RANGE_LIMIT}).`,
          );
        charge(count);
        return Array.from({ length: count }, (_, i) => from + i * c);
      }),
  ],
  [
    'dict',
    () =>
      new Func(
        'dict',
        (args, named) =>
          new Map([
            ...(isMapping(args[0]) ? (args[0] instanceof Map ? args[0] : Object.entries(args[0])) : []),
            ...Object.entries(named),
          ]),
      ),
  ],
  [
    'namespace',
    () =>
      new Func('namespace', (args, named) => {
        const space = new Namespace();
        if (isMapping(args[0]))
          for (const [key, value] of args[0] instanceof Map ? args[0] : Object.entries(args[0]))
            space.values.set(str(key), value);
        for (const [key, value] of Object.entries(named)) space.values.set(key, value);
        return space;
      }),
  ],
  [
    'joiner',
    () =>
      new Func('joiner', (args, named) => {
        const separator = args[0] ?? named.sep ?? ', ';
        let used = false;
        return new Func('joiner', () => {
          const now = used ? separator : '';
          used = true;
          return now;
        });
      }),
  ],
  [
    'cycler',
    () =>
      new Func('cycler', (items) => {
        let at = 0;
        const next = new Func('next', () => items[at++ % items.length]);
        const reset = new Func('reset', () => {
          at = 0;
          return null;
        });
        return new Host('cycler', (key) =>
          key === 'next' ? next : key === 'reset' ? reset : key === 'current' ? items[at % items.length] : undefined,
        );
      }),
  ],
]);

/** Names of the global functions, for the editor and the reference. */
export const GLOBAL_NAMES = [...GLOBALS.keys()];
