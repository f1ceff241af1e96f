'use client';

import { RadioGroup as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';

export interface SegmentedProps<Value extends string> {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; icon?: ReactNode; disabled?: boolean }[];
  /** Needed outside of a Field. */
  label?: string;
  size?: 'sm' | 'md';
  disabled?: boolean;
  className?: string;
}

/** One of two to four, all in sight: the mode of a view, a format. */
export function Segmented<Value extends string>({
  value,
  onChange,
  options,
  label,
  size = 'md',
  disabled,
  className,
}: SegmentedProps<Value>) {
  const field = useFieldControl();
  return (
    <Radix.Root
      {...field}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      aria-label={label}
      orientation="horizontal"
      disabled={disabled}
      className={cn('inline-flex w-fit items-stretch gap-0.5 rounded-md border border-line bg-sunken p-0.5', className)}
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className={cn(
            'inline-flex items-center justify-center gap-1.5 rounded-[4px] border border-transparent px-2.5 text-muted transition-colors duration-100 hover:text-ink disabled:opacity-50 data-[state=checked]:border-line data-[state=checked]:bg-panel data-[state=checked]:font-medium data-[state=checked]:text-ink data-[state=checked]:shadow-card',
            size === 'sm' ? 'h-5.5 text-xs' : 'h-6.5 text-sm',
          )}
        >
          {option.icon}
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
