'use client';

import { Route } from 'lucide-react';
import Link from 'next/link';
import { type OutputOf, useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge, type Tone } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { Pages, usePages } from './pages';

type CustomerJourney = OutputOf<'customer.journeys'>['journeys'][number];
const PAGE = 20;

/** The scenarios that one customer went through, each with the way to the whole journey. For the customer's profile. */
export function CustomerJourneys({ customer }: { customer: string }) {
  const project = useProject();
  const pages = usePages(PAGE);
  const { data, error, refetch, isFetching } = useAsk(
    'customer.journeys',
    { id: customer, limit: PAGE, ...(pages.before === null ? {} : { before: pages.before }) },
    { keepPrevious: true },
  );
  if (error && !data)
    return (
      <ErrorState reference={error.reference} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    );
  return (
    <>
      <DataTable
        label="Journeys of the customer"
        columns={columnsFor(project.id)}
        rows={data?.journeys}
        rowKey={(row) => `${row.run}-${row.journey}`}
        dense
        empty={
          <EmptyState icon={<Route aria-hidden />} title="No journeys yet">
            Every scenario that this customer enters is told here, step by step.
          </EmptyState>
        }
      />
      {data ? <Pages pages={pages} count={data.journeys.length} next={data.next} loading={isFetching} /> : null}
    </>
  );
}

const TONES: Record<string, Tone> = {
  delivered: 'success',
  rejected: 'danger',
  unknown: 'warning',
  waiting: 'info',
  'in-flight': 'accent',
};

const columnsFor = (project: string): Column<CustomerJourney>[] => [
  {
    id: 'scenario',
    header: 'Scenario',
    cell: (row) => (
      <Link
        href={`/p/${project}/campaigns/scenarios/${row.scenarioId}/evaluate?run=${row.run}&journey=${row.journey}`}
        className="font-medium hover:underline"
      >
        {row.scenarioName}
      </Link>
    ),
  },
  {
    id: 'run',
    header: 'Run',
    width: '72px',
    align: 'right',
    cell: (row) => <span className="text-muted">{row.runNumber}</span>,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '180px',
    cell: (row) => (
      <span className="flex items-center gap-2">
        <Badge tone={TONES[row.outcome] ?? 'neutral'}>{row.outcome}</Badge>
        {row.state === 'going' ? <span className="text-muted text-xs">still going</span> : null}
      </span>
    ),
  },
  {
    id: 'at',
    header: 'When',
    width: '140px',
    align: 'right',
    cell: (row) => <RelativeTime at={row.at} className="text-muted" />,
  },
];
