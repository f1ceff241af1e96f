'use client';

import { Plus, SearchX, Upload, Workflow } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { ImportDialog } from '@/components/transfer/import-dialog';
import { Badge, toneText } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checkbox } from '@/components/ui/checkbox';
import { cn } from '@/components/ui/cn';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SearchInput } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Select } from '@/components/ui/select';
import { type Column, DataTable } from '@/components/ui/table';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { CreateScenarioDialog } from './create-scenario-dialog';
import { NODE_VIEWS } from './node-kinds';
import { ScenarioMenu } from './scenario-menu';
import { runState, ScenarioStatus } from './status';

export type ScenarioRow = OutputOf<'scenario.list'>['scenarios'][number];
type Filters = {
  status: 'all' | 'draft' | 'active' | 'finishing' | 'inactive' | 'archived';
  query: string;
  tag: string;
  mine: boolean;
};

const ALL: Filters = { status: 'all', query: '', tag: '', mine: false };
const STATUSES: { value: Filters['status']; label: string }[] = [
  { value: 'all', label: 'All statuses' },
  { value: 'draft', label: 'Draft' },
  { value: 'active', label: 'Active' },
  { value: 'finishing', label: 'Finishing' },
  { value: 'inactive', label: 'Inactive' },
  { value: 'archived', label: 'Archived' },
];

/** The scenarios of the project. */
export function ScenarioList({ initial, creating }: { initial: OutputOf<'scenario.list'>; creating: boolean }) {
  const { id, can } = useProject();
  const router = useRouter();
  const [filters, setFilters] = useState(ALL);
  const [isCreating, setCreating] = useState(creating && can.build);
  const [isImporting, setImporting] = useState(false);
  const isAll = JSON.stringify(filters) === JSON.stringify(ALL);
  const list = useAsk('scenario.list', filters, {
    keepPrevious: true,
    refetchInterval: 5000,
    ...(isAll ? { initial } : {}),
  });
  const { scenarios, tags } = list.data ?? { scenarios: undefined, tags: initial.tags };
  const isEmpty = isAll && scenarios?.length === 0;
  const create = can.build ? (
    <>
      <Button icon={<Upload aria-hidden />} onClick={() => setImporting(true)}>
        Import
      </Button>
      <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setCreating(true)}>
        New scenario
      </Button>
    </>
  ) : undefined;
  const change = (part: Partial<Filters>) => setFilters({ ...filters, ...part });
  return (
    <Page>
      <Crumbs items={[{ label: 'Campaigns' }, { label: 'Scenarios' }]} />
      <PageHeader title="Scenarios" actions={isEmpty ? undefined : create} />
      {isEmpty ? null : <FilterBar filters={filters} tags={tags} onChange={change} />}
      <Card flush>
        {list.error && !list.data ? (
          <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
            {list.error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="Scenarios"
            columns={COLUMNS}
            rows={scenarios}
            rowKey={(row) => row.id}
            onRowClick={(row) => router.push(`/p/${id}/campaigns/scenarios/${row.id}`)}
            empty={
              isEmpty ? (
                <EmptyState icon={<Workflow aria-hidden />} title="No scenarios yet" action={create}>
                  A scenario says who gets which request and when: customers enter at a trigger, conditions choose among
                  them, webhooks send.
                </EmptyState>
              ) : (
                <EmptyState
                  icon={<SearchX aria-hidden />}
                  title={filters.status === 'archived' ? 'Nothing is archived' : 'No scenario is like that'}
                  action={<Button onClick={() => setFilters(ALL)}>Show all</Button>}
                >
                  {filters.status === 'archived' ? 'Archived scenarios are out of sight but not lost.' : undefined}
                </EmptyState>
              )
            }
          />
        )}
      </Card>
      {isCreating ? <CreateScenarioDialog onClose={() => setCreating(false)} /> : null}
      {isImporting ? <ImportDialog onClose={() => setImporting(false)} /> : null}
    </Page>
  );
}

function FilterBar({
  filters,
  tags,
  onChange,
}: {
  filters: Filters;
  tags: readonly string[];
  onChange: (part: Partial<Filters>) => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-3 pb-3">
      <SearchInput value={filters.query} onChange={(query) => onChange({ query })} label="Search scenarios" />
      <Select
        label="Status"
        className="w-44"
        value={filters.status}
        onChange={(status) => onChange({ status })}
        options={STATUSES}
      />
      {tags.length > 0 ? (
        <Select
          label="Tag"
          className="w-44"
          value={filters.tag}
          onChange={(tag) => onChange({ tag })}
          options={[{ value: '', label: 'All tags' }, ...tags.map((tag) => ({ value: tag, label: tag }))]}
        />
      ) : null}
      <Checkbox checked={filters.mine} onChange={(mine) => onChange({ mine })}>
        Only mine
      </Checkbox>
    </div>
  );
}

const COLUMNS: Column<ScenarioRow>[] = [
  {
    id: 'name',
    header: 'Name',
    sortValue: (row) => row.name,
    cell: (row) => (
      <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <NameLink row={row} />
        {row.tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: '110px',
    sortValue: (row) => row.status,
    cell: (row) => <ScenarioStatus status={row.status} archived={row.archived} />,
  },
  { id: 'nodes', header: 'Nodes', width: '140px', sortValue: (row) => row.nodes, cell: (row) => <Kinds row={row} /> },
  { id: 'run', header: 'Last run', width: '190px', sortValue: lastStart, cell: (row) => <LastRun row={row} /> },
  {
    id: 'updated',
    header: 'Edited',
    width: '110px',
    sortValue: (row) => row.updatedAt,
    cell: (row) => <RelativeTime at={row.updatedAt} className="text-muted" />,
  },
  {
    id: 'by',
    header: 'Created by',
    width: '130px',
    className: 'max-xl:hidden',
    sortValue: (row) => row.createdBy,
    cell: (row) => <span className="block truncate text-muted">{row.createdBy ?? '–'}</span>,
  },
  {
    id: 'menu',
    header: <span className="sr-only">Actions</span>,
    width: '48px',
    align: 'right',
    cell: (row) => <ScenarioMenu row={row} />,
  },
];

function lastStart(row: ScenarioRow): string | null {
  return row.lastRun?.createdAt ?? null;
}

function NameLink({ row }: { row: ScenarioRow }) {
  const { id } = useProject();
  return (
    <Link href={`/p/${id}/campaigns/scenarios/${row.id}`} className="font-medium hover:underline">
      {row.name}
    </Link>
  );
}

/** The kinds that occur, as icons; how many nodes there are, as a number. */
function Kinds({ row }: { row: ScenarioRow }) {
  if (row.nodes === 0) return <span className="text-faint">empty</span>;
  return (
    <span className="flex items-center gap-1.5">
      {row.kinds
        .filter((kind) => Object.hasOwn(NODE_VIEWS, kind))
        .map((kind) => {
          const { icon: Icon } = NODE_VIEWS[kind];
          const { title, family } = NODE_KINDS[kind];
          return (
            <span key={kind} title={title} className={cn('flex', toneText[family])}>
              <Icon aria-hidden />
              <span className="sr-only">{title}, </span>
            </span>
          );
        })}
      <span className="ml-0.5 text-muted text-xs tabular-nums">
        {row.nodes}
        <span className="sr-only"> nodes</span>
      </span>
    </span>
  );
}

function LastRun({ row: { lastRun } }: { row: ScenarioRow }) {
  if (!lastRun) return <span className="text-faint">never started</span>;
  const { words, tone } = runState(lastRun.state);
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <span aria-hidden className={cn('size-2 rounded-full bg-current', toneText[tone])} />
      <span>{words}</span>
      <span className="text-muted">
        <Count value={lastRun.entered} /> {lastRun.entered === 1 ? 'customer' : 'customers'}
      </span>
      <RelativeTime at={lastRun.endedAt ?? lastRun.createdAt} className="text-faint text-xs max-xl:hidden" />
    </span>
  );
}
