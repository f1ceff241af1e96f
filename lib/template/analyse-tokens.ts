import type { Places } from './analyse-problems.ts';
import { type Token, tokenize } from './lexer.ts';

/** A piece of a template with the part it plays. What lies between pieces is text of the format around it. */
export interface HighlightToken {
  type:
    | 'delimiter'
    | 'tag'
    | 'name'
    | 'property'
    | 'filter'
    | 'test'
    | 'argument'
    | 'constant'
    | 'keyword'
    | 'string'
    | 'number'
    | 'operator'
    | 'parameter'
    | 'comment'
    | 'raw'
    | 'error';
  from: number;
  to: number;
}

const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'recursive', 'scoped', 'separated', 'by']);
const CONSTANTS = new Set(['true', 'false', 'none', 'True', 'False', 'None']);

/** Tokens of the source for an editor, in order. @param shift characters that were put before the source */
export function highlight(
  source: string,
  isParameter: (name: string) => boolean,
  shift: number,
  places: Places,
): HighlightToken[] {
  const tokens = tokenize(source, isParameter);
  const out: HighlightToken[] = [];
  tokens.forEach((token, i) => {
    const type = roleOf(token, tokens, i);
    if (!type) return;
    const from = token.at - shift;
    const to = token.end - shift;
    if (from < 0 || from >= places.text.length) return;
    out.push({ type, from: places.original(from), to: places.original(to) });
  });
  return out;
}

function roleOf(token: Token, tokens: Token[], i: number): HighlightToken['type'] | null {
  switch (token.type) {
    case 'begin-output':
    case 'end-output':
    case 'begin-block':
    case 'end-block':
      return 'delimiter';
    case 'integer':
    case 'float':
      return 'number';
    case 'string':
    case 'operator':
    case 'parameter':
    case 'comment':
    case 'raw':
    case 'error':
      return token.type;
    case 'name':
      return nameRole(token, tokens, i);
    default:
      return null;
  }
}

function nameRole(token: Token, tokens: Token[], i: number): HighlightToken['type'] {
  const before = tokens[i - 1];
  const after = tokens[i + 1];
  if (before?.type === 'begin-block') return 'tag';
  if (before?.type === 'operator' && before.value === '.') return 'property';
  if (before?.type === 'operator' && before.value === '|') return 'filter';
  if (before?.type === 'name' && (before.value === 'is' || (before.value === 'not' && tokens[i - 2]?.value === 'is')))
    return token.value === 'not' ? 'keyword' : 'test';
  if (CONSTANTS.has(token.value)) return 'constant';
  if (KEYWORDS.has(token.value)) return 'keyword';
  if (after?.type === 'operator' && after.value === '=' && (before?.value === '(' || before?.value === ','))
    return 'argument';
  return 'name';
}
