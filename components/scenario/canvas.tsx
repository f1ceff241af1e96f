'use client';

import '@xyflow/react/dist/base.css';
import './canvas.css';
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  SelectionMode,
  useReactFlow,
} from '@xyflow/react';
import { type DragEvent, useCallback, useEffect, useMemo, useState } from 'react';
import { toast } from '@/components/ui/toast';
import type { Document } from '@/lib/core/document';
import { AddPopover, type Offer } from './add-popover';
import { type CanvasActions, CanvasActionsProvider } from './canvas-actions';
import { connection, type Place } from './edits';
import { FlowLine } from './flow-line';
import { type CardNode, cardsOf, type LineEdge, linesOf, type Marks } from './flow-model';
import { GRID } from './geometry';
import { NodeCard } from './node-card';
import { type PaletteItem, PIECE_TYPE } from './pieces';
import { type EditorStore, useEditor, useEditorStore } from './store';
import { usePaletteGroups } from './use-palette';

const nodeTypes = { card: NodeCard };
const edgeTypes = { line: FlowLine };
const SNAP: [number, number] = [GRID / 2, GRID / 2];
/** From this many nodes on, cards out of sight are not drawn. */
const MANY = 60;
const ZOOM = { min: 0.2, max: 2 };

export interface CanvasProps {
  document: Document;
  marks: Omit<Marks, 'selected'>;
  showMap: boolean;
  /** Where the list of nodes is open. */
  offer: Offer | null;
  onOffer: (offer: Offer | null) => void;
  onAdd: (item: PaletteItem, place: Place) => void;
  children?: React.ReactNode;
}

/** The graph: drawn from the document, and every gesture turned into operations on it. */
export function Canvas({ document, marks, showMap, offer, onOffer, onAdd, children }: CanvasProps) {
  const store = useEditorStore();
  const selection = useEditor((editor) => editor.selection);
  const { editable } = marks;
  const { screenToFlowPosition } = useReactFlow();
  const [cards, setCards] = useCards(document, marks, selection.nodes);
  // Fitting the first node that is ever dropped would pull it away from where it was dropped.
  const [fitsAtFirst] = useState(document.nodes.length > 0);
  const lines = useLines(document, selection.edges, editable);
  const actions = useMemo<CanvasActions>(() => ({ offer: (place, anchor) => onOffer({ place, anchor }) }), [onOffer]);

  const add = useCallback(
    (item: PaletteItem, place: Place) => {
      onOffer(null);
      onAdd(item, place);
    },
    [onAdd, onOffer],
  );
  const groups = usePaletteGroups();

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const shown = changes.filter(({ type }) => type === 'position' || type === 'dimensions');
      if (shown.length > 0) setCards((before) => applyNodeChanges(shown, before));
      selectFromChanges(store, 'nodes', changes);
      const positions = landed(changes, store.getState().document);
      if (positions) store.getState().edit([{ type: 'move', positions }]);
    },
    [store, setCards],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<LineEdge>[]) => selectFromChanges(store, 'edges', changes),
    [store],
  );
  const connect = useCallback(
    (from: string, port: string, to: string) => {
      const refused = store.getState().edit([connection(from, port, to)]);
      if (refused) toast.error(refused);
    },
    [store],
  );
  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) => connect(source, sourceHandle ?? 'out', target),
    [connect],
  );
  const onConnectEnd = useCallback<OnConnectEnd>(
    (event, state) => {
      if (state.toHandle || state.fromHandle?.type !== 'source' || !state.fromNode) return;
      const at = 'changedTouches' in event ? event.changedTouches[0] : event;
      if (!at) return;
      const port = state.fromHandle.id ?? 'out';
      // Dropped on a card but not on its handle: it is meant all the same.
      const card = (event.target as Element | null)?.closest?.('.react-flow__node')?.getAttribute('data-id');
      if (card) {
        if (card !== state.fromNode.id) connect(state.fromNode.id, port, card);
        return;
      }
      const point = screenToFlowPosition({ x: at.clientX, y: at.clientY });
      const place: Place = { at: 'line', node: state.fromNode.id, port, point: { x: point.x, y: point.y - 30 } };
      onOffer({ place, anchor: new DOMRect(at.clientX, at.clientY, 0, 0) });
    },
    [connect, onOffer, screenToFlowPosition],
  );
  const onDrop = (event: DragEvent) => {
    const id = event.dataTransfer.getData(PIECE_TYPE);
    const item = groups.flatMap(({ items }) => items).find((each) => each.id === id);
    if (!item) return;
    event.preventDefault();
    const point = screenToFlowPosition({ x: event.clientX - 20, y: event.clientY - 20 });
    add(item, placeOfDrop(event, point));
  };

  return (
    <CanvasActionsProvider value={actions}>
      <ReactFlow<CardNode, LineEdge>
        aria-label="Canvas"
        className="select-none"
        nodes={cards}
        edges={lines}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onNodeDoubleClick={(_event, { id, data }) => data.node.kind === 'webhook' && store.getState().open(id)}
        onDragOver={(event) => {
          if (!editable || !event.dataTransfer.types.includes(PIECE_TYPE)) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
        }}
        onDrop={editable ? onDrop : undefined}
        nodesDraggable={editable}
        nodesConnectable={editable}
        deleteKeyCode={null}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        selectionMode={SelectionMode.Partial}
        connectionRadius={32}
        panOnScroll
        zoomOnDoubleClick={false}
        snapToGrid
        snapGrid={SNAP}
        minZoom={ZOOM.min}
        maxZoom={ZOOM.max}
        onlyRenderVisibleElements={document.nodes.length > MANY}
        fitView={fitsAtFirst}
        fitViewOptions={FIT}
        ariaLabelConfig={WORDS}
      >
        <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.5} />
        {showMap && document.nodes.length > 0 ? (
          <MiniMap<CardNode>
            pannable
            zoomable
            position="bottom-right"
            ariaLabel="Map of the scenario"
            nodeBorderRadius={8}
            style={{ width: 176, height: 112 }}
          />
        ) : null}
        {children}
      </ReactFlow>
      <AddPopover offer={offer} onClose={() => onOffer(null)} onAdd={add} />
    </CanvasActionsProvider>
  );
}

/** At most life size: a scenario of two nodes need not fill the screen. */
export const FIT = { padding: 0.08, maxZoom: 1, minZoom: ZOOM.min };

const WORDS = {
  'node.a11yDescription.default':
    'Enter selects the node, the arrow keys move it, Delete removes it, Escape deselects.',
  'node.a11yDescription.keyboardDisabled': 'Enter selects the node.',
  'edge.a11yDescription.default': 'Enter selects the connection, Delete removes it, Escape deselects.',
};

function useCards(document: Document, marks: Omit<Marks, 'selected'>, selected: readonly string[]) {
  const { problems, numbers, changes, editable } = marks;
  const [cards, setCards] = useState<CardNode[]>(() => cardsOf(document, { ...marks, selected }, []));
  useEffect(() => {
    setCards((before) => cardsOf(document, { problems, numbers, changes, editable, selected }, before));
  }, [document, problems, numbers, changes, editable, selected]);
  return [cards, setCards] as const;
}

function useLines(document: Document, selected: readonly string[], editable: boolean): LineEdge[] {
  const [lines, setLines] = useState<LineEdge[]>(() => linesOf(document, selected, editable, []));
  useEffect(() => {
    setLines((before) => linesOf(document, selected, editable, before));
  }, [document, selected, editable]);
  return lines;
}

/** React Flow says what became selected or not; the store keeps the whole. */
function selectFromChanges(
  store: EditorStore,
  what: 'nodes' | 'edges',
  changes: readonly (NodeChange<CardNode> | EdgeChange<LineEdge>)[],
) {
  const picked = new Set(store.getState().selection[what]);
  let isChanged = false;
  for (const change of changes) {
    if (change.type !== 'select' || picked.has(change.id) === change.selected) continue;
    isChanged = true;
    if (change.selected) picked.add(change.id);
    else picked.delete(change.id);
  }
  if (isChanged) store.getState().select({ [what]: [...picked] });
}

/** Where nodes have come to rest, if that is another place than before. */
function landed(changes: readonly NodeChange<CardNode>[], document: Document) {
  const positions: Record<string, { x: number; y: number }> = {};
  for (const change of changes) {
    if (change.type !== 'position' || change.dragging || !change.position) continue;
    const before = document.nodes.find(({ id }) => id === change.id)?.position;
    if (before && (before.x !== change.position.x || before.y !== change.position.y))
      positions[change.id] = { x: change.position.x, y: change.position.y };
  }
  return Object.keys(positions).length > 0 ? positions : null;
}

/** An item that is dropped on a line goes in between. */
function placeOfDrop(event: DragEvent, point: { x: number; y: number }): Place {
  const line = (event.target as Element).closest('.react-flow__edge')?.getAttribute('data-id');
  return line ? { at: 'edge', edge: line } : { at: 'point', point };
}
