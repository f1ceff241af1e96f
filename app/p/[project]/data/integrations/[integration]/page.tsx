import { notFound } from 'next/navigation';
import { EditIntegration } from '@/components/integrations/integration-form';
import { ask } from '@/lib/next';

export const metadata = { title: 'Integration' };

interface Props {
  params: Promise<{ project: string; integration: string }>;
}

export default async function IntegrationPage({ params }: Props) {
  const { project, integration: id } = await params;
  if (!/^[0-9a-f-]{36}$/.test(id)) notFound();
  const [integration, all] = await Promise.all([
    ask('integration.get', project, { id }),
    ask('integration.list', project, {}),
  ]);
  return <EditIntegration initial={integration} all={all} />;
}
