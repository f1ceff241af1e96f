import { ApiTriggers } from '@/components/api-triggers/api-triggers';
import { ask } from '@/lib/next';

export const metadata = { title: 'API triggers' };

export default async function ApiTriggersPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return <ApiTriggers initial={await ask('api-trigger.list', project, {})} />;
}
