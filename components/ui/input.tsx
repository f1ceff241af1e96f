'use client';

import { Search, X } from 'lucide-react';
import { type ComponentProps, type ReactNode, useRef } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';

/** The frame of every single-line control. */
export const controlStyle =
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-panel px-2.5 text-base text-ink transition-colors duration-100 hover:border-faint focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 aria-invalid:border-danger disabled:bg-sunken disabled:text-muted';

export interface InputProps extends ComponentProps<'input'> {
  /** Monospaced, without spelling: for identifiers, addresses and code. */
  mono?: boolean;
  /** Quiet text at the right end, e.g. a unit. */
  suffix?: ReactNode;
}

export function Input({ className, mono, suffix, ...props }: InputProps) {
  const field = useFieldControl();
  const input = (
    <input
      {...field}
      {...(mono ? { spellCheck: false, autoCapitalize: 'off', autoCorrect: 'off' } : {})}
      className={cn(
        controlStyle,
        mono && 'font-mono text-sm',
        props.readOnly && 'bg-sunken',
        suffix && 'pr-16',
        className,
      )}
      {...props}
    />
  );
  if (!suffix) return input;
  return (
    <div className="relative">
      {input}
      <span className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2.5 text-faint text-sm">
        {suffix}
      </span>
    </div>
  );
}

export interface SearchInputProps {
  value: string;
  onChange: (value: string) => void;
  /** The accessible name, e.g. "Search scenarios". */
  label: string;
  placeholder?: string;
  className?: string;
  autoFocus?: boolean;
}

/** A search field with a clearing button; Escape clears. */
export function SearchInput({ value, onChange, label, placeholder, className, autoFocus }: SearchInputProps) {
  const ref = useRef<HTMLInputElement>(null);
  const clear = () => {
    onChange('');
    ref.current?.focus();
  };
  return (
    <div className={cn('relative w-64', className)}>
      <Search className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-2.5 text-faint" aria-hidden />
      <input
        ref={ref}
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        // biome-ignore lint/a11y/noAutofocus: only where a search is the first thing that one does (a palette, a popover)
        autoFocus={autoFocus}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value) {
            event.stopPropagation();
            clear();
          }
        }}
        className={cn(controlStyle, 'px-8 [&::-webkit-search-cancel-button]:hidden')}
      />
      {value ? (
        <button
          type="button"
          aria-label="Clear the search"
          onClick={clear}
          className="-translate-y-1/2 absolute top-1/2 right-1.5 rounded-md p-1 text-faint hover:bg-hover hover:text-ink"
        >
          <X aria-hidden />
        </button>
      ) : null}
    </div>
  );
}
