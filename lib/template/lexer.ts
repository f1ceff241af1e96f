import { syntaxError, type TemplateError } from './errors.ts';

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
  | 'end';
export interface Token {
  type: TokenType;
  value: string;
  at: number;
}

const OPERATORS = [
  '**',
  '//',
  '==',
  '!=',
  '<=',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '~',
  '<',
  '>',
  '=',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '.',
  ':',
  '|',
  ',',
  ';',
];
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER =
  /(?:0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|\d(?:_?\d)*(\.\d(?:_?\d)*)?([eE][+-]?\d(?:_?\d)*)?)/y;
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
/** `[[ name … ]]`; whether it is a parameter depends on the name being declared. */
const PARAMETER = /\[\[\s*([A-Za-z_][\w-]*)\s*(?=[:=|\]])[^[\]\n]*\]\]/y;

/**
 * Splits a template into tokens, with Jinja's whitespace control. Declared parameters `[[ name ]]` are tokens of their own,
 * in text and inside expressions; they are never pasted in as text.
 * @throws TemplateError (TemplateSyntaxError) carrying the offset
 */
export function tokenize(name: string, original: string, isParameter: (name: string) => boolean): Token[] {
  // As Jinja reads files: line ends become \n, and one at the very end goes.
  const source = normalised(original);
  const tokens: Token[] = [];
  const fail = (error: TemplateError, at: number): never => {
    throw error.at(name, source, at);
  };
  let position = 0;
  let stripNext = false;

  const pushText = (from: number, to: number, stripEnd: boolean) => {
    let text = source.slice(from, to);
    if (stripNext) text = text.replace(/^\s+/, '');
    if (stripEnd) text = trimEnd(text);
    stripNext = false;
    if (text) splitParameters(text, from, tokens, isParameter);
  };

  while (position < source.length) {
    const open = nextOpening(source, position);
    if (open < 0) {
      pushText(position, source.length, false);
      break;
    }
    const kind = source[open + 1]!;
    const sign = source[open + 2];
    pushText(position, open, sign === '-');
    const inside = open + 2 + (sign === '-' || sign === '+' ? 1 : 0);
    if (kind === '#') {
      const close = source.indexOf('#}', inside);
      if (close < 0) fail(syntaxError('Missing end of comment tag'), open);
      stripNext = source[close - 1] === '-' && close - 1 >= inside;
      position = close + 2;
      continue;
    }
    if (kind === '%') {
      const raw = /\s*raw\s*(-?)%\}/y;
      raw.lastIndex = inside;
      const begun = raw.exec(source);
      if (begun) {
        const end = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
        end.lastIndex = raw.lastIndex;
        const found = end.exec(source);
        if (!found) fail(syntaxError('Missing end of raw directive'), open);
        let text = source.slice(raw.lastIndex, found!.index);
        if (begun[1] === '-') text = text.replace(/^\s+/, '');
        if (found![1] === '-') text = trimEnd(text);
        if (text) tokens.push({ type: 'text', value: text, at: raw.lastIndex });
        stripNext = found![2] === '-';
        position = end.lastIndex;
        continue;
      }
    }
    tokens.push({ type: kind === '{' ? 'begin-output' : 'begin-block', value: '', at: open });
    const after = lexInside(source, inside, kind === '{' ? '}}' : '%}', tokens, isParameter, fail);
    stripNext = after.strip;
    position = after.position;
  }
  tokens.push({ type: 'end', value: '', at: source.length });
  return tokens;
}

/** The source as offsets and lines refer to it. */
export function normalised(original: string): string {
  const source = original.includes('\r') ? original.replace(/\r\n?/g, '\n') : original;
  return source.endsWith('\n') ? source.slice(0, -1) : source;
}

function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /\s/.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

function nextOpening(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
    const next = source[at + 1];
    if (next === '{' || next === '%' || next === '#') return at;
  }
  return -1;
}

function splitParameters(text: string, offset: number, tokens: Token[], isParameter: (name: string) => boolean): void {
  let start = 0;
  for (let at = text.indexOf('[['); at >= 0; at = text.indexOf('[[', at + 1)) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(text);
    if (!found || !isParameter(found[1]!)) continue;
    if (at > start) tokens.push({ type: 'text', value: text.slice(start, at), at: offset + start });
    tokens.push({ type: 'parameter', value: found[1]!, at: offset + at });
    start = at + found[0].length;
    at = start - 1;
  }
  if (start < text.length) tokens.push({ type: 'text', value: text.slice(start), at: offset + start });
}

const CLOSERS: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

function lexInside(
  source: string,
  from: number,
  end: string,
  tokens: Token[],
  isParameter: (name: string) => boolean,
  fail: (error: TemplateError, at: number) => never,
): { position: number; strip: boolean } {
  const open: string[] = [];
  let at = from;
  for (;;) {
    while (at < source.length && /\s/.test(source[at]!)) at++;
    if (at >= source.length)
      fail(
        syntaxError(
          end === '}}'
            ? "unexpected end of template, expected 'end of print statement'."
            : "unexpected end of template, expected 'end of statement block'.",
        ),
        at,
      );
    if (open.length === 0) {
      const strip = source[at] === '-' && source.startsWith(end, at + 1);
      const keep = source[at] === '+' && end === '%}' && source.startsWith(end, at + 1);
      if (strip || keep || source.startsWith(end, at)) {
        tokens.push({ type: end === '}}' ? 'end-output' : 'end-block', value: '', at });
        return { position: at + end.length + (strip || keep ? 1 : 0), strip };
      }
    }
    if (source.startsWith('[[', at)) {
      PARAMETER.lastIndex = at;
      const found = PARAMETER.exec(source);
      if (found && isParameter(found[1]!)) {
        tokens.push({ type: 'parameter', value: found[1]!, at });
        at += found[0].length;
        continue;
      }
    }
    const matched = match(NUMBER, source, at) ?? match(NAME, source, at) ?? match(STRING, source, at);
    if (matched) {
      const first = matched[0][0]!;
      const type: TokenType =
        first === "'" || first === '"'
          ? 'string'
          : /\d/.test(first)
            ? matched[1] || matched[2]
              ? 'float'
              : 'integer'
            : 'name';
      tokens.push({ type, value: matched[0], at });
      at += matched[0].length;
      continue;
    }
    const operator = OPERATORS.find((text) => source.startsWith(text, at));
    if (!operator)
      fail(syntaxError(`unexpected char ${quote(String.fromCodePoint(source.codePointAt(at)!))} at ${at}`), at);
    if (CLOSERS[operator!]) open.push(CLOSERS[operator!]!);
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = open.pop();
      if (expected === undefined) fail(syntaxError(`unexpected '${operator}'`), at);
      if (expected !== operator) fail(syntaxError(`unexpected '${operator}', expected '${expected}'`), at);
    }
    tokens.push({ type: 'operator', value: operator!, at });
    at += operator!.length;
  }
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

const quote = (text: string) => (text === "'" ? `"'"` : `'${text === '\\' ? '\\\\' : text}'`);

/** The value of a string literal's token (Python's escapes). */
export function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
      (whole, x, u, long, octal, single: string | undefined) => {
        const hex = x ?? u ?? long;
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
        const known: Record<string, string> = {
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
        return single !== undefined && Object.hasOwn(known, single) ? known[single]! : whole;
      },
    );
}
