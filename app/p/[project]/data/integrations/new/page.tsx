import { Catalogue } from '@/components/integrations/catalogue';
import { DevelopersOnly } from '@/components/integrations/developers-only';
import { NewIntegration } from '@/components/integrations/integration-form';
import { INTEGRATION_KINDS } from '@/lib/core/integration';

export const metadata = { title: 'Add new integration' };

interface Props {
  searchParams: Promise<{ kind?: string }>;
}

export default async function NewIntegrationPage({ searchParams }: Props) {
  const { kind: wanted } = await searchParams;
  const kind = INTEGRATION_KINDS.find((known) => known === wanted);
  return <DevelopersOnly>{kind ? <NewIntegration key={kind} kind={kind} /> : <Catalogue />}</DevelopersOnly>;
}
