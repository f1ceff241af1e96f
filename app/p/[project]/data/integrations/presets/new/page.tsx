import { DevelopersOnly } from '@/components/integrations/developers-only';
import { NewPreset } from '@/components/presets/preset-form';

export const metadata = { title: 'Webhook preset' };

interface Props {
  searchParams: Promise<{ template?: string }>;
}

export default async function NewPresetPage({ searchParams }: Props) {
  const { template } = await searchParams;
  return (
    <DevelopersOnly>
      <NewPreset template={template} />
    </DevelopersOnly>
  );
}
