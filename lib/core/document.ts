import { z } from 'zod';
import { KINDS, type Kind, NODE_KINDS, type NodeSettings } from './node-kinds.ts';
import { SpeedLimit } from './speed-limit.ts';

/**
 * A scenario is one JSON document: nodes, and edges from a named port of one node to another node. It is pure data;
 * `operations.ts` changes it, `problems.ts` judges it, `compile.ts` turns it into what the executor walks.
 */

/** At most this many nodes (Bloomreach docs: limits of a scenario). */
export const MAX_NODES = 100;
export const MAX_EDGES = 1000;
/** Largest document in bytes of JSON (Bloomreach docs: 7.9 MB). */
export const MAX_DOCUMENT_BYTES = 7_900_000;

const NodeId = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[A-Za-z0-9_-]+$/, 'may have letters, digits, - and _ only');

/** What a node is called: never nothing, so that whatever renamed it can be undone. */
export const NodeName = z.string().trim().min(1, 'A node needs a name.').max(200);

const NodeBase = z.object({
  id: NodeId,
  /** Shown as #n; stable, never used twice in a document; the `action_id` of campaign events. */
  number: z.number().int().min(1),
  name: NodeName,
  position: z.object({ x: z.number(), y: z.number() }),
});

export interface Node<K extends Kind = Kind> {
  id: string;
  number: number;
  kind: K;
  name: string;
  position: { x: number; y: number };
  settings: NodeSettings<K>;
}
/** A node whose `kind` tells the type of its `settings`. */
export type AnyNode = { [K in Kind]: Node<K> }[Kind];

const nodeSchemas = KINDS.map((kind) =>
  NodeBase.extend({ kind: z.literal(kind), settings: NODE_KINDS[kind].settings as z.ZodType<unknown> }),
);
export const AnyNode = z.discriminatedUnion('kind', nodeSchemas as never) as unknown as z.ZodType<AnyNode>;

export const Edge = z.object({ id: NodeId, from: NodeId, port: z.string().min(1).max(40), to: NodeId });
export type Edge = z.infer<typeof Edge>;

export const Document = z.object({
  schema: z.literal(1),
  /** The number that the next new node gets. */
  nextNumber: z.number().int().min(1),
  nodes: z.array(AnyNode).max(MAX_NODES),
  edges: z.array(Edge).max(MAX_EDGES),
  /** Only an import brings them along. */
  speedLimits: z.array(SpeedLimit).max(1000).optional(),
});
export type Document = z.infer<typeof Document>;

/** A document with nothing on it. */
export function emptyDocument(): Document {
  return { schema: 1, nextNumber: 1, nodes: [], edges: [] };
}

/** The node of that id, or undefined. */
export function nodeOf(document: Document, id: string): AnyNode | undefined {
  return document.nodes.find((node) => node.id === id);
}

/** A new node of a kind with blank settings, numbered for this document; it is not yet part of it. */
export function newNode<K extends Kind>(
  document: Document,
  kind: K,
  id: string,
  position: { x: number; y: number },
): Node<K> {
  return {
    id,
    number: document.nextNumber,
    kind,
    name: NODE_KINDS[kind].title,
    position,
    settings: NODE_KINDS[kind].blank(),
  };
}

/** The ids of nodes reachable from a node by edges, itself excluded unless on a circle. */
export function reachableFrom(document: Document, id: string): Set<string> {
  const seen = new Set<string>();
  const queue = [id];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const edge of document.edges) {
      if (edge.from === at && !seen.has(edge.to)) {
        seen.add(edge.to);
        queue.push(edge.to);
      }
    }
  }
  return seen;
}

/**
 * The webhook nodes that lie on some path before a node, in the order in which a journey meets them: what `webhook(n)`
 * may mean there. Webhooks of branches that know nothing of each other stand by their numbers.
 */
export function webhooksBefore(document: Document, id: string): Node<'webhook'>[] {
  const before = document.nodes
    .filter((node): node is Node<'webhook'> => node.kind === 'webhook' && node.id !== id)
    .map((node) => ({ node, behind: reachableFrom(document, node.id) }))
    .filter(({ behind }) => behind.has(id));
  const earlier = (one: string) => before.filter(({ behind }) => behind.has(one)).length;
  return before
    .map(({ node }) => ({ node, earlier: earlier(node.id) }))
    .sort((a, b) => a.earlier - b.earlier || a.node.number - b.node.number)
    .map(({ node }) => node);
}
