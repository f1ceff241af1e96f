import { syntaxError } from './errors.ts';
import type { Token } from './lexer.ts';

/** The tokens that the grammar sees, one after another; a token that could not be read is thrown when it is reached. */
export class TokenStream {
  private readonly tokens: Token[];
  index = 0;

  constructor(tokens: Token[]) {
    this.tokens = tokens.filter(({ type }) => type !== 'comment');
    this.check();
  }

  private check(): void {
    const { error } = this.tokens[this.index]!;
    if (error) throw error;
  }

  get current(): Token {
    return this.tokens[this.index]!;
  }

  look(): Token {
    return this.tokens[Math.min(this.index + 1, this.tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.tokens[this.index]!;
    if (token.type !== 'end') {
      this.index++;
      this.check();
    }
    return token;
  }

  /** Moves on whatever stands there; only recovery after a problem does that. */
  skip(): void {
    if (this.tokens[this.index]!.type !== 'end') this.index++;
  }

  isOperator(value: string): boolean {
    const token = this.current;
    return token.type === 'operator' && token.value === value;
  }

  isName(...values: string[]): boolean {
    const token = this.current;
    return token.type === 'name' && values.includes(token.value);
  }

  skipOperator(value: string): boolean {
    if (!this.isOperator(value)) return false;
    this.next();
    return true;
  }

  skipName(value: string): boolean {
    if (!this.isName(value)) return false;
    this.next();
    return true;
  }

  fail(message: string, at = this.current.at): never {
    throw syntaxError(message, at);
  }

  private expected(what: string): never {
    if (this.current.type === 'end') this.fail(`unexpected end of template, expected '${what}'.`);
    return this.fail(`expected token '${what}', got '${describe(this.current)}'`);
  }

  expectOperator(value: string): Token {
    if (!this.isOperator(value)) this.expected(value);
    return this.next();
  }

  expectName(value?: string): Token {
    if (this.current.type !== 'name' || (value !== undefined && this.current.value !== value))
      this.expected(value ?? 'name');
    return this.next();
  }

  expect(type: 'end-output' | 'end-block'): Token {
    if (this.current.type !== type) this.expected(NAMES[type]!);
    return this.next();
  }
}

const NAMES: Partial<Record<Token['type'], string>> = {
  'end-output': 'end of print statement',
  'end-block': 'end of statement block',
  end: 'end of template',
  text: 'template data / text',
  raw: 'template data / text',
  'begin-block': 'begin of statement block',
  'begin-output': 'begin of print statement',
};

/** How Jinja names a token in its messages. */
export function describe(token: Token): string {
  if (token.type === 'name' || token.type === 'operator') return token.value;
  return NAMES[token.type] ?? token.type;
}
