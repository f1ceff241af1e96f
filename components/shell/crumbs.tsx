'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { createContext, type ReactNode, useContext } from 'react';
import { createPortal } from 'react-dom';
import { cn } from '@/components/ui/cn';

/** The element in the top row that crumbs go into; null until it is there. */
export const CrumbsSlot = createContext<HTMLElement | null>(null);

/** Where a page stands, shown in the top row: the way up as links, the page itself last. */
export function Crumbs({ items }: { items: readonly { label: ReactNode; href?: string }[] }) {
  const slot = useContext(CrumbsSlot);
  if (!slot) return null;
  // A long way up gives up its section first, which the navigation shows anyway.
  const folds = items.length > 3 && !items[0]?.href;
  return createPortal(
    <ol className="flex min-w-0 items-center gap-1 text-muted">
      {items.map(({ label, href }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a crumb is its place
        <li key={index} className={cn('flex min-w-0 items-center gap-1', folds && index === 0 && 'max-xl:hidden')}>
          {index > 0 ? (
            <ChevronRight className={cn('shrink-0 text-faint', folds && index === 1 && 'max-xl:hidden')} aria-hidden />
          ) : null}
          {href ? (
            <Link href={href} className="truncate rounded-md px-1 hover:text-ink hover:underline">
              {label}
            </Link>
          ) : (
            <span
              aria-current={index === items.length - 1 ? 'page' : undefined}
              className={cn('truncate px-1', index === items.length - 1 && 'text-ink')}
            >
              {label}
            </span>
          )}
        </li>
      ))}
    </ol>,
    slot,
  );
}
