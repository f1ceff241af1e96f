'use client';

import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';

/** A filter that stands in the address of the page, so that a link leads to the same rows. */
export function useAddressState(name: string): [value: string, set: (value: string) => void] {
  const value = useSearchParams().get(name) ?? '';
  return [value, (next) => writeAddress(name, next)];
}

/** A search: the text as it is typed, and as it stands in the address once the typing has paused. */
export function useSearchText(name: string): { text: string; setText: (text: string) => void; settled: string } {
  const settled = useSearchParams().get(name) ?? '';
  const [text, setText] = useState(settled);
  useEffect(() => {
    if (text === settled) return;
    const timer = setTimeout(() => writeAddress(name, text), 250);
    return () => clearTimeout(timer);
  }, [name, text, settled]);
  return { text, setText, settled };
}

function writeAddress(name: string, value: string): void {
  const url = new URL(window.location.href);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  window.history.replaceState(null, '', url);
}

/** Pages of a list that is read by a cursor; a change of `key` (the filters) begins at the first. */
export function usePages(key: string, size: number) {
  const [pages, setPages] = useState<{ key: string; cursors: string[] }>({ key, cursors: [] });
  const cursors = pages.key === key ? pages.cursors : [];
  return {
    before: cursors.at(-1) ?? null,
    from: cursors.length * size,
    onPrevious: cursors.length > 0 ? () => setPages({ key, cursors: cursors.slice(0, -1) }) : undefined,
    onNext: (next: string | null | undefined) =>
      next ? () => setPages({ key, cursors: [...cursors, next] }) : undefined,
  };
}
