import { charge } from './budget.ts';
import { valueError } from './errors.ts';
import { isWord } from './text.ts';

const isBlank = (char: string): boolean => '\t\n\v\f\r '.includes(char);

/** Python's textwrap.wrap of one line: white space is kept, long words are broken, hyphens may end a line. */
export function wrap(line: string, width: number, breakLong: boolean, hyphens: boolean): string[] {
  if (width <= 0) throw valueError(`invalid width ${width} (must be > 0)`);
  const chunks = chunksOf(line, hyphens).reverse();
  charge(chunks.length + line.length / 8);
  const lines: string[] = [];
  while (chunks.length > 0) {
    const current: string[] = [];
    let size = 0;
    if (lines.length > 0 && chunks.at(-1)!.trim() === '') chunks.pop();
    while (chunks.length > 0) {
      const length = sizeOf(chunks.at(-1)!);
      if (size + length > width) break;
      current.push(chunks.pop()!);
      size += length;
    }
    if (chunks.length > 0 && sizeOf(chunks.at(-1)!) > width) takeLong(chunks, current, size, width, breakLong, hyphens);
    if (current.length > 0 && current.at(-1)!.trim() === '') current.pop();
    if (current.length > 0) lines.push(current.join(''));
    charge(1);
  }
  return lines;
}

const sizeOf = (chunk: string): number => (/[\ud800-\udfff]/.test(chunk) ? [...chunk].length : chunk.length);

function takeLong(
  chunks: string[],
  current: string[],
  size: number,
  width: number,
  breakLong: boolean,
  hyphens: boolean,
): void {
  const space = width < 1 ? 1 : width - size;
  if (!breakLong) {
    if (current.length === 0) current.push(chunks.pop()!);
    return;
  }
  const chunk = [...chunks.pop()!];
  charge(chunk.length / 8);
  let end = space;
  if (hyphens && chunk.length > space) {
    const at = chunk.lastIndexOf('-', space - 1);
    if (at > 0 && chunk.slice(0, at).some((char) => char !== '-')) end = at + 1;
  }
  current.push(chunk.slice(0, end).join(''));
  chunks.push(chunk.slice(end).join(''));
}

/** White space, words and dashes, as textwrap splits them; with hyphens, a word is split behind those between letters. */
function chunksOf(line: string, hyphens: boolean): string[] {
  const chars = [...line];
  const chunks: string[] = [];
  let at = 0;
  while (at < chars.length) {
    const start = at;
    if (isBlank(chars[at]!)) while (at < chars.length && isBlank(chars[at]!)) at++;
    else if (hyphens) at = wordEnd(chars, at);
    else while (at < chars.length && !isBlank(chars[at]!)) at++;
    chunks.push(chars.slice(start, at).join(''));
  }
  return chunks;
}

const isLetter = (char: string | undefined): boolean => char !== undefined && isWord(char) && !/\p{Nd}/u.test(char);
const isWordPunct = (char: string | undefined): boolean =>
  char !== undefined && (isWord(char) || '!"\'&.,?'.includes(char));

/** Where the chunk that begins at `from` ends: textwrap's word separator, read step by step instead of by a backtracking pattern. */
function wordEnd(chars: string[], from: number): number {
  // A dash of two or more between words is a chunk of its own.
  if (isWordPunct(chars[from - 1]) && chars[from] === '-') {
    const end = dashEnd(chars, from);
    if (end - from >= 2 && end < chars.length && isWord(chars[end]!)) return end;
  }
  for (let at = from; at < chars.length; at++) {
    const next = at + 1;
    if (next >= chars.length || isBlank(chars[next]!)) return next;
    if (chars[at] === '-' && at > from && isHyphenation(chars, at, from)) return next;
    if (chars[next] === '-' && isWordPunct(chars[at])) {
      const end = dashEnd(chars, next);
      if (end - next >= 2 && end < chars.length && isWord(chars[end]!)) return next;
    }
  }
  return chars.length;
}

function dashEnd(chars: string[], from: number): number {
  let end = from;
  while (chars[end] === '-') end++;
  return end;
}

/** Whether a line may end behind this hyphen: two letters before it (or a letter, a hyphen, a letter) and two behind. */
function isHyphenation(chars: string[], at: number, from: number): boolean {
  const before = chars[at - 1];
  const earlier = chars[at - 2];
  const after = chars[at + 1];
  const later = chars[at + 2];
  const left =
    isLetter(before) && at - 2 >= from - 2 && (isLetter(earlier) || (earlier === '-' && isLetter(chars[at - 3])));
  const right = isLetter(after) && (isLetter(later) || (later === '-' && isLetter(chars[at + 3])));
  return left && right;
}
