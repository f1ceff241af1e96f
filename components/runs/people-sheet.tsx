'use client';

import { ArrowLeft, Users } from 'lucide-react';
import { useState } from 'react';
import { useAsk } from '@/components/call';
import { Button } from '@/components/ui/button';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { type Column, DataTable } from '@/components/ui/table';
import { PORT_LABELS } from '@/lib/core/node-kinds';
import { Journey } from './journey';
import { Pages, usePages } from './pages';
import { useQueryState } from './use-query';
import { GROUPS, type NodeCounts } from './words';

/** The people behind a number, and the way of one of them. Which is open stands in the address. */
export function PeopleSheet({
  run,
  at,
  journey,
}: {
  run: string;
  at: { counts: NodeCounts; group: string } | null;
  journey: string | null;
}) {
  const [, setQuery] = useQueryState();
  const close = () => setQuery({ people: null, journey: null });
  const [name, setName] = useState<string | null>(null);
  return (
    <Sheet
      open
      modal={false}
      size="md"
      bare
      onOpenChange={(open) => !open && close()}
      title={journey === null ? at && groupTitle(at) : (name ?? 'Journey')}
      label={journey === null ? (at ? groupTitle(at) : 'People') : (name ?? 'Journey')}
      description={journey === null ? at && `#${at.counts.number} ${at.counts.name}` : 'The way through this run'}
    >
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
        {journey === null ? (
          at && <People run={run} at={at} onOpen={(one) => setQuery({ journey: one })} />
        ) : (
          <>
            {at ? (
              <Button
                size="sm"
                variant="ghost"
                className="mt-3 ml-2"
                icon={<ArrowLeft aria-hidden />}
                onClick={() => setQuery({ journey: null })}
              >
                {groupTitle(at)}
              </Button>
            ) : null}
            <Journey run={run} journey={journey} onName={setName} />
          </>
        )}
      </div>
    </Sheet>
  );
}

function groupTitle({ counts, group }: { counts: NodeCounts; group: string }): string {
  const known = GROUPS.find((each) => each.group === group);
  if (known) return `${known.label} · ${counts[known.key].toLocaleString('en')}`;
  return `Left by ${PORT_LABELS[group] || group} · ${(counts.ports[group] ?? 0).toLocaleString('en')}`;
}

const PAGE = 50;

function People({
  run,
  at: { counts, group },
  onOpen,
}: {
  run: string;
  at: { counts: NodeCounts; group: string };
  onOpen: (journey: string) => void;
}) {
  const pages = usePages(PAGE);
  const { data, error, refetch, isFetching } = useAsk(
    'run.people',
    { run, node: counts.node, group, limit: PAGE, ...(pages.before === null ? {} : { before: pages.before }) },
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
        label="Customers"
        columns={COLUMNS}
        rows={data?.people}
        rowKey={(person) => person.journey}
        onRowClick={(person) => onOpen(person.journey)}
        dense
        empty={
          <EmptyState icon={<Users aria-hidden />} title="Nobody at this moment">
            They have gone on since the number was read.
          </EmptyState>
        }
      />
      {data ? <Pages pages={pages} count={data.people.length} next={data.next} loading={isFetching} /> : null}
    </>
  );
}

type Person = { journey: string; customerId: string; name: string; reason: string | null; at: string | null };

const COLUMNS: Column<Person>[] = [
  {
    id: 'name',
    header: 'Customer',
    cell: (person) => (
      <span className="block min-w-0">
        <span className="font-medium">{person.name}</span>
        {person.reason ? (
          <span className="block max-w-[420px] truncate text-muted text-xs" title={person.reason}>
            {person.reason}
          </span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'id',
    header: 'Number',
    align: 'right',
    width: '96px',
    cell: (person) => <span className="text-faint">{person.customerId}</span>,
  },
  {
    id: 'at',
    header: 'When',
    width: '128px',
    align: 'right',
    cell: (person) => (person.at ? <RelativeTime at={person.at} className="text-muted" /> : <Count value={null} />),
  },
];
