/** Where a cursor stands in a template, told by the text before it. */
export type CursorPlace =
  /** Between or inside values of the payload. */
  | { kind: 'text' }
  /** After `[[`. */
  | { kind: 'parameter'; prefix: string }
  /** The first word after `{%`. */
  | { kind: 'statement'; prefix: string }
  /** A name where an expression begins. */
  | { kind: 'name'; prefix: string }
  /** After `path.`: `webhook(2).voucher.co` has the path "webhook(2).voucher" and the prefix "co". */
  | { kind: 'attribute'; path: string; prefix: string }
  /** In the quotes of `path["…`. */
  | { kind: 'key'; path: string; prefix: string }
  | { kind: 'filter'; prefix: string }
  | { kind: 'test'; prefix: string }
  /** Inside a string, number or comment, where nothing is offered. */
  | { kind: 'nothing' };

/** No expression that a person writes is longer; what is further away is not looked at. */
const REACH = 4000;

const PATH = String.raw`[A-Za-z_]\w*(?:\([^()]*\)|\[[^[\]]*\]|\.\w+)*`;
const ATTRIBUTE = new RegExp(`(${PATH})\\.(\\w*)$`);
const KEY = new RegExp(`(${PATH})\\[\\s*["']([^"']*)$`);

/** @param before the text from the beginning of the template (or the last few thousand characters) to the cursor */
export function cursorPlace(before: string): CursorPlace {
  const text = before.slice(-REACH);
  const output = text.lastIndexOf('{{');
  const statement = text.lastIndexOf('{%');
  const opened = Math.max(output, statement);
  const isOpen = opened >= 0 && !text.slice(opened + 2).includes(statement > output ? '%}' : '}}');
  if (!isOpen) return isInComment(text) ? { kind: 'nothing' } : outside(text);
  return inside(text.slice(opened + 2).replace(/^[-+]/, ''), statement > output);
}

function isInComment(text: string): boolean {
  const at = text.lastIndexOf('{#');
  return at >= 0 && !text.slice(at).includes('#}');
}

function outside(text: string): CursorPlace {
  const parameter = /\[\[\s*([\w-]*)$/.exec(text);
  return parameter ? { kind: 'parameter', prefix: parameter[1]! } : { kind: 'text' };
}

function inside(code: string, isStatement: boolean): CursorPlace {
  if (isStatement) {
    const first = /^\s*(\w*)$/.exec(code);
    if (first) return { kind: 'statement', prefix: first[1]! };
  }
  const key = KEY.exec(code);
  if (key) return { kind: 'key', path: key[1]!, prefix: key[2]! };
  if (isInString(code)) return { kind: 'nothing' };
  const filter = /\|\s*(\w*)$/.exec(code);
  if (filter) return { kind: 'filter', prefix: filter[1]! };
  const test = /\bis\s+(?:not\s+)?(\w*)$/.exec(code);
  if (test) return { kind: 'test', prefix: test[1]! };
  if (/\d\.\d*$|(?:^|[^\w)\]])\d+$/.test(code)) return { kind: 'nothing' };
  const attribute = ATTRIBUTE.exec(code);
  if (attribute) return { kind: 'attribute', path: attribute[1]!, prefix: attribute[2]! };
  return { kind: 'name', prefix: /[A-Za-z_]\w*$/.exec(code)?.[0] ?? '' };
}

function isInString(code: string): boolean {
  let quote = '';
  for (let i = 0; i < code.length; i++) {
    const char = code[i]!;
    if (quote === '') {
      if (char === '"' || char === "'") quote = char;
    } else if (char === '\\') i++;
    else if (char === quote) quote = '';
  }
  return quote !== '';
}

/** `.name`, or `["a name"]` where the name is not one word. */
export function step(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/**
 * The text that puts an expression at the cursor: braces are added where the cursor stands in the payload, and left out
 * inside an expression.
 */
export function insertion(before: string, expression: string): string {
  if (expression.startsWith('{%')) return expression;
  const { kind } = cursorPlace(before);
  if (kind === 'text' || kind === 'parameter') return `{{ ${continues(expression) ? 'value ' : ''}${expression} }}`;
  return /[\w)\]"']$/.test(before) ? ` ${expression}` : expression;
}

/** Whether an expression goes on with what stands before it: a filter or a test. */
export const continues = (expression: string): boolean => /^(\||is )/.test(expression);
