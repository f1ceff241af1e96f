import { redirect } from 'next/navigation';
import { ApiTriggers } from '@/components/api-triggers/api-triggers';
import { ask } from '@/lib/next';

export const metadata = { title: 'API triggers' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ create?: string }>;
}

export default async function ApiTriggersPage({ params, searchParams }: Props) {
  const [{ project }, { create }] = await Promise.all([params, searchParams]);
  if (create === '1') redirect(`/p/${project}/data/api-triggers/new`);
  return <ApiTriggers initial={await ask('api-trigger.list', project, {})} />;
}
