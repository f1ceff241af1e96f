import { type Tone, toneText } from './badge';
import { cn } from './cn';

/** How far something is, 0 to 1; without a value, that it goes on. */
export function Progress({
  value,
  label,
  tone = 'accent',
  className,
}: {
  value: number | null;
  label: string;
  tone?: Tone;
  className?: string;
}) {
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      className={cn('h-1.5 w-full overflow-hidden rounded-full bg-pressed', toneText[tone], className)}
    >
      <div
        className={cn(
          'h-full rounded-full bg-current transition-[width] duration-150',
          share === null && 'w-1/3 animate-pulse',
        )}
        style={share === null ? undefined : { width: `${share * 100}%` }}
      />
    </div>
  );
}
