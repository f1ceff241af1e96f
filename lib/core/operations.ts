import { z } from 'zod';
import { AnyNode, type Document, Edge, MAX_EDGES, MAX_NODES, NodeName, nodeOf, reachableFrom } from './document.ts';
import { NODE_KINDS } from './node-kinds.ts';

/**
 * Every edit of a document is one of these operations. `apply` is pure and the same in the browser and on the server;
 * each application also yields the operation that undoes it. Undo, autosave, audit and copy/paste all rest on this.
 */

const Position = z.object({ x: z.number(), y: z.number() });
const Id = z.string().min(1).max(40);

export const Operation = z.discriminatedUnion('type', [
  /** New nodes with edges among them or to others (also paste, duplicate, and the undoing of a removal). */
  z.object({ type: z.literal('add'), nodes: z.array(AnyNode), edges: z.array(Edge) }),
  /** Nodes go with all their edges; single edges may be named too. */
  z.object({ type: z.literal('remove'), nodes: z.array(Id), edges: z.array(Id) }),
  z.object({ type: z.literal('move'), positions: z.record(Id, Position) }),
  z.object({ type: z.literal('rename'), node: Id, name: NodeName }),
  /** Replaces the named settings of a node; the others stay. */
  z.object({ type: z.literal('set'), node: Id, settings: z.record(z.string(), z.unknown()) }),
  /** Lifts the legacy speed limit of a webhook, or takes that back; there is no operation that sets one. */
  z.object({ type: z.literal('speed-limit'), node: Id, lifted: z.boolean() }),
]);
export type Operation = z.infer<typeof Operation>;

/** An operation that does not fit the document it was applied to; the message is for people. */
export class OperationError extends Error {}

export interface Applied {
  document: Document;
  /** Undoes the operation when applied to `document`. */
  inverse: Operation;
}

/**
 * Applies one operation. Removing and moving pass over what somebody else removed already.
 * @throws OperationError when it connects, renames or sets what is not there, would break a rule of the document (two
 * nodes of one id, an edge into a trigger, a circle, too many nodes or edges) or gives a setting that its schema refuses
 */
export function apply(document: Document, operation: Operation): Applied {
  switch (operation.type) {
    case 'add':
      return add(document, operation.nodes, operation.edges);
    case 'remove':
      return remove(document, new Set(operation.nodes), new Set(operation.edges));
    case 'move':
      return move(document, operation.positions);
    case 'rename': {
      const node = present(document, operation.node);
      return replace(document, { ...node, name: operation.name }, { type: 'rename', node: node.id, name: node.name });
    }
    case 'set':
      return set(document, operation.node, operation.settings);
    case 'speed-limit':
      return lift(document, operation.node, operation.lifted);
  }
}

/** Applies several operations in order; all or none. */
export function applyAll(
  document: Document,
  operations: readonly Operation[],
): { document: Document; inverses: Operation[] } {
  const inverses: Operation[] = [];
  let current = document;
  for (const operation of operations) {
    const applied = apply(current, operation);
    current = applied.document;
    inverses.unshift(applied.inverse);
  }
  return { document: current, inverses };
}

function present(document: Document, id: string): AnyNode {
  const node = nodeOf(document, id);
  if (!node) throw new OperationError('This node is no longer there: somebody else removed it.');
  return node;
}

function add(document: Document, nodes: AnyNode[], edges: Edge[]): Applied {
  if (document.nodes.length + nodes.length > MAX_NODES)
    throw new OperationError(`A scenario has at most ${MAX_NODES} nodes.`);
  const ids = new Set(document.nodes.map((node) => node.id));
  const taken = new Set(document.nodes.map((node) => node.number));
  let { nextNumber } = document;
  const added = nodes.map((node) => {
    if (ids.has(node.id)) throw new OperationError(`There already is a node ${node.id}.`);
    ids.add(node.id);
    // A number that is taken (pasted, or given by two people at once) gives way to the next free one.
    const number = taken.has(node.number) ? nextNumber : node.number;
    taken.add(number);
    nextNumber = Math.max(nextNumber, number + 1);
    return number === node.number ? node : { ...node, number };
  });
  let next: Document = { ...document, nextNumber, nodes: [...document.nodes, ...added] };
  for (const edge of edges) next = connect(next, edge);
  return { document: next, inverse: { type: 'remove', nodes: added.map((n) => n.id), edges: edges.map((e) => e.id) } };
}

function connect(document: Document, edge: Edge): Document {
  const from = present(document, edge.from);
  const to = present(document, edge.to);
  if (document.edges.length >= MAX_EDGES) throw new OperationError(`A scenario has at most ${MAX_EDGES} connections.`);
  if (document.edges.some((e) => e.id === edge.id)) throw new OperationError(`There already is an edge ${edge.id}.`);
  if (document.edges.some((e) => e.from === edge.from && e.port === edge.port && e.to === edge.to))
    throw new OperationError('These two are connected already.');
  if (!NODE_KINDS[from.kind].ports.includes(edge.port))
    throw new OperationError(`${from.name} has no output “${edge.port}”.`);
  if (NODE_KINDS[to.kind].family === 'trigger')
    throw new OperationError('A trigger has no input: it is where customers enter.');
  if (edge.from === edge.to || reachableFrom(document, edge.to).has(edge.from))
    throw new OperationError('This would make a circle; customers would never leave it.');
  return { ...document, edges: [...document.edges, edge] };
}

function remove(document: Document, nodes: Set<string>, edges: Set<string>): Applied {
  const goneNodes = document.nodes.filter((node) => nodes.has(node.id));
  const gone = (edge: Edge) => edges.has(edge.id) || nodes.has(edge.from) || nodes.has(edge.to);
  const goneEdges = document.edges.filter(gone);
  return {
    document: {
      ...document,
      nodes: document.nodes.filter((node) => !nodes.has(node.id)),
      edges: document.edges.filter((edge) => !gone(edge)),
    },
    inverse: { type: 'add', nodes: goneNodes, edges: goneEdges },
  };
}

function move(document: Document, positions: Record<string, { x: number; y: number }>): Applied {
  const before: Record<string, { x: number; y: number }> = {};
  const nodes = document.nodes.map((node) => {
    const position = Object.hasOwn(positions, node.id) ? positions[node.id] : undefined;
    if (!position) return node;
    before[node.id] = node.position;
    return { ...node, position };
  });
  return { document: { ...document, nodes }, inverse: { type: 'move', positions: before } };
}

function set(document: Document, id: string, settings: Record<string, unknown>): Applied {
  const node = present(document, id);
  const parsed = NODE_KINDS[node.kind].settings.safeParse({ ...node.settings, ...settings });
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new OperationError(`${node.name}: ${issue.path.join('.') || 'settings'}: ${issue.message}`);
  }
  const old = node.settings as Record<string, unknown>;
  const before = Object.fromEntries(Object.keys(settings).map((key) => [key, old[key]]));
  return replace(document, { ...node, settings: parsed.data } as AnyNode, { type: 'set', node: id, settings: before });
}

function lift(document: Document, id: string, lifted: boolean): Applied {
  const node = present(document, id);
  const limit = document.speedLimits?.find((one) => one.node === id);
  if (!limit)
    throw new OperationError(
      `${node.name} has no legacy speed limit, and none can be set. Choose a throughput policy instead.`,
    );
  return {
    document: {
      ...document,
      speedLimits: document.speedLimits!.map((one) => (one.node === id ? { ...one, lifted } : one)),
    },
    inverse: { type: 'speed-limit', node: id, lifted: limit.lifted },
  };
}

function replace(document: Document, node: AnyNode, inverse: Operation): Applied {
  return { document: { ...document, nodes: document.nodes.map((n) => (n.id === node.id ? node : n)) }, inverse };
}
