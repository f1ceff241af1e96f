import { notFound } from 'next/navigation';
import { ApiTrigger } from '@/components/api-triggers/api-trigger-form';
import { ask } from '@/lib/next';

export const metadata = { title: 'API trigger' };

export default async function ApiTriggerPage({ params }: { params: Promise<{ project: string; trigger: string }> }) {
  const { project, trigger: id } = await params;
  if (!/^[0-9a-f-]{36}$/i.test(id)) notFound();
  return <ApiTrigger initial={await ask('api-trigger.get', project, { id })} />;
}
