import { TemplateError } from './errors.ts';
import { asInt, Dict, Float } from './values.ts';

/** What JSON.parse would change: 1.0, an exponent, more digits than a double holds, and the order of keys that look like integers. */
const NEEDS_EXACT = /\d\.0+(?!\d)|\d[eE]|\d{16,}|"\d+"\s*:/;
const MAX_DEPTH = 200;

/** Python's json.loads: 1.0 stays a float, large integers stay exact, keys keep their order. @throws TemplateError (JSONDecodeError) */
export function readJson(text: string): unknown {
  if (!NEEDS_EXACT.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Said below, in Python's words and with the place.
    }
  }
  return new Reader(text).document();
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y;
const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const WORDS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

class Reader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    if (this.text.startsWith('\ufeff')) this.fail('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0);
    this.space();
    const value = this.value();
    this.space();
    if (this.at < this.text.length) this.fail('Extra data', this.at);
    return value;
  }

  private fail(message: string, at: number): never {
    const before = this.text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    throw new TemplateError('JSONDecodeError', `${message}: line ${line} column ${column} (char ${at})`);
  }

  private space(): void {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  private value(): unknown {
    const char = this.text[this.at];
    if (char === '"') return this.string();
    if (char === '{' || char === '[') {
      if (++this.depth > MAX_DEPTH)
        throw new TemplateError('RecursionError', 'maximum recursion depth exceeded while decoding a JSON document');
      const value = char === '{' ? this.object() : this.array();
      this.depth--;
      return value;
    }
    for (const [word, value] of WORDS)
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    return this.number();
  }

  private number(): unknown {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) return this.fail('Expecting value', this.at);
    this.at += found[0].length;
    const number = Number(found[0]);
    if (found[1] || found[2]) return Number.isInteger(number) ? new Float(number) : number;
    if (Number.isSafeInteger(number)) return number + 0;
    if (found[0].length > 4301)
      throw new TemplateError('ValueError', 'Exceeds the limit (4300 digits) for integer string conversion');
    return asInt(BigInt(found[0]));
  }

  private string(): string {
    const start = this.at++;
    let out = '';
    for (;;) {
      let end = this.at;
      while (end < this.text.length && this.text[end] !== '"' && this.text[end] !== '\\' && this.text[end]! >= ' ')
        end++;
      out += this.text.slice(this.at, end);
      this.at = end;
      const char = this.text[end];
      if (char === '"') {
        this.at++;
        return out;
      }
      if (char === undefined) this.fail('Unterminated string starting at', start);
      if (char !== '\\') this.fail('Invalid control character at', end);
      out += this.escape(start);
    }
  }

  private escape(start: number): string {
    const kind = this.text[this.at + 1];
    if (kind === undefined) return this.fail('Unterminated string starting at', start);
    if (kind === 'u') {
      const hex = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.fail('Invalid \\uXXXX escape', this.at + 1);
      this.at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (!Object.hasOwn(ESCAPES, kind)) this.fail('Invalid \\escape', this.at);
    this.at += 2;
    return ESCAPES[kind]!;
  }

  private array(): unknown[] {
    this.at++;
    const items: unknown[] = [];
    this.space();
    if (this.text[this.at] === ']') {
      this.at++;
      return items;
    }
    for (;;) {
      this.space();
      items.push(this.value());
      this.space();
      const char = this.text[this.at++];
      if (char === ']') return items;
      if (char !== ',') this.fail("Expecting ',' delimiter", this.at - 1);
    }
  }

  private object(): unknown {
    this.at++;
    const entries: [string, unknown][] = [];
    this.space();
    if (this.text[this.at] === '}') {
      this.at++;
      return {};
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('Expecting property name enclosed in double quotes', this.at);
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ':') this.fail("Expecting ':' delimiter", this.at);
      this.at++;
      this.space();
      entries.push([key, this.value()]);
      this.space();
      const char = this.text[this.at++];
      if (char === '}') break;
      if (char !== ',') this.fail("Expecting ',' delimiter", this.at - 1);
    }
    // A plain object would sort keys that look like integers to the front.
    return entries.some(([key]) => /^\d+$/.test(key)) ? Dict.from(entries) : Object.fromEntries(entries);
  }
}
