import type { ReactNode } from 'react';
import { cn } from './cn';

/** Names and values of one thing, in two columns. */
export function KeyValues({
  items,
  className,
}: {
  items: readonly (readonly [name: ReactNode, value: ReactNode])[];
  className?: string;
}) {
  return (
    <dl className={cn('grid grid-cols-[minmax(96px,max-content)_1fr] gap-x-6 gap-y-2', className)}>
      {items.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is given in order and does not move
        <div key={index} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
