'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useSyncExternalStore } from 'react';

// The router tells of a changed query in a transition, which a page that is redrawn every second may keep waiting for
// long: what was clicked must show at once. So the address itself is the state, and whoever changes it tells the others.
const listeners = new Set<() => void>();
function subscribe(listener: () => void) {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** The query of the address as state: what a page shows can be reloaded, shared and gone back to. */
export function useQueryState(): [
  query: URLSearchParams,
  set: (change: Record<string, string | null>, options?: { push?: boolean }) => void,
] {
  // Also renders anew when a link leads to another query of this page.
  const given = useSearchParams().toString();
  const search = useSyncExternalStore(
    subscribe,
    () => window.location.search,
    () => (given ? `?${given}` : ''),
  );
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const set = useCallback((change: Record<string, string | null>, options: { push?: boolean } = {}) => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(change)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    const address = window.location.pathname + (text ? `?${text}` : '');
    if (options.push) window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
    for (const listener of listeners) listener();
  }, []);
  return [query, set];
}
