'use client';

import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useAsk } from '@/components/call';
import { usePages } from '@/components/customers/address-state';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Pagination } from '@/components/ui/pagination';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { type Call, OUTCOMES, RunLinks } from './call';
import { CallSheet } from './call-sheet';

const PAGE = 20;
/** Calls come from outside, so the log looks again by itself. */
const LOOK_EVERY_MS = 5000;

/** Who called a trigger, and what came of it. */
export function TriggerLog({ trigger }: { trigger: string }) {
  const project = useProject();
  const pages = usePages(trigger, PAGE);
  const [open, setOpen] = useState<Call | null>(null);
  const list = useAsk(
    'api-trigger.calls',
    { id: trigger, before: pages.before, limit: PAGE },
    { keepPrevious: true, refetchInterval: pages.before === null ? LOOK_EVERY_MS : false },
  );
  return (
    <Card flush title="Trigger log" description="Each call with what came of it. A row opens what the call gave.">
      {list.isError ? (
        <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
          {list.error.message}
        </ErrorState>
      ) : (
        <>
          <DataTable
            label="Trigger log"
            columns={columnsFor(project.id)}
            rows={list.data?.calls}
            rowKey={(call) => call.id}
            onRowClick={setOpen}
            activeKey={open?.id ?? null}
            empty={
              <EmptyState icon={<ScrollText aria-hidden />} title="No calls yet">
                Send the example above from a terminal: the answer says what is missing, and the call is listed here.
              </EmptyState>
            }
          />
          {list.data && (list.data.calls.length === PAGE || pages.from > 0) ? (
            <div className="border-line border-t">
              <Pagination
                from={pages.from}
                count={list.data.calls.length}
                onPrevious={pages.onPrevious}
                onNext={pages.onNext(list.data.next)}
                loading={list.isPlaceholderData}
              />
            </div>
          ) : null}
        </>
      )}
      {open ? <CallSheet trigger={trigger} call={open} onClose={() => setOpen(null)} /> : null}
    </Card>
  );
}

const columnsFor = (project: string): Column<Call>[] => [
  {
    id: 'at',
    header: 'When',
    width: '150px',
    cell: ({ lastAt }) => <RelativeTime at={lastAt} className="text-muted" />,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '140px',
    cell: ({ outcome, times }) => (
      <span className="flex items-center gap-2">
        <Badge tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].words}</Badge>
        {times > 1 ? (
          <span className="text-muted text-xs tabular-nums" title={`${times} such calls, one after the other`}>
            × {times.toLocaleString('en')}
          </span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'what',
    header: 'Runs, or the reason',
    className: 'max-w-0',
    cell: (call) =>
      call.outcome === 'started' ? (
        <RunLinks project={project} runs={call.runs} />
      ) : (
        <span className="block truncate" title={call.reason ?? ''}>
          {call.reason}
        </span>
      ),
  },
  {
    id: 'caller',
    header: 'By',
    width: '220px',
    cell: ({ caller, keyPrefix }) => (
      <span className="block truncate">
        {caller} {keyPrefix ? <code className="font-mono text-faint text-xs">{keyPrefix}…</code> : null}
      </span>
    ),
  },
];
