'use client';

import { useReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import { useProject } from '@/components/shell/project-context';
import { toast } from '@/components/ui/toast';
import { nodeOf } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import { looksPasted, readPaste } from '@/lib/core/paste';
import { FIT } from './canvas';
import { copyNodes, pasteNodes, readClip } from './clipboard';
import { addPiece, removal } from './edits';
import { type Point, snap, tidy } from './geometry';
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
    const edit = (operations: Operation[]) => {
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
