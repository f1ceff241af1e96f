'use client';

import { useState } from 'react';
import { Pagination } from '@/components/ui/pagination';

/** Pages of a list that is paged by a cursor: where one is, and the way back. */
export function usePages(size: number) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    size,
    /** From 0. */
    index: cursors.length,
    /** The `before` of this page; null on the first. */
    before: cursors.at(-1) ?? null,
    forward: (next: string) => setCursors((all) => [...all, next]),
    back: () => setCursors((all) => all.slice(0, -1)),
    reset: () => setCursors([]),
  };
}

/** Previous and Next below such a list; nothing when it is one page. */
export function Pages({
  pages,
  count,
  next,
  loading,
}: {
  pages: ReturnType<typeof usePages>;
  /** Rows on this page. */
  count: number;
  next: string | null;
  loading: boolean;
}) {
  if (next === null && pages.index === 0) return null;
  return (
    <Pagination
      from={pages.index * pages.size}
      count={count}
      loading={loading && pages.index > 0}
      {...(pages.index > 0 ? { onPrevious: pages.back } : {})}
      {...(next === null ? {} : { onNext: () => pages.forward(next) })}
    />
  );
}
