'use client';

import { useMemo } from 'react';
import { useAsk } from '@/components/call';
import { abbreviate } from '@/components/ui/count';
import type { Option } from '@/components/ui/select';

/** Names that occur in the project's data, for the lists of the panels. */

/** The type of a property as JSON has it, by its most frequent value. */
export type PropertyType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** Customer properties by how many customers have them, with an example. */
export function usePropertyOptions(): Option[] {
  const { data } = useAsk('customer.properties', {});
  return useMemo(
    () =>
      (data ?? []).map(({ name, example }) => ({
        value: name,
        label: name,
        hint: example === null || example === undefined ? undefined : excerpt(example),
      })),
    [data],
  );
}

/** The types of customer properties by name. */
export function usePropertyTypes(): ReadonlyMap<string, PropertyType> {
  const { data } = useAsk('customer.properties', {});
  return useMemo(() => new Map((data ?? []).map(({ name, type }) => [name, type as PropertyType] as const)), [data]);
}

/** Event types by how often they were tracked lately. */
export function useEventOptions(): Option[] {
  const { data } = useAsk('event.types', {});
  return useMemo(
    () =>
      (data?.types ?? []).map(({ type, count }) => ({
        value: type,
        label: type,
        hint: `${abbreviate(count)} in ${data?.days} days`,
      })),
    [data],
  );
}

function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
