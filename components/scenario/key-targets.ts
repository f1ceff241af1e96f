/** Whose key it is: where the focus is when something is pressed. */

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null);

/** In something that is open above the page. */
export const isElsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('[role="dialog"], [role="menu"], [role="listbox"], [role="alertdialog"]') !== null;

/** On the canvas, or on nothing: where a plain key means the selected nodes. In a panel it belongs to the panel. */
export const isOnCanvas = (target: EventTarget | null): boolean =>
  !(target instanceof Element) ||
  target === document.body ||
  target.id === 'content' ||
  target.closest('.react-flow') !== null;

/** Tab keeps moving the focus for whoever moves it by keyboard; it opens the list for whoever works with the mouse. */
export function isCanvasIdle(byMouse: boolean): boolean {
  const { activeElement } = document;
  if (!activeElement || activeElement === document.body || activeElement.id === 'content') return true;
  return byMouse && activeElement.closest('.react-flow') !== null;
}

/** The node whose card has the focus. */
export const focusedNode = (): string | null =>
  document.activeElement?.matches('.react-flow__node') ? document.activeElement.getAttribute('data-id') : null;
