'use client';

import type { RefObject } from 'react';
import { useAsk } from '@/components/call';
import { CodeEditor, type CodeEditorHandle } from '@/components/monaco/code-editor';
import type { Sources } from '@/components/monaco/sources';
import { cn } from '@/components/ui/cn';
import { Select } from '@/components/ui/select';
import { Method, type WebhookSettings } from '@/lib/core/webhook';
import type { TemplateAnalysis } from './analysis';
import { prefixCover } from './prefix';

export interface EndpointProps {
  settings: WebhookSettings;
  change: (settings: Partial<WebhookSettings>) => void;
  readOnly: boolean;
  sources: Sources;
  chosen: string;
  analysis: TemplateAnalysis | undefined;
  overflow: RefObject<HTMLElement | null>;
  onFocus: (name: string, editor: CodeEditorHandle) => void;
  onReady: (name: string, editor: CodeEditorHandle) => void;
  /** A cURL command, HAR entry or JSON sample pasted over the URL; true when it was taken. */
  onPasteAll: (text: string) => boolean;
}

const METHODS = Method.options.map((method) => ({ value: method, label: method }));

/** Method, URL and credentials. */
export function Endpoint(props: EndpointProps) {
  const { settings, change, readOnly, sources, chosen, analysis, overflow } = props;
  const fault = analysis?.marks[0];
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-start gap-2">
        <Select
          label="Method"
          className="w-28 shrink-0 font-medium"
          value={settings.method}
          onChange={(method) => change({ method })}
          options={METHODS}
          disabled={readOnly}
        />
        <CodeEditor
          label="URL"
          language="url-jinja"
          singleLine
          className={cn(
            'h-8 min-w-0 flex-1 overflow-hidden rounded-md border bg-panel focus-within:border-accent focus-within:outline-1 focus-within:outline-accent',
            fault ? 'border-danger' : 'border-line-strong',
          )}
          placeholder="https://api.example.com/v1/messages, or paste a cURL command"
          value={settings.url}
          onChange={(url) => change({ url })}
          readOnly={readOnly}
          sources={sources}
          chosen={chosen}
          marks={analysis?.marks}
          fixes={analysis?.fixes}
          overflow={overflow}
          onFocus={(editor) => props.onFocus('URL', editor)}
          onReady={(editor) => props.onReady('URL', editor)}
          onPasteAll={readOnly ? undefined : props.onPasteAll}
        />
      </div>
      {fault ? <p className="pl-30 text-danger text-xs">{fault.message}</p> : null}
    </div>
  );
}

const NONE = '';

/** The integration whose credentials go with the request, and how far they reach. */
export function Authentication({
  settings,
  change,
  readOnly,
}: Pick<EndpointProps, 'settings' | 'change' | 'readOnly'>) {
  const { data: integrations = [] } = useAsk('integration.list', {});
  const chosen = integrations.find(({ id }) => id === settings.integrationId);
  const isGone = settings.integrationId !== null && !chosen;
  const reach = chosen ? prefixCover(settings.url, chosen) : null;
  return (
    <div className="flex min-w-0 flex-1 items-center gap-2">
      <Select
        label="Authentication"
        className="w-64 shrink-0"
        value={settings.integrationId ?? NONE}
        onChange={(id) => change({ integrationId: id === NONE ? null : id })}
        disabled={readOnly}
        options={[
          { value: NONE, label: 'No authentication' },
          ...integrations.map(({ id, name, prefix }) => ({ value: id, label: name, hint: prefix })),
          ...(isGone ? [{ value: settings.integrationId!, label: 'An integration that is not here' }] : []),
        ]}
      />
      {reach ? (
        <p className="min-w-0 truncate text-danger text-xs" title={reach}>
          {reach}
        </p>
      ) : null}
    </div>
  );
}
