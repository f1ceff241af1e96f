import { Customers } from '@/components/customers/customers';
import { ask } from '@/lib/next';

export const metadata = { title: 'Customers' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ create?: string }>;
}

export default async function CustomersPage({ params, searchParams }: Props) {
  const [{ project }, { create }] = await Promise.all([params, searchParams]);
  const [initial, properties] = await Promise.all([
    ask('customer.list', project, {}),
    ask('customer.properties', project, {}),
  ]);
  return <Customers initial={initial} properties={properties} creating={create === '1'} />;
}
