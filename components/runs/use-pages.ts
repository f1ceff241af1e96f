'use client';

import { useState } from 'react';

/** Pages of a list that is paged by a cursor: where one is, and the way back. */
export function usePages() {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    /** From 0. */
    index: cursors.length,
    /** The `before` of this page; null on the first. */
    before: cursors.at(-1) ?? null,
    forward: (next: string) => setCursors((all) => [...all, next]),
    back: () => setCursors((all) => all.slice(0, -1)),
    reset: () => setCursors([]),
  };
}
