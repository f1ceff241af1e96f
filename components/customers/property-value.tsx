import { cn } from '@/components/ui/cn';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 6, useGrouping: false });

/** A value as text for people: numbers plain, lists and objects as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return number.format(value);
  return JSON.stringify(value) ?? '';
}

/** A property's value in a list: one line, its type told by how it looks; the whole on hover. */
export function PropertyValue({ value, className }: { value: unknown; className?: string }) {
  if (value === undefined) return <span className="text-faint">–</span>;
  const text = textOf(value);
  if (text === '') return <span className="text-faint">empty</span>;
  return (
    <span
      title={text.length > 30 ? text.slice(0, 500) : undefined}
      className={cn(
        'block truncate',
        typeof value === 'number' && 'tabular-nums',
        typeof value === 'object' && 'font-mono text-sm',
        typeof value === 'boolean' && !value && 'text-muted',
        className,
      )}
    >
      {text}
    </span>
  );
}
