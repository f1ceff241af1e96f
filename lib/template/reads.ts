import type { Arguments, Expr, FilterCall, MacroParameter, Statement } from './ast.ts';
import { GLOBALS } from './globals.ts';
import { targetNames } from './scope.ts';

/** One place where a template takes something from its context. */
export interface Read {
  root: string;
  /** Attribute names below the root, as far as they are written out: `customer.address.city` is address, city. */
  path: string[];
  at: number;
  end: number;
  /** Of a call: `webhook(2)` has [2]; null when the root is not called. */
  call: unknown[] | null;
  /** Offsets of the steps of `path`. */
  steps: number[];
}

/** Every read of the context, with its place; names that the template assigns itself are not among them. */
export function readsOf(body: readonly Statement[]): Read[] {
  const reader = new Reader();
  reader.statements(body, new Set());
  return reader.reads;
}

class Reader {
  readonly reads: Read[] = [];

  statements(body: readonly Statement[], own: Set<string>): void {
    for (const statement of body) this.statement(statement, own);
  }

  private statement(s: Statement, own: Set<string>): void {
    switch (s.type) {
      case 'output':
        return this.expr(s.value, own);
      case 'if':
        // What only some branches assign may still come from the context behind them.
        for (const [test, body] of s.branches) {
          this.expr(test, own);
          this.statements(body, new Set(own));
        }
        return this.statements(s.otherwise, new Set(own));
      case 'for': {
        this.expr(s.over, own);
        const inner = new Set([...own, ...targetNames(s.target), 'loop']);
        if (s.condition) this.expr(s.condition, inner);
        this.statements(s.body, inner);
        return this.statements(s.otherwise, new Set(own));
      }
      case 'set':
        this.expr(s.value, own);
        if (s.target.type === 'namespace' && !own.has(s.target.object))
          this.add(s.target.object, [], [], s.at, s.at, null);
        for (const name of targetNames(s.target)) own.add(name);
        return;
      case 'set-block':
        this.filters(s.filters, own);
        this.statements(s.body, new Set(own));
        for (const name of targetNames(s.target)) own.add(name);
        return;
      case 'with': {
        for (const [, value] of s.names) this.expr(value, own);
        return this.statements(s.body, new Set([...own, ...s.names.flatMap(([target]) => targetNames(target))]));
      }
      case 'filter-block':
        this.filters(s.filters, own);
        return this.statements(s.body, new Set(own));
      case 'macro':
        own.add(s.name);
        return this.macro(s.parameters, s.body, own);
      case 'call-block':
        this.expr(s.call, own);
        return this.macro(s.parameters, s.body, own);
      case 'block':
      case 'autoescape':
        return this.statements(s.body, new Set(own));
      case 'customers':
        this.expr(s.over, own);
        return this.expr(s.separator, own);
      default:
    }
  }

  private macro(parameters: MacroParameter[], body: Statement[], own: Set<string>): void {
    const inner = new Set([...own, ...parameters.map(({ name }) => name), 'caller', 'varargs', 'kwargs']);
    for (const { fallback } of parameters) if (fallback) this.expr(fallback, inner);
    this.statements(body, inner);
  }

  private filters(calls: FilterCall[], own: Set<string>): void {
    for (const call of calls) this.args(call.args, own);
  }

  private args({ positional, named, rest, restNamed }: Arguments, own: Set<string>): void {
    for (const arg of positional) this.expr(arg, own);
    for (const [, value] of named) this.expr(value, own);
    if (rest) this.expr(rest, own);
    if (restNamed) this.expr(restNamed, own);
  }

  private add(root: string, path: string[], steps: number[], at: number, end: number, call: unknown[] | null): void {
    this.reads.push({ root, path, steps, at, end, call });
  }

  /** A name and the attributes behind it, or null for any other expression. */
  private chain(e: Expr, own: Set<string>): Read | null {
    if (e.type === 'name')
      return { root: e.name, path: [], steps: [], at: e.at, end: e.at + e.name.length, call: null };
    if (e.type === 'call' && e.callee.type === 'name') {
      this.args(e.args, own);
      const call = e.args.positional.map((arg) => (arg.type === 'const' ? arg.value : undefined));
      return { root: e.callee.name, path: [], steps: [], at: e.at, end: e.at + e.callee.name.length, call };
    }
    if (e.type === 'attribute') {
      const chain = this.chain(e.object, own);
      return (
        chain && {
          ...chain,
          path: [...chain.path, e.name],
          steps: [...chain.steps, e.nameAt],
          end: e.nameAt + e.name.length,
        }
      );
    }
    if (e.type === 'item' && e.key.type === 'const' && typeof e.key.value === 'string') {
      const chain = this.chain(e.object, own);
      return (
        chain && {
          ...chain,
          path: [...chain.path, e.key.value],
          steps: [...chain.steps, e.key.at],
          end: e.key.at + e.key.value.length + 2,
        }
      );
    }
    return null;
  }

  private expr(e: Expr, own: Set<string>): void {
    if (e.type === 'call' && e.callee.type === 'attribute') {
      // The last step of what is called is a method, not data.
      this.expr(e.callee.object, own);
      return this.args(e.args, own);
    }
    const chain = this.chain(e, own);
    if (chain) {
      if (own.has(chain.root) || (GLOBALS.has(chain.root) && chain.path.length === 0)) return;
      this.reads.push(chain);
      return;
    }
    this.parts(e, own);
  }

  private parts(e: Expr, own: Set<string>): void {
    switch (e.type) {
      case 'list':
      case 'tuple':
        for (const item of e.items) this.expr(item, own);
        return;
      case 'dict':
        for (const pair of e.entries) for (const part of pair) this.expr(part, own);
        return;
      case 'attribute':
        return this.expr(e.object, own);
      case 'item':
        this.expr(e.object, own);
        return this.expr(e.key, own);
      case 'slice':
        for (const part of [e.object, e.from, e.to, e.step]) if (part) this.expr(part, own);
        return;
      case 'call':
        this.expr(e.callee, own);
        return this.args(e.args, own);
      case 'filter':
      case 'test':
        this.expr(e.input, own);
        return this.args(e.args, own);
      case 'unary':
        return this.expr(e.operand, own);
      case 'binary':
      case 'and':
      case 'or':
        this.expr(e.left, own);
        return this.expr(e.right, own);
      case 'compare':
        this.expr(e.left, own);
        for (const [, operand] of e.rest) this.expr(operand, own);
        return;
      case 'concat':
        for (const part of e.parts) this.expr(part, own);
        return;
      case 'if':
        this.expr(e.test, own);
        this.expr(e.yes, own);
        if (e.no) this.expr(e.no, own);
        return;
      default:
    }
  }
}
