import { z } from 'zod';
import { AnyNode, type Document, Edge } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import { newId } from './edits';
import { GRID, type Point } from './geometry';

/** Nodes as they travel through the system's clipboard, so that they can be pasted into any scenario or a file. */
const Clip = z.object({
  hookline: z.literal('nodes'),
  schema: z.literal(1),
  project: z.string(),
  nodes: z.array(AnyNode).min(1),
  edges: z.array(Edge),
});
export type Clip = z.infer<typeof Clip>;

/** The chosen nodes with the edges among them, as text. */
export function copyNodes(document: Document, project: string, ids: readonly string[]): string {
  const chosen = new Set(ids);
  const clip: Clip = {
    hookline: 'nodes',
    schema: 1,
    project,
    nodes: document.nodes.filter((node) => chosen.has(node.id)),
    edges: document.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)),
  };
  return JSON.stringify(clip, null, 2);
}

/** The nodes in a text, or null when it holds something else. */
export function readClip(text: string): Clip | null {
  if (!text.includes('"hookline"')) return null;
  try {
    return Clip.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Puts a clip into a document under new ids and numbers. With a point its upper left corner stands there, otherwise it
 * stands beside the originals. What belongs to another project (credentials, policies, presets, secret headers) is left behind.
 */
export function pasteNodes(
  document: Document,
  clip: Clip,
  project: string,
  point: Point | null,
): { operation: Operation; nodes: string[] } {
  const left = Math.min(...clip.nodes.map((node) => node.position.x));
  const top = Math.min(...clip.nodes.map((node) => node.position.y));
  const shift = point ? { x: point.x - left, y: point.y - top } : besides(document, { x: left, y: top });
  const ids = new Map(clip.nodes.map((node) => [node.id, newId()]));
  const nodes = clip.nodes.map(
    (node, index) =>
      ({
        ...(clip.project === project ? node : withoutForeign(node)),
        id: ids.get(node.id)!,
        number: document.nextNumber + index,
        position: { x: node.position.x + shift.x, y: node.position.y + shift.y },
      }) as AnyNode,
  );
  const edges = clip.edges.map((edge) => ({
    id: newId(),
    from: ids.get(edge.from)!,
    port: edge.port,
    to: ids.get(edge.to)!,
  }));
  return { operation: { type: 'add', nodes, edges }, nodes: [...ids.values()] };
}

/** A step down and right of the originals, further when something stands there already. */
function besides(document: Document, corner: Point): Point {
  let step = 2 * GRID;
  const isTaken = () =>
    document.nodes.some(({ position }) => position.x === corner.x + step && position.y === corner.y + step);
  while (isTaken()) step += 2 * GRID;
  return { x: step, y: step };
}

function withoutForeign(node: AnyNode): AnyNode {
  if (node.kind !== 'webhook') return node;
  const { headers } = node.settings;
  return {
    ...node,
    settings: {
      ...node.settings,
      integrationId: null,
      policyId: null,
      preset: null,
      headers: headers.map((header) => ({ ...header, secretId: null })),
    },
  };
}
