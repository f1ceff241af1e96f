import { Lock } from 'lucide-react';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function ForbiddenPage() {
  return (
    <div className="grid h-full min-h-[60vh] place-items-center">
      <EmptyState
        icon={<Lock aria-hidden />}
        title="Your role does not allow this"
        action={<LinkButton href="/">To the scenarios</LinkButton>}
      >
        An admin of the project can give you another role under Access management.
      </EmptyState>
    </div>
  );
}
