'use client';

import { type InputOf, useAsk, useDo } from '@/components/call';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

/** Asks before several customers are erased: those chosen, or all that a search finds. */
export function DeleteManyDialog({
  ids,
  query,
  onClose,
  onDone,
}: {
  /** Null for all that `query` finds. */
  ids: readonly string[] | null;
  query: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const erase = useDo('customer.delete-many', { quiet: true });
  const counted = useAsk('customer.count', { query }, { enabled: ids === null });
  const found = ids?.length ?? counted.data?.found ?? null;
  const tooMany = ids === null && counted.data !== undefined && counted.data.found > counted.data.most;
  const words =
    found === null ? 'customers' : `${found.toLocaleString('en')} ${found === 1 ? 'customer' : 'customers'}`;
  const input: InputOf<'customer.delete-many'> = ids === null ? { query, expected: found ?? 0 } : { ids: [...ids] };
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={ids === null ? `Delete all that “${query}” finds?` : `Delete ${words}?`}
      description={
        tooMany
          ? `The search finds more than ${counted.data!.most.toLocaleString('en')} customers, the most for one deletion. Narrow it first.`
          : `${ids === null ? (counted.error?.message ?? (found === null ? 'Counting …' : `It finds ${words}.`)) : ''} Profiles and identifiers are gone at once. Events, journeys and what is stored of requests follow in the background; numbers of runs stay. This cannot be undone.`
      }
      confirmLabel={`Delete ${words}`}
      tone="danger"
      disabled={found === null || found === 0 || tooMany}
      mustType={found && !tooMany ? `delete ${found}` : undefined}
      onConfirm={async () => {
        await erase.mutateAsync(input);
        onDone();
      }}
    />
  );
}
