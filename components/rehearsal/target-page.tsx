'use client';

import { Eraser, Inbox } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CopyButton } from '@/components/ui/copy-button';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sparkline } from '@/components/ui/sparkline';
import { Stat } from '@/components/ui/stat';
import { type Column, DataTable } from '@/components/ui/table';
import { BehaviourForm } from './behaviour-form';
import { SeenRequestDrawer } from './seen-request-drawer';
import { statusTone } from './status-tone';

type Opened = OutputOf<'rehearsal.open'>;
type Row = Opened['requests'][number];

/** One target: what it saw, how it behaves, the last requests. */
export function RehearsalTargetPage({ initial }: { initial: Opened }) {
  const project = useProject();
  const target = initial.name;
  const { data = initial, error } = useAsk('rehearsal.open', { target }, { initial, refetchInterval: 1000 });
  const [opened, setOpened] = useState<Row | null>(null);
  const clear = useDo('rehearsal.clear', { success: 'The books are empty again' });
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'Rehearsal target', href: `/p/${project.id}/data/rehearsal` },
          { label: target },
        ]}
      />
      <PageHeader
        title={target}
        description={
          <span className="flex items-center gap-1">
            <code className="truncate text-sm">{data.url}</code>
            <CopyButton text={data.url} label="Copy the URL" />
          </span>
        }
        actions={
          project.can.build ? (
            <Button
              icon={<Eraser aria-hidden />}
              loading={clear.isPending}
              disabled={data.totals.requests === 0}
              onClick={() => clear.mutate({ target })}
            >
              Clear
            </Button>
          ) : undefined
        }
      />
      {error ? (
        <Banner tone="danger" title="The rehearsal target does not answer" className="mb-4">
          {error.message} What stands here is as it was last seen.
        </Banner>
      ) : null}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_340px]">
        <div className="flex min-w-0 flex-col gap-4">
          <Totals totals={data.totals} />
          <Card title="Requests" description="The last 100, newest first." flush>
            <DataTable
              label="Requests to this target"
              columns={COLUMNS}
              rows={data.requests}
              rowKey={(row) => String(row.number)}
              onRowClick={setOpened}
              activeKey={opened ? String(opened.number) : null}
              dense
              empty={
                <EmptyState icon={<Inbox aria-hidden />} title="No requests yet">
                  Point a webhook at this URL, with any path behind it. What it sends appears here within a second.
                </EmptyState>
              }
            />
          </Card>
        </div>
        <BehaviourForm target={target} behaviour={data.behaviour} />
      </div>
      {opened ? <SeenRequestDrawer target={target} row={opened} onClose={() => setOpened(null)} /> : null}
    </Page>
  );
}

function Totals({ totals }: { totals: Opened['totals'] }) {
  const now = totals.perSecond.at(-2) ?? 0;
  return (
    <Card title="Books">
      <div className="grid grid-cols-3 gap-x-6 gap-y-4 xl:grid-cols-6">
        <Stat label="Requests" value={<Count value={totals.requests} />} />
        <Stat label="Customers" value={<Count value={totals.customers} />} note="accepted" />
        <Stat label="Distinct keys" value={<Count value={totals.distinctKeys} />} note="accepted once" />
        <Stat
          label="Duplicates"
          tone={totals.duplicates > 0 ? 'warning' : 'neutral'}
          value={<Count value={totals.duplicates} />}
          note="accepted again"
        />
        <Stat label="Peak at once" value={<Count value={totals.peakConcurrency} />} />
        <Stat label="In flight" value={<Count value={totals.inFlight} />} />
      </div>
      <div className="mt-4 flex items-end justify-between gap-6 border-line border-t pt-4">
        <div className="min-w-0 flex-1">
          <Sparkline
            className="h-10 w-full"
            values={totals.perSecond}
            label={`Requests a second over the last minute: ${now} now, ${Math.max(...totals.perSecond)} at most`}
          />
          <p className="mt-1 flex justify-between text-faint text-xs">
            <span>a minute ago</span>
            <span className="tabular-nums">{now} a second</span>
          </p>
        </div>
        <ul aria-label="Answers by status" className="flex flex-wrap justify-end gap-1.5">
          {Object.entries(totals.statuses).map(([status, count]) => (
            <li key={status}>
              <Badge tone={statusTone(status)}>
                {status} · {count.toLocaleString('en')}
              </Badge>
            </li>
          ))}
        </ul>
      </div>
      {totals.changedBodies > 0 ? (
        <Banner tone="danger" className="mt-4" title="A key came again with another body">
          {totals.changedBodies} requests had an idempotency key that had come before with different contents.
        </Banner>
      ) : null}
    </Card>
  );
}

const COLUMNS: Column<Row>[] = [
  {
    id: 'at',
    header: 'Time',
    width: '120px',
    cell: (row) => <RelativeTime at={row.at} className="text-muted" />,
  },
  {
    id: 'request',
    header: 'Request',
    cell: (row) => (
      <span className="flex min-w-0 items-baseline gap-2">
        <span className="font-medium">{row.method}</span>
        <code className="block max-w-[320px] truncate text-muted text-sm" title={row.path}>
          {row.path || '/'}
        </code>
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Answer',
    width: '88px',
    cell: (row) => <Badge tone={statusTone(row.status)}>{row.status}</Badge>,
  },
  {
    id: 'customers',
    header: 'Customers',
    align: 'right',
    width: '96px',
    cell: (row) => <Count value={row.customers} />,
  },
  { id: 'bytes', header: 'Bytes', align: 'right', width: '88px', cell: (row) => <Count value={row.bodyBytes} /> },
  { id: 'ms', header: 'ms', align: 'right', width: '72px', cell: (row) => <Count value={row.ms} /> },
];
