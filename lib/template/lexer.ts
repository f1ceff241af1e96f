import { syntaxError, type TemplateError } from './errors.ts';
import { matchParameter } from './parameters.ts';
import { isSpace } from './text.ts';

export type TokenType =
  | 'text'
  | 'name'
  | 'integer'
  | 'float'
  | 'string'
  | 'operator'
  | 'begin-output'
  | 'end-output'
  | 'begin-block'
  | 'end-block'
  | 'parameter'
  | 'comment'
  | 'raw'
  | 'error'
  | 'end';

export interface Token {
  type: TokenType;
  value: string;
  at: number;
  end: number;
  /** Of an `error`: what is wrong. Lexing goes on behind the tag, so that an editor can show more than one problem. */
  error?: TemplateError;
}

/** Names of parameters `[[ name ]]` that are declared; others are text, or a list in a list. */
export type IsParameter = (name: string) => boolean;

const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const FLOAT = /\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?[eE][+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/y;
const RAW = /\s*raw\s*(-?)%\}/y;
const LONG = ['**', '//', '==', '!=', '<=', '>='];
const SHORT = '+-*/%~<>=()[]{}.:|,;';
const CLOSER: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The source as offsets and lines refer to it: line ends are \n, and one at the very end is gone, as Jinja reads files. */
export function normalised(original: string): string {
  const source = original.includes('\r') ? original.replace(/\r\n?/g, '\n') : original;
  return source.endsWith('\n') ? source.slice(0, -1) : source;
}

/**
 * Splits a normalised source into tokens, with Jinja's whitespace control. Never throws: what cannot be read becomes a
 * token of type `error`, and lexing goes on behind its tag. The last token is `end`; as in Jinja it stands where the last
 * one before it does. Each pattern is tried at one place only, so the work is linear.
 */
export function tokenize(source: string, isParameter: IsParameter): Token[] {
  return new Lexer(source, isParameter).run();
}

class Lexer {
  private readonly source: string;
  private readonly isParameter: IsParameter;
  private readonly tokens: Token[] = [];
  private at = 0;
  private stripNext = false;

  constructor(source: string, isParameter: IsParameter) {
    this.source = source;
    this.isParameter = isParameter;
  }

  run(): Token[] {
    while (this.at < this.source.length) this.step();
    const last = this.tokens.findLast(({ type }) => type !== 'comment');
    const at = last?.at ?? 0;
    this.tokens.push({ type: 'end', value: '', at, end: this.source.length });
    return this.tokens;
  }

  private push(type: TokenType, at: number, end: number, value = this.source.slice(at, end)): void {
    this.tokens.push({ type, value, at, end });
  }

  private fail(message: string, at: number, end = at + 1): void {
    this.tokens.push({ type: 'error', value: '', at, end, error: syntaxError(message, at) });
  }

  private step(): void {
    const { source } = this;
    const open = opening(source, this.at);
    const kind = source[open + 1];
    const sign = source[open + 2];
    this.text(this.at, open < 0 ? source.length : open, open >= 0 && sign === '-');
    if (open < 0) {
      this.at = source.length;
      return;
    }
    const inside = open + 2 + (sign === '-' || sign === '+' ? 1 : 0);
    if (kind === '#') this.comment(open, inside);
    else if (kind === '%' && this.rawBlock(open, inside)) return;
    else {
      this.push(kind === '{' ? 'begin-output' : 'begin-block', open, inside);
      this.at = inside;
      this.tag(kind === '{' ? '}}' : '%}');
    }
  }

  private text(from: number, to: number, stripEnd: boolean): void {
    let start = from;
    let end = to;
    if (this.stripNext) while (start < end && isSpace(this.source.charCodeAt(start))) start++;
    if (stripEnd) while (end > start && isSpace(this.source.charCodeAt(end - 1))) end--;
    this.stripNext = false;
    for (
      let open = this.source.indexOf('[[', start);
      open >= 0 && open < end;
      open = this.source.indexOf('[[', open + 1)
    ) {
      const found = matchParameter(this.source, open);
      if (!found || found.end > end || !this.isParameter(found.name)) continue;
      if (open > start) this.push('text', start, open);
      this.push('parameter', open, found.end, found.name);
      start = found.end;
      open = start - 1;
    }
    if (end > start) this.push('text', start, end);
  }

  private comment(open: number, inside: number): void {
    const close = this.source.indexOf('#}', inside);
    if (close < 0) {
      // Nothing at all behind the mark is no mistake to Jinja.
      if (inside < this.source.length) this.fail('Missing end of comment tag', open, this.source.length);
      this.at = this.source.length;
      return;
    }
    this.stripNext = this.source[close - 1] === '-' && close > inside;
    this.push('comment', open, close + 2, '');
    this.at = close + 2;
  }

  private rawBlock(open: number, inside: number): boolean {
    RAW.lastIndex = inside;
    const begun = RAW.exec(this.source);
    if (!begun) return false;
    const from = RAW.lastIndex;
    const end = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
    end.lastIndex = from;
    const found = this.endRaw(end);
    if (!found) {
      if (from < this.source.length) this.fail('Missing end of raw directive', open, this.source.length);
      this.at = this.source.length;
      return true;
    }
    let text = this.source.slice(from, found.index);
    let at = from;
    if (begun[1] === '-') while (text && isSpace(text.charCodeAt(0))) [text, at] = [text.slice(1), at + 1];
    if (found[1] === '-') {
      let to = text.length;
      while (to > 0 && isSpace(text.charCodeAt(to - 1))) to--;
      text = text.slice(0, to);
    }
    if (text) this.push('raw', at, at + text.length, text);
    this.stripNext = found[2] === '-';
    this.at = end.lastIndex;
    return true;
  }

  /** The end tag of a raw block, found by its first characters so that no pattern is tried in vain at every place. */
  private endRaw(end: RegExp): RegExpExecArray | null {
    return this.source.indexOf('endraw', end.lastIndex) < 0 ? null : end.exec(this.source);
  }

  /** The inside of a tag, up to its end mark; end marks inside brackets are operators. */
  private tag(end: '}}' | '%}'): void {
    const { source } = this;
    const brackets: string[] = [];
    for (;;) {
      while (this.at < source.length && isSpace(source.charCodeAt(this.at))) this.at++;
      if (this.at >= source.length) return;
      if (brackets.length === 0 && this.tagEnd(end)) return;
      const before = this.tokens.length;
      this.token(brackets);
      if (this.tokens.length > before && this.tokens.at(-1)!.type === 'error') return this.resume(end);
    }
  }

  private tagEnd(end: '}}' | '%}'): boolean {
    const { source, at } = this;
    const sign = source[at] === '-' || (source[at] === '+' && end === '%}') ? 1 : 0;
    if (!source.startsWith(end, at + sign)) return false;
    this.push(end === '}}' ? 'end-output' : 'end-block', at, at + sign + 2);
    this.stripNext = sign === 1 && source[at] === '-';
    this.at = at + sign + 2;
    return true;
  }

  /** After an error: behind the end of the tag, or the line when the tag does not end there. */
  private resume(end: string): void {
    // Inside brackets an end mark is read as operators, so the tag may end one character before.
    const close = this.source.indexOf(end, this.at - 1);
    this.at = close < 0 ? this.source.length : close + 2;
  }

  private token(brackets: string[]): void {
    const { source, at } = this;
    if (source[at] === '[' && source[at + 1] === '[') {
      const found = matchParameter(source, at);
      if (found && this.isParameter(found.name)) {
        this.push('parameter', at, found.end, found.name);
        this.at = found.end;
        return;
      }
    }
    const code = source.charCodeAt(at);
    if (code >= 48 && code <= 57) return this.number();
    if (code === 34 || code === 39) return this.string();
    NAME.lastIndex = at;
    const name = NAME.exec(source);
    if (name) {
      this.push('name', at, at + name[0].length);
      this.at += name[0].length;
      return;
    }
    this.operator(brackets);
  }

  private number(): void {
    const { source, at } = this;
    FLOAT.lastIndex = at;
    // After a dot a number is an index: `x.1.2` reads 1, then 2.
    const found = source[at - 1] === '.' ? null : FLOAT.exec(source);
    if (found) {
      this.push('float', at, at + found[0].length);
      this.at += found[0].length;
      return;
    }
    INTEGER.lastIndex = at;
    const length = INTEGER.exec(source)![0].length;
    this.push('integer', at, at + length);
    this.at += length;
  }

  private string(): void {
    const { source, at } = this;
    const mark = source.charCodeAt(at);
    let end = at + 1;
    while (end < source.length && source.charCodeAt(end) !== mark) end += source.charCodeAt(end) === 92 ? 2 : 1;
    if (end >= source.length) {
      this.fail(`unexpected char ${mark === 39 ? `"'"` : `'"'`} at ${at}`, at);
      return;
    }
    this.push('string', at, end + 1);
    this.at = end + 1;
    const problem = escapeProblem(source.slice(at + 1, end));
    if (problem)
      this.tokens[this.tokens.length - 1] = {
        type: 'error',
        value: '',
        at,
        end: end + 1,
        error: syntaxError(problem, at),
      };
  }

  private operator(brackets: string[]): void {
    const { source, at } = this;
    const two = source.slice(at, at + 2);
    const operator = LONG.includes(two) ? two : source[at]!;
    if (operator.length === 1 && !SHORT.includes(operator)) {
      const char = String.fromCodePoint(source.codePointAt(at)!);
      return this.fail(`unexpected char '${char === '\\' ? '\\\\' : char}' at ${at}`, at, at + char.length);
    }
    if (CLOSER[operator]) brackets.push(CLOSER[operator]);
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = brackets.pop();
      if (expected === undefined) return this.fail(`unexpected '${operator}'`, at);
      if (expected !== operator) return this.fail(`unexpected '${operator}', expected '${expected}'`, at);
    }
    this.push('operator', at, at + operator.length);
    this.at += operator.length;
  }
}

function opening(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
    const next = source[at + 1];
    if (next === '{' || next === '%' || next === '#') return at;
  }
  return -1;
}

const SIMPLE: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

/** Python's complaint about an escape that is cut short, or null. */
function escapeProblem(inside: string): string | null {
  if (!inside.includes('\\')) return null;
  for (const found of inside.matchAll(ESCAPE)) {
    const [, , , long, , single] = found;
    if (long && Number.parseInt(long, 16) > 0x10ffff) return 'illegal Unicode character';
    if (single === 'x') return 'truncated \\xXX escape';
    if (single === 'u') return 'truncated \\uXXXX escape';
    if (single === 'U') return 'truncated \\UXXXXXXXX escape';
    if (single === 'N') return 'malformed \\N character escape';
  }
  return null;
}

/** The value of a string literal's token, with Python's escapes. */
export function unquote(token: string): string {
  const inside = token.slice(1, -1);
  if (!inside.includes('\\')) return inside;
  return inside.replace(ESCAPE, (whole, x, u, long, octal, single: string | undefined) => {
    const hex = (x ?? u ?? long) as string | undefined;
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal as string, 8));
    return single !== undefined && Object.hasOwn(SIMPLE, single) ? SIMPLE[single]! : whole;
  });
}
