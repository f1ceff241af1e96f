import type { Expr } from './ast.ts';
import { TemplateError } from './errors.ts';
import { jsonInside, toJsonCompact } from './json.ts';
import { Safe, str, Undefined } from './values.ts';

/** What surrounds a template decides how a value is written into it. */
export type Escape = 'raw' | 'json' | 'text' | 'xml' | 'url' | 'header';

/** How one output is written: chosen when the template is compiled, from the text before it. */
export type Write = (value: unknown) => string;

/** Follows the text of a template from its beginning, so that each output knows its place. */
export interface Place {
  /** Takes in text of the template. */
  text(text: string): void;
  /** How the output that stands here is written. */
  write(expression: Expr): Write;
  save(): unknown;
  restore(state: unknown): void;
}

const raw: Write = str;

export function placeOf(escape: Escape): Place {
  if (escape === 'json') return jsonPlace();
  if (escape === 'url') return urlPlace();
  const write = escape === 'xml' ? xml : escape === 'header' ? header : raw;
  return { text() {}, write: () => write, save: () => null, restore() {} };
}

/** Text that the author wrote in the template itself is template, not data: `{{ "," if not loop.last }}`. */
function isAuthorsText(expression: Expr): boolean {
  if (expression.type === 'const') return typeof expression.value === 'string';
  if (expression.type === 'if')
    return isAuthorsText(expression.yes) && (expression.no === null || isAuthorsText(expression.no));
  return expression.type === 'concat' && expression.parts.every(isAuthorsText);
}

function jsonPlace(): Place {
  let inString = false;
  let escaped = false;
  return {
    text(text) {
      for (let i = 0; i < text.length; i++) {
        const char = text[i];
        if (escaped) escaped = false;
        else if (char === '"') inString = !inString;
        else if (char === '\\' && inString) escaped = true;
      }
    },
    write(expression) {
      if (inString) return jsonString;
      return isAuthorsText(expression) ? raw : jsonValue;
    },
    save: () => [inString, escaped],
    restore(state) {
      [inString, escaped] = state as [boolean, boolean];
    },
  };
}

const jsonString: Write = (value) => {
  if (value instanceof Safe) return value.text;
  if (typeof value === 'number') return str(value);
  const text = str(value);
  return needsJsonEscape(text) ? jsonInside(text) : text;
};
const jsonValue: Write = (value) => {
  if (value instanceof Safe) return value.text;
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

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** What XML 1.0 cannot contain at all (production [2] Char). */
const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const xml: Write = (value) =>
  value instanceof Safe
    ? value.text
    : str(value)
        .replace(NOT_XML, '')
        .replace(/[&<>"']/g, (char) => XML[char]!);

const header: Write = (value) => {
  const text = str(value);
  if (!/^[\x20-\x7e\t]*$/.test(text))
    throw new TemplateError(
      'EscapeError',
      'the value has characters that a header cannot carry (line breaks, control characters or letters outside ASCII)',
    );
  return text;
};

function urlPlace(): Place {
  let before = '';
  return {
    text(text) {
      before += text;
    },
    write() {
      const seen = before;
      before += 'x';
      // A value that begins the URL brings scheme and host with it; the endpoint prefix is checked on the result.
      if (seen === '') return (value) => (value instanceof Safe ? value.text : str(value));
      const inAuthority = /^[a-z]+:\/\/[^/?#]*$/i.test(seen);
      return (value) => {
        if (value instanceof Safe) return value.text;
        const text = str(value);
        if (inAuthority && /^[A-Za-z0-9.:-]*$/.test(text)) return text;
        return encode(text);
      };
    },
    save: () => before,
    restore(state) {
      before = state as string;
    },
  };
}

const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export { Undefined };
