'use client';

import { Download, Maximize2, ScanSearch } from 'lucide-react';
import { useAsk, useDo } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { KeyValues } from '@/components/ui/key-values';
import { Skeleton } from '@/components/ui/skeleton';
import { hostOf } from '@/lib/core/node-kinds';
import { download } from '../download';
import type { PanelProps } from '../panel-props';
import { useScenario } from '../scenario-context';
import { useEditor, useEditorStore } from '../store';
import { PresetLink } from './preset-link';

/** What a webhook does, at a glance; it is edited in its own full-height editor. */
export function WebhookPanel(props: PanelProps<'webhook'>) {
  const { node, readOnly } = props;
  const open = useEditor((editor) => editor.open);
  const check = useEditor((editor) => editor.check);
  const { data: policies } = useAsk('policy.list', {});
  const { settings } = node;
  const policy =
    settings.policyId === null
      ? policies?.find(({ isDefault }) => isDefault)
      : policies?.find(({ id }) => id === settings.policyId);
  const parameters = Object.keys(settings.parameters).length;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" icon={<Maximize2 aria-hidden />} onClick={() => open(node.id)}>
          {readOnly ? 'Open' : 'Open editor'}
        </Button>
        <Button icon={<ScanSearch aria-hidden />} onClick={() => check(node.id)}>
          Check audience
        </Button>
        <Export node={node.id} />
      </div>
      <PresetLink {...props} />
      <div data-field="url">
        <KeyValues
          items={[
            [
              'Request',
              settings.url.trim() ? (
                <span key="url" className="font-mono text-sm">
                  {settings.method} {hostOf(settings.url) || settings.url}
                </span>
              ) : (
                <span key="url" className="text-faint">
                  no URL yet
                </span>
              ),
            ],
            [
              'Payload',
              settings.batch
                ? `${settings.format.toUpperCase()}, up to ${settings.batchSize.toLocaleString('en')} customers in one request`
                : `${settings.format.toUpperCase()}, one request for each customer`,
            ],
            ['Policy', policies ? policyWords(policy) : <Skeleton key="policy" className="w-24" />],
            ['Authentication', settings.integrationId ? 'by an integration' : 'none'],
            ['Headers', settings.headers.length || 'none'],
            ['Answer', { json: 'read as JSON', text: 'read as text', discard: 'not read' }[settings.response]],
            ...(parameters > 0 ? [['Parameters', <Badge key="parameters">{parameters}</Badge>] as const] : []),
          ]}
        />
      </div>
    </div>
  );
}

/** Hands the webhook to the browser as a file for another project; secrets stay here. */
function Export({ node }: { node: string }) {
  const scenario = useScenario().id;
  const store = useEditorStore();
  const ask = useDo('webhook.export');
  const save = async () => {
    // What is exported is what is stored.
    if (!(await store.getState().flush())) return;
    ask.mutate({ scenario, node }, { onSuccess: ({ fileName, text }) => download(fileName, text) });
  };
  return (
    <IconButton
      label="Export the webhook"
      icon={<Download aria-hidden />}
      disabled={ask.isPending}
      onClick={() => void save()}
    />
  );
}

const policyWords = (policy: { name: string; concurrency: number } | undefined) =>
  policy ? `${policy.name}, ${policy.concurrency} at once` : 'no shared limit';
