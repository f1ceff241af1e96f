'use client';

import { useReactFlow } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { useCommands } from '@/components/shell/commands';
import { nodeOf } from '@/lib/core/document';
import type { CanvasCommands } from './canvas-commands';
import { GRID, type Point } from './geometry';
import { isElsewhere, isOnCanvas, isTyping } from './key-targets';
import { editingShortcuts, lookingShortcuts } from './shortcuts';
import { type EditorStore, useEditorStore } from './store';
import { useClipboardEvents } from './use-clipboard';

export interface EditorKeys {
  commands: CanvasCommands;
  editable: boolean;
  /** Opens the list of nodes for the selected node. */
  onAdd: () => void;
}

/**
 * The keys of the canvas, as people know them from such tools. Text fields keep theirs, native undo too; whatever is open
 * above the page (a dialog, a menu, the webhook's editor) gets its keys first.
 */
export function useEditorKeys({ commands, editable, onAdd }: EditorKeys) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const byMouse = useByMouse();
  const parts = { store, flow, commands, onAdd, isByMouse: () => byMouse.current };
  const shortcuts = editable ? [...editingShortcuts(parts), ...lookingShortcuts(parts)] : lookingShortcuts(parts);
  useCommands([
    ...shortcuts,
    ...(editable ? [{ id: 'move', label: 'Move the selected nodes', shortcut: 'Arrows', run: () => {} }] : []),
  ]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event.target) || store.getState().opened !== null) return;
      if (isTyping(event.target)) {
        if (event.key === 'Escape') (event.target as HTMLElement).blur();
        return;
      }
      if (editable && nudge(event, store)) {
        event.preventDefault();
        return;
      }
      const pressed = shortcuts.find((shortcut) => shortcut.is(event));
      if (!pressed) return;
      event.preventDefault();
      pressed.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  useClipboardEvents(commands, editable);
}

/** Whether the focus came to where it is by the mouse; Tab says that it is moved by keyboard from now on. */
function useByMouse() {
  const byMouse = useRef(false);
  useEffect(() => {
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key === 'Tab') byMouse.current = false;
    };
    const onPointer = () => {
      byMouse.current = true;
    };
    window.addEventListener('keyup', onKeyUp);
    window.addEventListener('pointerdown', onPointer, true);
    return () => {
      window.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('pointerdown', onPointer, true);
    };
  }, []);
  return byMouse;
}

const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Moves the selected nodes by an arrow key. A card that has the focus is moved by React Flow itself. */
function nudge(event: KeyboardEvent, store: EditorStore): boolean {
  const by = ARROWS[event.key];
  const { document, selection, edit } = store.getState();
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!by || !isPlain || selection.nodes.length === 0 || !isOnCanvas(event.target)) return false;
  if (event.target instanceof Element && event.target.closest('.react-flow__node')) return false;
  const step = event.shiftKey ? GRID * 2 : GRID / 2;
  const moved = selection.nodes.flatMap((id) => {
    const at = nodeOf(document, id)?.position;
    return at ? [[id, { x: at.x + by.x * step, y: at.y + by.y * step }] as const] : [];
  });
  edit([{ type: 'move', positions: Object.fromEntries(moved) }]);
  return true;
}
