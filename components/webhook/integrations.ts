'use client';

import { useQuery } from '@tanstack/react-query';
import { type CallError, post } from '@/components/call';
import { useProject } from '@/components/shell/project-context';

export interface IntegrationRow {
  id: string;
  name: string;
  kind: string;
  /** The address below which its credentials may go. */
  prefix: string;
}

/** The authentication integrations of the project, as anybody may see them. */
export function useIntegrations() {
  const project = useProject().id;
  return useQuery<IntegrationRow[], CallError>({
    queryKey: ['ask', project, 'integration.list', {}],
    queryFn: async ({ signal }) => {
      const answer = (await post('/api/call/integration.list', { project, input: {} }, signal)) as
        | IntegrationRow[]
        | { integrations: IntegrationRow[] };
      return Array.isArray(answer) ? answer : answer.integrations;
    },
    retry: false,
  });
}
