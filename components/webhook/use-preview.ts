'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import type { CallError } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import type { Preview as Rendered } from './contract';
import { previewWebhook, type RenderInput } from './verbs';

const PAUSE_MS = 150;

/** The request as it would be now, rendered by the server 150 ms after the last change; the earlier one stays until then. */
export function usePreview(input: RenderInput, enabled: boolean) {
  const project = useProject().id;
  const id = useId();
  const [settled, version] = useSettled(input);
  const query = useQuery<Rendered, CallError>({
    // The input itself would be a key of hundreds of kilobytes, hashed with every render.
    queryKey: ['webhook.preview', project, id, version],
    queryFn: ({ signal }) => previewWebhook(project, settled, signal),
    enabled,
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 10_000,
  });
  return { ...query, isBehind: settled !== input || query.isFetching };
}

export type Preview = ReturnType<typeof usePreview>;

/** A value once it has not changed for a moment, with a number that tells its states apart. */
function useSettled<Value>(value: Value): [Value, number] {
  const [settled, setSettled] = useState<[Value, number]>([value, 0]);
  useEffect(() => {
    const timer = setTimeout(
      () => setSettled((before) => (before[0] === value ? before : [value, before[1] + 1])),
      PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
