import { NewApiTrigger } from '@/components/api-triggers/api-trigger-form';
import { DevelopersOnly } from '@/components/integrations/developers-only';

export const metadata = { title: 'New API trigger' };

export default function NewApiTriggerPage() {
  return (
    <DevelopersOnly what="api-triggers">
      <NewApiTrigger />
    </DevelopersOnly>
  );
}
