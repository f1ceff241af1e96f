import type { MacroParameter, Statement, Target } from './ast.ts';
import { charge, chargeItems, MACRO_DEPTH } from './budget.ts';
import { compileArguments, compileFilters, invoke } from './compile-calls.ts';
import { compileExpr, readName } from './compile-expressions.ts';
import { TemplateError, typeError } from './errors.ts';
import { type Escape, type Place, placeOf, type Write, writesStructure } from './escape.ts';
import { type CompiledMacro, macroFunction, specialNames } from './macro.ts';
import { str } from './print.ts';
import { capture, type Evaluate, type Execute, emit, newFrame, type Render, tooLong } from './render-state.ts';
import { assigned, FunctionScope, mentions, Scope, targetNames, walk } from './scope.ts';
import { iterate } from './sequences.ts';
import { type Assign, assignsLoop, type LoopParts, pushChunks, runLoop, unpack } from './statement-runtime.ts';
import type { CompiledParameter, Surroundings } from './surroundings.ts';
import { Func, Host, isText, isTruthy, Namespace, Safe, typeName } from './values.ts';

export interface CompileSettings {
  escape: Escape;
  parameters: ReadonlyMap<string, CompiledParameter>;
  /** Whether outputs note which part of the result they wrote. */
  traced: boolean;
}

export interface CompiledTemplate {
  run: Execute;
  /** Slots of the template's own frame. */
  size: number;
}

/** Turns a tree into closures. @throws TemplateError (TemplateAssertionError) with its offset */
export function compileTemplateBody(body: Statement[], settings: CompileSettings): CompiledTemplate {
  const fn = new FunctionScope(null);
  const scope = new Scope(fn, null);
  const blocks = collectBlocks(body);
  const compiler = new StatementCompiler(settings, placeOf(settings.escape), scope, blocks);
  if (!mentions(body, 'self') || assigned(body).includes('self'))
    return { run: compiler.scoped(body, scope), size: fn.size };
  const self = scope.declare('self');
  const rendered = new Map([...blocks].map(([name, block]) => [name, compiler.separately(block)] as const));
  const run = compiler.scoped(body, scope);
  const withSelf: Execute = (r) => {
    const { frame } = r;
    frame.slots[self] = new Host('TemplateReference', (name) => {
      const block = typeof name === 'string' ? rendered.get(name) : undefined;
      return block && new Func(name as string, () => block(r, frame), 'BlockReference');
    });
    run(r);
  };
  return { run: withSelf, size: fn.size };
}

type BlockStatement = Extract<Statement, { type: 'block' }>;

function collectBlocks(body: Statement[]): Map<string, BlockStatement> {
  const blocks = new Map<string, BlockStatement>();
  walk(body, (node) => {
    if (node.type === 'block' && 'body' in node && node.name) blocks.set(node.name, node as BlockStatement);
  });
  return blocks;
}

class StatementCompiler {
  private readonly settings: CompileSettings;
  private readonly place: Place;
  /** The scope of the template itself: what blocks see of the assignments around them. */
  private readonly top: Scope;
  private readonly blocks: Map<string, BlockStatement>;

  constructor(settings: CompileSettings, place: Place, top: Scope, blocks: Map<string, BlockStatement>) {
    this.settings = settings;
    this.place = place;
    this.top = top;
    this.blocks = blocks;
  }

  /** A body whose assignments live in `scope`. Names are declared first, so that macros may call what is defined below them. */
  scoped(body: Statement[], scope: Scope): Execute {
    scope.declareAll(body);
    return this.sequence(body, this.around(scope));
  }

  private around(scope: Scope, soft = false): Surroundings {
    return { scope, parameters: this.settings.parameters, soft, compile: compileExpr };
  }

  private sequence(body: Statement[], s: Surroundings): Execute {
    const steps = body.map((statement) => this.statement(statement, s));
    if (steps.length === 1) return steps[0]!;
    if (steps.length === 0) return () => {};
    return (r) => {
      for (let i = 0; i < steps.length; i++) steps[i]!(r);
    };
  }

  private statement(statement: Statement, s: Surroundings): Execute {
    switch (statement.type) {
      case 'text': {
        this.place.text(statement.text);
        const { text } = statement;
        return (r) => emit(r, text);
      }
      case 'output':
        return this.output(statement, s);
      case 'if':
        return this.ifStatement(statement, s);
      case 'for':
        return this.forStatement(statement, s);
      case 'set': {
        const value = compileExpr(statement.value, s);
        const assign = this.assign(statement.target, s.scope);
        return (r) => {
          const result = value(r);
          r.at = statement.at;
          charge(1);
          assign(r, result);
        };
      }
      case 'set-block': {
        const body = this.captured(statement.body, s);
        const filters = compileFilters(statement.filters, s);
        const assign = this.assign(statement.target, s.scope);
        return (r) => assign(r, filters(r, body(r)));
      }
      case 'with':
        return this.withStatement(statement, s);
      case 'filter-block': {
        const body = this.captured(statement.body, s);
        const filters = compileFilters(statement.filters, s);
        const write = this.writer();
        return (r) => {
          const value = filters(r, body(r));
          r.at = statement.at;
          if (!isText(value)) throw typeError(`sequence item 0: expected str instance, ${typeName(value)} found`);
          emit(r, write(value));
        };
      }
      case 'macro': {
        const macro = this.macro(statement.name, statement.parameters, statement.body, s.scope);
        const assign = this.assign({ type: 'name', name: statement.name, at: statement.at }, s.scope);
        return (r) => assign(r, macroFunction(macro, r));
      }
      case 'call-block':
        return this.callBlock(statement, s);
      case 'block':
        return this.block(statement, s);
      case 'autoescape':
        return this.autoescape(statement, s);
      case 'no-loader':
        return (r) => {
          r.at = statement.at;
          throw typeError('no loader for this environment specified');
        };
      case 'customers':
        return this.customers(statement, s);
    }
  }

  /** How a value that no single expression stands for is written here. */
  private writer(): Write {
    return this.place.write({ type: 'const', value: null, at: 0 });
  }

  private output(statement: Extract<Statement, { type: 'output' }>, s: Surroundings): Execute {
    const evaluate = compileExpr(statement.value, s);
    const write = this.place.write(statement.value);
    const { at, end } = statement;
    const plain = write === str;
    const put = (r: Render): void => {
      const value = evaluate(r);
      if (plain && typeof value === 'string') r.out += value;
      else {
        r.at = at;
        r.out += write(value);
      }
      if (r.out.length + r.chunked > r.outputLimit) tooLong();
    };
    if (!this.settings.traced) return put;
    return (r) => {
      const start = r.out.length;
      put(r);
      r.spans?.push({ start, end: r.out.length, at, sourceEnd: end });
    };
  }

  private ifStatement(statement: Extract<Statement, { type: 'if' }>, outer: Surroundings): Execute {
    const s = { ...outer, soft: true };
    const before = this.place.save();
    let after: unknown;
    const branches = statement.branches.map(([test, body]) => {
      this.place.restore(before);
      const branch = [compileExpr(test, s), this.sequence(body, s)] as const;
      after ??= this.place.save();
      return branch;
    });
    this.place.restore(before);
    const otherwise = this.sequence(statement.otherwise, s);
    this.place.restore(after);
    if (branches.length === 1) {
      const [test, body] = branches[0]!;
      return (r) => (isTruthy(test(r)) ? body(r) : otherwise(r));
    }
    return (r) => {
      for (const [test, body] of branches) {
        if (!isTruthy(test(r))) continue;
        body(r);
        return;
      }
      otherwise(r);
    };
  }

  private forStatement(statement: Extract<Statement, { type: 'for' }>, s: Surroundings): Execute {
    if (assignsLoop(statement))
      throw new TemplateError(
        'TemplateAssertionError',
        "Can't assign to special loop variable in for-loop target",
        statement.at,
      );
    const over = compileExpr(statement.over, s);
    const before = this.place.save();
    const fn = statement.recursive ? new FunctionScope(s.scope.fn) : s.scope.fn;
    const scope = new Scope(fn, s.scope);
    for (const name of targetNames(statement.target)) scope.declare(name);
    const usesLoop = statement.recursive || mentions(statement.body, 'loop');
    const condition = statement.condition && compileExpr(statement.condition, this.around(scope));
    const assign = this.assign(statement.target, scope);
    const loopSlot = usesLoop ? scope.declare('loop') : -1;
    const body = this.scoped(statement.body, scope);
    const after = this.place.save();
    this.place.restore(before);
    const otherwise = this.scoped(statement.otherwise, new Scope(fn, s.scope));
    this.place.restore(after);
    const parts: LoopParts = { body, otherwise, assign, condition, loopSlot, slots: scope.slots(), at: statement.at };
    if (statement.recursive) return this.recursiveFor(over, parts, fn, statement.at);
    return (r) => {
      const value = over(r);
      r.at = statement.at;
      runLoop(r, value, parts, 0, null);
    };
  }

  private recursiveFor(over: Evaluate, parts: LoopParts, fn: FunctionScope, at: number): Execute {
    const finished = this.settings.escape !== 'raw' && this.settings.escape !== 'text';
    const enter = (r: Render, value: unknown, depth: number, home: Render['frame']): void => {
      if (++r.depth > MACRO_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
      const back = r.frame;
      r.frame = newFrame(fn.size, home);
      try {
        runLoop(r, value, parts, depth, (items) => capture(r, () => enter(r, items, depth + 1, home), finished));
      } finally {
        r.frame = back;
        r.depth--;
      }
    };
    return (r) => {
      const value = over(r);
      r.at = at;
      enter(r, value, 0, r.frame);
    };
  }

  private withStatement(statement: Extract<Statement, { type: 'with' }>, s: Surroundings): Execute {
    const scope = new Scope(s.scope.fn, s.scope);
    const values = statement.names.map(([, value]) => compileExpr(value, s));
    for (const [target] of statement.names) for (const name of targetNames(target)) scope.declare(name);
    const assigns = statement.names.map(([target]) => this.assign(target, scope));
    const body = this.scoped(statement.body, scope);
    const slots = scope.slots();
    return (r) => {
      // All values are worked out before the first name is set.
      const given = values.map((value) => value(r));
      r.at = statement.at;
      for (const slot of slots) r.frame.slots[slot] = undefined;
      assigns.forEach((assign, i) => assign(r, given[i]));
      body(r);
    };
  }

  /** A body as a value: finished when it writes structure of the format, a text otherwise. */
  private captured(body: Statement[], s: Surroundings): Evaluate {
    const scope = new Scope(s.scope.fn, s.scope);
    const finished = writesStructure(this.settings.escape, body);
    const run = this.inside(finished).scoped(body, scope);
    const slots = scope.slots();
    return (r) => {
      for (const slot of slots) r.frame.slots[slot] = undefined;
      return capture(r, run, finished);
    };
  }

  /** The compiler for a captured body: with a place of its own. */
  private inside(finished: boolean): StatementCompiler {
    const escape: Escape = finished ? this.settings.escape : 'raw';
    return new StatementCompiler({ ...this.settings, escape, traced: false }, placeOf(escape), this.top, this.blocks);
  }

  private macro(name: string | null, parameters: MacroParameter[], body: Statement[], outside: Scope): CompiledMacro {
    const fn = new FunctionScope(outside.fn);
    const scope = new Scope(fn, outside);
    const slots = parameters.map((parameter) => scope.declare(parameter.name));
    const special = specialNames(parameters, body);
    const slotOf = (wanted: string) => (special.has(wanted) ? scope.declare(wanted) : null);
    const [varargs, kwargs, caller] = [slotOf('varargs'), slotOf('kwargs'), slotOf('caller')];
    const finished = writesStructure(this.settings.escape, body);
    const compiled = parameters.map((parameter, i) => ({
      name: parameter.name,
      slot: slots[i]!,
      fallback: parameter.fallback && compileExpr(parameter.fallback, this.around(scope)),
    }));
    const run = this.inside(finished).scoped(body, scope);
    return { name, fn, parameters: compiled, varargs, kwargs, caller, run, finished };
  }

  private callBlock(statement: Extract<Statement, { type: 'call-block' }>, s: Surroundings): Execute {
    const macro = this.macro(null, statement.parameters, statement.body, s.scope);
    const { call } = statement;
    const callee = compileExpr(call.callee, s);
    const args = compileArguments(call.args, s, call.at);
    const write = this.writer();
    return (r) => {
      const target = callee(r);
      const { positional, named } = args(r);
      r.at = call.at;
      const result = invoke(target, positional, { ...named, caller: macroFunction(macro, r) });
      emit(r, write(result === undefined ? null : result));
    };
  }

  /** `{% block %}` renders in place; it sees what the template itself has assigned, and more only when it is `scoped`. */
  private block(statement: BlockStatement, s: Surroundings): Execute {
    const fn = new FunctionScope(statement.scoped ? s.scope.fn : this.top.fn);
    const scope = new Scope(fn, statement.scoped ? s.scope : this.top);
    const run = this.scoped(statement.body, scope);
    const inTop = statement.scoped || s.scope.fn === this.top.fn;
    return (r) => {
      const back = r.frame;
      let home = back;
      if (!inTop) while (home.parent) home = home.parent;
      r.frame = newFrame(fn.size, home);
      try {
        run(r);
      } finally {
        r.frame = back;
      }
    };
  }

  /** A block on its own, for `self.name()`. */
  separately(statement: BlockStatement): (r: Render, home: Render['frame']) => unknown {
    const fn = new FunctionScope(this.top.fn);
    const finished = writesStructure(this.settings.escape, statement.body);
    const run = this.inside(finished).scoped(statement.body, new Scope(fn, this.top));
    return (r, home) => {
      if (++r.depth > MACRO_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
      const back = r.frame;
      r.frame = newFrame(fn.size, home);
      try {
        return capture(r, run, finished);
      } finally {
        r.frame = back;
        r.depth--;
      }
    };
  }

  private autoescape(statement: Extract<Statement, { type: 'autoescape' }>, s: Surroundings): Execute {
    const { enabled } = statement;
    const isOn = enabled.type === 'const' && isTruthy(enabled.value);
    const scope = new Scope(s.scope.fn, s.scope);
    // Where values are escaped for their format already, HTML escaping on top would spoil them.
    if (this.settings.escape !== 'raw' && this.settings.escape !== 'html') return this.scoped(statement.body, scope);
    const escape: Escape = isOn ? 'html' : 'raw';
    return new StatementCompiler({ ...this.settings, escape }, placeOf(escape), this.top, this.blocks).scoped(
      statement.body,
      scope,
    );
  }

  /** `{% output E separated by S %}`: finished fragments, each a chunk of its own. */
  private customers(statement: Extract<Statement, { type: 'customers' }>, s: Surroundings): Execute {
    const over = compileExpr(statement.over, s);
    const separator = compileExpr(statement.separator, s);
    const write = this.writer();
    const piece = (value: unknown): string => (value instanceof Safe ? value.text : write(value));
    return (r) => {
      const items = over(r);
      const between = str(separator(r));
      r.at = statement.at;
      const list = iterate(items);
      chargeItems(list.length);
      if (!r.chunks) {
        list.forEach((item, i) => emit(r, (i > 0 ? between : '') + piece(item)));
        return;
      }
      pushChunks(r, r.chunks, list.map(piece), between);
    };
  }

  private assign(target: Target, scope: Scope): Assign {
    if (target.type === 'name') {
      const slot = scope.declare(target.name);
      return (r, value) => {
        r.frame.slots[slot] = value;
      };
    }
    if (target.type === 'namespace') {
      const object = readName(target.object, scope);
      const { name } = target;
      return (r, value) => {
        const space = object(r);
        if (!(space instanceof Namespace))
          throw new TemplateError('TemplateRuntimeError', 'cannot assign attribute on non-namespace object');
        chargeItems(1);
        space.values.set(name, value);
      };
    }
    const parts = target.items.map((part) => this.assign(part, scope));
    return (r, value) => unpack(r, value, parts);
  }
}
