'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useProject } from '@/components/shell/project-context';
import { toast } from '@/components/ui/toast';
import type { VerbName, Verbs } from '@/lib/services';

export type InputOf<Name extends VerbName> = Parameters<Verbs[Name]>[1];
export type OutputOf<Name extends VerbName> = Awaited<ReturnType<Verbs[Name]>>;

/** A refused or failed call. `message` may be shown as it is. */
export class CallError extends Error {
  readonly code: 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'limited' | 'signed-out' | 'failed' | 'offline';
  /** Faults by dotted field path, for forms. */
  readonly fields: { path: string; message: string }[];
  readonly details: unknown;
  /** Of a failure on our side: stands in the log. */
  readonly reference: string | undefined;
  constructor(error: {
    code: CallError['code'];
    message: string;
    fields?: CallError['fields'];
    details?: unknown;
    reference?: string;
  }) {
    super(error.message);
    this.code = error.code;
    this.fields = error.fields ?? [];
    this.details = error.details;
    this.reference = error.reference;
  }
  /** The fault of one field, if it has one. */
  field(path: string): string | undefined {
    return this.fields.find((fault) => fault.path === path)?.message;
  }
}

/**
 * Asks a verb of the server: `await call(project, 'scenario.rename', { id, name })`.
 * @throws CallError; when the session has ended, the browser goes to the sign-in page
 */
export async function call<Name extends VerbName>(
  project: string,
  name: Name,
  input: InputOf<Name>,
  signal?: AbortSignal,
): Promise<OutputOf<Name>> {
  return (await post(`/api/call/${name}`, { project, input }, signal)) as OutputOf<Name>;
}

/** Posts JSON to a route of ours that answers like /api/call. @throws CallError */
export async function post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CallError({ code: 'offline', message: 'Hookline did not answer. Check the connection and try again.' });
  }
  const answer = await response.json().catch(() => null);
  if (answer?.ok) return answer.value;
  const error = answer?.error ?? { code: 'failed', message: `Hookline answered ${response.status}. Try again.` };
  if (error.code === 'signed-out')
    window.location.assign(`/sign-in?then=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  throw new CallError(error);
}

/**
 * What a verb answers now, asked again when the window gets the focus, after `useDo`, and every `refetchInterval` ms.
 * `enabled: false` waits.
 */
export function useAsk<Name extends VerbName>(
  name: Name,
  input: InputOf<Name>,
  options: {
    refetchInterval?: number | false | ((value: OutputOf<Name> | undefined) => number | false);
    enabled?: boolean;
    /** Shows the answer to the earlier input until the new one is there (paging, filters). */
    keepPrevious?: boolean;
    /** What the page was rendered with. */
    initial?: OutputOf<Name>;
  } = {},
) {
  const project = useProject().id;
  const { refetchInterval } = options;
  return useQuery<OutputOf<Name>, CallError>({
    queryKey: ['ask', project, name, input],
    queryFn: ({ signal }) => call(project, name, input, signal),
    refetchInterval:
      typeof refetchInterval === 'function' ? (query) => refetchInterval(query.state.data) : refetchInterval,
    enabled: options.enabled,
    placeholderData: options.keepPrevious ? (keepPreviousData as never) : undefined,
    initialData: options.initial as never,
    retry: (count, error) => count < 2 && (error.code === 'failed' || error.code === 'offline'),
  });
}

/**
 * Does something: `const rename = useDo('scenario.rename'); await rename.mutateAsync({ … })`. Afterwards everything that
 * `useAsk` shows is asked again. A refusal is a toast unless `quiet` (a form that shows it by itself).
 */
export function useDo<Name extends VerbName>(name: Name, options: { success?: string; quiet?: boolean } = {}) {
  const project = useProject().id;
  const client = useQueryClient();
  return useMutation<OutputOf<Name>, CallError, InputOf<Name>>({
    mutationFn: (input) => call(project, name, input),
    onSuccess: () => {
      if (options.success) toast.success(options.success);
      return client.invalidateQueries({ queryKey: ['ask', project] });
    },
    onError: (error) => {
      if (!options.quiet)
        toast.error(error.message, { description: error.reference && `Reference ${error.reference}` });
    },
  });
}
