'use client';

import { Maximize2 } from 'lucide-react';
import { type CallError, useAsk } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { KeyValues } from '@/components/ui/key-values';
import { hostOf } from '@/lib/core/node-kinds';
import type { WebhookSettings } from '@/lib/core/webhook';

/** The preset's webhook in a few lines, with the way into its editor and what the server refused. */
export function WebhookCard({
  webhook,
  fault,
  onOpen,
}: {
  webhook: WebhookSettings;
  fault: CallError | null;
  onOpen: () => void;
}) {
  const { data: integrations } = useAsk('integration.list', {});
  const integration = integrations?.find(({ id }) => id === webhook.integrationId);
  const faults = fault?.fields.filter(({ path }) => path.startsWith('webhook')) ?? [];
  return (
    <Card
      title="Webhook"
      actions={
        <Button icon={<Maximize2 aria-hidden />} onClick={onOpen}>
          Open editor
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {faults.map(({ path, message }) => (
          <Banner key={path} tone="danger">
            {message}
          </Banner>
        ))}
        <KeyValues
          items={[
            [
              'Request',
              webhook.url.trim() ? (
                <span key="url" className="font-mono text-sm [overflow-wrap:anywhere]">
                  {webhook.method} {hostOf(webhook.url) || webhook.url}
                </span>
              ) : (
                <span key="url" className="text-faint">
                  no URL yet
                </span>
              ),
            ],
            [
              'Payload',
              webhook.batch
                ? `${webhook.format.toUpperCase()}, up to ${webhook.batchSize.toLocaleString('en')} customers in one request`
                : `${webhook.format.toUpperCase()}, one request for each customer`,
            ],
            ['Authentication', integration?.name ?? (webhook.integrationId ? 'an integration' : 'none')],
          ]}
        />
      </div>
    </Card>
  );
}
