import type { Edge as FlowEdge, Node as FlowNode } from '@xyflow/react';
import type { OutputOf } from '@/components/call';
import type { AnyNode, Document } from '@/lib/core/document';
import { NODE_KINDS, PORT_LABELS } from '@/lib/core/node-kinds';
import type { Problem } from '@/lib/core/problems';
import type { Change } from './differences';

/** The document as React Flow wants it. What did not change keeps its identity, so that only touched cards render. */

export type NodeNumbers = OutputOf<'run.open'>['counts'][number];

export interface CardData extends Record<string, unknown> {
  node: AnyNode;
  errors: number;
  warnings: number;
  /** Ports that lead nowhere yet, in the order of the kind. */
  open: string;
  numbers: NodeNumbers | undefined;
  change: Change | undefined;
  editable: boolean;
}
export type CardNode = FlowNode<CardData, 'card'>;

interface LineData extends Record<string, unknown> {
  /** What the line is called: "from Yes of #2 to #3". */
  words: string;
  editable: boolean;
}
export type LineEdge = FlowEdge<LineData, 'line'>;

/** What stands on the cards beside the document. */
export interface Marks {
  problems: readonly Problem[];
  numbers: ReadonlyMap<string, NodeNumbers>;
  changes: ReadonlyMap<string, Change>;
  selected: readonly string[];
  editable: boolean;
}

/** The cards for a document, taking over those of before that look the same; a card that is being dragged stays put. */
export function cardsOf(document: Document, marks: Marks, before: readonly CardNode[]): CardNode[] {
  const old = new Map(before.map((card) => [card.id, card]));
  const selected = new Set(marks.selected);
  const counts = countProblems(marks.problems);
  const taken = new Set(document.edges.map((edge) => `${edge.from} ${edge.port}`));
  return document.nodes.map((node) => {
    const earlier = old.get(node.id);
    const data: CardData = {
      node,
      errors: counts.get(node.id)?.error ?? 0,
      warnings: counts.get(node.id)?.warning ?? 0,
      open: NODE_KINDS[node.kind].ports.filter((port) => !taken.has(`${node.id} ${port}`)).join(' '),
      numbers: marks.numbers.get(node.id),
      change: marks.changes.get(node.id),
      editable: marks.editable,
    };
    const position = earlier?.dragging ? earlier.position : node.position;
    const isSelected = selected.has(node.id);
    if (!earlier)
      return { id: node.id, type: 'card', position, data, selected: isSelected, ariaLabel: nodeLabel(node) };
    const isSame =
      isEqual(earlier.data, data) &&
      earlier.selected === isSelected &&
      earlier.position.x === position.x &&
      earlier.position.y === position.y;
    if (isSame) return earlier;
    return {
      ...earlier,
      position,
      selected: isSelected,
      data: isEqual(earlier.data, data) ? earlier.data : data,
      ariaLabel: nodeLabel(node),
    };
  });
}

/** The lines for a document; labels are what assistive technology reads. */
export function linesOf(
  document: Document,
  selected: readonly string[],
  editable: boolean,
  before: readonly LineEdge[],
): LineEdge[] {
  const old = new Map(before.map((line) => [line.id, line]));
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const chosen = new Set(selected);
  return document.edges.flatMap((edge) => {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (!from || !to) return [];
    const words = `from ${outputLabel(from, edge.port)} to #${to.number} ${to.name}`;
    const earlier = old.get(edge.id);
    const isSelected = chosen.has(edge.id);
    if (earlier?.data?.words === words && earlier.data.editable === editable && earlier.selected === isSelected)
      return [earlier];
    return [
      {
        id: edge.id,
        type: 'line' as const,
        source: edge.from,
        sourceHandle: edge.port,
        target: edge.to,
        selected: isSelected,
        ariaLabel: `Connection ${words}`,
        ariaRole: 'button' as const,
        data: { words, editable },
      },
    ];
  });
}

/** "Webhook #3 Send SMS". */
export const nodeLabel = (node: AnyNode): string => `${NODE_KINDS[node.kind].title} #${node.number} ${node.name}`;

/** "Yes of #2 Has a phone", "#1 Now". */
export function outputLabel(node: AnyNode, port: string): string {
  const label = portLabel(port);
  return `${label ? `${label} of ` : ''}#${node.number} ${node.name}`;
}

export const portLabel = (port: string): string => PORT_LABELS[port] ?? port;

function countProblems(problems: readonly Problem[]): Map<string, { error: number; warning: number }> {
  const counts = new Map<string, { error: number; warning: number }>();
  for (const { nodeId, severity } of problems) {
    if (nodeId === undefined) continue;
    const count = counts.get(nodeId) ?? { error: 0, warning: 0 };
    count[severity]++;
    counts.set(nodeId, count);
  }
  return counts;
}

function isEqual(a: CardData, b: CardData): boolean {
  return (
    a.node === b.node &&
    a.errors === b.errors &&
    a.warnings === b.warnings &&
    a.open === b.open &&
    a.change === b.change &&
    a.editable === b.editable &&
    (a.numbers === b.numbers || JSON.stringify(a.numbers) === JSON.stringify(b.numbers))
  );
}
