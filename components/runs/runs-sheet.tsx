'use client';

import { History } from 'lucide-react';
import { useAsk } from '@/components/call';
import { duration } from '@/components/scenario/duration';
import { useScenario } from '@/components/scenario/scenario-context';
import { StatusPill } from '@/components/ui/badge';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { type Column, DataTable } from '@/components/ui/table';
import { Pages, usePages } from './pages';
import { useQueryState } from './use-query';
import { RUN_KINDS, RUN_STATES } from './words';

const PAGE = 25;

/** All runs of the scenario, to choose from. */
export function RunsSheet({ current, onClose }: { current: string; onClose: () => void }) {
  const { id, name } = useScenario();
  const [, setQuery] = useQueryState();
  const pages = usePages(PAGE);
  const { data, error, refetch, isFetching } = useAsk(
    'run.list',
    { scenario: id, limit: PAGE, before: pages.before },
    { keepPrevious: true, refetchInterval: pages.index === 0 ? 3000 : false },
  );
  const open = (run: string) => {
    setQuery(
      { run, people: null, journey: null, request: null, node: null, outcome: null, status: null, text: null },
      { push: true },
    );
    onClose();
  };
  return (
    <Sheet open size="lg" bare onOpenChange={(isOpen) => !isOpen && onClose()} title="Runs" description={name}>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto">
        {error && !data ? (
          <ErrorState reference={error.reference} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="Runs of the scenario"
            columns={COLUMNS}
            rows={data?.runs}
            rowKey={(run) => run.id}
            activeKey={current}
            onRowClick={(run) => open(run.id)}
            empty={
              <EmptyState icon={<History aria-hidden />} title="No runs yet">
                Each start of the scenario is a run.
              </EmptyState>
            }
          />
        )}
        {data ? <Pages pages={pages} count={data.runs.length} next={data.next} loading={isFetching} /> : null}
      </div>
    </Sheet>
  );
}

type Run = ReturnType<typeof useScenario>['runs'][number];

const COLUMNS: Column<Run>[] = [
  {
    id: 'number',
    header: 'Run',
    width: '72px',
    cell: (run) => <span className="font-medium tabular-nums">{run.number}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: '112px',
    cell: (run) => {
      const { words, tone, live } = RUN_STATES[run.state];
      return (
        <StatusPill tone={tone} live={live}>
          {words}
        </StatusPill>
      );
    },
  },
  {
    id: 'kind',
    header: 'Who entered',
    width: '140px',
    cell: (run) => RUN_KINDS[run.kind],
  },
  {
    id: 'at',
    header: 'When',
    width: '190px',
    cell: (run) => <RelativeTime at={run.createdAt} exact className="text-muted" />,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'right',
    width: '88px',
    cell: (run) =>
      run.endedAt === null ? (
        <Count value={null} />
      ) : (
        duration((Date.parse(run.endedAt) - Date.parse(run.createdAt)) / 1000)
      ),
  },
  { id: 'entered', header: 'Entered', align: 'right', cell: (run) => <Count value={run.entered} /> },
  { id: 'delivered', header: 'Delivered', align: 'right', cell: (run) => <Count value={run.delivered} /> },
  {
    id: 'rejected',
    header: 'Rejected',
    align: 'right',
    cell: (run) => <Count value={run.rejected} className={run.rejected > 0 ? 'text-danger' : 'text-faint'} />,
  },
  {
    id: 'unknown',
    header: 'Unknown',
    align: 'right',
    cell: (run) => <Count value={run.unknown} className={run.unknown > 0 ? 'text-warning' : 'text-faint'} />,
  },
];
