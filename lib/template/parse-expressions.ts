import type { BinaryOp } from './arithmetic.ts';
import type { Arguments, Expr, FilterCall, Target } from './ast.ts';
import { SYNTAX_DEPTH } from './budget.ts';
import type { CompareOp } from './compare.ts';
import { limitError, TemplateError } from './errors.ts';
import { type Token, unquote } from './lexer.ts';
import { describe, type TokenStream } from './token-stream.ts';
import { asInt } from './values.ts';

const COMPARE: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const PRODUCT: ReadonlySet<string> = new Set(['*', '/', '//', '%']);
const CONSTANTS: Record<string, unknown> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
};
/** Links of one chain (`a + b + …`, `a.b.c…`, `a | b | …`): each is one level when it is evaluated. */
const CHAIN_LIMIT = 1000;
const NO_ARGUMENTS: Arguments = { positional: [], named: [], rest: null, restNamed: null };
const MAX_DIGITS = 4300;

/** Expressions, by Jinja's grammar from the loosest binding to the tightest. */
export class ExpressionParser {
  protected readonly tokens: TokenStream;
  private depth = 0;

  constructor(tokens: TokenStream) {
    this.tokens = tokens;
  }

  /** Counts one level of nesting while `work` runs. */
  protected nested<T>(work: () => T): T {
    if (++this.depth > SYNTAX_DEPTH)
      throw new TemplateError(
        'TemplateSyntaxError',
        `nested more than ${SYNTAX_DEPTH} levels deep`,
        this.tokens.current.at,
      );
    const result = work();
    this.depth--;
    return result;
  }

  protected resetDepth(depth: number): void {
    this.depth = depth;
  }
  protected currentDepth(): number {
    return this.depth;
  }

  private link(count: number): void {
    if (count <= CHAIN_LIMIT) return;
    const error = limitError(`an expression has more than ${CHAIN_LIMIT} parts in a row`);
    throw new TemplateError(error.type, error.message, this.tokens.current.at);
  }

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

  protected primary(namespaces = false): Expr | Extract<Target, { type: 'namespace' }> {
    const token = this.tokens.current;
    const { at } = token;
    switch (token.type) {
      case 'name':
        this.tokens.next();
        if (Object.hasOwn(CONSTANTS, token.value)) return { type: 'const', value: CONSTANTS[token.value], at };
        if (namespaces && this.tokens.skipOperator('.'))
          return { type: 'namespace', object: token.value, name: this.tokens.expectName().value, at };
        return { type: 'name', name: token.value, at };
      case 'parameter':
        this.tokens.next();
        return { type: 'parameter', name: token.value, at };
      case 'string':
        return { type: 'const', value: this.strings(), at };
      case 'integer':
        this.tokens.next();
        return { type: 'const', value: integer(token), at };
      case 'float':
        this.tokens.next();
        return { type: 'const', value: { float: Number(token.value.replaceAll('_', '')) }, at };
      default:
    }
    if (this.tokens.skipOperator('(')) {
      const value = this.nested(() => this.tuple(true, true));
      this.tokens.expectOperator(')');
      return value;
    }
    if (this.tokens.isOperator('[')) return this.list();
    if (this.tokens.isOperator('{')) return this.dict();
    return this.tokens.fail(`unexpected '${describe(token)}'`);
  }

  /** Strings that stand next to each other are one. */
  private strings(): string {
    const parts: string[] = [];
    while (this.tokens.current.type === 'string') parts.push(unquote(this.tokens.next().value));
    return parts.join('');
  }

  private list(): Expr {
    const { at } = this.tokens.next();
    const items: Expr[] = [];
    while (!this.tokens.isOperator(']')) {
      if (items.length > 0) this.tokens.expectOperator(',');
      if (this.tokens.isOperator(']')) break;
      items.push(this.expression());
    }
    this.tokens.next();
    return { type: 'list', items, at };
  }

  private dict(): Expr {
    const { at } = this.tokens.next();
    const entries: [Expr, Expr][] = [];
    while (!this.tokens.isOperator('}')) {
      if (entries.length > 0) this.tokens.expectOperator(',');
      if (this.tokens.isOperator('}')) break;
      const key = this.expression();
      this.tokens.expectOperator(':');
      entries.push([key, this.expression()]);
    }
    this.tokens.next();
    return { type: 'dict', entries, at };
  }

  private postfix(start: Expr | Target): Expr {
    let value = start as Expr;
    for (let i = 0; ; i++) {
      this.link(i);
      const { current } = this.tokens;
      if (current.type !== 'operator') return value;
      if (current.value === '.') value = this.attribute(value);
      else if (current.value === '[') value = this.subscript(value);
      else if (current.value === '(') value = { type: 'call', callee: value, args: this.arguments(), at: value.at };
      else return value;
    }
  }

  private attribute(object: Expr): Expr {
    this.tokens.next();
    const key = this.tokens.current;
    this.tokens.next();
    if (key.type === 'name') return { type: 'attribute', object, name: key.value, nameAt: key.at, at: object.at };
    if (key.type !== 'integer') this.tokens.fail('expected name or number', key.at);
    return { type: 'item', object, key: { type: 'const', value: integer(key), at: key.at }, at: object.at };
  }

  private subscript(object: Expr): Expr {
    this.tokens.next();
    const items: (Expr | Slice)[] = [];
    while (!this.tokens.isOperator(']')) {
      if (items.length > 0) this.tokens.expectOperator(',');
      items.push(this.subscripted());
    }
    this.tokens.next();
    const { at } = object;
    const [first] = items;
    if (items.length === 1 && first && !('type' in first)) return { type: 'slice', object, ...first, at };
    if (items.length === 1) return { type: 'item', object, key: first as Expr, at };
    // Several slices are a tuple of slices in Python, which nothing here understands: the key is then not found.
    const keys = items.map((item): Expr => ('type' in item ? item : { type: 'const', value: null, at }));
    return { type: 'item', object, key: { type: 'tuple', items: keys, at }, at };
  }

  private subscripted(): Expr | Slice {
    const ends = () => this.tokens.isOperator(']') || this.tokens.isOperator(',');
    let from: Expr | null = null;
    if (!this.tokens.isOperator(':')) {
      from = this.expression();
      if (!this.tokens.isOperator(':')) return from;
    }
    this.tokens.next();
    const to = this.tokens.isOperator(':') || ends() ? null : this.expression();
    const step = this.tokens.skipOperator(':') && !ends() ? this.expression() : null;
    return { from, to, step };
  }

  protected arguments(): Arguments {
    const open = this.tokens.expectOperator('(').at;
    const args: Arguments = { positional: [], named: [], rest: null, restNamed: null };
    const ensure = (holds: boolean) => {
      if (!holds) this.tokens.fail('invalid syntax for function call expression', open);
    };
    let first = true;
    while (!this.tokens.isOperator(')')) {
      if (!first) {
        this.tokens.expectOperator(',');
        if (this.tokens.isOperator(')')) break;
      }
      first = false;
      const { current } = this.tokens;
      if (this.tokens.isOperator('*')) {
        ensure(!args.rest && !args.restNamed);
        this.tokens.next();
        args.rest = this.expression();
      } else if (this.tokens.isOperator('**')) {
        ensure(!args.restNamed);
        this.tokens.next();
        args.restNamed = this.expression();
      } else if (
        current.type === 'name' &&
        this.tokens.look().type === 'operator' &&
        this.tokens.look().value === '='
      ) {
        ensure(!args.restNamed);
        this.tokens.next();
        this.tokens.next();
        args.named.push([current.value, this.expression()]);
      } else {
        ensure(!args.rest && !args.restNamed && args.named.length === 0);
        args.positional.push(this.expression());
      }
    }
    this.tokens.next();
    return args;
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

interface Slice {
  from: Expr | null;
  to: Expr | null;
  step: Expr | null;
}

function integer(token: Token): number | bigint {
  const digits = token.value.replaceAll('_', '');
  if (digits.length > MAX_DIGITS)
    throw new TemplateError(
      'ValueError',
      `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion`,
      token.at,
    );
  return asInt(BigInt(digits));
}
