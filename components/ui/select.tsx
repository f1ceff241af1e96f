'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';
import { controlStyle } from './input';
import { floatStyle, itemStyle } from './menu';

export interface Option<Value extends string = string> {
  value: Value;
  label: string;
  /** A second, quiet line. */
  hint?: ReactNode;
  disabled?: boolean;
  /** Options of one group stand together under its name. */
  group?: string;
}

export interface SelectProps<Value extends string> {
  /** `null` shows the placeholder; the empty string is a value like any other. */
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly Option<Value>[];
  placeholder?: string;
  /** Needed outside of a Field. */
  label?: string;
  disabled?: boolean;
  className?: string;
}

/** One of a few; for many, or for those found by a search, use Combobox. */
export function Select<Value extends string>({
  value,
  onChange,
  options,
  placeholder,
  label,
  disabled,
  className,
}: SelectProps<Value>) {
  const field = useFieldControl();
  const groups = [...new Set(options.map((option) => option.group))];
  // Radix keeps '' for "nothing chosen": every value gets a sign in front.
  return (
    <Radix.Root
      value={value === null ? '' : `=${value}`}
      onValueChange={(next) => onChange(next.slice(1) as Value)}
      disabled={disabled}
    >
      <Radix.Trigger
        {...field}
        aria-label={label}
        className={cn(
          controlStyle,
          'inline-flex items-center justify-between gap-2 text-left data-[placeholder]:text-faint',
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value placeholder={placeholder ?? 'Choose'} />
        </span>
        <Radix.Icon asChild>
          <ChevronDown className="text-faint" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={cn(floatStyle, 'max-h-80 min-w-(--radix-select-trigger-width)')}
        >
          <Radix.Viewport>
            {groups.map((group) => (
              <Radix.Group key={group ?? ''}>
                {group ? (
                  <Radix.Label className="px-2 pt-2 pb-1 font-medium text-faint text-xs">{group}</Radix.Label>
                ) : null}
                {options
                  .filter((option) => option.group === group)
                  .map((option) => (
                    <Radix.Item
                      key={option.value}
                      value={`=${option.value}`}
                      disabled={option.disabled}
                      className={cn(itemStyle, 'pr-8')}
                    >
                      <span className="min-w-0">
                        <Radix.ItemText>{option.label}</Radix.ItemText>
                        {option.hint ? <span className="block text-faint text-xs">{option.hint}</span> : null}
                      </span>
                      <Radix.ItemIndicator className="absolute right-2">
                        <Check className="text-accent" aria-hidden />
                      </Radix.ItemIndicator>
                    </Radix.Item>
                  ))}
              </Radix.Group>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
