import { sourcesOf } from '../core/compile.ts';
import type { AnyNode } from '../core/document.ts';
import { propertiesOf } from '../core/filter.ts';
import type { Program } from '../core/program.ts';
import { compileTemplate } from '../template/index.ts';
import { HANDLERS } from './handlers/index.ts';
import type { Handler } from './step.ts';

/** More names than that are not picked out one by one: the whole profile is as cheap. */
const MOST_NAMES = 8;
const known = new WeakMap<Program, readonly string[] | null>();

/**
 * The properties of a customer that nodes read while people walk, webhooks left out, which read when they send: a page of
 * the audience needs no others. Null when they are many, or when something takes the profile as a whole.
 */
export function propertiesRead(program: Program): readonly string[] | null {
  let names = known.get(program);
  if (names === undefined) {
    names = namesIn(Object.values(program.nodes).map(({ node }) => node));
    known.set(program, names);
  }
  return names;
}

function namesIn(nodes: readonly AnyNode[]): readonly string[] | null {
  const names = new Set<string>();
  for (const node of nodes) {
    if (!(HANDLERS[node.kind] as Handler<typeof node.kind>).reads(node as never)) continue;
    if (node.kind === 'condition' && node.settings.mode === 'filter')
      for (const name of propertiesOf(node.settings.filter)) names.add(name);
    else
      for (const source of sourcesOf(node))
        for (const name of compileTemplate(source, { name: 'Value', escape: 'raw' }).reads.get('customer') ?? [])
          names.add(name);
  }
  return names.size > MOST_NAMES || names.has('*') || names.has('__proto__') ? null : [...names];
}
