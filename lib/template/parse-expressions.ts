import type { BinaryOp } from './arithmetic.ts';
import type { Arguments, Expr, FilterCall } from './ast.ts';
import type { CompareOp } from './compare.ts';
import { PrimaryParser } from './parse-primary.ts';
import { describe } from './token-stream.ts';

const COMPARE: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const PRODUCT: ReadonlySet<string> = new Set(['*', '/', '//', '%']);
const NO_ARGUMENTS: Arguments = { positional: [], named: [], rest: null, restNamed: null };

/** Expressions, by Jinja's grammar from the loosest binding to the tightest. */
export class ExpressionParser extends PrimaryParser {
  /** An expression, or a tuple without parentheses. */
  tuple(withConditional = true, inParentheses = false): Expr {
    const { at } = this.tokens.current;
    const items: Expr[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) this.tokens.expectOperator(',');
      const { type } = this.tokens.current;
      if (type === 'end-output' || type === 'end-block' || this.tokens.isOperator(')')) break;
      items.push(withConditional ? this.expression() : this.or());
      if (!this.tokens.isOperator(',')) break;
      isTuple = true;
    }
    if (!isTuple) {
      if (items.length > 0) return items[0]!;
      if (!inParentheses) this.tokens.fail(`Expected an expression, got '${describe(this.tokens.current)}'`);
    }
    return { type: 'tuple', items, at };
  }

  expression(): Expr {
    return this.nested(() => {
      let { at } = this.tokens.current;
      let value = this.or();
      for (let i = 0; this.tokens.skipName('if'); i++) {
        this.link(i);
        const test = this.or();
        const no = this.tokens.skipName('else') ? this.expression() : null;
        value = { type: 'if', test, yes: value, no, at };
        at = this.tokens.current.at;
      }
      return value;
    });
  }

  or(): Expr {
    let left = this.and();
    for (let i = 0; this.tokens.isName('or'); i++) {
      this.link(i);
      this.tokens.next();
      left = { type: 'or', left, right: this.and(), at: left.at };
    }
    return left;
  }

  private and(): Expr {
    let left = this.not();
    for (let i = 0; this.tokens.isName('and'); i++) {
      this.link(i);
      this.tokens.next();
      left = { type: 'and', left, right: this.not(), at: left.at };
    }
    return left;
  }

  private not(): Expr {
    if (!this.tokens.isName('not')) return this.compare();
    const { at } = this.tokens.next();
    return this.nested(() => ({ type: 'unary', op: 'not', operand: this.not(), at }));
  }

  private compare(): Expr {
    const left = this.sum();
    const rest: [CompareOp, Expr][] = [];
    for (;;) {
      const { current } = this.tokens;
      if (current.type === 'operator' && COMPARE.has(current.value)) {
        this.tokens.next();
        rest.push([current.value as CompareOp, this.sum()]);
      } else if (this.tokens.skipName('in')) rest.push(['in', this.sum()]);
      else if (this.tokens.isName('not') && this.tokens.look().type === 'name' && this.tokens.look().value === 'in') {
        this.tokens.next();
        this.tokens.next();
        rest.push(['not in', this.sum()]);
      } else return rest.length === 0 ? left : { type: 'compare', left, rest, at: left.at };
    }
  }

  private sum(): Expr {
    let left = this.concat();
    for (let i = 0; this.tokens.isOperator('+') || this.tokens.isOperator('-'); i++) {
      this.link(i);
      const op = this.tokens.next().value as BinaryOp;
      left = { type: 'binary', op, left, right: this.concat(), at: left.at };
    }
    return left;
  }

  private concat(): Expr {
    const first = this.product();
    if (!this.tokens.isOperator('~')) return first;
    const parts = [first];
    while (this.tokens.skipOperator('~')) parts.push(this.product());
    return { type: 'concat', parts, at: first.at };
  }

  private product(): Expr {
    let left = this.power();
    for (let i = 0; this.tokens.current.type === 'operator' && PRODUCT.has(this.tokens.current.value); i++) {
      this.link(i);
      const op = this.tokens.next().value as BinaryOp;
      left = { type: 'binary', op, left, right: this.power(), at: left.at };
    }
    return left;
  }

  private power(): Expr {
    let left = this.unary(true);
    for (let i = 0; this.tokens.isOperator('**'); i++) {
      this.link(i);
      this.tokens.next();
      left = { type: 'binary', op: '**', left, right: this.unary(true), at: left.at };
    }
    return left;
  }

  private unary(withFilters: boolean): Expr {
    const { at } = this.tokens.current;
    let value: Expr;
    if (this.tokens.isOperator('-') || this.tokens.isOperator('+')) {
      const op = this.tokens.next().value as '-' | '+';
      value = this.nested(() => ({ type: 'unary', op, operand: this.unary(false), at }));
    } else value = this.primary() as Expr;
    value = this.postfix(value);
    return withFilters ? this.filtersAndTests(value) : value;
  }

  /** `name(…)`, `name | other(…)`: the filters of a block. */
  protected filterChain(startsInline: boolean): FilterCall[] {
    const filters: FilterCall[] = [];
    if (startsInline) filters.push(this.filterCall());
    while (this.tokens.skipOperator('|')) filters.push(this.filterCall());
    return filters;
  }

  private filterCall(): FilterCall {
    const { at } = this.tokens.current;
    const name = this.dottedName();
    return { name, at, nameAt: at, args: this.tokens.isOperator('(') ? this.arguments() : NO_ARGUMENTS };
  }

  private dottedName(): string {
    let name = this.tokens.expectName().value;
    while (this.tokens.skipOperator('.')) name += `.${this.tokens.expectName().value}`;
    return name;
  }

  private filtersAndTests(start: Expr): Expr {
    let value = start;
    for (let i = 0; ; i++) {
      this.link(i);
      if (this.tokens.skipOperator('|')) value = { ...this.filterCall(), type: 'filter', input: value };
      else if (this.tokens.isName('is')) value = this.test(value);
      else if (this.tokens.isOperator('('))
        value = { type: 'call', callee: value, args: this.arguments(), at: value.at };
      else return value;
    }
  }

  private test(input: Expr): Expr {
    const { at } = this.tokens.next();
    const negate = this.tokens.skipName('not');
    const nameAt = this.tokens.current.at;
    const name = this.dottedName();
    let args = NO_ARGUMENTS;
    if (this.tokens.isOperator('(')) args = this.arguments();
    else if (this.startsBareArgument()) {
      if (this.tokens.isName('is')) this.tokens.fail('You cannot chain multiple tests with is');
      args = { ...NO_ARGUMENTS, positional: [this.nested(() => this.postfix(this.primary()))] };
    }
    return { type: 'test', name, nameAt, input, args, negate, at };
  }

  private startsBareArgument(): boolean {
    const { type, value } = this.tokens.current;
    if (type === 'name') return !['else', 'or', 'and', 'separated'].includes(value);
    if (type === 'operator') return value === '[' || value === '{';
    return type === 'string' || type === 'integer' || type === 'float' || type === 'parameter';
  }
}
