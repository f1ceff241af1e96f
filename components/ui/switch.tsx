'use client';

import { Switch as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
  label?: string;
  hint?: ReactNode;
  disabled?: boolean;
  className?: string;
}

/** Takes effect at once; for a choice that waits for "Save" use Checkbox. */
export function Switch({ checked, onChange, children, label, hint, disabled, className }: SwitchProps) {
  const own = useId();
  const field = useFieldControl();
  const id = field.id ?? own;
  return (
    <div className={cn('flex items-start gap-2', className)}>
      <Radix.Root
        {...field}
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-label={label}
        className="relative mt-0.5 h-4 w-7 shrink-0 rounded-full bg-line-strong transition-colors duration-100 disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-3 translate-x-0.5 rounded-full bg-panel transition-transform duration-100 data-[state=checked]:translate-x-3.5" />
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
