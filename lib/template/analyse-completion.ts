import type { Known, KnownName } from './analyse-names.ts';
import type { Places } from './analyse-problems.ts';
import type { Statement } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';
import { CONTEXT_NAMES, ENTRIES, type EntryKind, entryOf, parametersOf } from './reference.ts';
import { targetNames, walk } from './scope.ts';

export interface CompletionItem {
  label: string;
  kind: EntryKind | 'name' | 'attribute' | 'parameter' | 'keyword';
  /** A signature, a type, or where it comes from. */
  detail: string;
  doc: string;
  /** What is put in place of the piece being written. */
  insert: string;
}

export interface Completion {
  /** What stands there: `text` is outside of any tag. */
  place: 'text' | 'tag' | 'filter' | 'test' | 'name' | 'attribute' | 'none';
  /** The piece being written, to be replaced by an item. */
  from: number;
  to: number;
  prefix: string;
  /** Of an attribute: what it is an attribute of, such as ["customer", "address"]. */
  owner: readonly string[];
  items: readonly CompletionItem[];
}

export interface SignatureHelp {
  kind: 'filter' | 'test' | 'global' | 'method';
  name: string;
  signature: string;
  doc: string;
  parameters: readonly string[];
  /** Number of the parameter that the place is in, from 0. */
  active: number;
}

const END_TAGS = [
  'endif',
  'endfor',
  'endset',
  'endwith',
  'endmacro',
  'endcall',
  'endfilter',
  'endraw',
  'endblock',
  'endautoescape',
  'else',
  'elif',
];
const NOWHERE = { owner: [] as string[], items: [] as CompletionItem[] };

/** The tokens of the tag that is open at an offset, or null when there is none. */
function openTag(source: string, at: number): Token[] | null {
  const tokens = tokenize(source.slice(0, at), () => false);
  const begun = tokens.findLastIndex(({ type }) => type === 'begin-output' || type === 'begin-block');
  const ended = tokens.findLastIndex(({ type }) => type === 'end-output' || type === 'end-block');
  if (begun < 0 || ended > begun) return null;
  return tokens.slice(begun, -1);
}

export function completionAt(
  source: string,
  at: number,
  shift: number,
  known: Known | null,
  body: Statement[],
  places: Places,
): Completion {
  const tag = openTag(source, at);
  const placed = (place: Completion['place'], from: number, rest: Pick<Completion, 'owner' | 'items'>): Completion => ({
    place,
    prefix: source.slice(from, at),
    from: places.original(from - shift),
    to: places.original(at - shift),
    ...rest,
  });
  if (!tag) return placed('text', at, NOWHERE);
  const quoted = /([\w)\]]+)\[\s*(["'])([^"'\]]*)$/.exec(source.slice(Math.max(0, at - 200), at));
  if (quoted && tag.at(-1)?.type === 'error') {
    const before = tag.slice(
      0,
      tag.findLastIndex(({ type, value }) => type === 'operator' && value === '['),
    );
    const owner = ownerOf(before);
    return placed('attribute', at - quoted[3]!.length, { owner, items: attributes(owner, known, false) });
  }
  if (tag.at(-1)?.type === 'error') return placed('none', at, NOWHERE);
  const last = tag.at(-1)!;
  const isWriting = last.type === 'name' && last.end === at;
  const rest = isWriting ? tag.slice(0, -1) : tag;
  const from = isWriting ? last.at : at;
  return inTag(rest, from, placed, known, body);
}

function inTag(
  tag: Token[],
  from: number,
  placed: (place: Completion['place'], from: number, rest: Pick<Completion, 'owner' | 'items'>) => Completion,
  known: Known | null,
  body: Statement[],
): Completion {
  const last = tag.at(-1)!;
  if (last.type === 'begin-block') return placed('tag', from, { owner: [], items: tags() });
  if (last.type === 'operator' && last.value === '|')
    return placed('filter', from, { owner: [], items: entries('filter') });
  if (last.type === 'operator' && last.value === '.') {
    const owner = ownerOf(tag.slice(0, -1));
    return placed('attribute', from, { owner, items: attributes(owner, known, true) });
  }
  const isTest = last.value === 'is' || (last.value === 'not' && tag.at(-2)?.value === 'is');
  if (last.type === 'name' && isTest)
    return placed('test', from, { owner: [], items: entries('test').filter(({ label }) => /^\w/.test(label)) });
  return placed('name', from, { owner: [], items: names(known, body) });
}

/** The path that ends where the tokens end: `customer.address` or `webhook(2)`. */
function ownerOf(tokens: Token[]): string[] {
  const path: string[] = [];
  for (let i = tokens.length - 1; i >= 0; i--) {
    const token = tokens[i]!;
    if (token.type === 'operator' && token.value === ')') {
      const open = matching(tokens, i, '(', ')');
      const name = tokens[open - 1];
      if (name?.type !== 'name') return [];
      path.unshift(
        `${name.value}(${tokens
          .slice(open + 1, i)
          .map(({ value }) => value)
          .join('')})`,
      );
      i = open - 1;
    } else if (token.type === 'operator' && token.value === ']') {
      const key = tokens[i - 1];
      if (key?.type !== 'string' || tokens[i - 2]?.value !== '[') return [];
      path.unshift(key.value.slice(1, -1));
      i -= 2;
      continue;
    } else if (token.type === 'name') path.unshift(token.value);
    else return path;
    const before = tokens[i - 1];
    if (before?.type !== 'operator' || before.value !== '.') return path;
    i--;
  }
  return path;
}

function matching(tokens: Token[], from: number, open: string, close: string): number {
  let depth = 0;
  for (let i = from; i >= 0; i--) {
    if (tokens[i]!.value === close) depth++;
    else if (tokens[i]!.value === open && --depth === 0) return i;
  }
  return 0;
}

const entries = (kind: EntryKind): CompletionItem[] =>
  ENTRIES.filter((entry) => entry.kind === kind).map((entry) => ({
    label: entry.name,
    kind,
    detail: entry.signature,
    doc: entry.doc,
    insert: entry.name,
  }));

const tags = (): CompletionItem[] => [
  ...entries('tag'),
  ...END_TAGS.map((label) => ({ label, kind: 'keyword' as const, detail: '', doc: '', insert: label })),
];

const described = ({ name, type = '', example = '' }: KnownName, kind: CompletionItem['kind']): CompletionItem => ({
  label: name,
  kind,
  detail: type,
  doc: example === '' ? '' : `For example ${example}`,
  insert: name,
});

const isPlainName = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);

/** Attributes of what a path names; names that cannot stand behind a dot are offered in brackets only. */
function attributes(owner: readonly string[], known: Known | null, afterDot: boolean): CompletionItem[] {
  const found = namesBelow(owner, known).filter(({ name }) => !afterDot || isPlainName(name));
  const items = found.map((name) => described(name, 'attribute'));
  if (!afterDot || found.length > 0) return items;
  return ENTRIES.filter(({ kind }) => kind === 'method').map((entry) => ({
    label: entry.name.split('.')[1]!,
    kind: 'method' as const,
    detail: `${entry.name.split('.')[0]}: ${entry.signature}`,
    doc: entry.doc,
    insert: `${entry.name.split('.')[1]}()`,
  }));
}

function namesBelow([root, ...steps]: readonly string[], known: Known | null): KnownName[] {
  if (!root || !known) return root === 'loop' ? LOOP : [];
  if (root === 'loop') return LOOP;
  const call = /^webhook(?:\((.*)\))?$/.exec(root);
  const all = call ? webhookNames(call[1] ?? '', known) : (known.roots[root] ?? []);
  const prefix = steps.map((step) => `${step}.`).join('');
  const below = new Map<string, KnownName>();
  for (const one of all) {
    if (!one.name.startsWith(prefix)) continue;
    const rest = one.name.slice(prefix.length);
    const [first = ''] = prefix === '' && !one.name.includes('.') ? [rest] : rest.split('.');
    if (first !== '' && (!below.has(first) || rest === first))
      below.set(first, rest === first ? { ...one, name: first } : { name: first, type: 'object' });
  }
  return [...below.values()];
}

function webhookNames(argument: string, known: Known): readonly KnownName[] {
  const webhooks = known.webhooks ?? [];
  const which = argument.trim().replace(/^(["'])(.*)\1$/, '$2');
  const found =
    which === ''
      ? webhooks.at(-1)
      : (webhooks.find(({ position }) => String(position) === which) ??
        webhooks.findLast(({ name }) => name === which));
  return [
    ...(found?.fields ?? []),
    { name: 'data' },
    { name: 'status_code', type: 'number' },
    { name: 'success', type: 'boolean' },
  ];
}

const LOOP: KnownName[] = [
  'index',
  'index0',
  'first',
  'last',
  'length',
  'revindex',
  'revindex0',
  'previtem',
  'nextitem',
  'cycle',
  'changed',
  'depth',
  'depth0',
].map((name) => ({ name }));

function names(known: Known | null, body: Statement[]): CompletionItem[] {
  const own = new Set<string>();
  walk(body, (node) => {
    if (node.type === 'for') for (const name of [...targetNames(node.target), 'loop']) own.add(name);
    else if (node.type === 'set' || node.type === 'set-block')
      for (const name of targetNames(node.target)) own.add(name);
    else if (node.type === 'macro') own.add(node.name);
  });
  const roots = known ? new Set([...Object.keys(known.roots), ...(known.webhooks?.length ? ['webhook'] : [])]) : null;
  const context = CONTEXT_NAMES.filter(({ name }) => !roots || roots.has(name));
  return [
    ...[...own].map((label) => ({
      label,
      kind: 'name' as const,
      detail: 'set in this template',
      doc: '',
      insert: label,
    })),
    ...context.map(({ name, doc }) => ({ label: name, kind: 'name' as const, detail: '', doc, insert: name })),
    ...entries('global'),
  ];
}

/** The call around a place: of a filter, a test, a method or a global function. */
export function signatureAt(source: string, at: number): SignatureHelp | null {
  const tag = openTag(source, at);
  if (!tag) return null;
  let depth = 0;
  let commas = 0;
  for (let i = tag.length - 1; i > 0; i--) {
    const { type, value } = tag[i]!;
    if (type !== 'operator') continue;
    if (')]}'.includes(value)) depth++;
    else if (value === '(' && depth === 0) {
      const help = calledAt(tag, i - 1, commas);
      if (help) return help;
      commas = 0;
    } else if ('([{'.includes(value)) {
      // Commas of a list that is still open are not the call's.
      if (depth === 0) commas = 0;
      depth = Math.max(0, depth - 1);
    } else if (value === ',' && depth === 0) commas++;
  }
  return null;
}

function calledAt(tag: Token[], i: number, active: number): SignatureHelp | null {
  const name = tag[i];
  const before = tag[i - 1];
  if (name?.type !== 'name') return null;
  const help = (kind: SignatureHelp['kind'], full: string): SignatureHelp | null => {
    const entry = entryOf(kind, full);
    if (!entry) return null;
    return {
      kind,
      name: full,
      signature: entry.signature,
      doc: entry.doc,
      parameters: parametersOf(kind, full),
      active,
    };
  };
  if (before?.value === '|') return help('filter', name.value);
  if (before?.value === 'is' || before?.value === 'not') return help('test', name.value);
  if (before?.value !== '.') return help('global', name.value);
  return (
    help('method', `str.${name.value}`) ?? help('method', `list.${name.value}`) ?? help('method', `dict.${name.value}`)
  );
}
