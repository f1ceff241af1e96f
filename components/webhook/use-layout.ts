'use client';

import { memo, type ReactNode, useState, useSyncExternalStore } from 'react';

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

/** The value that was there before as long as the new one says the same, so that what depends on it stays too. */
export function useSame<Value>(value: Value): Value {
  const [kept, setKept] = useState(value);
  if (kept === value || JSON.stringify(kept) === JSON.stringify(value)) return kept;
  setKept(value);
  return value;
}

/** Leaves its children alone while they are out of sight: they keep their state and are drawn again when they come back. */
export const WhileShown = memo(
  ({ children }: { isShown: boolean; children: ReactNode }) => children,
  (_, { isShown }) => !isShown,
);
