import type { Expr, Statement } from './ast.ts';
import { TemplateError } from './errors.ts';
import { jsonInside, toJsonCompact } from './json.ts';
import { htmlEscape } from './markup.ts';
import { str } from './print.ts';
import { Safe } from './values.ts';

/**
 * Format-aware escaping: what surrounds an output decides how a value is written there. `raw` and `text` write as Jinja
 * does; `html` is Jinja's own autoescape.
 */
export type Escape = 'raw' | 'json' | 'text' | 'xml' | 'url' | 'header' | 'html';

/** How one output is written: chosen when the template is compiled, from the text before it. */
export type Write = (value: unknown) => string;

/** Follows the text of a template from its beginning, so that each output knows its place. */
export interface Place {
  text(text: string): void;
  /** How the output that stands here is written. */
  write(expression: Expr): Write;
  save(): unknown;
  restore(state: unknown): void;
}

export function placeOf(escape: Escape): Place {
  if (escape === 'json') return new JsonPlace();
  if (escape === 'url') return new UrlPlace();
  const write = { raw: str, text: str, xml, header, html }[escape];
  return { text() {}, write: () => write, save: () => null, restore() {} };
}

/**
 * Whether a captured block (a macro, `set` with a body) writes structure, which is escaped inside and finished, or plain
 * text, which is escaped where it is used. Its own text tells: JSON has quotes, brackets or braces, XML has tags.
 */
export function writesStructure(escape: Escape, body: readonly Statement[]): boolean {
  if (escape === 'raw' || escape === 'text' || escape === 'header' || escape === 'url') return false;
  if (escape === 'html') return true;
  const own = ownText(body);
  return escape === 'json' ? /["{}[\]]/.test(own) : /[<>]/.test(own);
}

function ownText(body: readonly Statement[]): string {
  return body
    .map((statement): string => {
      if (statement.type === 'text') return statement.text;
      if (statement.type === 'if')
        return [...statement.branches.map(([, inner]) => ownText(inner)), ownText(statement.otherwise)].join('');
      if (statement.type === 'for') return ownText(statement.body) + ownText(statement.otherwise);
      return 'body' in statement && statement.type !== 'macro' ? ownText(statement.body) : '';
    })
    .join('');
}

/** Text that the author wrote in the template itself is template, not data: `{{ "," if not loop.last }}`. */
function isAuthorsText(e: Expr): boolean {
  if (e.type === 'const') return typeof e.value === 'string';
  if (e.type === 'if') return isAuthorsText(e.yes) && (e.no === null || isAuthorsText(e.no));
  return e.type === 'concat' && e.parts.every(isAuthorsText);
}

/** The author's own JSON that stands in for a missing value: `{{ customer.age | default('null') }}`. */
function authorsJson(e: Expr): string | null {
  if (e.type !== 'filter' || (e.name !== 'default' && e.name !== 'd')) return null;
  const [other] = e.args.positional;
  if (other?.type !== 'const' || typeof other.value !== 'string') return null;
  try {
    JSON.parse(other.value);
    return other.value;
  } catch {
    return null;
  }
}

const lastFilter = (e: Expr): string => (e.type === 'filter' ? e.name : '');

class JsonPlace implements Place {
  private inString = false;
  private escaped = false;

  get isInString(): boolean {
    return this.inString;
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const char = text.charCodeAt(i);
      if (this.escaped) this.escaped = false;
      else if (char === 34) this.inString = !this.inString;
      else if (char === 92 && this.inString) this.escaped = true;
    }
  }

  write(e: Expr): Write {
    if (this.inString) return jsonString;
    if (isAuthorsText(e)) return str;
    const other = authorsJson(e);
    return other === null ? jsonValue : (value) => (value === other ? other : jsonValue(value));
  }

  save(): unknown {
    return [this.inString, this.escaped];
  }

  restore(state: unknown): void {
    [this.inString, this.escaped] = state as [boolean, boolean];
  }
}

/** Whether what stands next is inside the quotes of a JSON string. */
export const isInJsonString = (place: Place): boolean => place instanceof JsonPlace && place.isInString;

const isFinished = (value: unknown): value is Safe =>
  value instanceof Safe && (value.kind === 'place' || value.kind === 'any');

/** Inside quotes: JSON made by `tojson` is a text there like any other. */
const jsonString: Write = (value) => {
  if (isFinished(value)) return value.text;
  const text = str(value);
  return needsJsonEscape(text) ? jsonInside(text) : text;
};

const jsonValue: Write = (value) => {
  if (value instanceof Safe && value.kind !== 'html') return value.text;
  return toJsonCompact(value);
};

/** Most values have nothing to escape; a look is cheaper than building the text again. */
function needsJsonEscape(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code <= 0xdfff)) return true;
  }
  return false;
}

/** What XML 1.0 cannot contain at all (production [2] Char). */
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu;

function xml(value: unknown): string {
  if (value instanceof Safe && value.kind !== 'json') return value.text.replace(NOT_XML, '');
  return htmlEscape(str(value).replace(NOT_XML, ''));
}

function html(value: unknown): string {
  return value instanceof Safe ? value.text : htmlEscape(str(value));
}

function header(value: unknown): string {
  const text = str(value);
  if (!/^[\x20-\x7e\t]*$/.test(text))
    throw new TemplateError(
      'EscapeError',
      'the value has characters that a header cannot carry (line breaks, control characters or letters outside ASCII)',
    );
  return text;
}

class UrlPlace implements Place {
  private before = '';

  text(text: string): void {
    this.before += text;
  }

  write(e: Expr): Write {
    const seen = this.before;
    this.before += 'x';
    // A value that begins the URL brings scheme and host with it; the endpoint prefix is checked on the result.
    if (seen === '') return (value) => (value instanceof Safe ? value.text : str(value));
    if (lastFilter(e) === 'urlencode') return str;
    const inAuthority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*$/i.test(seen);
    return (value) => {
      if (isFinished(value)) return value.text;
      const text = str(value);
      return inAuthority && /^[A-Za-z0-9.:-]*$/.test(text) ? text : percentEncode(text);
    };
  }

  save(): unknown {
    return this.before;
  }

  restore(state: unknown): void {
    this.before = state as string;
  }
}

const percentEncode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
