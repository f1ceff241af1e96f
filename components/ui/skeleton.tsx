import { cn } from './cn';

/** The place of something that is on its way; give it the size of what comes. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('h-4 animate-pulse rounded-md bg-hover', className)} />;
}

const WIDTHS = ['w-40', 'w-24', 'w-32', 'w-16', 'w-28', 'w-20'];

/** Rows of a table that is loading. */
export function SkeletonRows({ columns, rows = 6, dense }: { columns: number; rows?: number; dense?: boolean }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
    <tr key={row}>
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cells are all alike
        <td key={column} className={cn('border-line border-b px-3', dense ? 'h-8' : 'h-11')}>
          <Skeleton className={cn('max-w-full', WIDTHS[(row * 2 + column) % WIDTHS.length])} />
        </td>
      ))}
    </tr>
  ));
}
