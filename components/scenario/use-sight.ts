'use client';

import { useReactFlow } from '@xyflow/react';
import { useEffect } from 'react';
import { nodeOf } from '@/lib/core/document';
import { CARD_WIDTH, cardHeight, type Point } from './geometry';
import { useEditor, useEditorStore } from './store';

/** Brings the node that was selected or pointed at into sight, moving the canvas no further than it takes. */
export function useSight() {
  const selected = useEditor(({ selection }) => (selection.nodes.length === 1 ? selection.nodes[0] : undefined));
  const focus = useEditor((editor) => editor.focus);
  const store = useEditorStore();
  const { getViewport, setViewport, flowToScreenPosition } = useReactFlow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: pointing at the selected node again is a reason too
  useEffect(() => {
    if (selected === undefined) return;
    // After the inspector has taken its room and the card has its place.
    const timer = setTimeout(() => {
      const node = nodeOf(store.getState().document, selected);
      if (!node) return;
      const { x, y, zoom } = getViewport();
      const corner = flowToScreenPosition(node.position);
      const move = outOfSight(new DOMRect(corner.x, corner.y, CARD_WIDTH * zoom, cardHeight(node) * zoom));
      if (move) void setViewport({ x: x + move.x, y: y + move.y, zoom }, { duration: 150 });
    }, 60);
    return () => clearTimeout(timer);
  }, [selected, focus, store, getViewport, setViewport, flowToScreenPosition]);
}

const MARGIN = 32;

/** How far the canvas must move for a card to be wholly in sight, in pixels of the screen; null when it is. */
function outOfSight(card: DOMRect): Point | null {
  const canvas = window.document.querySelector('.react-flow')?.getBoundingClientRect();
  if (!canvas) return null;
  const inspector = window.document.querySelector('[data-inspector]')?.getBoundingClientRect();
  const right = Math.min(canvas.right, inspector?.left ?? canvas.right) - MARGIN;
  const within = (from: number, to: number, low: number, high: number) =>
    to > high ? Math.max(high - to, low - from) : from < low ? low - from : 0;
  const x = within(card.left, card.right + MARGIN, canvas.left + MARGIN, right);
  const y = within(card.top, card.bottom, canvas.top + MARGIN, canvas.bottom - 2 * MARGIN);
  return x === 0 && y === 0 ? null : { x, y };
}
