import fc from 'fast-check';
import { type Document, type Edge, emptyDocument, newNode } from '../../../lib/core/document.ts';
import { KINDS, type Kind, NODE_KINDS, type NodeSettings } from '../../../lib/core/node-kinds.ts';
import { apply, type Operation, OperationError } from '../../../lib/core/operations.ts';

/** Documents for the tests of this folder, by hand and at random. */

/** Adds a node of a kind under an id; its settings are blank but for those given. */
export function withNode<K extends Kind>(
  document: Document,
  kind: K,
  id: string,
  settings: Partial<NodeSettings<K>> = {},
): Document {
  const node = newNode(document, kind, id, { x: 0, y: 0 });
  const added = { ...node, settings: { ...node.settings, ...settings } };
  return apply(document, { type: 'add', nodes: [added as never], edges: [] }).document;
}

/** Connects nodes: `connected(document, 'a.out>b', 'b.yes>c')`. */
export function connected(document: Document, ...paths: string[]): Document {
  return apply(document, { type: 'add', nodes: [], edges: paths.map(edge) }).document;
}

export function edge(path: string): Edge {
  const [, from = '', port = '', to = ''] = /^(.+)\.(.+)>(.+)$/.exec(path)!;
  return { id: `${from}-${port}-${to}`, from, port, to };
}

/** now → condition → (yes) webhook, (no) wait. */
export function sampleDocument(): Document {
  let document = withNode(emptyDocument(), 'now', 'start');
  document = withNode(document, 'condition', 'choice');
  document = withNode(document, 'webhook', 'send', { url: 'https://api.example.com/v1/messages' });
  document = withNode(document, 'wait', 'pause');
  return connected(document, 'start.out>choice', 'choice.yes>send', 'choice.no>pause');
}

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const id = fc.constantFrom(...IDS);
const kind = fc.constantFrom(...KINDS);
const name = fc.string({ maxLength: 9 }).map((text) => `n${text}`.trim());
const position = fc.record({ x: fc.integer({ min: -500, max: 500 }), y: fc.integer({ min: -500, max: 500 }) });
const anyEdge = fc.record({
  id: fc.integer({ min: 0, max: 30 }).map((n) => `e${n}`),
  from: id,
  port: fc.constantFrom('out', 'yes', 'no', 'sent', 'failed', 'bogus'),
  to: id,
});
const anyNode = fc
  .record({ id, kind, number: fc.integer({ min: 1, max: 20 }), position, name })
  .map((node) => ({ ...node, settings: NODE_KINDS[node.kind].blank() }));

/** Operations that mostly fit documents over the ids a to h, and sometimes do not. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.array(anyNode, { maxLength: 3 }).map((nodes) => ({ type: 'add', nodes, edges: [] })) },
  { weight: 4, arbitrary: fc.array(anyEdge, { maxLength: 2 }).map((edges) => ({ type: 'add', nodes: [], edges })) },
  fc
    .record({ nodes: fc.array(id, { maxLength: 2 }), edges: fc.array(anyEdge, { maxLength: 2 }) })
    .map(({ nodes, edges }) => ({ type: 'remove' as const, nodes, edges: edges.map((e) => e.id) })),
  fc.dictionary(id, position, { maxKeys: 3, noNullPrototype: true }).map((positions) => ({ type: 'move', positions })),
  fc.record({ type: fc.constant('rename' as const), node: id, name }),
  fc.record({
    type: fc.constant('set' as const),
    node: id,
    settings: fc.oneof(
      fc.record({ url: fc.webUrl(), batchSize: fc.integer({ min: -1, max: 1002 }) }, { requiredKeys: [] }),
      fc.record({ amount: fc.integer({ min: -2, max: 9 }), unit: fc.constantFrom('hours', 'days', 'moons') }),
      fc.record({ event: fc.string({ maxLength: 9 }), unheardOf: fc.boolean() }, { requiredKeys: [] }),
    ),
  }),
) as fc.Arbitrary<Operation>;

/** Applies those that fit, in order; says with each what it did. */
export function applyFitting(document: Document, operations: readonly Operation[]) {
  const done: { before: Document; after: Document; inverse: Operation }[] = [];
  let current = document;
  for (const operation of operations) {
    try {
      const { document: after, inverse } = apply(current, operation);
      done.push({ before: current, after, inverse });
      current = after;
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
    }
  }
  return { document: current, done };
}

/** A document that came about by operations. */
export const anyDocument: fc.Arbitrary<Document> = fc
  .array(anyOperation, { maxLength: 25 })
  .map((operations) => applyFitting(emptyDocument(), operations).document);
