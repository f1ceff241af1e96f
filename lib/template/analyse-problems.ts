import { placeAt, type TemplateError } from './errors.ts';

export type ProblemCode =
  | 'syntax'
  | 'limit'
  | 'unknown-filter'
  | 'unknown-test'
  | 'wrong-arguments'
  | 'unknown-name'
  | 'unknown-attribute'
  | 'webhook-out-of-path'
  | 'unescaped'
  | 'safe'
  | 'no-loader';

/** A replacement that mends a problem. */
export interface Fix {
  /** What it does, for a button: "Write `customer.email`". */
  title: string;
  from: number;
  to: number;
  text: string;
}

export interface Problem {
  severity: 'error' | 'warning';
  code: ProblemCode;
  message: string;
  line: number;
  column: number;
  /** On the same line; the column behind the last character. */
  endColumn: number;
  from: number;
  to: number;
  fix?: Fix;
}

/** Offsets, lines and columns of one source. Inside, line ends are one character; outside they may be two. */
export class Places {
  private readonly source: string;
  readonly text: string;
  private readonly isSame: boolean;

  constructor(source: string, text: string) {
    this.source = source;
    this.text = text;
    this.isSame = !source.includes('\r');
  }

  /** An offset of the normalised text as one of the source. */
  original(offset: number): number {
    if (this.isSame) return Math.min(offset, this.source.length);
    let at = 0;
    for (let i = 0; i < offset && at < this.source.length; i++) at += this.source.startsWith('\r\n', at) ? 2 : 1;
    return at;
  }

  /** An offset of the source as one of the normalised text. */
  inText(offset: number): number {
    const at = Math.max(0, Math.min(offset, this.source.length));
    return this.isSame ? at : this.source.slice(0, at).replace(/\r\n/g, '\n').length;
  }

  lineOf(offset: number): { line: number; column: number } {
    return placeAt(this.text, offset);
  }

  problem(
    severity: Problem['severity'],
    code: ProblemCode,
    message: string,
    from: number,
    to: number,
    fix?: { title: string; from: number; to: number; text: string },
  ): Problem {
    const { line, column } = this.lineOf(from);
    const lineEnd = this.text.indexOf('\n', from);
    const end = Math.max(from + 1, Math.min(to, lineEnd < 0 ? this.text.length : lineEnd));
    return {
      severity,
      code,
      message,
      line,
      column,
      endColumn: column + (end - from),
      from: this.original(from),
      to: this.original(Math.max(from, to)),
      ...(fix && { fix: { ...fix, from: this.original(fix.from), to: this.original(fix.to) } }),
    };
  }

  /** A fault of lexer or parser: it ends where the word ends. */
  fault(error: TemplateError): Problem {
    const from = Math.max(0, Math.min(error.offset, this.text.length));
    const word = /^(?:[\p{L}\p{N}_]+|\{[{%#]|\S)/u.exec(this.text.slice(from, from + 80))?.[0] ?? '';
    return this.problem(
      'error',
      error.type === 'LimitError' ? 'limit' : 'syntax',
      sentence(error.message),
      from,
      from + Math.max(1, word.length),
    );
  }
}

/** Python's message as a sentence. */
const sentence = (message: string): string => {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
};

/** The known word that was probably meant, or null. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.min(3, Math.floor(word.length / 3))) + 1;
  for (const candidate of known) {
    const distance =
      candidate.toLowerCase() === word.toLowerCase()
        ? 0.5
        : editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Edits that lead from one word to another, swaps of neighbours counting once; at least `limit` when there are more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      current.push(cost);
    }
    [before, previous] = [previous, current];
  }
  return previous[b.length]!;
}
