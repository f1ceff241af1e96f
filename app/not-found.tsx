import { SearchX } from 'lucide-react';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFoundPage() {
  return (
    <div className="grid h-full min-h-[60vh] place-items-center">
      <EmptyState
        icon={<SearchX aria-hidden />}
        title="There is nothing here"
        action={<LinkButton href="/">To the scenarios</LinkButton>}
      >
        What you are looking for does not exist, or it is in a project that you are not a member of.
      </EmptyState>
    </div>
  );
}
