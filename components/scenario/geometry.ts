import { Graph, layout } from '@dagrejs/dagre';
import { type AnyNode, type Document, nodeOf } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';

/** Where things stand on the canvas, in its own units (pixels at 100 %). */

export interface Point {
  x: number;
  y: number;
}

export const GRID = 20;
export const CARD_WIDTH = 220;
/** Head and summary. */
const CARD_BODY = 60;
/** A line with the label of a port. */
const PORT_ROW = 24;
/** From the left edge of a card to that of its follower. */
const COLUMN = 300;
const GAP = 40;

/** The height of a card as it is drawn; a single output needs no line of its own. */
export function cardHeight(node: Pick<AnyNode, 'kind'>): number {
  const { ports } = NODE_KINDS[node.kind];
  return CARD_BODY + (ports.length > 1 ? ports.length * PORT_ROW + 4 : 0);
}

export const snap = ({ x, y }: Point): Point => ({ x: Math.round(x / GRID) * GRID, y: Math.round(y / GRID) * GRID });

/** The nearest free place at or below a point, so that no card covers another. */
export function freePlace(document: Document, wanted: Point, kind: AnyNode['kind']): Point {
  const height = cardHeight({ kind });
  const place = snap(wanted);
  const covers = (y: number) =>
    document.nodes.find(
      (node) =>
        Math.abs(node.position.x - place.x) < CARD_WIDTH + GRID &&
        node.position.y < y + height + GRID &&
        y < node.position.y + cardHeight(node) + GRID,
    );
  for (let hit = covers(place.y); hit; hit = covers(place.y))
    place.y = Math.ceil((hit.position.y + cardHeight(hit) + GAP) / GRID) * GRID;
  return place;
}

/** Where the follower of a node's port goes: one column to the right, the ports one below the other. */
export function placeAfter(document: Document, from: AnyNode, port: string, kind: AnyNode['kind']): Point {
  const { ports } = NODE_KINDS[from.kind];
  const row = ports.length > 1 ? ports.indexOf(port) : 0;
  return freePlace(
    document,
    { x: from.position.x + COLUMN, y: from.position.y + row * (CARD_BODY + GAP + GRID) },
    kind,
  );
}

/** Where a node goes that follows nothing: below everything, at the left. */
export function placeBelow(document: Document, kind: AnyNode['kind']): Point {
  if (document.nodes.length === 0) return { x: 0, y: 0 };
  const left = Math.min(...document.nodes.map((node) => node.position.x));
  const bottom = Math.max(...document.nodes.map((node) => node.position.y + cardHeight(node)));
  return freePlace(document, { x: left, y: bottom + GAP }, kind);
}

/** Room for a card in the middle of an edge: the nodes behind it that must move right, with their new places. */
export function makeRoom(
  document: Document,
  from: string,
  to: string,
  behind: ReadonlySet<string>,
): Record<string, Point> {
  const [a, b] = [nodeOf(document, from), nodeOf(document, to)];
  if (!a || !b) return {};
  const missing = a.position.x + 2 * COLUMN - b.position.x;
  if (missing <= 0) return {};
  const moved = document.nodes.filter((node) => node.id === to || behind.has(node.id));
  return Object.fromEntries(
    moved.map((node) => [node.id, snap({ x: node.position.x + missing, y: node.position.y })] as const),
  );
}

/** Places for all nodes: columns from left to right by what follows what, few crossings, on the grid. */
export function tidy(document: Document): Record<string, Point> {
  if (document.nodes.length === 0) return {};
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP, ranksep: COLUMN - CARD_WIDTH, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of document.nodes) graph.setNode(node.id, { width: CARD_WIDTH, height: cardHeight(node) });
  const order = (id: string, port: string) => NODE_KINDS[nodeOf(document, id)!.kind].ports.indexOf(port);
  const edges = [...document.edges].sort((a, b) => order(a.from, a.port) - order(b.from, b.port));
  for (const edge of edges) graph.setEdge(edge.from, edge.to, {}, edge.id);
  layout(graph);
  return Object.fromEntries(
    document.nodes.map((node) => {
      const at = graph.node(node.id) as Point;
      return [node.id, snap({ x: at.x - CARD_WIDTH / 2, y: at.y - cardHeight(node) / 2 })] as const;
    }),
  );
}
