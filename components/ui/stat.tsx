import type { ReactNode } from 'react';
import { type Tone, toneText } from './badge';
import { cn } from './cn';

/** One big number and what it is. */
export function Stat({
  label,
  value,
  tone = 'neutral',
  note,
  className,
}: {
  label: ReactNode;
  value: ReactNode;
  tone?: Tone;
  note?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn('min-w-0', className)}>
      <div className="flex items-center gap-1.5 text-muted text-sm">
        {tone !== 'neutral' ? (
          <span aria-hidden className={cn('size-2 rounded-full bg-current', toneText[tone])} />
        ) : null}
        {label}
      </div>
      <div className="mt-0.5 truncate font-semibold text-xl tabular-nums">{value}</div>
      {note ? <div className="text-faint text-xs">{note}</div> : null}
    </div>
  );
}
