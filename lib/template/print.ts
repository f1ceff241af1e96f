import { charge, chargeText, VALUE_DEPTH } from './budget.ts';
import { TemplateError } from './errors.ts';
import { viewItems } from './sequences.ts';
import {
  Bytes,
  entriesOf,
  Float,
  Func,
  Gen,
  Host,
  isMapping,
  isText,
  Namespace,
  Range,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
  View,
} from './values.ts';

/** Python's str(). */
export function str(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? integerText(value) : floatText(value);
  if (value instanceof Safe) return value.text;
  if (value instanceof Undefined) return '';
  return repr(value);
}

/** Python's repr(). @throws LimitError when the value is too large to be printed */
export function repr(value: unknown, depth = 0): string {
  if (depth > VALUE_DEPTH)
    throw new TemplateError('RecursionError', 'maximum recursion depth exceeded while getting the repr of an object');
  charge(1);
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'bigint') return bigText(value);
  if (typeof value === 'number') return Number.isInteger(value) ? integerText(value) : floatText(value);
  if (value instanceof Float) return floatText(value.value);
  if (isText(value)) {
    const text = quoted(textOf(value));
    return value instanceof Safe && value.kind !== 'place' ? `Markup(${text})` : text;
  }
  if (Array.isArray(value) || value instanceof View || isMapping(value)) return container(value, depth);
  if (value instanceof Range) return `range(${value.start}, ${value.stop}${value.step === 1 ? '' : `, ${value.step}`})`;
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Bytes) return bytesText(value.data);
  if (value instanceof Func)
    return value.type === 'Macro' ? `<Macro '${value.name}'>` : `<built-in method ${value.name}>`;
  if (value instanceof Namespace) return `<Namespace ${container(Object.fromEntries(value.values), depth)}>`;
  if (value instanceof Gen) return `<${value.type} object>`;
  return `<${value instanceof Host ? value.name : 'object'}>`;
}

/** Containers that are being printed: Python writes [...] for one inside itself. */
const open: unknown[] = [];

function container(value: unknown, depth: number): string {
  const opener = Array.isArray(value) ? (value instanceof Tuple ? '(' : '[') : '{';
  if (open.includes(value)) return opener === '(' ? '(...)' : opener === '[' ? '[...]' : '{...}';
  open.push(value);
  try {
    let size = 0;
    const item = (one: unknown): string => {
      const text = repr(one, depth + 1);
      size += text.length + 2;
      if (size > 4096) {
        chargeText(size);
        size = 0;
      }
      return text;
    };
    if (value instanceof View) return `dict_${value.kind}([${viewItems(value).map(item).join(', ')}])`;
    if (value instanceof Tuple)
      return value.length === 1 ? `(${item(value[0])},)` : `(${[...value].map(item).join(', ')})`;
    if (Array.isArray(value)) return `[${value.map(item).join(', ')}]`;
    if (isMapping(value))
      return `{${entriesOf(value)
        .map(([key, one]) => `${item(key)}: ${item(one)}`)
        .join(', ')}}`;
    return typeName(value);
  } finally {
    open.pop();
  }
}

const integerText = (value: number): string => (Number.isSafeInteger(value) ? String(value) : String(BigInt(value)));

/** Python refuses to print integers of more than 4300 digits. */
function bigText(value: bigint): string {
  const text = value.toString();
  charge(text.length);
  if (text.length > 4300 + (value < 0n ? 1 : 0))
    throw new TemplateError(
      'ValueError',
      'Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit',
    );
  return text;
}

/** The shortest text that gives the float back, as Python writes it. */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  if (value === 0) return '0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
/** What Python's repr does not print as it is: separators other than the space, and what has no shape. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}\\]/u;

function quoted(text: string): string {
  chargeText(text.length);
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (!UNPRINTABLE.test(text.replaceAll(' ', '')) && !text.includes(mark)) return mark + text + mark;
  let out = mark;
  for (const char of text) {
    if (char === mark) out += `\\${char}`;
    else if (char !== ' ' && UNPRINTABLE.test(char)) out += ESCAPES[char] ?? codeEscape(char.codePointAt(0)!);
    else out += char;
  }
  return out + mark;
}

function codeEscape(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

function bytesText(data: Uint8Array): string {
  const text = String.fromCharCode(...data);
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'\n\r\t]|[^\x20-\x7e]/g, (char) => {
    if (char === "'") return mark === "'" ? "\\'" : char;
    return ESCAPES[char] ?? codeEscape(char.charCodeAt(0));
  });
  return `b${mark}${body}${mark}`;
}
