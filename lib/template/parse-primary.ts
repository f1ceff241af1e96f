import type { Arguments, Expr, Target } from './ast.ts';
import { SYNTAX_DEPTH } from './budget.ts';
import { limitError, TemplateError } from './errors.ts';
import { type Token, unquote } from './lexer.ts';
import { describe, type TokenStream } from './token-stream.ts';
import { asInt } from './values.ts';

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
const MAX_DIGITS = 4300;

/** Literals, names, and what follows them directly: attributes, items, calls. */
export abstract class PrimaryParser {
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

  protected link(count: number): void {
    if (count <= CHAIN_LIMIT) return;
    const error = limitError(`an expression has more than ${CHAIN_LIMIT} parts in a row`);
    throw new TemplateError(error.type, error.message, this.tokens.current.at);
  }

  abstract expression(): Expr;
  abstract tuple(withConditional?: boolean, inParentheses?: boolean): Expr;

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

  protected postfix(start: Expr | Target): Expr {
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
