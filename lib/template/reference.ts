/**
 * The reference of the template dialect: one entry for each filter, test, method, tag and global function, and for the names
 * of the context. A door of its own: completion, hover and docs/templates.md are all made from it. Signatures are read from
 * the functions themselves; every example is rendered by a test. Browser-safe.
 *
 *   ENTRIES                         all of them, in the order of the documentation
 *   entryOf('filter', 'truncate')   one of them, or undefined
 *   EXAMPLE_CONTEXT                 what the examples are rendered with, under raw escaping
 */

import { FILTERS } from './filters.ts';
import { GLOBALS } from './globals.ts';
import { METHODS } from './methods.ts';
import { FILTER_ROWS, OUR_FILTER_ROWS } from './reference-filters.ts';
import { GLOBAL_ROWS, TAG_ROWS } from './reference-language.ts';
import { METHOD_ROWS } from './reference-methods.ts';
import type { Row } from './reference-row.ts';
import { TEST_ROWS } from './reference-tests.ts';
import type { Signature } from './signature.ts';
import { TESTS } from './tests.ts';

export type EntryKind = 'filter' | 'test' | 'method' | 'tag' | 'global';

export interface Entry {
  kind: EntryKind;
  /** "truncate"; of a method "str.split"; of a tag its first word. */
  name: string;
  /** How it is written: `truncate(length=255, …)`, `x is divisibleby(num)`, `{% if … %}`. */
  signature: string;
  /** One or two sentences, plain text. */
  doc: string;
  example: { template: string; output: string };
  /** True for what Jinja2 does not have. */
  ours: boolean;
}

export const EXAMPLE_CONTEXT: Readonly<Record<string, unknown>> = {
  customer: {
    first_name: 'Eva',
    last_name: 'Nová',
    email: 'eva@example.com',
    points: 1530,
    tags: ['vip', 'shoes'],
  },
  event: { type: 'purchase', total_price: 88.5 },
};

const call = (name: string, signature: Signature | undefined): string =>
  signature && signature.text !== '' ? `${name}(${signature.text.replaceAll('=absent', '=…')})` : name;

const rows = (kind: EntryKind, ours: boolean, list: Row[], signature: (name: string) => string): Entry[] =>
  list.map(([name, doc, template, output]) => ({
    kind,
    name,
    signature: signature(name),
    doc,
    example: { template, output },
    ours,
  }));

function methodSignature(name: string): string {
  const [type = '', method = ''] = name.split('.');
  return `${call(method, METHODS[type]?.get(method)?.signature)}${METHODS[type]?.get(method)?.signature.text === '' ? '()' : ''}`;
}

export const ENTRIES: readonly Entry[] = [
  ...TAG_ROWS.map(([name, signature, doc, template, output]) => ({
    kind: 'tag' as const,
    name,
    signature,
    doc,
    example: { template, output },
    ours: name === 'output',
  })),
  ...rows('filter', false, FILTER_ROWS, (name) => call(name, FILTERS.get(name)?.signature)),
  ...rows('filter', true, OUR_FILTER_ROWS, (name) => call(name, FILTERS.get(name)?.signature)),
  ...rows('test', false, TEST_ROWS, (name) => call(name, TESTS.get(name)?.signature)),
  ...rows('global', false, GLOBAL_ROWS, (name) => call(name, GLOBALS.get(name)?.signature)),
  ...rows('method', false, METHOD_ROWS, methodSignature),
];

const byName = new Map(ENTRIES.map((entry) => [`${entry.kind} ${entry.name}`, entry]));

export const entryOf = (kind: EntryKind, name: string): Entry | undefined => byName.get(`${kind} ${name}`);

/** The parameters of an entry, as completion and signature help show them. */
export function parametersOf(kind: EntryKind, name: string): readonly string[] {
  const [type = '', method = ''] = name.split('.');
  const found =
    kind === 'filter'
      ? FILTERS.get(name)?.signature
      : kind === 'test'
        ? TESTS.get(name)?.signature
        : kind === 'global'
          ? GLOBALS.get(name)?.signature
          : METHODS[type]?.get(method)?.signature;
  return found?.text ? found.text.split(/,\s(?=[\w*])/) : [];
}

/** Names of the context, with what they hold. Which of them a template has depends on where it stands. */
export const CONTEXT_NAMES: readonly { name: string; doc: string; scope: 'everywhere' | 'customer' | 'root' }[] = [
  { name: 'customer', doc: 'The customer: its attributes by name.', scope: 'customer' },
  { name: 'event', doc: 'The event that let the customer in: its properties by name.', scope: 'customer' },
  {
    name: 'trigger',
    doc: 'The call of an API trigger that began the run: its parameters by name.',
    scope: 'everywhere',
  },
  {
    name: 'webhook',
    doc: 'The response of the last webhook before this one; webhook(2) or webhook("name") for an earlier one. Fields of JSON by name, text as data; status_code and success.',
    scope: 'customer',
  },
  { name: 'customers', doc: 'The rendered Customer parts of this batch.', scope: 'root' },
  { name: 'params', doc: 'The parameters of the webhook by name.', scope: 'everywhere' },
  { name: 'project', doc: 'The project: id and name.', scope: 'everywhere' },
  { name: 'scenario', doc: 'The scenario: id and name.', scope: 'everywhere' },
  { name: 'action', doc: 'This node: id and name.', scope: 'everywhere' },
  { name: 'time', doc: 'Unix seconds of the moment of rendering.', scope: 'everywhere' },
];
