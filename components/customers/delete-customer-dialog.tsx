'use client';

import { useRouter } from 'next/navigation';
import { type OutputOf, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

/** Asks before a customer is erased. */
export function DeleteCustomerDialog({
  customer,
  onClose,
}: {
  customer: OutputOf<'customer.get'>;
  onClose: () => void;
}) {
  const router = useRouter();
  const project = useProject();
  const erase = useDo('customer.delete', { quiet: true });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete ${customer.name}?`}
      description="The profile and its identifiers are gone at once, for good. Events, journeys in runs and what is stored of requests follow in the background. Numbers of runs stay as they are. A request that is on its way still arrives."
      confirmLabel="Delete customer"
      tone="danger"
      mustType={customer.identifiers[0]?.value ?? customer.id}
      onConfirm={async () => {
        await erase.mutateAsync({ id: customer.id });
        router.replace(`/p/${project.id}/data/customers`);
      }}
    />
  );
}
