import { cn } from './cn';

/** How a number went, as bars; the latest at the right. It takes the colour of its text. */
export function Sparkline({
  values,
  label,
  className,
}: {
  values: readonly number[];
  /** What it shows, with its figures in words, e.g. "Requests a second: 12 now, 40 at most". */
  label: string;
  className?: string;
}) {
  const top = Math.max(1, ...values);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * 4} 32`}
      preserveAspectRatio="none"
      className={cn('h-8 text-accent', className)}
    >
      <title>{label}</title>
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max(2, (value / top) * 32);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index * 4}
            y={32 - height}
            width={3}
            height={height}
            fill="currentColor"
            opacity={value === 0 ? 0.25 : 1}
          />
        );
      })}
    </svg>
  );
}
