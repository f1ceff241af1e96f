'use client';

import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { ApiKeyDialog } from './api-key-dialog';

type Key = OutputOf<'api-key.list'>[number];

/** The project's API keys. */
export function ApiKeys({ scopes }: { scopes: { value: string; label: string }[] }) {
  const { can } = useProject();
  const keys = useAsk('api-key.list', {});
  const revoke = useDo('api-key.revoke', { success: 'The key is revoked', quiet: true });
  const [creating, setCreating] = useState(false);
  const [ending, setEnding] = useState<Key | null>(null);
  const button = can.administer ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
      New API key
    </Button>
  ) : undefined;
  return (
    <>
      <Card
        flush
        title="Systems with access"
        description="A system that sends events or starts scenarios needs one."
        actions={button}
      >
        {keys.isError ? (
          <ErrorState reference={keys.error.reference} onRetry={() => void keys.refetch()}>
            {keys.error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="API keys"
            columns={columnsFor(can.administer ? setEnding : undefined)}
            rows={keys.data}
            rowKey={(key) => key.id}
            empty={
              <EmptyState icon={<KeyRound aria-hidden />} title="No API keys yet">
                {can.administer
                  ? 'Make one for each system, so that each can be revoked by itself.'
                  : 'An admin of the project can make one.'}
              </EmptyState>
            }
          />
        )}
      </Card>
      <ApiKeyDialog open={creating} onOpenChange={setCreating} scopes={scopes} />
      <ConfirmDialog
        open={ending !== null}
        onOpenChange={() => setEnding(null)}
        title={`Revoke the key ${ending?.name ?? ''}?`}
        description="It stops working at once and for good. Systems that use it are refused."
        confirmLabel="Revoke"
        tone="danger"
        onConfirm={() => revoke.mutateAsync({ id: ending!.id })}
      />
    </>
  );
}

const columnsFor = (onRevoke: ((key: Key) => void) | undefined): Column<Key>[] => [
  {
    id: 'name',
    header: 'Name',
    sortValue: (key) => key.name,
    cell: (key) => (
      <div className="min-w-0 py-1">
        <div className="truncate font-medium">{key.name}</div>
        <div className="font-mono text-faint text-xs">{key.prefix}_…</div>
      </div>
    ),
  },
  {
    id: 'scopes',
    header: 'Scopes',
    cell: (key) => (
      <div className="flex flex-wrap gap-1">
        {key.scopes.map((scope) => (
          <Badge key={scope}>{scope}</Badge>
        ))}
      </div>
    ),
  },
  {
    id: 'used',
    header: 'Last used',
    width: '130px',
    sortValue: (key) => key.lastUsedAt,
    cell: (key) => <RelativeTime at={key.lastUsedAt} className="text-muted" />,
  },
  {
    id: 'created',
    header: 'Created',
    width: '130px',
    sortValue: (key) => key.createdAt,
    cell: (key) => <RelativeTime at={key.createdAt} className="text-muted" />,
  },
  {
    id: 'revoke',
    header: <span className="sr-only">Revoke</span>,
    width: '110px',
    align: 'right',
    cell: (key) =>
      key.revokedAt ? (
        <Badge tone="danger">Revoked</Badge>
      ) : onRevoke ? (
        <Button size="sm" variant="ghost" onClick={() => onRevoke(key)}>
          Revoke
        </Button>
      ) : null,
  },
];
