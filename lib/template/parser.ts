import type { Expr, MacroParameter, Statement, Target } from './ast.ts';
import { syntaxError, TemplateError } from './errors.ts';
import { type IsParameter, type Token, tokenize } from './lexer.ts';
import { ExpressionParser } from './parse-expressions.ts';
import { TokenStream } from './token-stream.ts';

/** Tags that open a block, with the tag that closes it. */
const CLOSING: Record<string, string> = {
  for: 'endfor',
  if: 'endif',
  with: 'endwith',
  macro: 'endmacro',
  call: 'endcall',
  filter: 'endfilter',
  block: 'endblock',
  autoescape: 'endautoescape',
};

/** Told of a problem instead of stopping at it; parsing then goes on behind the tag. */
export type Report = (problem: TemplateError) => void;

/**
 * Parses a normalised template to its tree, by Jinja2's grammar.
 * @param isParameter whether `[[ name ]]` is a declared template parameter
 * @param report when given, problems go there and whatever can be understood is returned
 * @throws TemplateError (TemplateSyntaxError) with its offset, unless there is a `report`
 */
export function parse(
  source: string,
  isParameter: IsParameter = () => false,
  report: Report | null = null,
): Statement[] {
  return new Parser(tokenize(source, isParameter), report).template();
}

/** Parses one expression, written bare or as a single `{{ … }}`; offsets are those of the source. @throws TemplateError */
export function parseExpression(source: string): Expr {
  const isWrapped = /^\s*\{\{/.test(source) && /\}\}\s*$/.test(source);
  // Two characters before the source keep its offsets right when the delimiters are added.
  const tokens = tokenize(isWrapped ? source.trim() : `{{${source}}}`, () => false);
  const shift = isWrapped ? source.length - source.trimStart().length : -2;
  for (const token of tokens) {
    token.at += shift;
    if (token.error) token.error = syntaxError(token.error.message, Math.max(0, token.at));
  }
  const body = new Parser(tokens, null).template();
  const [only] = body;
  if (body.length !== 1 || only?.type !== 'output') throw syntaxError('expected one expression', 0);
  return only.value;
}

class Parser extends ExpressionParser {
  private readonly report: Report | null;
  /** Tags that would end each block that is open. */
  private readonly ends: string[][] = [];
  private readonly tags: string[] = [];
  private readonly blocks = new Set<string>();
  /** Where the head of the tag being read began its body; -1 while it has not. */
  private bodyBegun = false;

  constructor(tokens: Token[], report: Report | null) {
    super(new TokenStream(report ? withReportedErrors(tokens, report) : tokens));
    this.report = report;
  }

  template(): Statement[] {
    return this.subparse(null);
  }

  /** Statements until one of `ends`, which is left unread behind its opening mark; or to the end of the template. */
  private subparse(ends: string[] | null): Statement[] {
    const body: Statement[] = [];
    if (ends) this.ends.push(ends);
    for (;;) {
      const token = this.tokens.current;
      if (token.type === 'end') break;
      if (token.type === 'begin-block' && ends) {
        const after = this.tokens.look();
        if (after.type === 'name' && ends.includes(after.value)) {
          this.tokens.next();
          break;
        }
      }
      this.recovering(body, token);
    }
    if (ends) this.ends.pop();
    return body;
  }

  private recovering(body: Statement[], token: Token): void {
    const depth = this.currentDepth();
    const [ends, tags] = [this.ends.length, this.tags.length];
    try {
      body.push(...this.one(token));
    } catch (error) {
      if (!this.report || !(error instanceof TemplateError)) throw error;
      this.report(error);
      this.resetDepth(depth);
      this.ends.length = ends;
      this.tags.length = tags;
      this.resume(body, token);
    }
  }

  /** Goes on behind the tag; the body of a block whose head was wrong is still read as one. */
  private resume(body: Statement[], token: Token): void {
    const tag = this.failedTag;
    this.failedTag = null;
    while (
      !['end-output', 'end-block', 'end', 'text', 'raw', 'begin-block', 'begin-output'].includes(
        this.tokens.current.type,
      )
    )
      this.tokens.skip();
    if (['end-output', 'end-block'].includes(this.tokens.current.type)) this.tokens.skip();
    else if (this.tokens.current.at === token.at && this.tokens.current.type !== 'end') this.tokens.skip();
    const closing = tag && CLOSING[tag];
    if (!closing) return;
    for (;;) {
      const inner = this.subparse([closing, 'else', 'elif']);
      body.push({ type: 'block', name: '', scoped: true, body: inner, at: token.at });
      if (this.tokens.current.type === 'end') return;
      const isEnd = this.tokens.isName(closing);
      while (!['end-block', 'end'].includes(this.tokens.current.type)) this.tokens.skip();
      this.tokens.skip();
      if (isEnd) return;
    }
  }
  /** The opening tag whose head could not be read. */
  private failedTag: string | null = null;

  private one(token: Token): Statement[] {
    switch (token.type) {
      case 'text':
      case 'raw':
        this.tokens.next();
        return [{ type: 'text', text: token.value, at: token.at }];
      case 'parameter':
        this.tokens.next();
        return [
          {
            type: 'output',
            at: token.at,
            end: token.end,
            value: { type: 'parameter', name: token.value, at: token.at },
          },
        ];
      case 'begin-output': {
        this.tokens.next();
        const value = this.tuple();
        const { end } = this.tokens.expect('end-output');
        return [{ type: 'output', value, at: token.at, end }];
      }
      case 'begin-block': {
        this.tokens.next();
        const statements = this.tag(token.at);
        // A block that never ends has been reported already.
        if (!this.reportedEnd) this.tokens.expect('end-block');
        return statements;
      }
      default:
        return this.tokens.fail(`unexpected '${token.value}'`);
    }
  }

  private tag(at: number): Statement[] {
    const token = this.tokens.current;
    if (token.type !== 'name') this.tokens.fail('tag name expected');
    const read = this.reader(token.value);
    if (!read) return this.unknownTag(token.value, token.at);
    this.tags.push(token.value);
    this.bodyBegun = false;
    try {
      const made = this.nested(() => read.call(this, at));
      this.tags.pop();
      return Array.isArray(made) ? made : [made];
    } catch (error) {
      if (!this.bodyBegun) this.failedTag = token.value;
      this.bodyBegun = true;
      throw error;
    }
  }

  private reader(tag: string): ((at: number) => Statement | Statement[]) | null {
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

  private unknownTag(name: string | null, at: number): never {
    const message = [name === null ? 'Unexpected end of template.' : `Encountered unknown tag '${name}'.`];
    const looking = this.ends.at(-1);
    if (looking) {
      const list = looking.map((tag) => `'${tag}'`).join(' or ');
      message.push(
        name !== null && this.ends.some((tags) => tags.includes(name))
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${list}.`
          : `Jinja was looking for the following tags: ${list}.`,
      );
    }
    const open = this.tags.at(-1);
    if (open !== undefined) message.push(`The innermost block that needs to be closed is '${open}'.`);
    throw syntaxError(message.join(' '), at);
  }

  /** The body of a block up to one of the tags, which is left unread. */
  private body(ends: string[]): Statement[] {
    // A colon at the end of a tag is allowed, as in Python.
    this.tokens.skipOperator(':');
    this.tokens.expect('end-block');
    this.bodyBegun = true;
    const body = this.subparse(ends);
    if (this.tokens.current.type === 'end') this.unclosed(ends);
    return body;
  }

  private unclosed(ends: string[]): void {
    this.ends.push(ends);
    try {
      this.unknownTag(null, this.tokens.current.at);
    } catch (error) {
      this.ends.pop();
      if (!this.report || !(error instanceof TemplateError)) throw error;
      // Said once, for the innermost block; the ones around it end where the template does.
      if (!this.reportedEnd) this.report(error);
      this.reportedEnd = true;
    }
  }
  private reportedEnd = false;

  /** Takes the tag that ends a body. At the end of a template that is being recovered there is none. */
  private endTag(): string {
    return this.tokens.next().value;
  }

  private forTag(at: number): Statement {
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

  private ifTag(at: number): Statement {
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

  private setTag(at: number): Statement {
    this.tokens.next();
    const target = this.target(true);
    if (this.tokens.skipOperator('=')) return { type: 'set', target, value: this.tuple(), at };
    const filters = this.filterChain(false);
    const body = this.body(['endset']);
    this.endTag();
    return { type: 'set-block', target, filters, body, at };
  }

  private withTag(at: number): Statement {
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

  private macroTag(at: number): Statement {
    this.tokens.next();
    const name = this.nameTarget();
    const parameters = this.signature();
    const body = this.body(['endmacro']);
    this.endTag();
    return { type: 'macro', name, parameters, body, at };
  }

  private nameTarget(): string {
    const token = this.tokens.expectName();
    if (['true', 'false', 'none', 'True', 'False', 'None'].includes(token.value))
      this.tokens.fail("can't assign to 'name'", token.at);
    return token.value;
  }

  private signature(): MacroParameter[] {
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

  private callTag(at: number): Statement {
    this.tokens.next();
    const parameters = this.tokens.isOperator('(') ? this.signature() : [];
    const call = this.expression();
    if (call.type !== 'call') return this.tokens.fail('expected call', at);
    const body = this.body(['endcall']);
    this.endTag();
    return { type: 'call-block', call, parameters, body, at };
  }

  private filterTag(at: number): Statement {
    this.tokens.next();
    const filters = this.filterChain(true);
    const body = this.body(['endfilter']);
    this.endTag();
    return { type: 'filter-block', filters, body, at };
  }

  private blockTag(at: number): Statement {
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

  private autoescapeTag(at: number): Statement {
    this.tokens.next();
    const enabled = this.expression();
    const body = this.body(['endautoescape']);
    this.endTag();
    return { type: 'autoescape', enabled, body, at };
  }

  private printTag(): Statement[] {
    this.tokens.next();
    const out: Statement[] = [];
    while (this.tokens.current.type !== 'end-block') {
      if (out.length > 0) this.tokens.expectOperator(',');
      const value = this.expression();
      out.push({ type: 'output', value, at: value.at, end: this.tokens.current.at });
    }
    return out;
  }

  private outputTag(at: number): Statement {
    this.tokens.next();
    const over = this.expression();
    this.word('separated');
    this.word('by');
    const separator = this.expression();
    return { type: 'customers', over, separator, at, end: this.tokens.current.end };
  }

  private word(value: string): void {
    if (!this.tokens.skipName(value)) this.tokens.fail(`expected '${value}'`);
  }

  /** Tags that need a loader: they are understood, and fail when they are reached, as in a Jinja without one. */
  private loaderTag(at: number): Statement {
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

  private importedNames(): void {
    this.tokens.expectName('import');
    do {
      this.nameTarget();
      if (this.tokens.skipName('as')) this.nameTarget();
    } while (this.tokens.skipOperator(','));
  }

  private target(namespaces: boolean): Target {
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
    return items[0] ?? this.tokens.fail(`Expected an expression, got '${this.describeCurrent()}'`);
  }

  private describeCurrent(): string {
    const { current } = this.tokens;
    return current.type === 'end-output'
      ? 'end of print statement'
      : current.type === 'end-block'
        ? 'end of statement block'
        : current.value;
  }

  /** An expression as something that can be assigned to. */
  private assignable(value: ReturnType<ExpressionParser['primary']>): Target {
    if (value.type === 'name') return { type: 'name', name: value.name, at: value.at };
    if (value.type === 'namespace') return value;
    if (value.type === 'tuple')
      return { type: 'tuple', at: value.at, items: value.items.map((item) => this.assignable(item)) };
    return this.tokens.fail(`can't assign to '${value.type}'`, value.at);
  }
}

/** Tells all that could not be read, and leaves the rest: the tags that are whole. */
function withReportedErrors(tokens: Token[], report: Report): Token[] {
  const kept: Token[] = [];
  let tagStart = -1;
  for (const token of tokens) {
    if (token.type === 'begin-block' || token.type === 'begin-output') tagStart = kept.length;
    if (!token.error) {
      kept.push(token);
      continue;
    }
    report(token.error);
    if (tagStart >= 0) {
      const [open, name] = kept.slice(tagStart);
      kept.length = tagStart;
      // A block whose head is unreadable still opens; without that its end would look like a second mistake.
      if (
        open &&
        open.type === 'begin-block' &&
        name?.type === 'name' &&
        CLOSING[name.value] &&
        name.value !== 'filter'
      )
        kept.push(...placeholder(name.value, open));
    }
    tagStart = -1;
  }
  return kept;
}

function placeholder(tag: string, open: Token): Token[] {
  const { at } = open;
  const word = (type: Token['type'], value: string): Token => ({ type, value, at, end: at });
  const name = word('name', '_');
  const heads: Record<string, Token[]> = {
    for: [name, word('name', 'in'), word('operator', '('), word('operator', ')')],
    if: [word('name', 'none')],
    with: [],
    macro: [name, word('operator', '('), word('operator', ')')],
    call: [name, word('operator', '('), word('operator', ')')],
    block: [name],
    autoescape: [word('name', 'false')],
  };
  return [open, word('name', tag), ...heads[tag]!, word('end-block', '')];
}
