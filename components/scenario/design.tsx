'use client';

import { Panel, ReactFlowProvider, useReactFlow } from '@xyflow/react';
import dynamic from 'next/dynamic';
import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { type Node, nodeOf } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import type { Offer } from './add-popover';
import { Canvas, FIT } from './canvas';
import { useCanvasCommands } from './canvas-commands';
import { CanvasToolbar } from './canvas-toolbar';
import { CheckAudience } from './check-audience';
import { type Differences, differences } from './differences';
import { addPiece, openPort, type Place } from './edits';
import { EmptyCanvas } from './empty-canvas';
import { Inspector } from './inspector';
import { Outline } from './outline';
import { Palette } from './palette';
import type { PaletteItem } from './pieces';
import { PreviewBar } from './preview-bar';
import { useScenario } from './scenario-context';
import { type EditorStore, useEditor, useEditorStore } from './store';
import { useEditorKeys } from './use-editor-keys';
import { useLiveNumbers } from './use-live-numbers';
import { usePieceOf } from './use-palette';
import { loadEditor, usePreloadedEditor } from './use-preloaded-editor';
import { useSight } from './use-sight';
import { useStored } from './use-stored';
import { VersionsPanel } from './versions-panel';

const WebhookEditor = dynamic(() => loadEditor().then((door) => door.WebhookEditor), { ssr: false });

const NO_DIFFERENCE: Differences = { changes: new Map(), removed: 0 };
const NO_PROBLEMS = [] as const;

/** The Design tab: palette, canvas, inspector, and above them the editor of a webhook. */
export function Design() {
  return (
    <ReactFlowProvider>
      <DesignParts />
    </ReactFlowProvider>
  );
}

function DesignParts() {
  const store = useEditorStore();
  const { readOnly } = useScenario();
  const preview = useEditor((editor) => editor.preview);
  const versions = useEditor((editor) => editor.versions);
  const draft = useEditor((editor) => editor.document);
  const problems = useEditor((editor) => editor.problems);
  const document = preview?.document ?? draft;
  const editable = !readOnly && preview === null;
  const difference = useMemo(() => (preview ? differences(preview.document, draft) : NO_DIFFERENCE), [preview, draft]);
  const { changes } = difference;
  const numbers = useLiveNumbers(preview === null);
  const marks = useMemo(
    () => ({ problems: preview ? NO_PROBLEMS : problems, numbers, changes, editable }),
    [preview, problems, numbers, changes, editable],
  );
  const [offer, setOffer] = useState<Offer | null>(null);
  const [map, setMap] = useStored('hookline-map', true);
  const [outline, setOutline] = useStored('hookline-outline', false);
  const commands = useCanvasCommands();
  const { fitView } = useReactFlow();
  const offerNext = useCallback(() => setOffer(offerForSelection(store)), [store]);
  useEditorKeys({ commands, editable, onAdd: offerNext });
  useSight();
  const shown = preview?.number;
  useEffect(() => {
    if (shown !== undefined) requestAnimationFrame(() => void fitView({ ...FIT, duration: 150 }));
  }, [shown, fitView]);
  useLinkedNode();
  usePreloadedEditor();
  const add = useAdd();
  return (
    <div className="relative flex h-full min-h-0">
      {editable ? (
        <Palette onAdd={(item) => void add(item, { at: 'anywhere', selected: selectedNode(store) })} />
      ) : null}
      {outline ? <Outline document={document} onClose={() => setOutline(false)} /> : null}
      <div className="relative min-w-0 flex-1">
        <Canvas
          document={document}
          marks={marks}
          showMap={map}
          offer={offer}
          onOffer={setOffer}
          onAdd={(item, place) => void add(item, place)}
        >
          <CanvasToolbar
            map={map}
            onMap={() => setMap(!map)}
            outline={outline}
            onOutline={() => setOutline(!outline)}
            onTidy={editable ? commands.tidyUp : undefined}
          />
          <SeveralSelected editable={editable} onDuplicate={commands.duplicate} onRemove={commands.removeSelected} />
        </Canvas>
        {document.nodes.length === 0 ? (
          <EmptyCanvas
            editable={editable}
            // Then the chosen node comes into sight beside its panel.
            onStarted={(node) =>
              requestAnimationFrame(() => void fitView(FIT).then(() => store.getState().focusField(node, '')))
            }
          />
        ) : null}
        {preview ? <PreviewBar preview={preview} difference={difference} /> : null}
      </div>
      {versions ? (
        <VersionsPanel />
      ) : (
        <Inspector readOnly={!editable} onDuplicate={commands.duplicate} onRemove={commands.removeSelected} />
      )}
      <OpenedWebhook readOnly={!editable} />
      <CheckAudience />
    </div>
  );
}

/** Puts an item of the palette into its place, and selects it. */
function useAdd(): (item: PaletteItem, place: Place) => Promise<void> {
  const store = useEditorStore();
  const pieceOf = usePieceOf();
  return async (item, place) => {
    const piece = await pieceOf(item);
    if (!piece) return;
    const { document, edit, select } = store.getState();
    const placed = addPiece(document, piece, place);
    if (!placed) return;
    const refused = edit(placed.operations);
    if (refused) toast.error(refused);
    else select({ nodes: [placed.node], edges: [] });
  };
}

/** The one node that is selected. */
function selectedNode(store: EditorStore): string | null {
  const { nodes } = store.getState().selection;
  return nodes.length === 1 ? nodes[0]! : null;
}

/** What can be done to several nodes at once. */
function SeveralSelected(props: { editable: boolean; onDuplicate: () => void; onRemove: () => void }) {
  const count = useEditor(({ selection }) => selection.nodes.length);
  if (count < 2) return null;
  return (
    <Panel
      position="top-center"
      className="flex items-center gap-2 rounded-md border border-line bg-panel py-1 pr-1 pl-3 shadow-card"
    >
      <span className="text-muted text-sm tabular-nums">{count} nodes selected</span>
      {props.editable ? (
        <>
          <Button size="sm" onClick={props.onDuplicate}>
            Duplicate
          </Button>
          <Button size="sm" onClick={props.onRemove}>
            Delete
          </Button>
        </>
      ) : null}
    </Panel>
  );
}

function OpenedWebhook({ readOnly }: { readOnly: boolean }) {
  const store = useEditorStore();
  const scenario = useScenario();
  const document = useEditor((editor) => editor.document);
  const opened = useEditor((editor) => editor.opened);
  const openedOn = useEditor((editor) => editor.openedOn);
  const node = opened === null ? undefined : nodeOf(document, opened);
  if (node?.kind !== 'webhook') return null;
  const edit = (operation: Operation) => {
    const refused = store.getState().edit([operation]);
    if (refused) toast.error(refused, { id: 'refused' });
  };
  return (
    <WebhookEditor
      key={node.id}
      scenario={{ id: scenario.id, name: scenario.name }}
      node={node as Node<'webhook'>}
      document={document}
      readOnly={readOnly}
      initialView={openedOn}
      onChange={(settings) => edit({ type: 'set', node: node.id, settings })}
      onRename={(name) => edit({ type: 'rename', node: node.id, name })}
      onLiftSpeedLimit={() => edit({ type: 'speed-limit', node: node.id, lifted: true })}
      onClose={() => store.getState().open(null)}
    />
  );
}

/** The list of nodes beside the selected node, or in the middle. */
function offerForSelection(store: EditorStore): Offer {
  const { document } = store.getState();
  const selected = selectedNode(store);
  const card = selected === null ? null : window.document.querySelector(`.react-flow__node[data-id="${selected}"]`);
  const canvas = window.document.querySelector('.react-flow')?.getBoundingClientRect() ?? new DOMRect();
  const anchor =
    card?.getBoundingClientRect() ?? new DOMRect(canvas.x + canvas.width / 2 - 144, canvas.y + canvas.height / 4, 0, 0);
  const port = selected === null ? null : openPort(document, selected);
  return { anchor, place: port && selected ? { at: 'port', node: selected, port } : { at: 'anywhere', selected } };
}

/** `?node=…` selects a node, `&open=test` opens the Test of its editor: links from elsewhere lead to the very thing. */
function useLinkedNode() {
  const store = useEditorStore();
  const query = useSearchParams();
  const [node, open] = [query.get('node'), query.get('open')];
  useEffect(() => {
    if (!node) return;
    store.getState().focusField(node, '');
    if (open === 'test' && nodeOf(store.getState().document, node)?.kind === 'webhook')
      store.getState().open(node, 'test');
    window.history.replaceState(null, '', window.location.pathname);
  }, [node, open, store]);
}
