'use client';

import { createContext, useContext } from 'react';
import type { Place } from './edits';

/** What cards and lines ask of the canvas around them. */
export interface CanvasActions {
  /** Opens the list of nodes beside the button that was pressed. */
  offer(place: Place, anchor: DOMRect): void;
}

const Context = createContext<CanvasActions>({ offer: () => {} });
export const CanvasActionsProvider = Context.Provider;
export const useCanvasActions = (): CanvasActions => useContext(Context);
