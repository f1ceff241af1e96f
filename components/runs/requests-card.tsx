'use client';

import { ArrowUpDown, FilterX, RotateCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type InputOf, useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Input, SearchInput } from '@/components/ui/input';
import { RelativeTime } from '@/components/ui/relative-time';
import { Select } from '@/components/ui/select';
import { type Column, DataTable } from '@/components/ui/table';
import type { AnyNode, Document } from '@/lib/core/document';
import { Pages, usePages } from './pages';
import { ReplayDialog, type ReplayFilter } from './replay-dialog';
import { useQueryState } from './use-query';
import { OUTCOMES, type RequestRow } from './words';

const PAGE = 50;
const EVERY_MS = 2000;

/** Every request of a run. The filters stand in the address. */
export function RequestsCard({
  run,
  document,
  isLive,
  asOf,
}: {
  run: string;
  document: Document;
  isLive: boolean;
  /** Changes once more when the run has ended: then the list is asked for the last time. */
  asOf: string;
}) {
  const [query, setQuery] = useQueryState();
  const pages = usePages(PAGE);
  const filter = filterOf(query);
  const { can } = useProject();
  const webhooks = document.nodes.filter(({ kind }) => kind === 'webhook');
  const [isReplaying, setIsReplaying] = useState(false);
  const isFiltered = Object.keys(filter).length > 0;
  const change = (name: string, value: string | null) => {
    pages.reset();
    setQuery({ [name]: value });
  };
  const { data, error, refetch, isFetching } = useAsk(
    'run.requests',
    { run, ...filter, limit: PAGE, ...(pages.before === null ? {} : { before: pages.before }) },
    { keepPrevious: true, refetchInterval: isLive && pages.index === 0 ? EVERY_MS : false },
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the run ends, not when `refetch` changes
  useEffect(() => {
    if (!isLive) void refetch();
  }, [isLive, asOf]);
  return (
    <section aria-label="Requests">
      <Card
        title="Requests"
        flush
        actions={
          can.build && webhooks.length > 0 && !(data?.requests.length === 0 && !isFiltered) ? (
            <Button size="sm" icon={<RotateCw aria-hidden />} onClick={() => setIsReplaying(true)}>
              Send again
            </Button>
          ) : undefined
        }
      >
        <Filters webhooks={webhooks} query={query} onChange={change} />
        {error && !data ? (
          <ErrorState reference={error.reference} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="Requests"
            columns={COLUMNS}
            rows={data?.requests}
            rowKey={(row) => row.id}
            onRowClick={(row) => setQuery({ request: row.id, people: null, journey: null })}
            activeKey={query.get('request')}
            dense
            empty={
              isFiltered ? (
                <EmptyState
                  icon={<FilterX aria-hidden />}
                  title="No request is like this"
                  action={<Button onClick={() => setQuery(NO_FILTER)}>Clear the filters</Button>}
                />
              ) : (
                <EmptyState icon={<ArrowUpDown aria-hidden />} title="No requests yet">
                  {isLive ? 'They appear here as they are sent.' : 'This run sent none.'}
                </EmptyState>
              )
            }
          />
        )}
        {data ? <Pages pages={pages} count={data.requests.length} next={data.next} loading={isFetching} /> : null}
      </Card>
      {isReplaying ? (
        <ReplayDialog run={run} webhooks={webhooks} filter={replayOf(filter)} onClose={() => setIsReplaying(false)} />
      ) : null}
    </section>
  );
}

/** What is still being tried is not sent again. */
const replayOf = ({ outcome, ...rest }: Filter): ReplayFilter =>
  outcome === undefined || outcome === 'retrying' ? rest : { ...rest, outcome };

type Filter = Pick<InputOf<'run.requests'>, 'node' | 'outcome' | 'status' | 'text'>;
const NO_FILTER = { node: null, outcome: null, status: null, text: null };
const ANY = '';

/** What the address asks for; what it says wrongly is passed over. */
function filterOf(query: URLSearchParams): Filter {
  const [node, outcome, status, text] = ['node', 'outcome', 'status', 'text'].map((name) => query.get(name) ?? '');
  return {
    ...(node ? { node: node.slice(0, 40) } : {}),
    ...(outcome && Object.hasOwn(OUTCOMES, outcome) ? { outcome: outcome as RequestRow['outcome'] } : {}),
    ...(status && /^[1-5]\d\d$/.test(status) ? { status: Number(status) } : {}),
    ...(text ? { text: text.slice(0, 200) } : {}),
  };
}

function Filters({
  webhooks,
  query,
  onChange,
}: {
  webhooks: readonly AnyNode[];
  query: URLSearchParams;
  onChange: (name: string, value: string | null) => void;
}) {
  const [text, setText] = useTyped(query.get('text') ?? '', (value) => onChange('text', value));
  const [status, setStatus] = useTyped(query.get('status') ?? '', (value) => onChange('status', value));
  const isWrong = status !== '' && !/^[1-5]\d\d$/.test(status);
  return (
    <div className="flex flex-wrap items-center gap-2 border-line border-b px-3 py-2">
      <SearchInput label="Search messages" value={text} onChange={setText} className="w-56" />
      {webhooks.length > 1 ? (
        <Select
          label="Node"
          className="w-44"
          value={query.get('node') ?? ANY}
          onChange={(value) => onChange('node', value)}
          options={[
            { value: ANY, label: 'All webhooks' },
            ...webhooks.map((node) => ({ value: node.id, label: `#${node.number} ${node.name}` })),
          ]}
        />
      ) : null}
      <Select
        label="Outcome"
        className="w-36"
        value={query.get('outcome') ?? ANY}
        onChange={(value) => onChange('outcome', value)}
        options={[
          { value: ANY, label: 'All outcomes' },
          ...Object.entries(OUTCOMES).map(([value, { words }]) => ({ value, label: words })),
        ]}
      />
      <Input
        aria-label="Status"
        placeholder="Status"
        inputMode="numeric"
        className="w-24"
        value={status}
        aria-invalid={isWrong || undefined}
        title={isWrong ? 'A status has three digits, such as 429' : undefined}
        onChange={(event) => setStatus(event.target.value.trim())}
      />
    </div>
  );
}

/** A text that is taken over a moment after the last key. */
function useTyped(value: string, onSettled: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the clock
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSettled(typed), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setTyped(value), [value]);
  return [typed, setTyped];
}

const COLUMNS: Column<RequestRow>[] = [
  { id: 'at', header: 'Time', width: '116px', cell: (row) => <RelativeTime at={row.at} className="text-muted" /> },
  {
    id: 'node',
    header: 'Node',
    width: '180px',
    cell: (row) => (
      <span className="block max-w-44 truncate" title={row.nodeName}>
        <span className="text-faint tabular-nums">#{row.nodeNumber}</span> {row.nodeName}
      </span>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '96px',
    cell: (row) => <Badge tone={OUTCOMES[row.outcome].tone}>{OUTCOMES[row.outcome].words}</Badge>,
  },
  {
    id: 'status',
    header: 'Status',
    width: '64px',
    cell: (row) => row.status ?? <Count value={null} />,
    className: 'tabular-nums',
  },
  {
    id: 'customers',
    header: 'Customers',
    width: '190px',
    cell: (row) =>
      row.customers === 1 && row.customerName ? (
        <span className="block max-w-44 truncate">{row.customerName}</span>
      ) : (
        <span className="whitespace-nowrap">
          <Count value={row.customers} exact /> <span className="text-faint">customers</span>
        </span>
      ),
  },
  { id: 'attempts', header: 'Tries', align: 'right', width: '56px', cell: (row) => <Count value={row.attempts} /> },
  { id: 'ms', header: 'ms', align: 'right', width: '72px', cell: (row) => <Count value={row.ms} /> },
  {
    id: 'message',
    header: 'What happened',
    cell: (row) => (
      <span className="block max-w-[360px] truncate text-muted" title={row.message}>
        {row.message}
      </span>
    ),
  },
];
