'use client';

import { Activity } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { useAddressState, usePages, useSearchText } from '@/components/customers/address-state';
import { ExportLink } from '@/components/customers/export-link';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { LinkButton } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Combobox } from '@/components/ui/combobox';
import { abbreviate } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SearchInput } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Pagination } from '@/components/ui/pagination';
import { Switch } from '@/components/ui/switch';
import { EventSheet } from './event-sheet';
import { EventTable, type ShownEvent } from './event-table';

const PAGE = 50;
const LIVE_MS = 3000;

/** What happened in the project, as it comes in. */
export function Events({ initial, types }: { initial: OutputOf<'event.list'>; types: OutputOf<'event.types'> }) {
  const { can } = useProject();
  const [type, setType] = useAddressState('type');
  const { text, setText, settled } = useSearchText('customer');
  const [live, setLive] = useState(true);
  const [opened, setOpened] = useState<ShownEvent | null>(null);
  const pages = usePages(`${type}\n${settled}`, PAGE);
  const first = pages.before === null;
  const filtered = type !== '' || settled !== '';
  const list = useAsk(
    'event.list',
    { type: type || null, customer: settled, before: pages.before, limit: PAGE },
    {
      keepPrevious: true,
      refetchInterval: live && first ? LIVE_MS : false,
      initial: first && !filtered ? initial : undefined,
    },
  );
  const { data: known = types } = useAsk('event.types', {}, { initial: types });
  const isEmpty = !filtered && first && list.data?.events.length === 0;
  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'Events' }]} />
      <PageHeader
        title="Events"
        actions={
          can.build && !isEmpty && settled === '' ? (
            <ExportLink what="events" filter={type ? { type } : {}}>
              {type ? `Export ${type}` : 'Export'}
            </ExportLink>
          ) : undefined
        }
      />
      {isEmpty ? null : (
        <div className="flex flex-wrap items-center gap-x-2 gap-y-3 pb-3">
          <Combobox
            label="Type of event"
            className="w-60"
            clearable
            placeholder="All types"
            searchPlaceholder="Search types"
            value={type || null}
            onChange={(next) => setType(next ?? '')}
            options={known.types.map((each) => ({
              value: each.type,
              label: each.type,
              hint: `${abbreviate(each.count)} in ${known.days} days`,
            }))}
          />
          <SearchInput
            value={text}
            onChange={setText}
            label="Search by customer"
            placeholder="Customer: name, e-mail, identifier"
            className="w-72 max-w-full"
          />
          <div className="ml-auto">
            <Switch checked={live} onChange={setLive}>
              Live
            </Switch>
          </div>
        </div>
      )}
      <Card flush>
        {list.isError ? (
          <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
            {list.error.message}
          </ErrorState>
        ) : (
          <>
            <EventTable
              withCustomer
              events={list.data?.events}
              active={opened?.id ?? null}
              onOpen={setOpened}
              stale={list.isPlaceholderData}
              empty={<NoEvents filtered={filtered} />}
            />
            {list.data && list.data.events.length > 0 ? (
              <div className="border-line border-t">
                <Pagination
                  from={pages.from}
                  count={list.data.events.length}
                  onPrevious={pages.onPrevious}
                  onNext={pages.onNext(list.data.next)}
                  loading={list.isPlaceholderData}
                />
              </div>
            ) : null}
          </>
        )}
      </Card>
      {opened ? <EventSheet event={opened} onClose={() => setOpened(null)} /> : null}
    </Page>
  );
}

function NoEvents({ filtered }: { filtered: boolean }) {
  const project = useProject();
  if (filtered)
    return (
      <EmptyState icon={<Activity aria-hidden />} title="No such events">
        No event has this type and belongs to such a customer. A search by customer looks at the first 50 that it finds.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<Activity aria-hidden />}
      title="Nothing happened yet"
      action={
        <>
          {project.can.build ? (
            <LinkButton href={`/p/${project.id}/data/imports?create=1`}>Import events</LinkButton>
          ) : null}
          {project.can.develop ? (
            <LinkButton variant="primary" href={`/p/${project.id}/settings/access`}>
              Make an API key
            </LinkButton>
          ) : null}
        </>
      }
    >
      Events come by the API (POST /api/v1/events), by an import, and from scenarios. New ones appear here by
      themselves.
    </EmptyState>
  );
}
