import { type Document, emptyDocument, type Node } from '@/lib/core/document';
import type { Kind, NodeSettings } from '@/lib/core/node-kinds';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { applyAll, type Operation } from '@/lib/core/operations';

/** A node with blank settings for tests; `number` is that of its id: n3 is #3. */
export function node<K extends Kind>(
  id: string,
  kind: K,
  at: [x: number, y: number],
  settings: Partial<NodeSettings<K>> = {},
): Node<K> {
  return {
    id,
    kind,
    number: Number(id.slice(1)),
    name: NODE_KINDS[kind].title,
    position: { x: at[0], y: at[1] },
    settings: { ...NODE_KINDS[kind].blank(), ...settings },
  };
}

/** now n1 → condition n2 ─yes→ webhook n3; the ids of the edges are e12 and e23. */
export function smallScenario(): Document {
  return changed(emptyDocument(), {
    type: 'add',
    nodes: [node('n1', 'now', [0, 0]), node('n2', 'condition', [300, 0]), node('n3', 'webhook', [600, 0])] as never,
    edges: [
      { id: 'e12', from: 'n1', port: 'out', to: 'n2' },
      { id: 'e23', from: 'n2', port: 'yes', to: 'n3' },
    ],
  });
}

export function changed(document: Document, ...operations: Operation[]): Document {
  return applyAll(document, operations).document;
}
