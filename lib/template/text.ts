import { charge, chargeText, WIDTH_LIMIT } from './budget.ts';
import { limitError, typeError } from './errors.ts';
import { isInt, typeName, unbool } from './values.ts';

/** Python's handling of text where JavaScript's differs. All of it is linear in the length of the text. */

/** What Python's str.isspace and strip take for white space. */
export const isSpace = (code: number): boolean =>
  code === 32 ||
  (code >= 9 && code <= 13) ||
  (code >= 0x1c && code <= 0x1f) ||
  code === 0x85 ||
  code === 0xa0 ||
  (code >= 0x1680 &&
    (code === 0x1680 ||
      (code >= 0x2000 && code <= 0x200a) ||
      code === 0x2028 ||
      code === 0x2029 ||
      code === 0x202f ||
      code === 0x205f ||
      code === 0x3000));

/** Strips white space, or the characters given, from the chosen ends. */
export function strip(text: string, chars: string | null, left: boolean, right: boolean): string {
  charge(1 + text.length / 64);
  let from = 0;
  let to = text.length;
  const set = chars === null ? null : new Set(chars);
  if (set && /[\ud800-\udfff]/.test(chars!)) return stripPoints(text, set, left, right);
  const goes = (at: number) => (set ? set.has(text[at]!) : isSpace(text.charCodeAt(at)));
  if (left) while (from < to && goes(from)) from++;
  if (right) while (to > from && goes(to - 1)) to--;
  return text.slice(from, to);
}

function stripPoints(text: string, set: Set<string>, left: boolean, right: boolean): string {
  const all = [...text];
  let from = 0;
  let to = all.length;
  if (left) while (from < to && set.has(all[from]!)) from++;
  if (right) while (to > from && set.has(all[to - 1]!)) to--;
  return all.slice(from, to).join('');
}

/** Python's str.split with a separator or, when it is null, at white space. @throws ValueError elsewhere for '' */
export function split(text: string, separator: string | null, most: number): string[] {
  chargeText(text.length);
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  const parts: string[] = [];
  if (separator !== null) {
    let from = 0;
    for (let at = text.indexOf(separator); at >= 0 && parts.length < limit; at = text.indexOf(separator, from)) {
      parts.push(text.slice(from, at));
      from = at + separator.length;
    }
    parts.push(text.slice(from));
    charge(parts.length);
    return parts;
  }
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at >= text.length) break;
    if (parts.length >= limit) {
      parts.push(text.slice(at));
      break;
    }
    const start = at;
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
    parts.push(text.slice(start, at));
  }
  charge(parts.length);
  return parts;
}

/** As `split`, from the right. */
export function rsplit(text: string, separator: string | null, most: number): string[] {
  chargeText(text.length);
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  const parts: string[] = [];
  if (separator !== null) {
    let to = text.length;
    while (parts.length < limit) {
      const at = to - separator.length < 0 ? -1 : text.lastIndexOf(separator, to - separator.length);
      if (at < 0) break;
      parts.push(text.slice(at + separator.length, to));
      to = at;
    }
    parts.push(text.slice(0, to));
    charge(parts.length);
    return parts.reverse();
  }
  let to = text.length;
  for (;;) {
    while (to > 0 && isSpace(text.charCodeAt(to - 1))) to--;
    if (to === 0) break;
    if (parts.length >= limit) {
      parts.push(text.slice(0, to));
      break;
    }
    const end = to;
    while (to > 0 && !isSpace(text.charCodeAt(to - 1))) to--;
    parts.push(text.slice(to, end));
  }
  charge(parts.length);
  return parts.reverse();
}

const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

export function splitlines(text: string, keepEnds: boolean): string[] {
  chargeText(text.length);
  const lines: string[] = [];
  let from = 0;
  for (const found of text.matchAll(LINE_END)) {
    const end = found.index + found[0].length;
    lines.push(text.slice(from, keepEnds ? end : found.index));
    from = end;
  }
  if (from < text.length) lines.push(text.slice(from));
  charge(lines.length);
  return lines;
}

const WORD = /[\p{L}\p{N}_]/u;
const CASED = /[\p{Lu}\p{Ll}\p{Lt}\p{Uppercase}\p{Lowercase}]/u;
/** Whether a character has an upper or lower case. */
const isCased = (char: string): boolean => CASED.test(char);
export const isWord = (char: string): boolean => WORD.test(char);

/** Lower case as Python has it: a final sigma depends on its neighbours there as here. */
export const lower = (text: string): string => text.toLowerCase();
export const upper = (text: string): string => text.toUpperCase();

const TITLE: Record<string, string> = {
  ǆ: 'ǅ',
  Ǆ: 'ǅ',
  ǉ: 'ǈ',
  Ǉ: 'ǈ',
  ǌ: 'ǋ',
  Ǌ: 'ǋ',
  ǳ: 'ǲ',
  Ǳ: 'ǲ',
  ß: 'Ss',
  ﬀ: 'Ff',
  ﬁ: 'Fi',
  ﬂ: 'Fl',
  ﬃ: 'Ffi',
  ﬄ: 'Ffl',
  ŉ: 'ʼN',
  ǰ: 'J̌',
};
/** A character at the head of a word. */
const titleChar = (char: string): string => TITLE[char] ?? char.toUpperCase();

/** str.title(): each run of letters begins with a capital. */
export function title(text: string): string {
  chargeText(text.length);
  let out = '';
  let inside = false;
  for (const char of text) {
    out += inside ? lower(char) : titleChar(char);
    inside = isCased(char);
  }
  return out;
}

export function capitalize(text: string): string {
  const head = text.codePointAt(0);
  if (head === undefined) return '';
  const first = String.fromCodePoint(head);
  return titleChar(first) + lower(text.slice(first.length));
}

/** A width or a count that an author gave. @throws TypeError when it is not a whole number, LimitError when too large */
export function widthOf(value: unknown, most = WIDTH_LIMIT): number {
  const number = unbool(value);
  if (!isInt(number)) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  const size = Number(number);
  if (size > most) throw limitError(`${size} is more than the ${most} that are allowed here`);
  return size;
}

/** A whole number that an author gave. @throws TypeError */
export function wholeOf(value: unknown): number {
  const number = unbool(value);
  if (!isInt(number)) throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`);
  return Number(number);
}

/** Centres as str.center does: an odd space goes left when the width is odd. */
export function center(text: string, width: number, fill = ' '): string {
  const size = [...text].length;
  const space = Math.max(0, width - size);
  chargeText(width);
  const left = (space >> 1) + (space & width & 1);
  return fill.repeat(left) + text + fill.repeat(space - left);
}

/** Replaces the first `most` occurrences, or all when negative. */
export function replace(text: string, from: string, to: string, most: number): string {
  charge(1 + text.length / 16);
  if (most === 0) return text;
  if (from === '') return replaceEmpty(text, to, most);
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  let count = 0;
  let at = text.indexOf(from);
  if (at < 0) return text;
  const parts: string[] = [];
  let start = 0;
  let size = 0;
  for (; at >= 0 && count < limit; at = text.indexOf(from, start)) {
    parts.push(text.slice(start, at));
    start = at + from.length;
    count++;
    size += to.length;
    if (size > 4096) {
      chargeText(size);
      size = 0;
    }
  }
  parts.push(text.slice(start));
  chargeText(text.length);
  return parts.join(to);
}

function replaceEmpty(text: string, to: string, most: number): string {
  const all = [...text];
  const count = most < 0 ? all.length + 1 : Math.min(most, all.length + 1);
  chargeText(text.length + to.length * count);
  let out = '';
  for (let i = 0; i < all.length; i++) out += (i < count ? to : '') + all[i];
  return count > all.length ? out + to : out;
}
