'use client';

import { Activity } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { EventSheet } from '@/components/events/event-sheet';
import { EventTable, type ShownEvent } from '@/components/events/event-table';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Pagination } from '@/components/ui/pagination';
import { usePages } from './address-state';

const PAGE = 25;

/** What happened to one customer, by type, page by page. */
export function Timeline({ id, types }: { id: string; types: OutputOf<'customer.get'>['eventTypes'] }) {
  const [type, setType] = useState<string | null>(null);
  const [opened, setOpened] = useState<ShownEvent | null>(null);
  const pages = usePages(type ?? '', PAGE);
  const list = useAsk('customer.events', { id, type, before: pages.before, limit: PAGE }, { keepPrevious: true });
  const total = types.reduce((sum, { count }) => sum + count, 0);
  const counted = type === null ? total : types.find((each) => each.type === type)?.count;
  return (
    <Card flush>
      <div className="flex flex-wrap gap-1 border-line border-b px-3 py-2">
        <TypeButton label="All events" count={total} on={type === null} onClick={() => setType(null)} />
        {types.map((each) => (
          <TypeButton
            key={each.type}
            label={each.type}
            count={each.count}
            on={type === each.type}
            onClick={() => setType(each.type)}
          />
        ))}
      </div>
      {list.isError ? (
        <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
          {list.error.message}
        </ErrorState>
      ) : (
        <>
          <EventTable
            events={list.data?.events}
            active={opened?.id ?? null}
            onOpen={setOpened}
            stale={list.isPlaceholderData}
            empty={
              <EmptyState icon={<Activity aria-hidden />} title="Nothing happened yet">
                Events come by the API, by an import, and from scenarios.
              </EmptyState>
            }
          />
          {list.data && (list.data.next || pages.onPrevious) ? (
            <div className="border-line border-t">
              <Pagination
                from={pages.from}
                count={list.data.events.length}
                total={counted}
                onPrevious={pages.onPrevious}
                onNext={pages.onNext(list.data.next)}
                loading={list.isPlaceholderData}
              />
            </div>
          ) : null}
        </>
      )}
      {opened ? <EventSheet event={opened} onClose={() => setOpened(null)} /> : null}
    </Card>
  );
}

function TypeButton({ label, count, on, onClick }: { label: string; count: number; on: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={cn(
        'inline-flex h-7 items-center gap-1.5 rounded-md px-2 text-sm hover:bg-hover',
        on ? 'bg-accent-soft font-medium text-accent hover:bg-accent-soft' : 'text-muted',
      )}
    >
      {label}
      <Count value={count} className="text-xs" />
    </button>
  );
}
