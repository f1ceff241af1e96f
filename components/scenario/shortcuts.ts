import type { ReactFlowInstance } from '@xyflow/react';
import type { PageCommand } from '@/components/shell/commands';
import { nodeOf } from '@/lib/core/document';
import { FIT } from './canvas';
import type { CanvasCommands } from './canvas-commands';
import { focusedNode, isCanvasIdle, isOnCanvas } from './key-targets';
import type { EditorStore } from './store';
import { fromClipboard, toClipboard } from './use-clipboard';

/** A command of the page with the keys that run it. */
export interface Shortcut extends PageCommand {
  /** Whether the pressed keys are this one. */
  is: (event: KeyboardEvent) => boolean;
}

export interface ShortcutParts {
  store: EditorStore;
  flow: Pick<ReactFlowInstance, 'zoomIn' | 'zoomOut' | 'zoomTo' | 'fitView'>;
  commands: CanvasCommands;
  /** Opens the list of nodes for the selected node. */
  onAdd: () => void;
  /** Whether the focus came to where it is by the mouse. */
  isByMouse: () => boolean;
}

const SMOOTH = { duration: 120 };

/** With Ctrl or ⌘, wherever the focus is on the page. */
const ctrl =
  (letter: string, shift = false) =>
  (event: KeyboardEvent) =>
    (event.ctrlKey || event.metaKey) && !event.altKey && event.shiftKey === shift && event.key.toLowerCase() === letter;

/** Without any of them, on the canvas only. */
const plain =
  (...keys: string[]) =>
  (event: KeyboardEvent) =>
    !event.ctrlKey && !event.metaKey && !event.altKey && keys.includes(event.key) && isOnCanvas(event.target);

/** The browser tells of these by events of its own (use-clipboard.ts). */
const byTheBrowser = () => false;

/** What may be pressed by whoever looks at a scenario. */
export function lookingShortcuts({ store, flow, commands }: ShortcutParts): Shortcut[] {
  return [
    { id: 'zoom-in', label: 'Zoom in', shortcut: '+', run: () => void flow.zoomIn(SMOOTH), is: plain('+', '=') },
    { id: 'zoom-out', label: 'Zoom out', shortcut: '−', run: () => void flow.zoomOut(SMOOTH), is: plain('-') },
    { id: 'zoom-100', label: 'Zoom to 100 %', shortcut: '0', run: () => void flow.zoomTo(1, SMOOTH), is: plain('0') },
    {
      id: 'fit',
      label: 'Fit to the screen',
      shortcut: '1',
      run: () => void flow.fitView({ ...FIT, ...SMOOTH }),
      is: plain('1'),
    },
    { id: 'select-all', label: 'Select all', shortcut: 'Ctrl A', run: commands.selectAll, is: ctrl('a') },
    {
      id: 'open',
      label: 'Open the webhook’s editor',
      shortcut: 'Enter',
      run: () => openSelected(store),
      // The first Enter on a card selects it, which React Flow does.
      is: (event) => plain('Enter')(event) && store.getState().selection.nodes.includes(focusedNode() ?? ''),
    },
    {
      id: 'close',
      label: 'Close the settings, select nothing',
      shortcut: 'Esc',
      run: () => leave(store),
      is: (event) => event.key === 'Escape',
    },
  ];
}

/** What else may be pressed by whoever may change it. */
export function editingShortcuts({ store, commands, onAdd, isByMouse }: ShortcutParts): Shortcut[] {
  const { undo, redo, flush } = store.getState();
  return [
    {
      id: 'add',
      label: 'Add a node',
      shortcut: 'Tab',
      run: onAdd,
      is: (event) => plain('Tab')(event) && !event.shiftKey && isCanvasIdle(isByMouse()),
    },
    { id: 'undo', label: 'Undo', shortcut: 'Ctrl Z', run: undo, is: ctrl('z') },
    {
      id: 'redo',
      label: 'Redo',
      shortcut: 'Ctrl Shift Z',
      run: redo,
      is: (event) => ctrl('z', true)(event) || ctrl('y')(event),
    },
    {
      id: 'cut',
      label: 'Cut',
      shortcut: 'Ctrl X',
      run: () => void toClipboard(commands).then((isDone) => isDone && commands.removeSelected()),
      is: byTheBrowser,
    },
    { id: 'copy', label: 'Copy', shortcut: 'Ctrl C', run: () => void toClipboard(commands), is: byTheBrowser },
    { id: 'paste', label: 'Paste', shortcut: 'Ctrl V', run: () => void fromClipboard(commands), is: byTheBrowser },
    { id: 'duplicate', label: 'Duplicate', shortcut: 'Ctrl D', run: commands.duplicate, is: ctrl('d') },
    { id: 'delete', label: 'Delete', shortcut: 'Del', run: commands.removeSelected, is: plain('Delete', 'Backspace') },
    {
      id: 'tidy',
      label: 'Tidy up',
      shortcut: 'Shift Alt T',
      run: commands.tidyUp,
      is: (event) => event.altKey && event.shiftKey && event.code === 'KeyT',
    },
    { id: 'save', label: 'Save now', shortcut: 'Ctrl S', run: () => void flush(), is: ctrl('s') },
  ];
}

/** Closes what is open beside the canvas: the versions, or else the settings. */
function leave(store: EditorStore) {
  const { versions, showVersions, select } = store.getState();
  if (versions) showVersions(false);
  else select({ nodes: [], edges: [] });
}

function openSelected(store: EditorStore) {
  const { document, selection, open } = store.getState();
  const [id] = selection.nodes;
  if (selection.nodes.length === 1 && id && nodeOf(document, id)?.kind === 'webhook') open(id);
}
