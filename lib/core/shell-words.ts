/**
 * Splits a command as a POSIX shell would, without running anything: quotes, `$'…'`, backslashes and continued lines.
 * The form that browsers copy for the Windows command prompt (carets before special characters) is understood too.
 * Variables and substitutions stay as they are written. @returns null when a quote is not closed
 */
export function shellWords(text: string): string[] | null {
  const command = /\^["\r\n]/.test(text) ? withoutCarets(text) : text;
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  const add = (part: string) => {
    word = (word ?? '') + part;
  };
  while (at < command.length) {
    const char = command[at]!;
    if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      at++;
    } else if (char === '\\') {
      const next = /^\\(\r?\n|[\s\S]|$)/.exec(command.slice(at, at + 3))![1]!;
      if (!next.includes('\n')) add(next);
      at += 1 + next.length;
    } else if (char === "'" || char === '"' || (char === '$' && command[at + 1] === "'")) {
      const quoted = readQuoted(command, at);
      if (!quoted) return null;
      add(quoted.text);
      at = quoted.end;
    } else {
      add(char);
      at++;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

const withoutCarets = (text: string): string =>
  text.replace(/\^(\r?\n|[\s\S])/g, (_match, next: string) => (next.includes('\n') ? ' ' : next));

function readQuoted(text: string, start: number): { text: string; end: number } | null {
  const isAnsi = text[start] === '$';
  const quote = isAnsi ? "'" : text[start]!;
  const from = start + (isAnsi ? 2 : 1);
  let at = from;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' && (quote === '"' || isAnsi) ? 2 : 1;
  if (at >= text.length) return null;
  const inner = text.slice(from, at);
  return { text: isAnsi ? ansi(inner) : quote === '"' ? doubleQuoted(inner) : inner, end: at + 1 };
}

/** Inside double quotes a backslash is special only before these. */
const doubleQuoted = (inner: string): string =>
  inner.replace(/\\(\r?\n|["\\$`])/g, (_m, next: string) => (next.includes('\n') ? '' : next));

const ANSI: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  E: '\x1b',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

const ansi = (inner: string): string =>
  inner.replace(/\\(u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])/g, (all, code: string) => {
    if (/^[uUx][0-9a-fA-F]/.test(code)) return fromCode(Number.parseInt(code.slice(1), 16), all);
    if (/^[0-7]/.test(code)) return fromCode(Number.parseInt(code, 8) & 0xff, all);
    return ANSI[code] ?? all;
  });

const fromCode = (code: number, otherwise: string): string =>
  code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
