import { Policies } from '@/components/settings/policies';
import { ask } from '@/lib/next';

export const metadata = { title: 'Throughput policies' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ create?: string }>;
}

export default async function PoliciesPage({ params, searchParams }: Props) {
  const [{ project }, { create }] = await Promise.all([params, searchParams]);
  return <Policies initial={await ask('policy.list', project, {})} creating={create === '1'} />;
}
