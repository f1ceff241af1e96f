import { toneText } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { abbreviate, Count } from '@/components/ui/count';
import type { NodeNumbers } from './flow-model';

const PARTS = [
  { key: 'waiting', label: 'waiting', tone: 'info' },
  { key: 'inFlight', label: 'in flight', tone: 'accent' },
  { key: 'delivered', label: 'delivered', tone: 'success' },
  { key: 'rejected', label: 'rejected', tone: 'danger' },
  { key: 'unknown', label: 'unknown', tone: 'warning' },
  { key: 'skipped', label: 'skipped', tone: 'neutral' },
] as const;

/** How many customers came to a node and what became of them; the parts add up to those who came. */
export function NodeNumbersStrip({ numbers }: { numbers: NodeNumbers }) {
  const parts = PARTS.filter(({ key }) => numbers[key] > 0);
  const words = [
    `${numbers.entered.toLocaleString('en')} entered`,
    ...parts.map(({ key, label }) => `${numbers[key].toLocaleString('en')} ${label}`),
  ].join(', ');
  return (
    <div
      title={words}
      className="flex h-6 items-center gap-2 rounded-b-md border-line border-t bg-page px-2.5 text-xs tabular-nums"
    >
      <span className="font-medium">
        <Count value={numbers.entered} />
        <span className="sr-only"> entered</span>
      </span>
      <span className="flex min-w-0 flex-1 justify-end gap-2 overflow-hidden">
        {parts.map(({ key, label, tone }) => (
          <span key={key} className="flex items-center gap-1">
            <span aria-hidden className={cn('size-1.5 rounded-full bg-current', toneText[tone])} />
            {abbreviate(numbers[key])}
            <span className="sr-only"> {label}</span>
          </span>
        ))}
      </span>
    </div>
  );
}
