'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CallError } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import type { Preview as Rendered } from './contract';
import { previewWebhook, type RenderInput } from './verbs';

const PAUSE_MS = 150;

/** The request as it would be now, rendered by the server 150 ms after the last change; the earlier one stays until then. */
export function usePreview(input: RenderInput, enabled: boolean) {
  const project = useProject().id;
  const settled = useSettled(input);
  const query = useQuery<Rendered, CallError>({
    queryKey: ['webhook.preview', project, settled],
    queryFn: ({ signal }) => previewWebhook(project, settled, signal),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 10_000,
  });
  return { ...query, isBehind: settled !== input || query.isFetching };
}

export type Preview = ReturnType<typeof usePreview>;

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
