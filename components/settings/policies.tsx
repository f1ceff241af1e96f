'use client';

import { Gauge, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { PolicyQueues } from '@/components/runs/policy-queues';
import { ScenarioUses } from '@/components/scenario/scenario-uses';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { IconButton } from '@/components/ui/icon-button';
import { Page, PageHeader } from '@/components/ui/page-header';
import { type Column, DataTable } from '@/components/ui/table';
import { DeletePolicyDialog } from './delete-policy-dialog';
import { PolicyDialog } from './policy-dialog';

export type Policy = OutputOf<'policy.list'>[number];

/** The limits that webhooks share. */
export function Policies({ initial, creating }: { initial: Policy[]; creating: boolean }) {
  const { can } = useProject();
  const { data: policies = initial } = useAsk('policy.list', {}, { initial });
  const [editing, setEditing] = useState<Policy | 'new' | null>(creating && can.develop ? 'new' : null);
  const [deleting, setDeleting] = useState<Policy | null>(null);
  const create = can.develop ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setEditing('new')}>
      New policy
    </Button>
  ) : undefined;
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Project settings' },
          { label: 'Campaigns' },
          { label: 'General' },
          { label: 'Throughput policies' },
        ]}
      />
      <PageHeader
        title="Throughput policies"
        description="A limit shared by all webhooks that select it. It is never exceeded, whatever runs at the same time. A changed limit acts at once, also on what is queued."
        actions={policies.length > 0 ? create : undefined}
      />
      <Card flush>
        <DataTable
          label="Throughput policies"
          columns={columnsFor(can.develop ? setDeleting : undefined)}
          rows={policies}
          rowKey={(policy) => policy.id}
          onRowClick={can.develop ? setEditing : undefined}
          empty={
            <EmptyState icon={<Gauge aria-hidden />} title="No throughput policies yet" action={create}>
              Make one for each third party that cannot take everything at once. Webhooks select it in their settings.
            </EmptyState>
          }
        />
      </Card>
      {policies.length > 0 ? (
        <div className="mt-8">
          <PolicyQueues />
        </div>
      ) : null}
      {editing ? (
        <PolicyDialog
          key={editing === 'new' ? 'new' : editing.id}
          policy={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      ) : null}
      {deleting ? (
        <DeletePolicyDialog
          policy={deleting}
          others={policies.filter(({ id }) => id !== deleting.id)}
          onClose={() => setDeleting(null)}
        />
      ) : null}
    </Page>
  );
}

const columnsFor = (onDelete: ((policy: Policy) => void) | undefined): Column<Policy>[] => [
  {
    id: 'name',
    header: 'Name',
    sortValue: (policy) => policy.name,
    cell: (policy) => (
      <span className="flex items-center gap-2">
        <span className="truncate font-medium">{policy.name}</span>
        {policy.isDefault ? <Badge tone="accent">Default</Badge> : null}
      </span>
    ),
  },
  {
    id: 'concurrency',
    header: 'Requests at once',
    align: 'right',
    width: '160px',
    sortValue: (policy) => policy.concurrency,
    cell: (policy) => <Count value={policy.concurrency} />,
  },
  {
    id: 'rate',
    header: 'Rate',
    align: 'right',
    width: '180px',
    sortValue: (policy) => (policy.rate ? policy.rate.requests / (policy.rate.per === 'minute' ? 60 : 1) : null),
    cell: (policy) =>
      policy.rate ? (
        <>
          <Count value={policy.rate.requests} unit={`a ${policy.rate.per}`} />
          {policy.rate.burst > 1 ? <span className="block text-faint text-xs">burst {policy.rate.burst}</span> : null}
        </>
      ) : (
        <span className="text-faint">no limit</span>
      ),
  },
  {
    id: 'uses',
    header: 'Used by',
    width: '200px',
    sortValue: (policy) => policy.uses.length,
    cell: (policy) => <ScenarioUses uses={policy.uses} />,
  },
  ...(onDelete
    ? [
        {
          id: 'delete',
          header: <span className="sr-only">Delete</span>,
          width: '56px',
          align: 'right' as const,
          cell: (policy: Policy) => (
            <IconButton
              size="sm"
              label={`Delete ${policy.name}`}
              icon={<Trash2 aria-hidden />}
              className="text-faint"
              onClick={() => onDelete(policy)}
            />
          ),
        },
      ]
    : []),
];
