'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { Check, ChevronsUpDown, LoaderCircle, X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';
import { controlStyle } from './input';
import { floatStyle, itemStyle } from './menu';
import { Popover, PopoverContent, PopoverTrigger } from './popover';
import type { Option } from './select';

export interface ComboboxProps {
  value: string | null;
  /** `null` when cleared (only with `clearable`). */
  onChange: (value: string | null, option: Option | null) => void;
  /** All options, filtered in the browser … */
  options?: readonly Option[];
  /** … or a search on the server, asked 200 ms after the last key. */
  search?: (query: string) => Promise<readonly Option[]>;
  /** What the button shows for a value that is not among the loaded options. */
  valueLabel?: string;
  placeholder?: string;
  searchPlaceholder?: string;
  emptyText?: string;
  /** Needed outside of a Field. */
  label?: string;
  clearable?: boolean;
  disabled?: boolean;
  className?: string;
  /** A line at the end of the list, e.g. "Create …". */
  footer?: ReactNode;
  /** Offers what was typed as a value of its own. */
  creatable?: (query: string) => string;
}

/** One of many, found by typing. */
export function Combobox(props: ComboboxProps) {
  const {
    value,
    onChange,
    options,
    placeholder = 'Choose',
    label,
    clearable,
    disabled,
    className,
    footer,
    creatable,
  } = props;
  const field = useFieldControl();
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const found = useFound(props, query, open);
  const shown = options ? filterOptions(options, query) : (found.data ?? []);
  const groups = [...new Set(shown.map((option) => option.group))];
  const chosen = [...(options ?? []), ...(found.data ?? [])].find((option) => option.value === value);
  const text = value === null ? null : (chosen?.label ?? props.valueLabel ?? value);
  const choose = (option: Option | null, next: string | null) => {
    onChange(next, option);
    setOpen(false);
    setQuery('');
  };

  return (
    <Popover open={open} onOpenChange={setOpen}>
      <div className={cn('relative min-w-0', className)}>
        <PopoverTrigger asChild>
          <button
            type="button"
            role="combobox"
            aria-expanded={open}
            aria-label={label}
            disabled={disabled}
            {...field}
            className={cn(
              controlStyle,
              'inline-flex items-center justify-between gap-2 text-left',
              'pr-8',
              clearable && value !== null && 'pr-14',
            )}
          >
            <span className={cn('truncate', text === null && 'text-faint')}>{text ?? placeholder}</span>
            <ChevronsUpDown className="absolute right-2.5 text-faint" aria-hidden />
          </button>
        </PopoverTrigger>
        {clearable && value !== null && !disabled ? (
          <button
            type="button"
            aria-label={`Clear ${label ?? 'the choice'}`}
            onClick={() => onChange(null, null)}
            className="-translate-y-1/2 absolute top-1/2 right-8 rounded-md p-0.5 text-faint hover:bg-hover hover:text-ink"
          >
            <X aria-hidden />
          </button>
        ) : null}
      </div>
      <PopoverContent className={cn(floatStyle, 'w-(--radix-popover-trigger-width) min-w-64 p-0')}>
        <Command shouldFilter={false} label={label ?? placeholder}>
          <div className="flex items-center gap-2 border-line border-b px-3">
            <Command.Input
              value={query}
              onValueChange={setQuery}
              placeholder={props.searchPlaceholder ?? 'Search'}
              className="h-9 w-full bg-transparent text-base outline-none"
            />
            {found.isFetching ? <LoaderCircle className="animate-spin text-faint" aria-label="Searching" /> : null}
          </div>
          <Command.List className="scroll-thin max-h-72 overflow-y-auto p-1">
            {found.isError ? (
              <p className="px-2 py-3 text-danger text-sm">The search did not answer. Type again to retry.</p>
            ) : null}
            {!found.isError && !found.isFetching && shown.length === 0 && !creatable ? (
              <p className="px-2 py-3 text-center text-faint text-sm">{props.emptyText ?? 'Nothing found'}</p>
            ) : null}
            {groups.map((group) => (
              <Command.Group
                key={group ?? ''}
                heading={group}
                className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
              >
                {shown
                  .filter((option) => option.group === group)
                  .map((option) => (
                    <Command.Item
                      key={option.value}
                      value={option.value}
                      disabled={option.disabled}
                      onSelect={() => choose(option, option.value)}
                      className={cn(itemStyle, 'pr-8')}
                    >
                      <span className="min-w-0">
                        <span className="block truncate">{option.label}</span>
                        {option.hint ? <span className="block truncate text-faint text-xs">{option.hint}</span> : null}
                      </span>
                      {option.value === value ? <Check className="absolute right-2 text-accent" aria-hidden /> : null}
                    </Command.Item>
                  ))}
              </Command.Group>
            ))}
            {creatable && query.trim() && !shown.some((option) => option.value === query.trim()) ? (
              <Command.Item value={`create ${query}`} onSelect={() => choose(null, query.trim())} className={itemStyle}>
                {creatable(query.trim())}
              </Command.Item>
            ) : null}
          </Command.List>
          {footer ? <div className="border-line border-t p-1">{footer}</div> : null}
        </Command>
      </PopoverContent>
    </Popover>
  );
}

function useFound({ search }: ComboboxProps, query: string, open: boolean) {
  const id = useId();
  const [settled, setSettled] = useState(query);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(query), 200);
    return () => clearTimeout(timer);
  }, [query]);
  return useQuery({
    queryKey: ['combobox', id, settled],
    queryFn: () => search!(settled),
    enabled: Boolean(search) && open,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

function filterOptions(options: readonly Option[], query: string): readonly Option[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  return options.filter((option) => {
    const text = `${option.label} ${option.value} ${typeof option.hint === 'string' ? option.hint : ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
