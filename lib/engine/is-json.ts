/**
 * Whether bytes are JSON as `JSON.parse` understands it (RFC 8259), without making anything of it: for a batch of a
 * thousand, building the values only to throw them away cost more than rendering them.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
/** Where nothing right stands. */
const WRONG = -1;

/** @param bytes well-formed UTF-8 */
export function isJson(bytes: Uint8Array): boolean {
  /** Ends of the containers that are open. */
  const open: number[] = [];
  let at = 0;
  for (;;) {
    at = space(bytes, at);
    const first = bytes[at];
    if (first === OBJECT || first === ARRAY) {
      const end = first === OBJECT ? OBJECT_END : ARRAY_END;
      const inside = space(bytes, at + 1);
      if (bytes[inside] === end) at = inside + 1;
      else {
        open.push(end);
        at = first === OBJECT ? key(bytes, inside) : inside;
        if (at === WRONG) return false;
        continue;
      }
    } else at = scalar(bytes, at);
    // A value is over: so may be what it stands in, and what that stands in.
    for (;;) {
      if (at === WRONG) return false;
      at = space(bytes, at);
      if (open.length === 0) return at === bytes.length;
      const end = open[open.length - 1]!;
      const next = bytes[at++];
      if (next === COMMA) {
        if (end === OBJECT_END) at = key(bytes, space(bytes, at));
        if (at === WRONG) return false;
        break;
      }
      if (next !== end) return false;
      open.pop();
    }
  }
}

function space(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const c = bytes[at];
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return at;
    at++;
  }
}

/** A name and its colon. @returns where its value may begin */
function key(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== QUOTE) return WRONG;
  const end = string(bytes, from + 1);
  if (end === WRONG) return WRONG;
  const at = space(bytes, end);
  return bytes[at] === COLON ? at + 1 : WRONG;
}

function scalar(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return string(bytes, at + 1);
  if (first === MINUS || isDigit(first)) return number(bytes, at);
  for (const word of WORDS)
    if (first === word[0]) return word.every((c, i) => bytes[at + i] === c) ? at + word.length : WRONG;
  return WRONG;
}

const WORDS = ['true', 'false', 'null'].map((word) => [...new TextEncoder().encode(word)]);

/** The rest of a string, with its closing quote. */
function string(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  for (let at = from; at < length; at++) {
    const c = bytes[at]!;
    if (PLAIN[c] === 1) continue;
    if (c === QUOTE) return at + 1;
    if (c !== BACKSLASH) return WRONG;
    at++;
    const escape = bytes[at];
    if (escape === 0x75) {
      for (let i = 1; i <= 4; i++) if (!isHex(bytes[at + i])) return WRONG;
      at += 4;
    } else if (escape === undefined || !ESCAPES.has(escape)) return WRONG;
  }
  return WRONG;
}

/** Bytes that stand for themselves in a string: all but control characters, quote and backslash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, c) => (c < 0x20 || c === QUOTE || c === BACKSLASH ? 0 : 1));
const ESCAPES = new Set(new TextEncoder().encode('"\\/bfnrt'));

function number(bytes: Uint8Array, from: number): number {
  const start = bytes[from] === MINUS ? from + 1 : from;
  let at = bytes[start] === ZERO ? start + 1 : digits(bytes, start);
  if (at !== WRONG && bytes[at] === 0x2e) at = digits(bytes, at + 1);
  if (at === WRONG || (bytes[at]! | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1];
  return digits(bytes, sign === 0x2b || sign === MINUS ? at + 2 : at + 1);
}

/** One digit or more. */
function digits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at++;
  return at > from ? at : WRONG;
}

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= ZERO && c <= 0x39;
const isHex = (c: number | undefined): boolean =>
  isDigit(c) || (c !== undefined && (c | 0x20) >= 0x61 && (c | 0x20) <= 0x66);
