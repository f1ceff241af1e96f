import { type CursorPlace, cursorPlace } from './cursor-place';
import { brief, type Known, type Sources } from './sources';
import { FILTER_WORDS, STATEMENT_WORDS, TEST_WORDS, type Word } from './vocabulary';

/** One thing that may be completed, without the editor's own classes. */
export interface Suggestion {
  label: string;
  kind: 'customer' | 'event' | 'trigger' | 'webhook' | 'name' | 'parameter' | 'filter' | 'test' | 'statement';
  /** What is put in place of the `replace` characters before the cursor; `$1`, `$0` are tab stops. */
  insert: string;
  replace: number;
  /** Quiet text at the right: a value, a signature. */
  detail: string;
  about: string;
  /** Smaller comes first. */
  rank: number;
}

/** What is offered where the cursor stands. @param after the text behind the cursor on its line */
export function suggest(before: string, after: string, sources: Sources): Suggestion[] {
  const place = cursorPlace(before);
  switch (place.kind) {
    case 'text':
      return expressions(sources).map((each) => ({ ...each, insert: `{{ ${each.insert}$0 }}` }));
    case 'parameter':
      return parameters(sources, place.prefix, /^\s*\]\]/.test(after));
    case 'statement':
      return words(STATEMENT_WORDS, 'statement', place.prefix, padded(before, '%')).map((each) => ({
        ...each,
        insert: closing(each.insert, after, '%}'),
      }));
    case 'name':
      return expressions(sources)
        .map((each) => ({ ...each, replace: place.prefix.length, insert: padded(before, '{') + each.insert }))
        .map((each) => ({ ...each, insert: braced(before, after, each.insert) }));
    case 'attribute':
      return attributes(place, sources);
    case 'key':
      return fieldsAt(place.path, sources).map((known, rank) => ({
        ...described(known, kindOf(place.path), rank),
        label: known.name,
        insert: literal(known.name),
        replace: place.prefix.length,
      }));
    case 'filter':
      return words(FILTER_WORDS, 'filter', place.prefix, /\|$/.test(before) ? ' ' : '');
    case 'test':
      return words(TEST_WORDS, 'test', place.prefix, '');
    default:
      return [];
  }
}

/** Whole expressions, for where one begins. */
function expressions(sources: Sources): Suggestion[] {
  const name = (label: string, about: string, rank: number): Suggestion => ({
    label,
    kind: 'name',
    insert: label,
    replace: 0,
    detail: '',
    about,
    rank,
  });
  return [
    ...(sources.isRoot
      ? [
          { ...name('customers', 'The rendered Customer texts of this batch, as a list.', 0), detail: 'list of texts' },
          { ...name('customers | length', 'How many customers are in this request.', 1), detail: 'number' },
          { ...name('customers | join(",")', 'All Customer texts, put together.', 2), detail: 'text' },
        ]
      : sources.customer.map((known, i) => ({
          ...described(known, 'customer', 10 + i),
          label: `customer${dotted(known.name)}`,
          insert: literal(`customer${dotted(known.name)}`),
          replace: 0,
        }))),
    ...(sources.event?.properties ?? []).map((known, i) => ({
      ...described(known, 'event' as const, 600 + i),
      label: `event${dotted(known.name)}`,
      insert: literal(`event${dotted(known.name)}`),
      replace: 0,
    })),
    ...(sources.trigger?.parameters ?? []).map((known, i) => ({
      ...described(known, 'trigger' as const, 700 + i),
      label: `trigger${dotted(known.name)}`,
      insert: literal(`trigger${dotted(known.name)}`),
      replace: 0,
    })),
    ...sources.webhooks.flatMap(({ position, name: title, fields }) => {
      const whole = `webhook(${position})`;
      return [
        { ...name(whole, `The response of ${title}.`, 800 + position * 20), kind: 'webhook' as const, detail: title },
        ...fields.map((known, i) => ({
          ...described(known, 'webhook' as const, 801 + position * 20 + i),
          label: whole + pathText(known.name),
          insert: literal(whole + pathText(known.name)),
          replace: 0,
        })),
      ];
    }),
    name('project.name', 'The name of the project.', 2000),
    name('scenario.name', 'The name of the scenario.', 2001),
    name('scenario.id', 'The id of the scenario.', 2002),
    name('action.id', 'The number of this node, as in #3.', 2003),
    name('action.name', 'The name of this node.', 2004),
    name('time', 'Now, in seconds since 1970.', 2005),
  ];
}

function attributes(place: Extract<CursorPlace, { kind: 'attribute' }>, sources: Sources): Suggestion[] {
  return fieldsAt(place.path, sources).map((known, rank) => {
    const isWord = /^[A-Za-z_]\w*$/.test(known.name);
    return {
      ...described(known, kindOf(place.path), rank),
      label: known.name,
      insert: literal(isWord ? known.name : `[${JSON.stringify(known.name)}]`),
      // A name of two words needs brackets in place of the dot.
      replace: place.prefix.length + (isWord ? 0 : 1),
    };
  });
}

const GLOBALS: Record<string, readonly string[]> = {
  project: ['id', 'name'],
  scenario: ['id', 'name'],
  action: ['id', 'name'],
  loop: ['index', 'index0', 'revindex', 'first', 'last', 'length', 'previtem', 'nextitem'],
};

/** The fields below a path as it is written in the template. */
export function fieldsAt(path: string, sources: Sources): Known[] {
  if (path === 'customer') return sources.isRoot ? [] : [...sources.customer];
  if (path === 'event') return [...(sources.event?.properties ?? [])];
  if (path === 'trigger') return [...(sources.trigger?.parameters ?? [])];
  const global = GLOBALS[path];
  if (global) return global.map((name) => ({ name }));
  const webhook = /^webhook(?:\(\s*(?:(\d+)|"([^"]*)"|'([^']*)')?\s*\))?(.*)$/.exec(path);
  if (webhook) return fieldsOfWebhook(webhook, sources);
  const root = /^(customer|event|trigger)\.(.+)$/.exec(path);
  if (!root) return [];
  const known = fieldsAt(root[1]!, sources);
  return below(known.find(({ name }) => name === root[2])?.example);
}

function fieldsOfWebhook([, position, double, single, rest]: RegExpExecArray, sources: Sources): Known[] {
  const title = double ?? single;
  const found =
    position !== undefined
      ? sources.webhooks.find((webhook) => webhook.position === Number(position))
      : title !== undefined
        ? sources.webhooks.find((webhook) => webhook.name === title)
        : sources.webhooks.at(-1);
  if (!found) return [];
  const path = (rest ?? '').replace(/^\./, '');
  if (path !== '') return found.fields.filter(({ name }) => name.startsWith(`${path}.`)).map(shortened(path));
  const own = found.fields.filter(({ name }) => !name.includes('.'));
  const always: Known[] = [
    { name: 'status_code', type: 'number' },
    { name: 'success', type: 'boolean' },
    { name: 'data', type: 'string' },
  ];
  return [...own, ...always.filter(({ name }) => !own.some((known) => known.name === name))];
}

const shortened =
  (path: string) =>
  (known: Known): Known => ({ ...known, name: known.name.slice(path.length + 1).split('.')[0]! });

function below(value: unknown): Known[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, example]) => ({ name, example }));
}

function described(known: Known, kind: Suggestion['kind'], rank: number) {
  const share = known.share === undefined ? '' : `${Math.round(known.share * 100)} % of customers have it.`;
  const value = known.example === undefined ? '' : `Example: \`${brief(known.example, 200)}\``;
  return {
    kind,
    detail: brief(known.example, 28) || (known.type ?? ''),
    about: [known.type, share, value].filter(Boolean).join('  \n'),
    rank,
  };
}

function parameters(sources: Sources, prefix: string, isClosed: boolean): Suggestion[] {
  return sources.parameters.map(({ name, type, value }, rank) => ({
    label: name,
    kind: 'parameter',
    insert: ` ${literal(name)} ${isClosed ? '' : ']]'}`,
    replace: prefix.length,
    detail: brief(value, 28) || type,
    about: `A parameter of the type ${type}.`,
    rank,
  }));
}

function words(list: readonly Word[], kind: Suggestion['kind'], prefix: string, before: string): Suggestion[] {
  return list.map(({ name, insert, signature, about }, rank) => ({
    label: name,
    kind,
    insert: before + (insert ? snippet(insert) : literal(name)),
    replace: prefix.length,
    detail: signature,
    about,
    rank,
  }));
}

const kindOf = (path: string): Suggestion['kind'] =>
  (['customer', 'event', 'trigger', 'webhook'] as const).find((root) => path.startsWith(root)) ?? 'name';
const dotted = (name: string) => (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);
const pathText = (path: string) => path.split('.').map(dotted).join('');
/** A dollar or brace of a name must not become a tab stop of the snippet. */
const literal = (text: string) => text.replaceAll(/[$}\\]/g, '\\$&');
/** ‹…› become tab stops, one after the other, and the cursor ends behind the first tag or at the end. */
function snippet(text: string): string {
  let stop = 0;
  return text
    .split(/‹([^›]*)›/)
    .map((part, i) => (i % 2 === 0 ? literal(part) : `\${${++stop}:${literal(part)}}`))
    .join('');
}
/** A space between the opening braces and what follows. */
const padded = (before: string, brace: string) => (before.endsWith(brace) || /\{[{%][-+]$/.test(before) ? ' ' : '');
const braced = (before: string, after: string, insert: string) =>
  before.endsWith('{{') && after.startsWith('}}') ? `${insert} ` : insert;
const closing = (insert: string, after: string, end: string) =>
  new RegExp(`^\\s*${end}`).test(after) ? insert.replace(new RegExp(`\\s*${end}.*$`, 's'), ' ') : insert;
