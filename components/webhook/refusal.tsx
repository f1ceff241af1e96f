import { CallError } from '@/components/call';
import { Banner } from '@/components/ui/banner';

/** Why something was refused, in the words of whoever refused it. */
export function Refusal({ error, title }: { error: Error; title: string }) {
  return (
    <Banner tone="danger" title={title}>
      {error.message}
      {error instanceof CallError && error.reference ? ` Reference ${error.reference}.` : ''}
    </Banner>
  );
}
