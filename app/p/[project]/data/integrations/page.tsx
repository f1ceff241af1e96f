import { redirect } from 'next/navigation';
import { Integrations } from '@/components/integrations/integrations';
import { ask } from '@/lib/next';

export const metadata = { title: 'Integrations' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ create?: string }>;
}

export default async function IntegrationsPage({ params, searchParams }: Props) {
  const [{ project }, { create }] = await Promise.all([params, searchParams]);
  if (create === '1') redirect(`/p/${project}/data/integrations/new`);
  const [integrations, presets] = await Promise.all([
    ask('integration.list', project, {}),
    ask('preset.list', project, {}),
  ]);
  return <Integrations initial={integrations} presets={presets} />;
}
