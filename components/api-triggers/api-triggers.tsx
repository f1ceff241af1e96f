'use client';

import { Plus, RadioTower } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type OutputOf, useAsk } from '@/components/call';
import { ScenarioUses } from '@/components/scenario/scenario-uses';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { StatusPill } from '@/components/ui/badge';
import { LinkButton } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';

type Row = OutputOf<'api-trigger.list'>[number];

/** What other systems may call to let the audience of scenarios in. */
export function ApiTriggers({ initial }: { initial: Row[] }) {
  const project = useProject();
  const router = useRouter();
  const list = useAsk('api-trigger.list', {}, { initial });
  const base = `/p/${project.id}/data/api-triggers`;
  const create = project.can.develop ? (
    <LinkButton href={`${base}/new`} variant="primary" icon={<Plus aria-hidden />}>
      New API trigger
    </LinkButton>
  ) : undefined;
  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'API triggers' }]} />
      <PageHeader
        title="API triggers"
        description="One call of another system, such as a storm warning or a price that fell, lets every customer into the scenarios that wait for it. Their conditions choose whom it concerns."
        actions={list.data?.length ? create : undefined}
      />
      <Card flush>
        {list.isError ? (
          <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
            {list.error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="API triggers"
            columns={columnsFor(base)}
            rows={list.data}
            rowKey={(row) => row.id}
            onRowClick={(row) => router.push(`${base}/${row.id}`)}
            empty={
              <EmptyState icon={<RadioTower aria-hidden />} title="No API triggers yet" action={create}>
                {project.can.develop
                  ? 'Make one, give its URL and a key to the system that will call it, and put an API trigger on the canvas.'
                  : 'A developer makes them; then they can be chosen in a scenario.'}
              </EmptyState>
            }
          />
        )}
      </Card>
    </Page>
  );
}

const columnsFor = (base: string): Column<Row>[] => [
  {
    id: 'name',
    header: 'Name',
    className: 'max-w-0',
    sortValue: (row) => row.name,
    cell: (row) => (
      <Link href={`${base}/${row.id}`} className="block truncate font-medium hover:underline">
        {row.name}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '96px',
    sortValue: (row) => Number(row.enabled),
    cell: (row) => <EnabledPill enabled={row.enabled} />,
  },
  {
    id: 'parameters',
    header: 'Parameters',
    width: '28%',
    className: 'max-w-0',
    cell: ({ parameters }) =>
      parameters.length === 0 ? (
        <span className="text-faint">none</span>
      ) : (
        <span className="block truncate font-mono text-xs">{parameters.map(({ name }) => name).join(', ')}</span>
      ),
  },
  { id: 'uses', header: 'Used by', width: '136px', cell: ({ uses }) => <ScenarioUses uses={uses} /> },
  {
    id: 'last',
    header: 'Last accepted call',
    width: '164px',
    sortValue: (row) => row.lastCallAt,
    cell: ({ lastCallAt }) =>
      lastCallAt ? <RelativeTime at={lastCallAt} className="text-muted" /> : <span className="text-faint">never</span>,
  },
];

/** Whether calls are taken. */
export function EnabledPill({ enabled }: { enabled: boolean }) {
  return <StatusPill tone={enabled ? 'success' : 'neutral'}>{enabled ? 'On' : 'Off'}</StatusPill>;
}
