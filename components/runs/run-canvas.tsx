'use client';

import '@xyflow/react/dist/base.css';
import '@/components/scenario/canvas.css';
import { Background, BackgroundVariant, type Edge as FlowEdge, Panel, ReactFlow, useReactFlow } from '@xyflow/react';
import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { nodeLabel, outputLabel } from '@/components/scenario/flow-model';
import { abbreviate } from '@/components/ui/count';
import { IconButton } from '@/components/ui/icon-button';
import { type Document, nodeOf } from '@/lib/core/document';
import { PeopleContext, RunCard, type RunCardNode } from './run-card';
import type { NodeCounts } from './words';

const nodeTypes = { run: RunCard };
const LABEL = { fill: 'var(--color-ink)', fontSize: 12, fontVariantNumeric: 'tabular-nums' };
const LABEL_BACKGROUND = { fill: 'var(--color-page)' };
const FIT = { padding: 0.12, maxZoom: 1, minZoom: 0.2 };

/** The scenario as this run walks it, to look at: numbers on every card, and how many took each way. */
export function RunCanvas({
  document,
  counts,
  onPeople,
}: {
  document: Document;
  counts: readonly NodeCounts[];
  onPeople: (node: string, group: string) => void;
}) {
  const [cards, setCards] = useState<RunCardNode[]>(() => cardsOf(document, counts, []));
  useEffect(() => setCards((before) => cardsOf(document, counts, before)), [document, counts]);
  const lines = useMemo(() => linesOf(document, counts), [document, counts]);
  return (
    <section
      aria-label="Scenario with numbers"
      className="h-[360px] shrink-0 overflow-hidden rounded-lg border border-line bg-page"
    >
      <PeopleContext value={onPeople}>
        <ReactFlow<RunCardNode, FlowEdge>
          aria-label="Scenario with numbers"
          nodes={cards}
          edges={lines}
          nodeTypes={nodeTypes}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          zoomOnScroll={false}
          preventScrolling={false}
          minZoom={0.2}
          maxZoom={1.5}
          fitView
          fitViewOptions={FIT}
        >
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
          <Zoom />
        </ReactFlow>
      </PeopleContext>
    </section>
  );
}

function Zoom() {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  return (
    <Panel position="bottom-left" className="flex rounded-md border border-line bg-panel p-0.5 shadow-card">
      <IconButton size="sm" label="Zoom in" icon={<ZoomIn aria-hidden />} onClick={() => void zoomIn()} />
      <IconButton size="sm" label="Zoom out" icon={<ZoomOut aria-hidden />} onClick={() => void zoomOut()} />
      <IconButton size="sm" label="Show all" icon={<Maximize aria-hidden />} onClick={() => void fitView(FIT)} />
    </Panel>
  );
}

/** Cards whose numbers are the same keep their identity, so that only changed ones render. */
function cardsOf(document: Document, counts: readonly NodeCounts[], before: readonly RunCardNode[]): RunCardNode[] {
  const byNode = new Map(counts.map((count) => [count.node, count]));
  const old = new Map(before.map((card) => [card.id, card]));
  return document.nodes.map((node) => {
    const earlier = old.get(node.id);
    const count = byNode.get(node.id);
    if (earlier && earlier.data.node === node && JSON.stringify(earlier.data.counts) === JSON.stringify(count))
      return earlier;
    const data = { node, counts: count };
    return earlier
      ? { ...earlier, data }
      : { id: node.id, type: 'run', position: node.position, data, ariaLabel: nodeLabel(node) };
  });
}

/** Lines are the thicker the larger the share of the entered who went that way. */
function linesOf(document: Document, counts: readonly NodeCounts[]): FlowEdge[] {
  const byNode = new Map(counts.map((count) => [count.node, count]));
  const most = Math.max(1, ...counts.map(({ entered }) => entered));
  return document.edges.map((edge) => {
    const went = byNode.get(edge.from)?.ports[edge.port] ?? 0;
    const from = nodeOf(document, edge.from);
    return {
      id: edge.id,
      source: edge.from,
      sourceHandle: edge.port,
      target: edge.to,
      label: went > 0 ? abbreviate(went) : undefined,
      labelStyle: LABEL,
      labelBgStyle: LABEL_BACKGROUND,
      labelBgPadding: [5, 3],
      labelBgBorderRadius: 6,
      style: { strokeWidth: 1.5 + (went / most) * 3.5 },
      ariaLabel: from ? `${went.toLocaleString('en')} from ${outputLabel(from, edge.port)}` : undefined,
    };
  });
}
