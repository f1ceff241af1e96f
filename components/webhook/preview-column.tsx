'use client';

import { useMemo } from 'react';
import type { CodeEditorProps } from '@/components/monaco/code-editor';
import { cn } from '@/components/ui/cn';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { Prepared } from './contract';
import { Disclosure } from './disclosure';
import { Faults, type GoTo, Warnings } from './faults';
import { RequestBody } from './request-body';
import { HeaderList, RequestFacts, RequestLine } from './request-view';
import type { Preview } from './use-preview';

export interface PreviewColumnProps {
  preview: Preview;
  /** Without an address there is nothing to render. */
  hasUrl: boolean;
  /** Whose request it is. */
  asWhom: string;
  settings: WebhookSettings;
  onGoTo: GoTo;
  originOf: (request: Prepared) => CodeEditorProps['origin'];
}

/** The request as it would leave now, beside the templates that make it. */
export function PreviewColumn({ preview, hasUrl, asWhom, settings, onGoTo, originOf }: PreviewColumnProps) {
  const { data, error, isBehind, refetch } = preview;
  return (
    <section className="flex h-full min-h-0 flex-col" aria-label="Preview">
      <div className="flex h-10 shrink-0 items-center justify-between gap-2 border-line border-b px-3">
        <h2 className="font-medium text-sm">Preview</h2>
        <span className="flex min-w-0 items-center gap-2 text-faint text-xs">
          <span className="truncate">
            as {asWhom}
            {data?.ok && data.isMasked ? ', values hidden' : null}
          </span>
          <span
            aria-hidden
            className={cn('size-1.5 shrink-0 rounded-full', isBehind ? 'animate-pulse bg-accent' : 'bg-line-strong')}
          />
        </span>
      </div>
      {!hasUrl ? (
        <p className="p-3 text-muted text-sm">Enter a URL, and the request as it would leave stands here.</p>
      ) : error ? (
        <ErrorState reference={error.reference} onRetry={() => void refetch()} title="There is no preview">
          {error.message}
        </ErrorState>
      ) : !data ? (
        <div className="flex flex-col gap-3 p-3">
          <Skeleton className="w-3/4" />
          <Skeleton className="w-1/2" />
          <Skeleton className="h-40 w-full" />
        </div>
      ) : data.ok ? (
        <RequestPreview request={data.request} settings={settings} onGoTo={onGoTo} originOf={originOf} />
      ) : (
        <div className="scroll-thin overflow-y-auto p-3">
          <Faults faults={data.faults} onGoTo={onGoTo} />
        </div>
      )}
    </section>
  );
}

function RequestPreview({
  request,
  settings,
  onGoTo,
  originOf,
}: Pick<PreviewColumnProps, 'settings' | 'onGoTo' | 'originOf'> & { request: Prepared }) {
  const origin = useMemo(() => originOf(request), [originOf, request]);
  return (
    <>
      <div className="scroll-thin flex max-h-[40%] shrink-0 flex-col gap-2 overflow-y-auto border-line border-b p-3">
        <RequestLine request={request} />
        <Disclosure title={<>Headers ({request.headers.length})</>}>
          <div className="pt-2">
            <HeaderList headers={request.headers} />
          </div>
        </Disclosure>
      </div>
      <RequestBody
        label="Rendered body"
        request={request}
        format={settings.format}
        customerTemplate={settings.customer}
        onGoTo={onGoTo}
        origin={origin}
      >
        <Warnings warnings={request.warnings} />
        <RequestFacts request={request} />
      </RequestBody>
    </>
  );
}
