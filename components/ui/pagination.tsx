'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from './button';
import { Count } from './count';

export interface PaginationProps {
  /** Index of the first row shown, from 0, and how many are shown. */
  from: number;
  count: number;
  /** Unknown for long tables that are paged by a cursor. */
  total?: number;
  onPrevious?: () => void;
  onNext?: () => void;
  loading?: boolean;
}

/** "101–150 of 12,400" with Previous and Next; a missing handler disables its button. */
export function Pagination({ from, count, total, onPrevious, onNext, loading }: PaginationProps) {
  return (
    <nav aria-label="Pages" className="flex items-center justify-between gap-4 px-3 py-2 text-muted text-sm">
      <span className="tabular-nums" aria-live="polite">
        {count === 0 ? 'None' : `${(from + 1).toLocaleString('en')}–${(from + count).toLocaleString('en')}`}
        {total !== undefined ? (
          <>
            {' of '}
            <Count value={total} exact />
          </>
        ) : null}
      </span>
      <span className="flex gap-1">
        <Button size="sm" icon={<ChevronLeft aria-hidden />} disabled={!onPrevious || loading} onClick={onPrevious}>
          Previous
        </Button>
        <Button size="sm" disabled={!onNext || loading} onClick={onNext}>
          Next
          <ChevronRight aria-hidden />
        </Button>
      </span>
    </nav>
  );
}
