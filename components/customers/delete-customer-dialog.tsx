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
  const erase = useDo('customer.delete', { quiet: true, success: 'The customer is deleted' });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete ${customer.name}?`}
      description="The profile, its identifiers and its events are removed for good, and so is what was stored of the requests that carried them. Numbers of runs stay as they are. A request that is on its way still arrives."
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
