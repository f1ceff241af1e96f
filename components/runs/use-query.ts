'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback } from 'react';

/** The query of the address as state: what a page shows can be reloaded, shared and gone back to. */
export function useQueryState(): [
  query: URLSearchParams,
  set: (change: Record<string, string | null>, options?: { push?: boolean }) => void,
] {
  const query = useSearchParams();
  const set = useCallback((change: Record<string, string | null>, options: { push?: boolean } = {}) => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(change)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    const search = next.toString();
    const address = window.location.pathname + (search ? `?${search}` : '');
    if (options.push) window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
  }, []);
  return [query, set];
}
