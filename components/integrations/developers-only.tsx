'use client';

import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useProject } from '@/components/shell/project-context';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Page } from '@/components/ui/page-header';

/** Says who may add integrations to those who may not; the verbs refuse them in any case. */
export function DevelopersOnly({ children }: { children: ReactNode }) {
  const { id, can } = useProject();
  if (can.develop) return children;
  return (
    <Page>
      <EmptyState
        icon={<Lock aria-hidden />}
        title="Integrations are added by developers"
        action={<LinkButton href={`/p/${id}/data/integrations`}>Back to the integrations</LinkButton>}
      >
        Ask a developer or an admin of this project. You can select every integration that is there.
      </EmptyState>
    </Page>
  );
}
