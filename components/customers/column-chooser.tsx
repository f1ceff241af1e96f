'use client';

import { Columns3 } from 'lucide-react';
import { useMemo, useState, useSyncExternalStore } from 'react';
import type { OutputOf } from '@/components/call';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { SearchInput } from '@/components/ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';

type Properties = OutputOf<'customer.properties'>;

const MOST = 10;
const NAMES = ['first_name', 'last_name', 'name'];
const FIRST = ['email', 'phone', 'city', 'country'];

/** What a browser shows that has not chosen: how to reach the customer, else what most of them have. */
function usual(properties: Properties): string[] {
  const names = properties.map(({ name }) => name).filter((name) => !NAMES.includes(name));
  const known = FIRST.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !known.includes(name))].slice(0, 4);
}

const listeners = new Set<() => void>();
const keyOf = (project: string) => `hookline-columns-${project}`;
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The properties that this browser shows as columns, kept for each project. */
export function useColumns(project: string, properties: Properties) {
  const stored = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(keyOf(project)),
    () => null,
  );
  const columns = useMemo(() => (stored ? (JSON.parse(stored) as string[]) : usual(properties)), [stored, properties]);
  return {
    columns,
    setColumns(next: string[]) {
      localStorage.setItem(keyOf(project), JSON.stringify(next));
      for (const listener of listeners) listener();
    },
  };
}

export function ColumnChooser({
  properties,
  columns,
  onChange,
}: {
  properties: Properties;
  columns: readonly string[];
  onChange: (columns: string[]) => void;
}) {
  const [query, setQuery] = useState('');
  const shown = properties.filter(({ name }) => name.toLowerCase().includes(query.trim().toLowerCase()));
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button icon={<Columns3 aria-hidden />}>Columns</Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="flex w-72 flex-col gap-3 overflow-hidden">
        <SearchInput value={query} onChange={setQuery} label="Search properties" className="w-full" />
        <div className="scroll-thin flex max-h-72 flex-col gap-2 overflow-y-auto">
          {shown.map(({ name, share }) => (
            <Checkbox
              key={name}
              checked={columns.includes(name)}
              disabled={!columns.includes(name) && columns.length >= MOST}
              onChange={(on) => onChange(on ? [...columns, name] : columns.filter((other) => other !== name))}
            >
              <span className="flex items-baseline gap-2">
                <span className="truncate">{name}</span>
                <span className="text-faint text-xs tabular-nums">{percent(share)}</span>
              </span>
            </Checkbox>
          ))}
          {shown.length === 0 ? <p className="py-2 text-center text-faint text-sm">No such property</p> : null}
        </div>
        <p className="text-faint text-xs">
          The share of customers who have it. Up to {MOST} columns, kept in this browser.
        </p>
      </PopoverContent>
    </Popover>
  );
}

const percent = (share: number) => (share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`);
