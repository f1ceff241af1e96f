'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Page, PageHeader } from '@/components/ui/page-header';
import { type Deletion, DeletionBanner } from './deletions';

/** In place of the profile while what is left of a customer is removed; then the list. */
export function DeletedCustomer({ customer, initial }: { customer: string; initial: Deletion }) {
  const router = useRouter();
  const project = useProject();
  const { data = [initial] } = useAsk('customer.deletions', { customer }, { initial: [initial], refetchInterval: 700 });
  const [deletion] = data;
  const list = `/p/${project.id}/data/customers`;
  useEffect(() => {
    if (!deletion) router.replace(list);
  }, [deletion, router, list]);
  return (
    <Page>
      <Crumbs
        items={[{ label: 'Data & Assets' }, { label: 'Customers', href: list }, { label: `Customer ${customer}` }]}
      />
      <PageHeader
        title={`Customer ${customer}`}
        description="The profile is gone. What is stored elsewhere is being removed."
      />
      {deletion ? <DeletionBanner deletion={deletion} /> : null}
    </Page>
  );
}
