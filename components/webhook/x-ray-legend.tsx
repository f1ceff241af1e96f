'use client';

import { cn } from '@/components/ui/cn';
import type { PreparedCustomer } from './contract';

const SHOWN = 200;

/** The customers of a batch; pointing at one lights up its fragment in the body. */
export function XRayLegend({
  customers,
  lit,
  onLit,
}: {
  customers: readonly PreparedCustomer[];
  lit: number | null;
  onLit: (index: number | null) => void;
}) {
  return (
    <ul aria-label="Customers of this request" className="scroll-thin flex max-h-24 flex-wrap gap-1 overflow-y-auto">
      {customers.slice(0, SHOWN).map((customer, i) => (
        <li key={customer.id ?? `${i} ${customer.name}`}>
          <button
            type="button"
            aria-pressed={i === lit}
            onMouseEnter={() => onLit(i)}
            onMouseLeave={() => onLit(null)}
            onFocus={() => onLit(i)}
            onBlur={() => onLit(null)}
            onClick={() => onLit(i)}
            className={cn(
              'rounded-md border px-1.5 py-0.5 text-xs',
              i === lit ? 'border-accent bg-accent-soft text-accent' : 'border-line text-muted hover:text-ink',
            )}
          >
            {customer.name}
          </button>
        </li>
      ))}
      {customers.length > SHOWN ? (
        <li className="self-center text-faint text-xs">and {customers.length - SHOWN} more</li>
      ) : null}
    </ul>
  );
}
