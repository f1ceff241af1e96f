'use client';

import { useState, useSyncExternalStore } from 'react';

const WIDE = '(min-width: 1200px)';

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}

/** Whether there is room for both side columns. */
export function useWide(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(WIDE).matches,
    () => true,
  );
}

/** A switch that the browser remembers. */
export function useStored(key: string, fallback: boolean): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => {
    const stored = typeof window === 'undefined' ? null : localStorage.getItem(key);
    return stored === null ? fallback : stored === 'true';
  });
  return [
    on,
    (next) => {
      localStorage.setItem(key, String(next));
      setOn(next);
    },
  ];
}
