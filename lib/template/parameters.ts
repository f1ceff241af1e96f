/** Template parameters `[[ name : type = "default" | order | "category" ]]` (Bloomreach docs: using template parameters). */

export const PARAMETER_TYPES = [
  'string',
  'text',
  'number',
  'boolean',
  'color',
  'enum',
  'date',
  'time',
  'datetime',
  'image',
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** One declared parameter; the first declaration that says more than the name wins. */
export interface ParameterDeclaration {
  name: string;
  type: ParameterType;
  /** The choices of an enum. */
  options: string[];
  default: string;
  order: number | null;
  category: string;
}

/** Longest declaration that is looked at; what is longer is text. */
const MAX_DECLARATION = 2000;
const HEAD = /\[\[[ \t]*([\p{L}_][\p{L}\p{N}_-]*)[ \t]*/uy;
/** Words that make `[[ true ]]` a list in a list, as JSON has it. */
const WORDS = new Set(['true', 'false', 'null', 'none', 'True', 'False', 'None']);

/** The declaration that begins at an offset: its name, what follows the name, and where it ends; null when there is none. */
export function matchParameter(source: string, at: number): { name: string; tail: string; end: number } | null {
  HEAD.lastIndex = at;
  const head = HEAD.exec(source);
  if (!head || WORDS.has(head[1]!)) return null;
  const from = HEAD.lastIndex;
  if (!':=|]'.includes(source[from] ?? ' ')) return null;
  const close = closing(source, from);
  return close < 0 ? null : { name: head[1]!, tail: source.slice(from, close), end: close + 2 };
}

/** Where the `]]` stands that ends a declaration; marks inside double quotes do not count, and it stays on one line. */
function closing(source: string, from: number): number {
  const limit = Math.min(source.length, from + MAX_DECLARATION);
  let quoted = false;
  for (let at = from; at < limit; at++) {
    const char = source[at];
    if (char === '\n') return -1;
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === ']' && source[at + 1] === ']') return at;
    else if (!quoted && char === '[') return -1;
  }
  return -1;
}

/** The parameters that templates declare, each name once: by their order where they have one, then by first use. */
export function findParameters(...sources: string[]): ParameterDeclaration[] {
  const found = new Map<string, ParameterDeclaration>();
  for (const source of sources) {
    for (const declaration of declaredParameters(source)) {
      const known = found.get(declaration.name);
      if (!known || (saysNothing(known) && !saysNothing(declaration))) found.set(declaration.name, declaration);
    }
  }
  return [...found.values()].sort(
    (a, b) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER),
  );
}

const saysNothing = (declaration: ParameterDeclaration): boolean =>
  declaration.type === 'string' &&
  declaration.default === '' &&
  declaration.order === null &&
  declaration.category === '';

/**
 * Every declaration of one template. Inside a tag `[[ name ]]` is also a list in a list, so there only one that says more
 * than its name declares a parameter.
 */
export function declaredParameters(source: string): ParameterDeclaration[] {
  const found: ParameterDeclaration[] = [];
  let tagFrom = 0;
  let inTag = false;
  for (let at = source.indexOf('[['); at >= 0; at = source.indexOf('[[', at + 1)) {
    inTag = isInTag(source, tagFrom, at, inTag);
    tagFrom = at;
    const match = matchParameter(source, at);
    if (!match || (inTag && match.tail.trim() === '')) continue;
    found.push(parseDeclaration(match.name, match.tail));
    at = match.end - 1;
  }
  return found;
}

/** Whether `to` stands inside a tag, told from the marks between `from` and it. */
function isInTag(source: string, from: number, to: number, before: boolean): boolean {
  let inside = before;
  for (let at = from; at < to; at++) {
    const two = source.slice(at, at + 2);
    if (!inside && (two === '{{' || two === '{%' || two === '{#')) inside = true;
    else if (inside && (two === '}}' || two === '%}' || two === '#}')) inside = false;
  }
  return inside;
}

function parseDeclaration(name: string, rest: string): ParameterDeclaration {
  const declaration: ParameterDeclaration = {
    name,
    type: 'string',
    options: [],
    default: '',
    order: null,
    category: '',
  };
  const typed = /^\s*:\s*([a-z]+)\s*(?:\(([^)]*)\))?/.exec(rest);
  if (typed) {
    if ((PARAMETER_TYPES as readonly string[]).includes(typed[1]!)) declaration.type = typed[1] as ParameterType;
    if (typed[2] !== undefined)
      declaration.options = typed[2]
        .split(',')
        .map((option) => option.trim().replace(/^(["'])(.*)\1$/, '$2'))
        .filter(Boolean);
  }
  declaration.default = /=\s*"([^"]*)"/.exec(rest)?.[1] ?? '';
  const order = /\|\s*(\d+)\s*(?:\||$)/.exec(rest);
  if (order) declaration.order = Number(order[1]);
  declaration.category = /\|\s*"([^"]*)"/.exec(rest)?.[1] ?? '';
  return declaration;
}

/** Why a value does not suit its type, or null; a value with Jinja in it is judged when it is rendered. */
export function refuseParameter(declaration: ParameterDeclaration, value: string): string | null {
  if (value === '' || isTemplate(value)) return null;
  switch (declaration.type) {
    case 'number':
      return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value.trim()) ? null : 'must be a number';
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'must be true or false';
    case 'color':
      return /^#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value) ? null : 'must be a HEX colour such as #1a7f37';
    case 'enum':
      return declaration.options.includes(value) ? null : `must be one of ${declaration.options.join(', ')}`;
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
        ? null
        : 'must be a date such as 2026-11-24';
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value) ? null : 'must be a time such as 08:30';
    case 'datetime':
      return Number.isNaN(Date.parse(value)) && !/^\d+$/.test(value)
        ? 'must be a date and time such as 2026-11-24T08:30'
        : null;
    case 'image':
      return URL.canParse(value) ? null : 'must be the address of an image';
    default:
      return null;
  }
}

/** Whether a value contains Jinja and is therefore rendered itself. */
export const isTemplate = (value: string): boolean => /\{\{|\{%/.test(value);

/** The value as templates see it: a number, a boolean, a timestamp, or text. */
export function typedValue(type: ParameterType, value: string): unknown {
  if (type === 'number') {
    const number = Number(value);
    return value.trim() === '' || Number.isNaN(number) ? value : number;
  }
  if (type === 'boolean') return value === 'true';
  if (type === 'datetime' && !/^\d*$/.test(value)) {
    const at = Date.parse(value);
    return Number.isNaN(at) ? value : at / 1000;
  }
  return value;
}
