'use client';

import { Terminal } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Count } from '@/components/ui/count';
import { ErrorState } from '@/components/ui/error-state';
import { KeyValues } from '@/components/ui/key-values';
import { RelativeTime } from '@/components/ui/relative-time';
import { RevealBar } from '@/components/ui/reveal-bar';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { DataTable } from '@/components/ui/table';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { toast } from '@/components/ui/toast';
import { toCurl } from '@/lib/core/curl';
import { BodyBlock } from './body-block';
import { HeaderList } from './header-list';
import { useQueryState } from './use-query';
import { failureSentence, OUTCOMES } from './words';

type Detail = OutputOf<'run.request'>;
const TABS = ['request', 'response', 'tries', 'people'] as const;

/** One request: what was sent, what came back, every try, and for whom it was; its values when they are asked for. */
export function RequestDrawer({ run, request }: { run: string; request: string }) {
  const [, setQuery] = useQueryState();
  const reveal = useDo('run.reveal');
  const {
    data: masked,
    error,
    refetch,
  } = useAsk(
    'run.request',
    { run, request },
    { refetchInterval: (value) => (value?.outcome === 'retrying' ? 2000 : false) },
  );
  const isRevealed = reveal.data !== undefined;
  const data = reveal.data ?? masked;
  return (
    <Sheet
      open
      modal={false}
      size="md"
      bare
      onOpenChange={(open) => !open && setQuery({ request: null })}
      title={`Request ${request}`}
      description={data ? `${data.method} ${data.url}` : undefined}
      actions={data && isRevealed ? <CurlButton detail={data} /> : undefined}
    >
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto p-4">
        {data ? (
          <>
            <RevealBar
              className="mb-4"
              revealed={isRevealed}
              loading={reveal.isPending}
              onReveal={data.mayReveal ? () => reveal.mutate({ run, request }) : null}
              onHide={reveal.reset}
            />
            <Contents detail={data} />
          </>
        ) : error ? (
          <ErrorState title="This request cannot be shown" reference={error.reference} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : (
          <Skeleton className="h-60" />
        )}
      </div>
    </Sheet>
  );
}

function CurlButton({ detail }: { detail: Detail }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(toCurl(detail));
      toast.success('Copied as cURL', { description: 'Credentials are not part of it.' });
    } catch {
      toast.error('The browser did not allow copying');
    }
  };
  return (
    <Button size="sm" variant="ghost" icon={<Terminal aria-hidden />} onClick={() => void copy()}>
      Copy as cURL
    </Button>
  );
}

function Contents({ detail }: { detail: Detail }) {
  const [tab, setTab] = useState<(typeof TABS)[number]>('request');
  const outcome = OUTCOMES[detail.outcome];
  const isFailure = detail.outcome !== 'delivered';
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-start gap-3">
        <Badge tone={outcome.tone}>{outcome.words}</Badge>
        <p className="min-w-0 [overflow-wrap:anywhere]">
          {isFailure
            ? `${failureSentence(detail.nodeName, hostOfUrl(detail.url), detail.message)}.`
            : `${detail.nodeName} was delivered${detail.status ? ` (${detail.status})` : ''}.`}
        </p>
      </div>
      <KeyValues
        items={[
          ['Node', `#${detail.nodeNumber} ${detail.nodeName}`],
          ['Time', <RelativeTime key="at" at={detail.at} exact />],
          ['Took', <Count key="ms" value={detail.ms} unit="ms" />],
          [
            'Key',
            <span key="key" className="flex items-center gap-1">
              <code className="truncate text-sm">{detail.key}</code>
              <CopyButton text={detail.key} label="Copy the idempotency key" />
            </span>,
          ],
        ]}
      />
      <Tabs
        label="Parts of the request"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'request', label: 'Request' },
          { value: 'response', label: 'Response', count: detail.response?.status },
          { value: 'tries', label: 'Tries', count: detail.tries.length },
          { value: 'people', label: 'People', count: detail.customers.toLocaleString('en') },
        ]}
      >
        <TabPanel value="request" className="flex flex-col gap-4">
          <p className="font-mono text-sm [overflow-wrap:anywhere]">
            <span className="font-medium">{detail.method}</span> {detail.url}
          </p>
          <HeaderList headers={detail.headers} />
          <BodyBlock title="Body" body={detail.body} />
        </TabPanel>
        <TabPanel value="response" className="flex flex-col gap-4">
          {detail.response ? (
            <>
              <HeaderList headers={Object.entries(detail.response.headers)} />
              <BodyBlock title="Body of the response" body={detail.response.body} />
            </>
          ) : (
            <p className="text-muted">No answer is kept.</p>
          )}
        </TabPanel>
        <TabPanel value="tries">
          <DataTable
            label="Tries"
            dense
            rows={detail.tries}
            rowKey={(each) => each.at}
            columns={[
              { id: 'at', header: 'Time', width: '190px', cell: (each) => <RelativeTime at={each.at} exact /> },
              { id: 'status', header: 'Status', width: '72px', cell: (each) => each.status ?? <Count value={null} /> },
              { id: 'ms', header: 'ms', align: 'right', width: '72px', cell: (each) => <Count value={each.ms} /> },
              {
                id: 'message',
                header: 'What happened',
                cell: (each) => <span className="[overflow-wrap:anywhere]">{each.message}</span>,
              },
            ]}
          />
        </TabPanel>
        <TabPanel value="people">
          <PeopleOf detail={detail} />
        </TabPanel>
      </Tabs>
    </div>
  );
}

function PeopleOf({ detail }: { detail: Detail }) {
  const [, setQuery] = useQueryState();
  return (
    <>
      <DataTable
        label="People of the request"
        dense
        rows={detail.people}
        rowKey={(person) => person.journey}
        onRowClick={(person) => setQuery({ journey: person.journey, request: null })}
        columns={[
          { id: 'name', header: 'Customer', cell: (person) => <span className="font-medium">{person.name}</span> },
          {
            id: 'id',
            header: 'Number',
            align: 'right',
            width: '120px',
            cell: (person) => <span className="text-faint">{person.customerId}</span>,
          },
        ]}
      />
      {detail.customers > detail.people.length ? (
        <p className="pt-3 text-faint text-sm">
          The first {detail.people.length} of {detail.customers.toLocaleString('en')}.
        </p>
      ) : null}
    </>
  );
}

const hostOfUrl = (url: string): string | null => (URL.canParse(url) ? new URL(url).host : null);
