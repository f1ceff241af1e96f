'use client';

import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { useProject } from '@/components/shell/project-context';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Page } from '@/components/ui/page-header';

const THINGS = {
  integrations: { title: 'Integrations are added by developers', path: '/data/integrations', name: 'the integrations' },
  'api-triggers': {
    title: 'API triggers are made by developers',
    path: '/data/api-triggers',
    name: 'the API triggers',
  },
} as const;

/** Says who may add something to those who may not; the verbs refuse them in any case. */
export function DevelopersOnly({
  what = 'integrations',
  children,
}: {
  what?: keyof typeof THINGS;
  children: ReactNode;
}) {
  const { id, can } = useProject();
  if (can.develop) return children;
  const { title, path, name } = THINGS[what];
  return (
    <Page>
      <EmptyState
        icon={<Lock aria-hidden />}
        title={title}
        action={<LinkButton href={`/p/${id}${path}`}>Back to {name}</LinkButton>}
      >
        Ask a developer or an admin of this project. You can select whatever is there.
      </EmptyState>
    </Page>
  );
}
