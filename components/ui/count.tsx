import { cn } from './cn';

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const full = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** "9,412", "12.4K", "1.25M": exact up to 9,999. */
export function abbreviate(value: number): string {
  return Math.abs(value) < 10_000 ? full.format(value) : short.format(value);
}

/** A number that is abbreviated from 10,000 on; the exact value stands in its tooltip and in the page's text for machines. */
export function Count({
  value,
  unit,
  exact = false,
  className,
}: {
  value: number | null | undefined;
  unit?: string;
  exact?: boolean;
  className?: string;
}) {
  if (value === null || value === undefined)
    return (
      <span className={cn('text-faint', className)}>
        <span aria-hidden>–</span>
        <span className="sr-only">none</span>
      </span>
    );
  const text = exact ? full.format(value) : abbreviate(value);
  const whole = full.format(value);
  return (
    <data value={value} title={text === whole ? undefined : whole} className={cn('tabular-nums', className)}>
      {text}
      {unit ? ` ${unit}` : null}
    </data>
  );
}
