'use client';

import { useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import { type PageCommand, useCommands } from '@/components/shell/commands';
import { useProject } from '@/components/shell/project-context';
import { toast } from '@/components/ui/toast';
import { nodeOf } from '@/lib/core/document';
import { looksPasted, readPaste } from '@/lib/core/paste';
import { FIT } from './canvas';
import { copyNodes, pasteNodes, readClip } from './clipboard';
import { addPiece, removal } from './edits';
import { GRID, type Point, snap, tidy } from './geometry';
import { useEditorStore } from './store';

/** What can be done to the canvas as a whole; also by the buttons of the toolbar and the inspector. */
export interface CanvasCommands {
  tidyUp(): void;
  removeSelected(): void;
  duplicate(): void;
  selectAll(): void;
  copy(): string | null;
  paste(text: string): boolean;
}

export function useCanvasCommands(): CanvasCommands {
  const store = useEditorStore();
  const project = useProject().id;
  const { fitView, screenToFlowPosition } = useReactFlow();
  return useMemo(() => {
    const edit = (operations: Parameters<ReturnType<typeof store.getState>['edit']>[0]) => {
      const refused = store.getState().edit(operations);
      if (refused) toast.error(refused);
      return refused === null;
    };
    const copy = () => {
      const { document, selection } = store.getState();
      return selection.nodes.length > 0 ? copyNodes(document, project, selection.nodes) : null;
    };
    const insert = (text: string, point: (corner: Point) => Point | null): boolean => {
      const clip = readClip(text);
      if (!clip) return false;
      const corner = clip.nodes[0]!.position;
      const { operation, nodes } = pasteNodes(store.getState().document, clip, project, point(corner));
      if (edit([operation])) store.getState().select({ nodes, edges: [] });
      return true;
    };
    /** A curl command or a HAR entry becomes a webhook. */
    const insertRequest = (text: string): boolean => {
      const pasted = looksPasted(text) ? readPaste(text) : null;
      if (!pasted?.ok || pasted.kind === 'json') return false;
      const place = { at: 'point', point: screenToFlowPosition(middleOfScreen()) } as const;
      const placed = addPiece(store.getState().document, { kind: 'webhook', settings: pasted.settings }, place);
      if (placed && edit(placed.operations)) store.getState().select({ nodes: [placed.node], edges: [] });
      const told = pasted.secrets.map(({ name }) => `${name} looks like a credential and was left out.`);
      toast('The request became a webhook', { description: [...told, ...pasted.notes].join(' ') || undefined });
      return true;
    };
    return {
      tidyUp() {
        edit([{ type: 'move', positions: tidy(store.getState().document) }]);
        requestAnimationFrame(() => void fitView({ ...FIT, duration: 150 }));
      },
      removeSelected() {
        const { document, selection } = store.getState();
        if (selection.nodes.length + selection.edges.length === 0) return;
        const edges =
          selection.nodes.length > 0
            ? selection.edges.filter((id) => isBetween(document, id, selection.nodes))
            : selection.edges;
        edit(removal(document, selection.nodes, edges));
      },
      duplicate() {
        const text = copy();
        if (text) insert(text, () => null);
      },
      selectAll() {
        const { document, select } = store.getState();
        select({ nodes: document.nodes.map(({ id }) => id), edges: document.edges.map(({ id }) => id) });
      },
      copy,
      paste: (text) =>
        insertRequest(text) ||
        insert(text, () => {
          // From another scenario there are no originals to stand beside.
          const ids = readClip(text)?.nodes.map(({ id }) => id) ?? [];
          const { document } = store.getState();
          return ids.some((id) => nodeOf(document, id)) ? null : snap(screenToFlowPosition(middleOfScreen()));
        }),
    };
  }, [store, project, fitView, screenToFlowPosition]);
}

const middleOfScreen = (): Point => ({ x: window.innerWidth / 2 - 110, y: window.innerHeight / 2 - 60 });

/** An edge that was selected along with nodes goes only when it is not gone with them anyway. */
function isBetween(
  document: { edges: readonly { id: string; from: string; to: string }[] },
  id: string,
  nodes: readonly string[],
) {
  const edge = document.edges.find((each) => each.id === id);
  return edge !== undefined && !nodes.includes(edge.from) && !nodes.includes(edge.to);
}

interface Shortcut extends PageCommand {
  /** Whether the pressed keys are this one. */
  is: (event: KeyboardEvent) => boolean;
}

const ctrl = (event: KeyboardEvent) => (event.ctrlKey || event.metaKey) && !event.altKey;
const bare = (event: KeyboardEvent) => !event.ctrlKey && !event.metaKey && !event.altKey;
const key = (event: KeyboardEvent) => event.key.toLowerCase();

/**
 * The keys of the canvas, as ui conventions have them. Text fields keep theirs, native undo too; whatever is open above
 * the page (a dialog, a menu, the webhook's editor) gets its keys first.
 */
export function useEditorKeys({
  commands,
  editable,
  onAdd,
}: {
  commands: CanvasCommands;
  editable: boolean;
  /** Opens the list of nodes for the selected node. */
  onAdd: () => void;
}) {
  const store = useEditorStore();
  const { zoomIn, zoomOut, zoomTo, fitView } = useReactFlow();
  const smooth = { duration: 120 };
  /** Whether the focus came to where it is by the mouse. */
  const byMouse = useRef(false);
  const nudge = (event: KeyboardEvent) => {
    const step = event.shiftKey ? GRID * 2 : GRID / 2;
    const by = ARROWS[event.key];
    const { document, selection } = store.getState();
    if (!by || selection.nodes.length === 0) return;
    const positions = Object.fromEntries(
      selection.nodes.flatMap((id) => {
        const at = nodeOf(document, id)?.position;
        return at ? [[id, { x: at.x + by.x * step, y: at.y + by.y * step }] as const] : [];
      }),
    );
    store.getState().edit([{ type: 'move', positions }]);
  };
  const looking: Shortcut[] = [
    {
      id: 'zoom-in',
      label: 'Zoom in',
      shortcut: '+',
      run: () => void zoomIn(smooth),
      is: (e) => bare(e) && (e.key === '+' || e.key === '='),
    },
    {
      id: 'zoom-out',
      label: 'Zoom out',
      shortcut: '−',
      run: () => void zoomOut(smooth),
      is: (e) => bare(e) && e.key === '-',
    },
    {
      id: 'zoom-100',
      label: 'Zoom to 100 %',
      shortcut: '0',
      run: () => void zoomTo(1, smooth),
      is: (e) => bare(e) && e.key === '0',
    },
    {
      id: 'fit',
      label: 'Fit to the screen',
      shortcut: '1',
      run: () => void fitView({ ...FIT, ...smooth }),
      is: (e) => bare(e) && e.key === '1',
    },
    {
      id: 'select-all',
      label: 'Select all',
      shortcut: 'Ctrl A',
      run: commands.selectAll,
      is: (e) => ctrl(e) && key(e) === 'a',
    },
    {
      id: 'open',
      label: 'Open the webhook’s editor',
      shortcut: 'Enter',
      run: () => openSelected(store),
      is: (e) => bare(e) && e.key === 'Enter' && isSelectedFocused(store),
    },
    {
      id: 'close',
      label: 'Close the settings, select nothing',
      shortcut: 'Esc',
      run: () => leave(store),
      is: (e) => e.key === 'Escape',
    },
  ];
  const editing: Shortcut[] = [
    {
      id: 'add',
      label: 'Add a node',
      shortcut: 'Tab',
      run: onAdd,
      is: (e) => bare(e) && e.key === 'Tab' && !e.shiftKey && isCanvasIdle(byMouse.current),
    },
    {
      id: 'undo',
      label: 'Undo',
      shortcut: 'Ctrl Z',
      run: () => store.getState().undo(),
      is: (e) => ctrl(e) && key(e) === 'z' && !e.shiftKey,
    },
    {
      id: 'redo',
      label: 'Redo',
      shortcut: 'Ctrl Shift Z',
      run: () => store.getState().redo(),
      is: (e) => ctrl(e) && ((key(e) === 'z' && e.shiftKey) || key(e) === 'y'),
    },
    {
      id: 'cut',
      label: 'Cut',
      shortcut: 'Ctrl X',
      run: () => void toClipboard(commands).then((done) => done && commands.removeSelected()),
      is: () => false,
    },
    { id: 'copy', label: 'Copy', shortcut: 'Ctrl C', run: () => void toClipboard(commands), is: () => false },
    { id: 'paste', label: 'Paste', shortcut: 'Ctrl V', run: () => void fromClipboard(commands), is: () => false },
    {
      id: 'duplicate',
      label: 'Duplicate',
      shortcut: 'Ctrl D',
      run: commands.duplicate,
      is: (e) => ctrl(e) && key(e) === 'd',
    },
    {
      id: 'delete',
      label: 'Delete',
      shortcut: 'Del',
      run: commands.removeSelected,
      is: (e) => bare(e) && (e.key === 'Delete' || e.key === 'Backspace'),
    },
    {
      id: 'tidy',
      label: 'Tidy up',
      shortcut: 'Shift Alt T',
      run: commands.tidyUp,
      is: (e) => e.altKey && e.shiftKey && e.code === 'KeyT',
    },
    {
      id: 'save',
      label: 'Save now',
      shortcut: 'Ctrl S',
      run: () => void store.getState().flush(),
      is: (e) => ctrl(e) && key(e) === 's',
    },
  ];
  const all = editable ? [...editing, ...looking] : looking;
  useCommands([
    ...all,
    ...(editable ? [{ id: 'move', label: 'Move the selected nodes', shortcut: 'Arrows', run: () => {} }] : []),
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event.target) || store.getState().opened !== null) return;
      if (isTyping(event.target)) {
        if (event.key === 'Escape') (event.target as HTMLElement).blur();
        return;
      }
      // A card that has the focus is moved by React Flow itself.
      if (
        editable &&
        event.key in ARROWS &&
        bare(event) &&
        !(event.target as Element).closest?.('.react-flow__node, [role="radiogroup"]')
      ) {
        event.preventDefault();
        nudge(event);
        return;
      }
      const found = all.find((shortcut) => shortcut.is(event));
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key === 'Tab') byMouse.current = false;
    };
    const onPointer = () => {
      byMouse.current = true;
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('pointerdown', onPointer, true);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('pointerdown', onPointer, true);
    };
  });
  useClipboardEvents(commands, editable);
}

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The browser's own copy, cut and paste: they need no permission, and text that is marked stays their business. */
function useClipboardEvents(commands: CanvasCommands, editable: boolean) {
  const store = useEditorStore();
  useEffect(() => {
    const isOurs = (event: ClipboardEvent) =>
      !isTyping(event.target) && !isElsewhere(event.target) && store.getState().opened === null;
    const onCopy = (event: ClipboardEvent) => {
      if (!isOurs(event) || !window.getSelection()?.isCollapsed) return;
      const text = commands.copy();
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut' && editable) commands.removeSelected();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!editable || !isOurs(event)) return;
      if (commands.paste(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
    };
    window.addEventListener('copy', onCopy);
    window.addEventListener('cut', onCopy);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('copy', onCopy);
      window.removeEventListener('cut', onCopy);
      window.removeEventListener('paste', onPaste);
    };
  }, [commands, editable, store]);
}

async function toClipboard(commands: CanvasCommands): Promise<boolean> {
  const text = commands.copy();
  if (text === null) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast.error('The browser does not let the page write to the clipboard. Use Ctrl C.');
    return false;
  }
}

async function fromClipboard(commands: CanvasCommands): Promise<void> {
  try {
    if (!commands.paste(await navigator.clipboard.readText())) toast('There are no nodes in the clipboard.');
  } catch {
    toast.error('The browser does not let the page read the clipboard. Use Ctrl V.');
  }
}

/** Closes what is open beside the canvas: the versions, or else the settings. */
function leave(store: ReturnType<typeof useEditorStore>) {
  const { versions, showVersions, select } = store.getState();
  if (versions) showVersions(false);
  else select({ nodes: [], edges: [] });
}

function openSelected(store: ReturnType<typeof useEditorStore>) {
  const { document, selection, open } = store.getState();
  const [id] = selection.nodes;
  if (selection.nodes.length === 1 && id && nodeOf(document, id)?.kind === 'webhook') open(id);
}

/** Enter on a card selects it first (React Flow does that) and opens it when it is selected already. */
function isSelectedFocused(store: ReturnType<typeof useEditorStore>): boolean {
  const id = document.activeElement?.closest('.react-flow__node')?.getAttribute('data-id');
  return (
    id !== null &&
    id !== undefined &&
    document.activeElement?.matches('.react-flow__node') === true &&
    store.getState().selection.nodes.includes(id)
  );
}

/** Tab keeps moving the focus for whoever moves it by keyboard; it opens the list for whoever works with the mouse. */
function isCanvasIdle(byMouse: boolean): boolean {
  const { activeElement } = document;
  if (!activeElement || activeElement === document.body || activeElement.id === 'content') return true;
  return byMouse && activeElement.closest('.react-flow') !== null;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null);

/** In something that is open above the page. */
const isElsewhere = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('[role="dialog"]:not([data-beside]), [role="menu"], [role="listbox"], [role="alertdialog"]') !== null;
