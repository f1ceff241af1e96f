import { type AnyNode, type Document, nodeOf } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';

export interface OutlineRow {
  node: AnyNode;
  depth: number;
  /** The port it follows from; null at the beginning of a branch. */
  port: string | null;
  /** A node with several ways in is written out where it comes first. */
  isRepeated: boolean;
}

/** The nodes in the order in which customers meet them, each branch below its port; at the end those no trigger leads to. */
export function outlineRows(document: Document): { reached: OutlineRow[]; loose: OutlineRow[] } {
  const seen = new Set<string>();
  const walk = (node: AnyNode, depth: number, port: string | null): OutlineRow[] => {
    const isRepeated = seen.has(node.id);
    seen.add(node.id);
    const row = { node, depth, port, isRepeated };
    if (isRepeated) return [row];
    const { ports } = NODE_KINDS[node.kind];
    const edges = document.edges
      .filter(({ from }) => from === node.id)
      .sort((a, b) => ports.indexOf(a.port) - ports.indexOf(b.port));
    return [
      row,
      ...edges.flatMap((edge) => {
        const next = nodeOf(document, edge.to);
        return next ? walk(next, depth + 1, edge.port) : [];
      }),
    ];
  };
  const byNumber = [...document.nodes].sort((a, b) => a.number - b.number);
  const reached = byNumber
    .filter(({ kind }) => NODE_KINDS[kind].family === 'trigger')
    .flatMap((trigger) => walk(trigger, 0, null));
  const hasWayIn = new Set(document.edges.map(({ to }) => to));
  const heads = byNumber.filter(({ id }) => !seen.has(id) && !hasWayIn.has(id));
  return { reached, loose: heads.flatMap((node) => walk(node, 0, null)) };
}
