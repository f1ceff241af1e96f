import { charge } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { entriesOf, Float, isMapping, isText, Safe, str, textOf, typeName, Undefined } from './values.ts';

const MAX_DEPTH = 60;

interface Style {
  /** Between items and after a key's colon. */
  comma: string;
  colon: string;
  sortKeys: boolean;
  ascii: boolean;
  indent?: number;
}
const PYTHON: Style = { comma: ', ', colon: ': ', sortKeys: true, ascii: true };
const COMPACT: Style = { comma: ',', colon: ':', sortKeys: false, ascii: false };

/** Jinja's `tojson`: keys sorted, ASCII, and safe inside HTML. */
export function toJsonPython(value: unknown, indent?: number): string {
  const style = indent === undefined ? PYTHON : { ...PYTHON, comma: ',', indent };
  return write(value, style, 0).replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

/** The value as compact JSON, as a payload wants it; a missing value is null. */
export function toJsonCompact(value: unknown): string {
  return write(value, COMPACT, 0);
}

function write(value: unknown, style: Style, depth: number): string {
  if (depth > MAX_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
  charge(1);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? str(value) : 'null';
  if (value instanceof Float) return str(value);
  if (isText(value)) {
    const text = JSON.stringify(textOf(value));
    charge(text.length / 16);
    return style.ascii
      ? text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text;
  }
  const [open, close] =
    style.indent === undefined
      ? ['', '']
      : [`\n${' '.repeat(style.indent * (depth + 1))}`, `\n${' '.repeat(style.indent * depth)}`];
  const comma = style.indent === undefined ? style.comma : `,${open}`;
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : `[${open}${value.map((item) => write(item, style, depth + 1)).join(comma)}${close}]`;
  if (isMapping(value)) {
    const entries = entriesOf(value).map(([key, item]) => [keyText(key), item] as const);
    if (style.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return entries.length === 0
      ? '{}'
      : `{${open}${entries.map(([key, item]) => `${write(key, style, depth + 1)}${style.colon}${write(item, style, depth + 1)}`).join(comma)}${close}}`;
  }
  if (value instanceof Undefined) {
    if (style === COMPACT) return 'null';
    throw typeError('Object of type Undefined is not JSON serializable');
  }
  throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
}

const keyText = (key: unknown): string => (key === null ? 'null' : typeof key === 'boolean' ? String(key) : str(key));

/** The text as the inside of a JSON string. */
export function jsonInside(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.slice(1, -1);
}

/** A number that JSON.parse would change: 1.0, an exponent, or more digits than a double holds. */
const NEEDS_EXACT = /\d\.0+(?!\d)|\d[eE]|\d{16,}/;

/** Python's json.loads: integral floats stay floats, large integers stay exact. @throws TemplateError (JSONDecodeError) */
export function fromJson(text: string): unknown {
  charge(text.length / 8);
  try {
    if (!NEEDS_EXACT.test(text)) return JSON.parse(text) as unknown;
    return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
      if (typeof value !== 'number' || !context?.source) return value;
      if (/[.eE]/.test(context.source)) return Number.isInteger(value) ? new Float(value) : value;
      return Number.isSafeInteger(value) ? value : BigInt(context.source);
    }) as unknown;
  } catch (error) {
    throw new TemplateError('JSONDecodeError', `not valid JSON: ${(error as Error).message}`);
  }
}

export { Safe };
