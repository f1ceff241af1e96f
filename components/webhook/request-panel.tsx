'use client';

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useProject } from '@/components/shell/project-context';
import { CodeBlock } from '@/components/ui/code-block';
import { CopyButton } from '@/components/ui/copy-button';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { toCurl } from '@/lib/core/curl';
import type { PayloadFormat, WebhookSettings } from '@/lib/core/webhook';
import type { Prepared } from './contract';
import type { GoTo } from './faults';
import { RequestBody } from './request-body';
import { HeaderList, RequestFacts, RequestLine } from './request-view';
import { curlOfWebhook, type RenderInput } from './verbs';

export interface RequestPanelProps {
  request: Prepared;
  /** Whether it has values that were hidden at first. */
  isRevealed: boolean;
  /** What it was rendered with. */
  settings: WebhookSettings;
  /** What it was rendered from: for cURL. */
  input: RenderInput;
  warnings: ReactNode;
  onGoTo: GoTo;
}

type View = 'pretty' | 'raw' | 'curl';

/** The rendered request, whole: pretty, byte for byte, or as a command. */
export function RequestPanel({ request, isRevealed, settings, input, warnings, onGoTo }: RequestPanelProps) {
  const [view, setView] = useState<View>(request.customers.length > 0 ? 'raw' : 'pretty');
  const pretty = useMemo(() => prettyBody(request.body, settings.format), [request.body, settings.format]);
  return (
    <section aria-label="Request" className="flex min-h-0 flex-col overflow-hidden rounded-md border border-line">
      <div className="flex h-10 shrink-0 items-center justify-between gap-2 border-line border-b px-3">
        <h2 className="font-medium text-sm">Request</h2>
        <div className="flex items-center gap-1">
          <Segmented
            label="Body"
            size="sm"
            value={view}
            onChange={setView}
            options={[
              { value: 'pretty', label: 'Pretty' },
              { value: 'raw', label: 'Raw' },
              { value: 'curl', label: 'As cURL' },
            ]}
          />
          {view === 'curl' || request.body === null ? null : <CopyButton label="Copy the body" text={request.body} />}
        </div>
      </div>
      {view === 'curl' ? (
        isRevealed ? (
          <Command text={commandOf(request)} />
        ) : (
          <Curl input={input} />
        )
      ) : (
        <>
          <div className="scroll-thin flex max-h-[45%] shrink-0 flex-col gap-3 overflow-y-auto border-line border-b p-3">
            <RequestLine request={request} />
            <HeaderList headers={request.headers} />
          </div>
          <RequestBody
            key={view}
            label="Request body"
            request={request}
            shown={view === 'pretty' ? pretty : undefined}
            format={settings.format}
            customerTemplate={settings.customer}
            onGoTo={onGoTo}
          >
            {warnings}
            <RequestFacts request={request} />
          </RequestBody>
        </>
      )}
    </section>
  );
}

/** JSON with its lines and indents; everything else, and what is no JSON, stays as it is. */
export function prettyBody(body: string | null, format: PayloadFormat): string {
  if (body === null) return '';
  if (format !== 'json') return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function Curl({ input }: { input: RenderInput }) {
  const project = useProject().id;
  const { data, error } = useQuery({
    queryKey: ['webhook.curl', project, input],
    queryFn: () => curlOfWebhook(project, input),
    retry: false,
    gcTime: 10_000,
  });
  if (error) return <p className="p-3 text-danger text-sm">{error.message}</p>;
  if (!data) return <Skeleton className="m-3 h-24 w-2/3" />;
  return <Command text={data.text} />;
}

const commandOf = ({ method, url, headers, body }: Prepared): string =>
  toCurl({ method, url, headers: headers.map(([name, value]) => [name, value]), body });

function Command({ text }: { text: string }) {
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-y-auto p-3">
      <CodeBlock code={text} title="Secrets are masked" wrap maxHeight="none" />
    </div>
  );
}
