import { notFound } from 'next/navigation';
import { DevelopersOnly } from '@/components/integrations/developers-only';
import { EditPreset } from '@/components/presets/preset-form';
import { ask } from '@/lib/next';

export const metadata = { title: 'Webhook preset' };

interface Props {
  params: Promise<{ project: string; preset: string }>;
}

export default async function PresetPage({ params }: Props) {
  const { project, preset: id } = await params;
  if (!/^[0-9a-f-]{36}$/.test(id)) notFound();
  const preset = await ask('preset.open', project, { id });
  return (
    <DevelopersOnly>
      <EditPreset initial={preset} />
    </DevelopersOnly>
  );
}
