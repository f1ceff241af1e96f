import type { Expr, MacroParameter, Statement, Target } from './ast.ts';
import { TemplateError } from './errors.ts';
import { ExpressionParser } from './parse-expressions.ts';
import { describe } from './token-stream.ts';

/** What each tag looks like; bodies and how they end belong to the parser that reads them. */
export abstract class TagParser extends ExpressionParser {
  private readonly blocks = new Set<string>();

  /** The body of a block up to one of the tags, which is left unread. */
  protected abstract body(ends: string[]): Statement[];
  /** Takes the tag that ends a body. */
  protected abstract endTag(): string;

  protected reader(tag: string): ((at: number) => Statement | Statement[]) | null {
    switch (tag) {
      case 'for':
        return this.forTag;
      case 'if':
        return this.ifTag;
      case 'set':
        return this.setTag;
      case 'with':
        return this.withTag;
      case 'macro':
        return this.macroTag;
      case 'call':
        return this.callTag;
      case 'filter':
        return this.filterTag;
      case 'block':
        return this.blockTag;
      case 'autoescape':
        return this.autoescapeTag;
      case 'print':
        return this.printTag;
      case 'output':
        return this.outputTag;
      case 'include':
      case 'import':
      case 'from':
      case 'extends':
        return this.loaderTag;
      default:
        return null;
    }
  }

  protected forTag(at: number): Statement {
    this.tokens.next();
    const target = this.target(false);
    this.tokens.expectName('in');
    const over = this.tuple(false);
    const condition = this.tokens.skipName('if') ? this.expression() : null;
    const recursive = this.tokens.skipName('recursive');
    const body = this.body(['endfor', 'else']);
    let otherwise: Statement[] = [];
    if (this.endTag() === 'else') {
      otherwise = this.body(['endfor']);
      this.endTag();
    }
    return { type: 'for', target, over, condition, recursive, body, otherwise, at };
  }

  protected ifTag(at: number): Statement {
    this.tokens.next();
    const branches: [Expr, Statement[]][] = [];
    let otherwise: Statement[] = [];
    for (;;) {
      const test = this.tuple(false);
      branches.push([test, this.body(['elif', 'else', 'endif'])]);
      const tag = this.endTag();
      if (tag === 'elif') continue;
      if (tag === 'else') {
        otherwise = this.body(['endif']);
        this.endTag();
      }
      return { type: 'if', branches, otherwise, at };
    }
  }

  protected setTag(at: number): Statement {
    this.tokens.next();
    const target = this.target(true);
    if (this.tokens.skipOperator('=')) return { type: 'set', target, value: this.tuple(), at };
    const filters = this.filterChain(false);
    const body = this.body(['endset']);
    this.endTag();
    return { type: 'set-block', target, filters, body, at };
  }

  protected withTag(at: number): Statement {
    this.tokens.next();
    const names: [Target, Expr][] = [];
    while (this.tokens.current.type !== 'end-block') {
      if (names.length > 0) this.tokens.expectOperator(',');
      const target = this.target(false);
      this.tokens.expectOperator('=');
      names.push([target, this.expression()]);
    }
    const body = this.body(['endwith']);
    this.endTag();
    return { type: 'with', names, body, at };
  }

  protected macroTag(at: number): Statement {
    this.tokens.next();
    const name = this.nameTarget();
    const parameters = this.signature();
    const body = this.body(['endmacro']);
    this.endTag();
    return { type: 'macro', name, parameters, body, at };
  }

  protected nameTarget(): string {
    const token = this.tokens.expectName();
    if (['true', 'false', 'none', 'True', 'False', 'None'].includes(token.value))
      this.tokens.fail("can't assign to 'name'", token.at);
    return token.value;
  }

  protected signature(): MacroParameter[] {
    const parameters: MacroParameter[] = [];
    this.tokens.expectOperator('(');
    while (!this.tokens.isOperator(')')) {
      if (parameters.length > 0) this.tokens.expectOperator(',');
      const { at } = this.tokens.current;
      const name = this.nameTarget();
      const fallback = this.tokens.skipOperator('=') ? this.expression() : null;
      if (!fallback && parameters.some((earlier) => earlier.fallback))
        this.tokens.fail('non-default argument follows default argument');
      if (parameters.some((earlier) => earlier.name === name))
        throw new TemplateError('SyntaxError', `duplicate argument '${name}' in function definition`, at);
      parameters.push({ name, at, fallback });
    }
    this.tokens.next();
    return parameters;
  }

  protected callTag(at: number): Statement {
    this.tokens.next();
    const parameters = this.tokens.isOperator('(') ? this.signature() : [];
    const call = this.expression();
    if (call.type !== 'call') return this.tokens.fail('expected call', at);
    const body = this.body(['endcall']);
    this.endTag();
    return { type: 'call-block', call, parameters, body, at };
  }

  protected filterTag(at: number): Statement {
    this.tokens.next();
    const filters = this.filterChain(true);
    const body = this.body(['endfilter']);
    this.endTag();
    return { type: 'filter-block', filters, body, at };
  }

  protected blockTag(at: number): Statement {
    this.tokens.next();
    const name = this.tokens.expectName().value;
    const scoped = this.tokens.skipName('scoped');
    const required = this.tokens.skipName('required');
    if (this.tokens.isOperator('-'))
      this.tokens.fail(
        'Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.',
      );
    const body = this.body(['endblock']);
    this.endTag();
    if (required && body.some((inner) => inner.type !== 'text' || inner.text.trim() !== ''))
      this.tokens.fail('Required blocks can only contain comments or whitespace');
    this.tokens.skipName(name);
    if (this.blocks.has(name)) throw new TemplateError('TemplateAssertionError', `block '${name}' defined twice`, at);
    this.blocks.add(name);
    return { type: 'block', name, scoped, body, at };
  }

  protected autoescapeTag(at: number): Statement {
    this.tokens.next();
    const enabled = this.expression();
    const body = this.body(['endautoescape']);
    this.endTag();
    return { type: 'autoescape', enabled, body, at };
  }

  protected printTag(): Statement[] {
    this.tokens.next();
    const out: Statement[] = [];
    while (this.tokens.current.type !== 'end-block') {
      if (out.length > 0) this.tokens.expectOperator(',');
      const value = this.expression();
      out.push({ type: 'output', value, at: value.at, end: this.tokens.current.at });
    }
    return out;
  }

  protected outputTag(at: number): Statement {
    this.tokens.next();
    const over = this.expression();
    this.word('separated');
    this.word('by');
    const separator = this.expression();
    return { type: 'customers', over, separator, at, end: this.tokens.current.end };
  }

  protected word(value: string): void {
    if (!this.tokens.skipName(value)) this.tokens.fail(`expected '${value}'`);
  }

  /** Tags that need a loader: they are understood, and fail when they are reached, as in a Jinja without one. */
  protected loaderTag(at: number): Statement {
    const tag = this.tokens.next().value;
    this.expression();
    if (tag === 'include' && this.tokens.isName('ignore')) {
      this.tokens.next();
      this.tokens.expectName('missing');
    } else if (tag === 'import') {
      this.tokens.expectName('as');
      this.nameTarget();
    } else if (tag === 'from') this.importedNames();
    if (tag !== 'extends' && this.tokens.isName('with', 'without')) {
      this.tokens.next();
      this.tokens.expectName('context');
    }
    return { type: 'no-loader', tag, at };
  }

  protected importedNames(): void {
    this.tokens.expectName('import');
    do {
      this.nameTarget();
      if (this.tokens.skipName('as')) this.nameTarget();
    } while (this.tokens.skipOperator(','));
  }

  protected target(namespaces: boolean): Target {
    const { at } = this.tokens.current;
    const items: Target[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) this.tokens.expectOperator(',');
      const { type } = this.tokens.current;
      if (type === 'end-output' || type === 'end-block' || this.tokens.isOperator(')')) break;
      items.push(this.assignable(this.primary(namespaces)));
      if (!this.tokens.isOperator(',')) break;
      isTuple = true;
    }
    if (isTuple) return { type: 'tuple', items, at };
    return items[0] ?? this.tokens.fail(`Expected an expression, got '${describe(this.tokens.current)}'`);
  }

  /** An expression as something that can be assigned to. */
  protected assignable(value: ReturnType<ExpressionParser['primary']>): Target {
    if (value.type === 'name') return { type: 'name', name: value.name, at: value.at };
    if (value.type === 'namespace') return value;
    if (value.type === 'tuple')
      return { type: 'tuple', at: value.at, items: value.items.map((item) => this.assignable(item)) };
    return this.tokens.fail(`can't assign to '${value.type}'`, value.at);
  }
}
