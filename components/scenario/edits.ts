import { type AnyNode, type Document, type Edge, newNode, nodeOf, reachableFrom } from '@/lib/core/document';
import { type Kind, NODE_KINDS, type NodeSettings } from '@/lib/core/node-kinds';
import type { Operation } from '@/lib/core/operations';
import { freePlace, makeRoom, type Point, placeAfter, placeBelow, snap } from './geometry';

/** What one does on the canvas, as operations of the document. */

/** What the palette offers: a kind, or a kind that is filled in already (a preset). */
export interface Piece<K extends Kind = Kind> {
  kind: K;
  name?: string;
  settings?: Partial<NodeSettings<K>>;
}

/** Where a new node goes. */
export type Place =
  | { at: 'point'; point: Point }
  /** Behind a port; there already may be followers, then the path forks. */
  | { at: 'port'; node: string; port: string }
  /** Behind a port, at the point where the line was dropped. */
  | { at: 'line'; node: string; port: string; point: Point }
  /** Between the two nodes of an edge. */
  | { at: 'edge'; edge: string }
  /** The next free place: behind the selected node when it can be, otherwise below everything. */
  | { at: 'anywhere'; selected: string | null };

export interface Edit {
  operations: Operation[];
  /** The new node. */
  node: string;
}

/** A new name for a node or an edge, unlike any other. */
export const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 16);

/** Adds a node. Null when the place is gone. */
export function addPiece(document: Document, piece: Piece, place: Place): Edit | null {
  if (place.at === 'edge') return insertOnEdge(document, piece, place.edge);
  if (place.at === 'anywhere') {
    const port = place.selected === null ? null : openPort(document, place.selected);
    return takesInput(piece.kind) && port
      ? addPiece(document, piece, { at: 'port', node: place.selected!, port })
      : addPiece(document, piece, { at: 'point', point: placeBelow(document, piece.kind) });
  }
  if (place.at === 'point') return added(document, piece, freePlace(document, place.point, piece.kind), []);
  const from = nodeOf(document, place.node);
  if (!from) return null;
  const point =
    place.at === 'line'
      ? freePlace(document, place.point, piece.kind)
      : placeAfter(document, from, place.port, piece.kind);
  return added(document, piece, point, [{ from: from.id, port: place.port }]);
}

function insertOnEdge(document: Document, piece: Piece, id: string): Edit | null {
  const edge = document.edges.find((each) => each.id === id);
  const from = edge && nodeOf(document, edge.from);
  const to = edge && nodeOf(document, edge.to);
  if (!from || !to) return null;
  const room = makeRoom(document, from.id, to.id, reachableFrom(document, to.id));
  const toX = room[to.id]?.x ?? to.position.x;
  const middle = { x: (from.position.x + toX) / 2, y: (from.position.y + to.position.y) / 2 };
  const edit = added(document, piece, snap(middle), [{ from: from.id, port: edge.port }], {
    port: NODE_KINDS[piece.kind].ports[0] ?? null,
    to: to.id,
  });
  const before: Operation[] = [{ type: 'remove', nodes: [], edges: [id] }];
  if (Object.keys(room).length > 0) before.push({ type: 'move', positions: room });
  return { ...edit, operations: [...before, ...edit.operations] };
}

function added(
  document: Document,
  piece: Piece,
  point: Point,
  from: { from: string; port: string }[],
  onward?: { port: string | null; to: string },
): Edit {
  const id = newId();
  const blank = newNode(document, piece.kind, id, point);
  const node = {
    ...blank,
    name: piece.name ?? blank.name,
    settings: { ...blank.settings, ...piece.settings },
  } as AnyNode;
  const edges: Edge[] = from.map((start) => ({ id: newId(), ...start, to: id }));
  if (onward?.port) edges.push({ id: newId(), from: id, port: onward.port, to: onward.to });
  return { node: id, operations: [{ type: 'add', nodes: [node], edges }] };
}

/** The first output of a node that leads nowhere yet, or its first one; null without outputs. */
export function openPort(document: Document, id: string): string | null {
  const node = nodeOf(document, id);
  if (!node) return null;
  const { ports } = NODE_KINDS[node.kind];
  return ports.find((port) => !document.edges.some((e) => e.from === id && e.port === port)) ?? ports[0] ?? null;
}

/** Whether an edge may lead into a node of this kind. */
export const takesInput = (kind: Kind): boolean => NODE_KINDS[kind].family !== 'trigger';

/** Connects a port with another node. */
export function connection(from: string, port: string, to: string): Operation {
  return { type: 'add', nodes: [], edges: [{ id: newId(), from, port, to }] };
}

/** Removes nodes and edges; what led through a single removed node in a line is joined again. */
export function removal(document: Document, nodes: readonly string[], edges: readonly string[]): Operation[] {
  const operations: Operation[] = [{ type: 'remove', nodes: [...nodes], edges: [...edges] }];
  const [only] = nodes;
  if (nodes.length !== 1 || edges.length > 0 || only === undefined) return operations;
  const before = document.edges.filter((edge) => edge.to === only);
  const behind = document.edges.filter((edge) => edge.from === only);
  const [into, out] = [before[0], behind[0]];
  if (before.length === 1 && behind.length === 1 && into && out) {
    const isThere = document.edges.some((e) => e.from === into.from && e.port === into.port && e.to === out.to);
    if (!isThere) operations.push(connection(into.from, into.port, out.to));
  }
  return operations;
}
