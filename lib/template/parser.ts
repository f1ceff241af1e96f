import type { Arguments, BinaryOp, CompareOp, Expr, FilterCall, Statement, Target } from './ast.ts';
import { syntaxError } from './errors.ts';
import { type Token, tokenize, unquote } from './lexer.ts';

const MAX_DEPTH = 100;
const RESERVED = new Set(['true', 'false', 'none', 'True', 'False', 'None']);
const COMPARE: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/**
 * Parses a template to its tree, by Jinja2's grammar.
 * @param isParameter whether `[[ name ]]` is a declared template parameter
 * @throws TemplateError (TemplateSyntaxError) with line and column
 */
export function parse(name: string, source: string, isParameter: (name: string) => boolean = () => false): Statement[] {
  return new Parser(name, source, tokenize(name, source, isParameter)).template();
}

/** Parses one expression, written bare or as a single `{{ … }}`. */
export function parseExpression(name: string, source: string): Expr {
  const bare = /^\s*\{\{([\s\S]*)\}\}\s*$/.exec(source)?.[1] ?? source;
  const body = new Parser(
    name,
    `{{${bare}}}`,
    tokenize(name, `{{${bare}}}`, () => false),
  ).template();
  const only = body[0];
  if (body.length !== 1 || only?.type !== 'output') throw syntaxError('Expected one expression').at(name, source, 0);
  return only.value;
}

class Parser {
  private readonly name: string;
  private readonly source: string;
  private readonly tokens: Token[];
  private index = 0;
  private depth = 0;
  /** Tags that end the block being parsed, for messages. */
  private readonly ends: string[][] = [];

  constructor(name: string, source: string, tokens: Token[]) {
    this.name = name;
    this.source = source;
    this.tokens = tokens;
  }

  template(): Statement[] {
    const body = this.body([]);
    return body;
  }

  // ---- tokens

  /** A getter would let the compiler believe that a token stays the same after an advance. */
  private current(): Token {
    return this.tokens[this.index]!;
  }

  private fail(message: string, at = this.current().at): never {
    throw syntaxError(message).at(this.name, this.source, at);
  }

  private next(): Token {
    return this.tokens[this.index++]!;
  }

  private isOperator(value: string): boolean {
    return this.current().type === 'operator' && this.current().value === value;
  }

  private isName(value: string): boolean {
    return this.current().type === 'name' && this.current().value === value;
  }

  private skipOperator(value: string): boolean {
    if (!this.isOperator(value)) return false;
    this.index++;
    return true;
  }

  private skipName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.index++;
    return true;
  }

  private expectOperator(value: string): Token {
    if (!this.isOperator(value)) this.fail(`expected token '${value}', got ${this.describe()}`);
    return this.next();
  }

  private expectName(value?: string): Token {
    if (this.current().type !== 'name' || (value !== undefined && this.current().value !== value))
      this.fail(`expected token '${value ?? 'name'}', got ${this.describe()}`);
    return this.next();
  }

  private describe(token = this.current()): string {
    const words: Partial<Record<Token['type'], string>> = {
      'end-output': 'end of print statement',
      'end-block': 'end of statement block',
      end: 'end of template',
      text: 'template data / text',
      'begin-block': 'begin of statement block',
      'begin-output': 'begin of print statement',
    };
    return `'${words[token.type] ?? (token.type === 'string' ? unquote(token.value) : token.value)}'`;
  }

  // ---- statements

  /** Statements until one of the tags of `until` (left unread), or the end when there are none. */
  private body(until: string[]): Statement[] {
    if (++this.depth > MAX_DEPTH) this.fail('the template is nested too deeply');
    this.ends.push(until);
    const out: Statement[] = [];
    for (;;) {
      const token = this.current();
      if (token.type === 'end') {
        if (until.length > 0) this.unclosed();
        break;
      }
      if (token.type === 'text') {
        out.push({ type: 'text', text: token.value, at: token.at });
        this.index++;
      } else if (token.type === 'parameter') {
        out.push({ type: 'output', at: token.at, value: { type: 'parameter', name: token.value, at: token.at } });
        this.index++;
      } else if (token.type === 'begin-output') {
        this.index++;
        if (this.current().type === 'end-output') this.fail("Expected an expression, got 'end of print statement'");
        const value = this.tuple();
        if (this.current().type !== 'end-output')
          this.fail(`expected token 'end of print statement', got ${this.describe()}`);
        this.index++;
        out.push({ type: 'output', value, at: token.at });
      } else {
        this.index++;
        if (this.current().type !== 'name') this.fail('tag name expected');
        if (until.includes(this.current().value)) break;
        out.push(this.statement(token.at));
      }
    }
    this.ends.pop();
    this.depth--;
    return out;
  }

  private unclosed(): never {
    const expected = this.ends.at(-1)!.map((tag) => `'${tag}'`);
    return this.fail(
      `Unexpected end of template. Jinja was looking for the following tags: ${expected.join(' or ')}. The innermost block that needs to be closed is '${expected.at(-1)!.slice(4, -1)}'.`,
    );
  }

  private endBlock(): void {
    if (this.current().type !== 'end-block')
      this.fail(`expected token 'end of statement block', got ${this.describe()}`);
    this.index++;
  }

  /** After a body: takes the closing tag. */
  private close(tag: string): void {
    this.expectName(tag);
    this.endBlock();
  }

  private statement(at: number): Statement {
    const tag = this.next();
    switch (tag.value) {
      case 'for':
        return this.forStatement(at);
      case 'if':
        return this.ifStatement(at);
      case 'set':
        return this.setStatement(at);
      case 'with':
        return this.withStatement(at);
      case 'macro': {
        const name = this.expectName().value;
        const parameters = this.signature();
        this.endBlock();
        const body = this.body(['endmacro']);
        this.close('endmacro');
        return { type: 'macro', name, parameters, body, at };
      }
      case 'call': {
        const parameters = this.isOperator('(') ? this.signature() : [];
        const call = this.expression();
        if (call.type !== 'call') this.fail('expected call', call.at);
        this.endBlock();
        const body = this.body(['endcall']);
        this.close('endcall');
        return { type: 'call-block', call, parameters, body, at };
      }
      case 'filter': {
        const filters = [this.filterCall(), ...this.filterChain()];
        this.endBlock();
        const body = this.body(['endfilter']);
        this.close('endfilter');
        return { type: 'filter-block', filters, body, at };
      }
      case 'block': {
        this.expectName();
        while (this.current().type === 'name') this.index++;
        this.endBlock();
        const body = this.body(['endblock']);
        this.expectName('endblock');
        if (this.current().type === 'name') this.index++;
        this.endBlock();
        return { type: 'block', body, at };
      }
      case 'output': {
        const over = this.expression();
        this.expectName('separated');
        this.expectName('by');
        const separator = this.expression();
        this.endBlock();
        return { type: 'customers', over, separator, at };
      }
      case 'include':
      case 'import':
      case 'from':
      case 'extends':
        return this.fail(`{% ${tag.value} %} is not available: templates stand alone here`, tag.at);
      default: {
        const wanted = this.ends.at(-1)!;
        if (wanted.length === 0) return this.fail(`Encountered unknown tag '${tag.value}'.`, tag.at);
        const list = wanted.map((name) => `'${name}'`).join(' or ');
        return this.fail(
          `Encountered unknown tag '${tag.value}'. Jinja was looking for the following tags: ${list}. The innermost block that needs to be closed is '${wanted.at(-1)!.slice(3)}'.`,
          tag.at,
        );
      }
    }
  }

  private forStatement(at: number): Statement {
    const target = this.target(['in']);
    this.expectName('in');
    const over = this.tuple(false);
    const condition = this.skipName('if') ? this.expression() : null;
    const recursive = this.skipName('recursive');
    this.endBlock();
    const body = this.body(['endfor', 'else']);
    let otherwise: Statement[] = [];
    if (this.skipName('else')) {
      this.endBlock();
      otherwise = this.body(['endfor']);
    }
    this.close('endfor');
    return { type: 'for', target, over, condition, recursive, body, otherwise, at };
  }

  private ifStatement(at: number): Statement {
    const branches: [Expr, Statement[]][] = [];
    let otherwise: Statement[] = [];
    for (;;) {
      const test = this.tuple(false);
      this.endBlock();
      branches.push([test, this.body(['elif', 'else', 'endif'])]);
      if (this.skipName('elif')) continue;
      if (this.skipName('else')) {
        this.endBlock();
        otherwise = this.body(['endif']);
      }
      this.close('endif');
      return { type: 'if', branches, otherwise, at };
    }
  }

  private setStatement(at: number): Statement {
    if (
      this.current().type === 'name' &&
      this.tokens[this.index + 1]?.type === 'operator' &&
      this.tokens[this.index + 1]!.value === '.'
    ) {
      const object = this.next().value;
      this.index++;
      const name = this.expectName().value;
      this.expectOperator('=');
      const value = this.tuple();
      this.endBlock();
      return { type: 'set-attribute', object, name, value, at };
    }
    const target = this.target(['=']);
    if (this.skipOperator('=')) {
      const value = this.tuple();
      this.endBlock();
      return { type: 'set', target, value, at };
    }
    if (typeof target !== 'string') this.fail("expected token '='");
    const filters = this.filterChain();
    this.endBlock();
    const body = this.body(['endset']);
    this.close('endset');
    return { type: 'set-block', target: target as string, filters, body, at };
  }

  private withStatement(at: number): Statement {
    const names: [Target, Expr][] = [];
    while (this.current().type !== 'end-block') {
      if (names.length > 0) this.expectOperator(',');
      const target = this.target(['=']);
      this.expectOperator('=');
      names.push([target, this.expression()]);
    }
    this.endBlock();
    const body = this.body(['endwith']);
    this.close('endwith');
    return { type: 'with', names, body, at };
  }

  private target(_until: string[]): Target {
    const one = (): Target => {
      if (this.skipOperator('(')) {
        const inner = this.target([')']);
        this.expectOperator(')');
        return inner;
      }
      const token = this.expectName();
      if (RESERVED.has(token.value)) this.fail(`can't assign to '${token.value.toLowerCase()}'`, token.at);
      return token.value;
    };
    const first = one();
    if (!this.isOperator(',')) return first;
    const all = [first];
    while (this.skipOperator(',')) {
      if (this.current().type !== 'name' && !this.isOperator('(')) break;
      if (this.isName('in')) break;
      all.push(one());
    }
    return all;
  }

  private signature(): [string, Expr | null][] {
    const parameters: [string, Expr | null][] = [];
    this.expectOperator('(');
    while (!this.isOperator(')')) {
      if (parameters.length > 0) this.expectOperator(',');
      const { value } = this.expectName();
      const fallback = this.skipOperator('=') ? this.expression() : null;
      if (!fallback && parameters.some(([, earlier]) => earlier))
        this.fail('non-default argument follows default argument');
      parameters.push([value, fallback]);
    }
    this.index++;
    return parameters;
  }

  // ---- expressions, from loosest to tightest

  /** One expression, or a tuple without parentheses. */
  private tuple(withConditional = true): Expr {
    const { at } = this.current();
    const one = () => (withConditional ? this.expression() : this.or());
    const first = one();
    if (!this.isOperator(',')) return first;
    const items = [first];
    while (this.skipOperator(',')) {
      if (this.endsTuple()) break;
      items.push(one());
    }
    return { type: 'tuple', items, at };
  }

  private endsTuple(): boolean {
    const { type } = this.current();
    return (
      type === 'end-output' ||
      type === 'end-block' ||
      this.isOperator(')') ||
      this.isName('if') ||
      this.isName('recursive')
    );
  }

  private expression(): Expr {
    if (++this.depth > MAX_DEPTH) this.fail('the expression is nested too deeply');
    let value = this.or();
    while (this.isName('if')) {
      const { at } = this.next();
      const test = this.or();
      const no = this.skipName('else') ? this.expression() : null;
      value = { type: 'if', test, yes: value, no, at };
    }
    this.depth--;
    return value;
  }

  private or(): Expr {
    let left = this.and();
    while (this.isName('or')) {
      const { at } = this.next();
      left = { type: 'or', left, right: this.and(), at };
    }
    return left;
  }

  private and(): Expr {
    let left = this.not();
    while (this.isName('and')) {
      const { at } = this.next();
      left = { type: 'and', left, right: this.not(), at };
    }
    return left;
  }

  private not(): Expr {
    if (!this.isName('not')) return this.compare();
    if (++this.depth > MAX_DEPTH) this.fail('the expression is nested too deeply');
    const { at } = this.next();
    const operand = this.not();
    this.depth--;
    return { type: 'unary', op: 'not', operand, at };
  }

  private compare(): Expr {
    const left = this.sum();
    const rest: [CompareOp, Expr][] = [];
    const { at } = this.current();
    for (;;) {
      if (this.current().type === 'operator' && COMPARE.has(this.current().value))
        rest.push([this.next().value as CompareOp, this.sum()]);
      else if (this.skipName('in')) rest.push(['in', this.sum()]);
      else if (this.isName('not') && this.tokens[this.index + 1]?.value === 'in') {
        this.index += 2;
        rest.push(['not in', this.sum()]);
      } else return rest.length === 0 ? left : { type: 'compare', left, rest, at };
    }
  }

  private sum(): Expr {
    let left = this.concat();
    while (this.isOperator('+') || this.isOperator('-')) {
      const op = this.next();
      left = { type: 'binary', op: op.value as BinaryOp, left, right: this.concat(), at: op.at };
    }
    return left;
  }

  private concat(): Expr {
    const first = this.product();
    if (!this.isOperator('~')) return first;
    const parts = [first];
    const { at } = this.current();
    while (this.skipOperator('~')) parts.push(this.product());
    return { type: 'concat', parts, at };
  }

  private product(): Expr {
    let left = this.unary();
    while (this.current().type === 'operator' && ['*', '/', '//', '%'].includes(this.current().value)) {
      const op = this.next();
      left = { type: 'binary', op: op.value as BinaryOp, left, right: this.unary(), at: op.at };
    }
    return left;
  }

  private unary(withFilters = true): Expr {
    if (++this.depth > MAX_DEPTH) this.fail('the expression is nested too deeply');
    let value: Expr;
    if (this.isOperator('-') || this.isOperator('+')) {
      const op = this.next();
      value = { type: 'unary', op: op.value as '-' | '+', operand: this.unary(false), at: op.at };
    } else value = this.primary();
    value = this.postfix(value);
    if (this.isOperator('**')) {
      const op = this.next();
      value = { type: 'binary', op: '**', left: value, right: this.unary(false), at: op.at };
    }
    if (withFilters) value = this.filtersAndTests(value);
    this.depth--;
    return value;
  }

  private primary(): Expr {
    const token = this.next();
    const { at } = token;
    switch (token.type) {
      case 'name': {
        const constants: Record<string, unknown> = {
          true: true,
          True: true,
          false: false,
          False: false,
          none: null,
          None: null,
        };
        return Object.hasOwn(constants, token.value)
          ? { type: 'const', value: constants[token.value], at }
          : { type: 'name', name: token.value, at };
      }
      case 'parameter':
        return { type: 'parameter', name: token.value, at };
      case 'string': {
        let value = unquote(token.value);
        while (this.current().type === 'string') value += unquote(this.next().value);
        return { type: 'const', value, at };
      }
      case 'integer': {
        const big = BigInt(token.value.replaceAll('_', ''));
        return { type: 'const', value: big > 9007199254740991n ? big : Number(big), at };
      }
      case 'float':
        return { type: 'const', value: { float: Number(token.value.replaceAll('_', '')) }, at };
      default:
    }
    if (token.type === 'operator' && token.value === '(') {
      if (this.skipOperator(')')) return { type: 'tuple', items: [], at };
      const value = this.tuple();
      this.expectOperator(')');
      return value;
    }
    if (token.type === 'operator' && token.value === '[') {
      const items: Expr[] = [];
      while (!this.isOperator(']')) {
        if (items.length > 0) this.expectOperator(',');
        if (this.isOperator(']')) break;
        items.push(this.expression());
      }
      this.index++;
      return { type: 'list', items, at };
    }
    if (token.type === 'operator' && token.value === '{') {
      const entries: [Expr, Expr][] = [];
      while (!this.isOperator('}')) {
        if (entries.length > 0) this.expectOperator(',');
        if (this.isOperator('}')) break;
        const key = this.expression();
        this.expectOperator(':');
        entries.push([key, this.expression()]);
      }
      this.index++;
      return { type: 'dict', entries, at };
    }
    this.index--;
    return this.fail(`unexpected ${this.describe()}`);
  }

  private postfix(value: Expr): Expr {
    for (;;) {
      const { at } = this.current();
      if (this.skipOperator('.')) {
        const key = this.next();
        if (key.type === 'name') value = { type: 'attribute', object: value, name: key.value, at };
        else if (key.type === 'integer')
          value = { type: 'item', object: value, key: { type: 'const', value: Number(key.value), at: key.at }, at };
        else this.fail('expected name or number', key.at);
      } else if (this.skipOperator('[')) value = this.subscript(value, at);
      else if (this.isOperator('(')) value = { type: 'call', callee: value, args: this.arguments(), at };
      else return value;
    }
  }

  private subscript(object: Expr, at: number): Expr {
    const part = () => (this.isOperator(':') || this.isOperator(']') ? null : this.expression());
    const first = part();
    if (!this.isOperator(':')) {
      if (!first) this.fail('Expected subscript expression');
      const items = [first!];
      while (this.skipOperator(',')) items.push(this.expression());
      this.expectOperator(']');
      return { type: 'item', object, key: items.length === 1 ? first! : { type: 'tuple', items, at }, at };
    }
    this.index++;
    const to = part();
    const step = this.skipOperator(':') ? part() : null;
    this.expectOperator(']');
    return { type: 'slice', object, from: first, to, step, at };
  }

  private arguments(): Arguments {
    const args: Arguments = { positional: [], named: [] };
    this.expectOperator('(');
    let first = true;
    while (!this.isOperator(')')) {
      if (!first) this.expectOperator(',');
      if (this.isOperator(')')) break;
      first = false;
      if (
        this.current().type === 'name' &&
        this.tokens[this.index + 1]?.type === 'operator' &&
        this.tokens[this.index + 1]!.value === '='
      ) {
        const { value } = this.next();
        this.index++;
        args.named.push([value, this.expression()]);
      } else {
        if (args.named.length > 0) this.fail('invalid syntax for function call expression');
        args.positional.push(this.expression());
      }
    }
    this.index++;
    return args;
  }

  private filterChain(): FilterCall[] {
    const filters: FilterCall[] = [];
    while (this.skipOperator('|')) filters.push(this.filterCall());
    return filters;
  }

  private filterCall(): FilterCall {
    const token = this.expectName();
    let { value } = token;
    while (this.skipOperator('.')) value += `.${this.expectName().value}`;
    return { name: value, at: token.at, args: this.isOperator('(') ? this.arguments() : { positional: [], named: [] } };
  }

  private filtersAndTests(value: Expr): Expr {
    for (;;) {
      if (this.skipOperator('|')) value = { ...this.filterCall(), type: 'filter', input: value };
      else if (this.isName('is')) value = this.test(value);
      else if (this.isOperator('('))
        value = { type: 'call', callee: value, at: this.current().at, args: this.arguments() };
      else return value;
    }
  }

  private test(input: Expr): Expr {
    const { at } = this.next();
    const negate = this.skipName('not');
    let name = this.expectName().value;
    while (this.skipOperator('.')) name += `.${this.expectName().value}`;
    let args: Arguments = { positional: [], named: [] };
    if (this.isOperator('(')) args = this.arguments();
    else if (this.startsBareArgument()) {
      if (this.isName('is')) this.fail('You cannot chain multiple tests with is');
      args = { positional: [this.postfix(this.primary())], named: [] };
    }
    return { type: 'test', name, input, args, negate, at };
  }

  private startsBareArgument(): boolean {
    const { type, value } = this.current();
    if (type === 'name') return !['else', 'or', 'and', 'if', 'in', 'not', 'recursive', 'separated'].includes(value);
    return (
      type === 'string' ||
      type === 'integer' ||
      type === 'float' ||
      type === 'parameter' ||
      (type === 'operator' && ['(', '[', '{'].includes(value))
    );
  }
}
