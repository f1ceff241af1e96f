'use client';

import { Check, Minus } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';

export interface CheckboxProps {
  checked: boolean | 'indeterminate';
  onChange: (checked: boolean) => void;
  /** Beside the box; without it give `label`. */
  children?: ReactNode;
  /** The accessible name when there is no text beside the box. */
  label?: string;
  hint?: ReactNode;
  disabled?: boolean;
  className?: string;
}

export function Checkbox({ checked, onChange, children, label, hint, disabled, className }: CheckboxProps) {
  const own = useId();
  const field = useFieldControl();
  const id = field.id ?? own;
  return (
    <div className={cn('flex items-start gap-2', className)}>
      <Radix.Root
        {...field}
        id={id}
        checked={checked}
        onCheckedChange={(next) => onChange(next === true)}
        disabled={disabled}
        aria-label={label}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-[4px] border border-line-strong bg-panel text-on-accent transition-colors duration-100 hover:border-faint disabled:opacity-50 data-[state=checked]:border-accent data-[state=indeterminate]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:bg-accent"
      >
        <Radix.Indicator>
          {checked === 'indeterminate' ? (
            <Minus className="size-3 stroke-3" aria-hidden />
          ) : (
            <Check className="size-3 stroke-3" aria-hidden />
          )}
        </Radix.Indicator>
      </Radix.Root>
      {children ? (
        <label htmlFor={id} className={cn('min-w-0 text-base', disabled && 'opacity-50')}>
          {children}
          {hint ? <span className="block text-faint text-xs">{hint}</span> : null}
        </label>
      ) : null}
    </div>
  );
}
