import type { AnyNode, Document } from '../core/document.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import type { Program } from '../core/program.ts';
import type { Inside } from '../engine/index.ts';
import { ServiceError } from './verb.ts';

/** What becomes of people whose node a publication deletes: who must be asked for, and which answers hold. */

/** Nodes that some program has and a document has not: of all versions by which open runs of a scenario go. */
export function deletedFrom(programs: readonly Program[], document: Document): AnyNode[] {
  const kept = new Set(document.nodes.map(({ id }) => id));
  const deleted = new Map(
    programs.flatMap(({ nodes }) =>
      Object.values(nodes).flatMap(({ node }) => (kept.has(node.id) ? [] : [[node.id, node] as const])),
    ),
  );
  return [...deleted.values()];
}

/** The first node behind a deleted one that is still there. */
export function nextOf(before: Document, after: Document, id: string): string | null {
  const left = new Set(after.nodes.map((node) => node.id));
  for (let queue = [id], seen = new Set(queue); queue.length > 0; ) {
    const at = queue.shift()!;
    for (const { from, to } of before.edges) {
      if (from !== at || seen.has(to)) continue;
      if (left.has(to)) return to;
      seen.add(to);
      queue.push(to);
    }
  }
  return null;
}

/** People at a deleted node move to a node that is there, or somebody said that they end. */
export function refuseUnanswered(
  programs: readonly Program[],
  document: Document,
  inside: ReadonlyMap<number, Inside>,
  moves: Readonly<Record<string, string>>,
): void {
  const kept = new Map(document.nodes.map((node) => [node.id, node]));
  for (const [id, target] of Object.entries(moves)) {
    if (kept.has(id)) throw invalidMove(id, 'is not deleted by this draft');
    const to = kept.get(target);
    if (target !== 'end' && !to) throw invalidMove(target, 'is not a node of the draft');
    if (to && NODE_KINDS[to.kind].family === 'trigger') throw invalidMove(target, 'is a trigger, which has no input');
  }
  const asked = deletedFrom(programs, document).filter(
    ({ id, number }) => inside.has(number) && !Object.hasOwn(moves, id),
  );
  if (asked.length === 0) return;
  const names = asked.map(({ name, number }) => `${name} (#${number})`).join(', ');
  throw new ServiceError('invalid', `People are inside ${names}. Say where they go on, or that they end.`, {
    details: { asked: asked.map(({ id }) => id) },
  });
}

const invalidMove = (id: string, fault: string) =>
  new ServiceError('invalid', `People cannot be moved like that: ${id} ${fault}.`, {
    fields: [{ path: 'moves', message: `${id} ${fault}` }],
  });
