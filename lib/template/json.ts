import { charge, chargeText, VALUE_DEPTH } from './budget.ts';
import { compare } from './compare.ts';
import { TemplateError, typeError, valueError } from './errors.ts';
import { floatText, str } from './print.ts';
import { entriesOf, Float, isMapping, isNumber, isText, sizeOf, textOf, typeName, Undefined } from './values.ts';

interface Style {
  comma: string;
  colon: string;
  /** Spaces for one level, or null for one line. */
  indent: string | null;
  /** Python's json.dumps: keys sorted, ASCII only, NaN as it is, and a missing value is an error. */
  python: boolean;
}
const PYTHON: Style = { comma: ', ', colon: ': ', indent: null, python: true };
const COMPACT: Style = { comma: ',', colon: ':', indent: null, python: false };

/** Jinja's `tojson`: keys sorted, ASCII, and safe inside HTML. @throws TypeError for what JSON cannot hold */
export function toJsonPython(value: unknown, indent: string | null = null): string {
  if (typeof value === 'string' && PLAIN.test(value)) {
    chargeText(value.length);
    return `"${value}"`;
  }
  const text = write(value, indent === null ? PYTHON : { ...PYTHON, comma: ',', indent }, 0);
  return NEEDS_HTML.test(text) ? text.replace(/[<>&']/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`) : text;
}
const NEEDS_HTML = /[<>&']/;
/** Texts that need no escape of any kind: most of them. */
const PLAIN = /^[ !#$%()*+,\-./0-9:;=?@A-Z[\]^_`a-z{|}~]*$/;

/** The value as compact JSON, as a payload wants it; a missing value is null. */
export const toJsonCompact = (value: unknown): string => write(value, COMPACT, 0);

/** Containers being written; one inside itself has no JSON. */
const open: unknown[] = [];

function write(value: unknown, style: Style, depth: number): string {
  charge(1);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isNumber(value)) return number(value, style);
  if (isText(value)) return string(textOf(value), style);
  if (value instanceof Undefined) {
    if (!style.python) return 'null';
    throw typeError('Object of type Undefined is not JSON serializable');
  }
  if (!Array.isArray(value) && !isMapping(value))
    throw typeError(`Object of type ${typeName(value)} is not JSON serializable`);
  if (depth > VALUE_DEPTH)
    throw new TemplateError('RecursionError', 'maximum recursion depth exceeded while encoding a JSON object');
  if (open.includes(value)) throw valueError('Circular reference detected');
  open.push(value);
  try {
    return container(value, style, depth);
  } finally {
    open.pop();
  }
}

function container(value: unknown[] | Parameters<typeof entriesOf>[0], style: Style, depth: number): string {
  const isList = Array.isArray(value);
  const size = isList ? value.length : sizeOf(value);
  if (size === 0) return isList ? '[]' : '{}';
  charge(size);
  const parts = isList ? value.map((item) => write(item, style, depth + 1)) : members(value, style, depth);
  const text = wrapped(parts, style, depth);
  chargeText(text.length);
  return isList ? `[${text}]` : `{${text}}`;
}

function wrapped(parts: string[], style: Style, depth: number): string {
  if (style.indent === null) return parts.join(style.comma);
  chargeText(parts.length * style.indent.length * (depth + 1));
  const line = `\n${style.indent.repeat(depth + 1)}`;
  return `${line}${parts.join(`,${line}`)}\n${style.indent.repeat(depth)}`;
}

function members(value: Parameters<typeof entriesOf>[0], style: Style, depth: number): string[] {
  const entries = entriesOf(value);
  // By code points, as Python sorts; keys of different types have no order there either.
  if (style.python) entries.sort(([a], [b]) => compare(a, b));
  return entries.map(([key, item]) => string(keyText(key), style) + style.colon + write(item, style, depth + 1));
}

function keyText(key: unknown): string {
  if (isText(key)) return textOf(key);
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (isNumber(key)) return str(key);
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function number(value: number | bigint | Float, style: Style): string {
  const size = value instanceof Float ? value.value : value;
  if (typeof size === 'bigint' || Number.isInteger(size))
    return value instanceof Float ? floatText(value.value) : str(value);
  if (Number.isFinite(size)) return floatText(size);
  if (!style.python) return 'null';
  return Number.isNaN(size) ? 'NaN' : size > 0 ? 'Infinity' : '-Infinity';
}

function string(text: string, style: Style): string {
  chargeText(text.length);
  if (PLAIN.test(text)) return `"${text}"`;
  return style.python ? asciiString(text) : JSON.stringify(text);
}

const SHORT: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A JSON string of ASCII characters only, as json.dumps writes it. */
function asciiString(text: string): string {
  let out = '"';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 32 && code < 127 && code !== 34 && code !== 92) continue;
    out += text.slice(from, i) + (SHORT[text[i]!] ?? `\\u${code.toString(16).padStart(4, '0')}`);
    from = i + 1;
  }
  return `${out}${text.slice(from)}"`;
}

/** The text as the inside of a JSON string. */
export const jsonInside = (text: string): string => JSON.stringify(text.toWellFormed()).slice(1, -1);
