'use client';

import { Download, ScrollText } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SearchInput } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Select } from '@/components/ui/select';
import { type Column, DataTable } from '@/components/ui/table';
import { AuditSheet } from './audit-sheet';
import { actionWords, areaWords } from './audit-words';

type Page_ = OutputOf<'audit.list'>;
export type AuditEntry = Page_['entries'][number];

const ALL = '';
const PERIODS = [
  { value: ALL, label: 'All time', hours: null },
  { value: 'day', label: 'Last 24 hours', hours: 24 },
  { value: 'week', label: 'Last 7 days', hours: 7 * 24 },
  { value: 'month', label: 'Last 30 days', hours: 30 * 24 },
];

/** Who did what to what. */
export function AuditLog({ initial }: { initial: Page_ }) {
  const { id: project } = useProject();
  const [query, setQuery] = useState('');
  const [area, setArea] = useState(ALL);
  const [actor, setActor] = useState(ALL);
  const [period, setPeriod] = useState(ALL);
  const [from, setFrom] = useState<string | null>(null);
  /** Where each page that was left began, so that one can go back. */
  const [path, setPath] = useState<(string | null)[]>([]);
  const [before, setBefore] = useState<string | null>(null);
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const filters = { query, area: area || null, actor: actor || null, from };
  const isFiltered = query !== '' || area !== ALL || actor !== ALL || from !== null;
  const asked = useAsk(
    'audit.list',
    { ...filters, before },
    { keepPrevious: true, ...(isFiltered || before ? {} : { initial }) },
  );
  const { entries, next, areas, actors } = asked.data ?? { ...initial, entries: undefined, next: null };
  /** A filter begins at its first page. */
  const filtered =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      setPath([]);
      setBefore(null);
    };
  const choosePeriod = filtered((value: string) => {
    const hours = PERIODS.find((each) => each.value === value)?.hours ?? null;
    setPeriod(value);
    setFrom(hours === null ? null : new Date(Date.now() - hours * 3600_000).toISOString());
  });
  return (
    <Page>
      <Crumbs items={[{ label: 'Project settings' }, { label: 'Audit log' }]} />
      <PageHeader
        title="Audit log"
        description="What people and keys did in this project, and when its members signed in. Entries can be neither changed nor removed, and hold no secrets."
        actions={
          <a href={exportHref(project, filters)} className={buttonStyle()} download>
            <Download aria-hidden />
            Export CSV
          </a>
        }
      />
      <div className="flex flex-wrap items-center gap-3 pb-4">
        <SearchInput
          value={query}
          onChange={filtered(setQuery)}
          label="Search the audit log"
          placeholder="Name, action, address"
          className="w-56"
        />
        <Select
          label="Area"
          className="w-40"
          value={area}
          onChange={filtered(setArea)}
          options={[{ value: ALL, label: 'All areas' }, ...areas.map((value) => ({ value, label: areaWords(value) }))]}
        />
        <Select
          label="Who"
          className="w-44"
          value={actor}
          onChange={filtered(setActor)}
          options={[{ value: ALL, label: 'Everybody' }, ...actors.map(({ id, name }) => ({ value: id, label: name }))]}
        />
        <Select label="Period" className="w-36" value={period} onChange={choosePeriod} options={PERIODS} />
      </div>
      <Card flush>
        {asked.isError ? (
          <ErrorState title="The audit log could not be read" onRetry={() => asked.refetch()}>
            {asked.error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="Audit log"
            columns={COLUMNS}
            rows={entries}
            rowKey={({ id }) => id}
            onRowClick={setOpen}
            activeKey={open?.id ?? null}
            empty={
              <EmptyState icon={<ScrollText aria-hidden />} title={isFiltered ? 'Nothing found' : 'Nothing yet'}>
                {isFiltered ? 'No entry matches these filters.' : 'What people do in this project is listed here.'}
              </EmptyState>
            }
          />
        )}
      </Card>
      {path.length > 0 || next ? (
        <div className="flex items-center justify-end gap-2 pt-3">
          <Button
            size="sm"
            disabled={path.length === 0}
            onClick={() => {
              setBefore(path.at(-1) ?? null);
              setPath(path.slice(0, -1));
            }}
          >
            Newer
          </Button>
          <Button
            size="sm"
            disabled={!next}
            onClick={() => {
              setPath([...path, before]);
              setBefore(next);
            }}
          >
            Older
          </Button>
        </div>
      ) : null}
      {open ? <AuditSheet entry={open} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}

const COLUMNS: Column<AuditEntry>[] = [
  {
    id: 'at',
    header: 'When',
    width: '150px',
    cell: ({ at }) => <RelativeTime at={at} className="text-muted" />,
  },
  {
    id: 'who',
    header: 'Who',
    width: '200px',
    cell: ({ actorName, actorKind }) => (
      <span className="truncate">
        {actorName}
        {actorKind === 'user' ? null : (
          <span className="text-faint"> ({actorKind === 'key' ? 'API key' : 'system'})</span>
        )}
      </span>
    ),
  },
  { id: 'what', header: 'What', cell: ({ action }) => <span className="truncate">{actionWords(action)}</span> },
  {
    id: 'object',
    header: 'Which',
    cell: ({ objectName, objectId }) =>
      objectName ? (
        <span className="truncate">{objectName}</span>
      ) : (
        <span className="truncate font-mono text-faint text-xs">{objectId ?? ''}</span>
      ),
  },
  {
    id: 'address',
    header: 'Address',
    width: '140px',
    cell: ({ address }) => <span className="truncate font-mono text-muted text-xs">{address ?? ''}</span>,
  },
];

function exportHref(
  project: string,
  filters: { query: string; area: string | null; actor: string | null; from: string | null },
): string {
  const search = new URLSearchParams({ project });
  if (filters.query) search.set('q', filters.query);
  if (filters.area) search.set('area', filters.area);
  if (filters.actor) search.set('actor', filters.actor);
  if (filters.from) search.set('from', filters.from);
  return `/api/export/audit?${search}`;
}
