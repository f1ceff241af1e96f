'use client';

import { RadioGroup as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from './cn';
import { useFieldControl, useFieldLabel } from './field';

export interface RadioOption<Value extends string> {
  value: Value;
  label: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
}

export interface RadioGroupProps<Value extends string> {
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly RadioOption<Value>[];
  /** Needed outside of a Field. */
  label?: string;
  direction?: 'column' | 'row';
  disabled?: boolean;
  className?: string;
}

export function RadioGroup<Value extends string>({
  value,
  onChange,
  options,
  label,
  direction = 'column',
  disabled,
  className,
}: RadioGroupProps<Value>) {
  const field = useFieldControl();
  const labelId = useFieldLabel();
  const id = useId();
  return (
    <Radix.Root
      {...field}
      value={value ?? ''}
      onValueChange={(next) => onChange(next as Value)}
      aria-label={label}
      aria-labelledby={label ? undefined : labelId}
      disabled={disabled}
      className={cn('flex', direction === 'column' ? 'flex-col gap-2' : 'flex-wrap gap-x-4 gap-y-1', className)}
    >
      {options.map((option) => (
        <div key={option.value} className="flex items-start gap-2">
          <Radix.Item
            id={`${id}-${option.value}`}
            value={option.value}
            disabled={option.disabled}
            className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-panel transition-colors duration-100 hover:border-faint disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
          >
            <Radix.Indicator className="size-1.5 rounded-full bg-on-accent" />
          </Radix.Item>
          <label
            htmlFor={`${id}-${option.value}`}
            className={cn('min-w-0 text-base', (disabled || option.disabled) && 'opacity-50')}
          >
            {option.label}
            {option.hint ? <span className="block text-faint text-xs">{option.hint}</span> : null}
          </label>
        </div>
      ))}
    </Radix.Root>
  );
}
