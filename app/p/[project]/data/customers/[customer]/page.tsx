import { notFound } from 'next/navigation';
import { Customer } from '@/components/customers/customer';
import { DeletedCustomer } from '@/components/customers/deleted-customer';
import { ask } from '@/lib/next';

export const metadata = { title: 'Customer' };

export default async function CustomerPage({ params }: { params: Promise<{ project: string; customer: string }> }) {
  const { project, customer: id } = await params;
  if (!/^\d{1,18}$/.test(id)) notFound();
  const [deletion] = await ask('customer.deletions', project, { customer: id });
  if (deletion) return <DeletedCustomer customer={id} initial={deletion} />;
  return <Customer initial={await ask('customer.get', project, { id })} />;
}
