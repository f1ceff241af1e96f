'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { call, useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import type { Option } from '@/components/ui/select';

export interface ChosenCustomer {
  id: string;
  name: string;
  properties: Record<string, unknown>;
}

/** The customer whose values the editor shows: the one of the newest who tells most until another is chosen, by search or by chance. */
export function useWhom() {
  const project = useProject().id;
  const [id, setId] = useState<string | null>(null);
  const newest = useQuery({
    queryKey: ['ask', project, 'customer.list', 'newest'],
    queryFn: () => call(project, 'customer.list', { limit: 20 }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const first = newest.data?.customers[0]?.id ?? null;
  const chosenId = id ?? mostTelling(newest.data?.customers ?? []);
  const { data, error } = useAsk(
    'customer.get',
    { id: chosenId ?? '0' },
    { enabled: chosenId !== null, keepPrevious: true },
  );
  const customer = useMemo<ChosenCustomer | null>(
    () => (data ? { id: data.id, name: data.name, properties: data.properties } : null),
    [data],
  );
  const isEmpty = newest.data !== undefined && first === null;
  const fault = newest.error ?? error;
  const isLoading = newest.isPending || (chosenId !== null && !data && !error);
  return useMemo(
    () => ({
      customer,
      /** True when the project has nobody yet. */
      isEmpty,
      isLoading,
      error: fault,
      choose: setId,
      async chooseRandom(): Promise<void> {
        if (first === null) return;
        // Ids ascend: whoever comes before a number by chance is anybody. Gaps only make some a little likelier.
        const before = String(2 + Math.floor(Math.random() * Number(first)));
        const { customers } = await call(project, 'customer.list', { before, limit: 1 });
        setId(customers[0]?.id ?? first);
      },
      async search(query: string): Promise<Option[]> {
        const { customers } = await call(project, 'customer.list', { query, limit: 20 });
        return customers.map((each) => ({
          value: each.id,
          label: each.name,
          hint: each.identifiers.map(({ kind, value }) => `${kind} · ${value}`)[0] ?? `id ${each.id}`,
        }));
      },
    }),
    [customer, isEmpty, isLoading, fault, first, project],
  );
}

/** Somebody with few properties would make every template look empty. */
function mostTelling(customers: readonly ChosenCustomer[]): string | null {
  const count = ({ properties }: ChosenCustomer) => Object.keys(properties).length;
  return (
    customers.reduce<ChosenCustomer | null>((best, one) => (best && count(best) >= count(one) ? best : one), null)
      ?.id ?? null
  );
}

export type Whom = ReturnType<typeof useWhom>;
