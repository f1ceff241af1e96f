import type { Expr, Statement } from './ast.ts';
import { syntaxError, TemplateError } from './errors.ts';
import { type IsParameter, type Token, tokenize } from './lexer.ts';
import { TagParser } from './parse-tags.ts';
import { TokenStream } from './token-stream.ts';

/** Tags that open a block, with the tag that closes it. */
const CLOSING: ReadonlyMap<string, string> = new Map(
  ['for', 'if', 'with', 'macro', 'call', 'filter', 'block', 'autoescape'].map((tag) => [tag, `end${tag}`]),
);

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

class Parser extends TagParser {
  private readonly report: Report | null;
  /** Tags that would end each block that is open. */
  private readonly ends: string[][] = [];
  private readonly tags: string[] = [];
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
    const closing = tag && CLOSING.get(tag);
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
  protected body(ends: string[]): Statement[] {
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
  protected endTag(): string {
    return this.tokens.next().value;
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
        CLOSING.has(name.value) &&
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
