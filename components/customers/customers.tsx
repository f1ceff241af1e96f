'use client';

import { Plus, Trash2, Upload, Users } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { useCommands } from '@/components/shell/commands';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Button, LinkButton } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SearchInput } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Pagination } from '@/components/ui/pagination';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { usePages, useSearchText } from './address-state';
import { ColumnChooser, useColumns } from './column-chooser';
import { CustomerDialog } from './customer-dialog';
import { DeleteManyDialog } from './delete-many-dialog';
import { Deletions } from './deletions';
import { ExportLink } from './export-link';
import { PropertyValue } from './property-value';

type Listed = OutputOf<'customer.list'>;
type Row = Listed['customers'][number];

const PAGE = 50;

/** Everybody in the project: search, choose columns, open a profile. */
export function Customers({
  initial,
  properties,
  creating,
}: {
  initial: Listed;
  properties: OutputOf<'customer.properties'>;
  creating: boolean;
}) {
  const router = useRouter();
  const project = useProject();
  const { can } = project;
  const { text, setText, settled } = useSearchText('q');
  const pages = usePages(settled, PAGE);
  const [adding, setAdding] = useState(creating && can.build);
  const { columns, setColumns } = useColumns(project.id, properties);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [deleting, setDeleting] = useState<'selected' | 'found' | null>(null);
  const { before } = pages;
  const first = before === null;
  const list = useAsk(
    'customer.list',
    { query: settled, before, limit: PAGE },
    { keepPrevious: true, initial: first && settled === '' ? initial : undefined },
  );
  // Only who can be seen is chosen: not somebody of another page or an earlier search.
  const chosen = list.data?.customers.flatMap(({ id }) => (selected.has(id) ? [id] : [])) ?? [];
  const isEmpty = settled === '' && first && list.data?.customers.length === 0;
  const hrefOf = (id: string) => `/p/${project.id}/data/customers/${id}`;
  useCommands(can.build ? [{ id: 'new-customer', label: 'New customer', run: () => setAdding(true) }] : []);
  const create = can.build ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New customer
    </Button>
  ) : undefined;
  const importing = can.build ? (
    <LinkButton href={`/p/${project.id}/data/imports?create=1`} icon={<Upload aria-hidden />}>
      Import
    </LinkButton>
  ) : undefined;

  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'Customers' }]} />
      <PageHeader
        title="Customers"
        badge={
          initial.total && settled === '' ? (
            <Count value={list.data?.total ?? initial.total} exact className="text-lg text-muted" />
          ) : undefined
        }
        actions={
          isEmpty ? undefined : (
            <>
              {can.build ? (
                <ExportLink what="customers" filter={{ q: settled }}>
                  {settled ? 'Export found' : 'Export'}
                </ExportLink>
              ) : null}
              {importing}
              {create}
            </>
          )
        }
      />
      <Deletions />
      {isEmpty ? null : (
        <div className="flex flex-wrap items-center gap-2 pb-3">
          <SearchInput
            value={text}
            onChange={setText}
            label="Search customers"
            placeholder="Name, e-mail, phone, identifier or any value"
            className="w-96 max-w-full"
          />
          {can.administer && (chosen.length > 0 || settled !== '') ? (
            <Button
              icon={<Trash2 aria-hidden />}
              disabled={chosen.length === 0 && list.data?.customers.length === 0}
              onClick={() => setDeleting(chosen.length > 0 ? 'selected' : 'found')}
            >
              {chosen.length > 0 ? `Delete ${chosen.length} selected` : 'Delete all found'}
            </Button>
          ) : null}
          <div className="ml-auto">
            <ColumnChooser properties={properties} columns={columns} onChange={setColumns} />
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
            <DataTable
              label="Customers"
              dense
              className={list.isPlaceholderData ? 'opacity-60' : undefined}
              columns={columnsFor(columns, properties, hrefOf)}
              rows={list.data?.customers}
              rowKey={(row) => row.id}
              onRowClick={(row) => router.push(hrefOf(row.id))}
              {...(can.administer ? { selected, onSelectedChange: setSelected } : {})}
              empty={
                settled ? (
                  <EmptyState icon={<Users aria-hidden />} title={`Nobody is found by “${settled}”`}>
                    The search looks for any part of identifiers and of values of properties.
                  </EmptyState>
                ) : (
                  <EmptyState
                    icon={<Users aria-hidden />}
                    title="No customers yet"
                    action={
                      <>
                        {importing}
                        {create}
                      </>
                    }
                  >
                    Import a file, send them by the API, or add one by hand.
                  </EmptyState>
                )
              }
            />
            {list.data && list.data.customers.length > 0 ? (
              <div className="border-line border-t">
                <Pagination
                  from={pages.from}
                  count={list.data.customers.length}
                  total={settled === '' ? (list.data.total ?? initial.total ?? undefined) : undefined}
                  onPrevious={pages.onPrevious}
                  onNext={pages.onNext(list.data.next)}
                  loading={list.isPlaceholderData}
                />
              </div>
            ) : null}
          </>
        )}
      </Card>
      {deleting ? (
        <DeleteManyDialog
          ids={deleting === 'selected' ? chosen : null}
          query={settled}
          onClose={() => setDeleting(null)}
          onDone={() => setSelected(new Set())}
        />
      ) : null}
      {adding ? <CustomerDialog onClose={() => setAdding(false)} onCreated={(id) => router.push(hrefOf(id))} /> : null}
    </Page>
  );
}

function columnsFor(
  chosen: readonly string[],
  properties: OutputOf<'customer.properties'>,
  hrefOf: (id: string) => string,
): Column<Row>[] {
  return [
    {
      id: 'name',
      header: 'Customer',
      cell: (row) => (
        <div className="flex min-w-40 max-w-80 items-baseline gap-2">
          <Link href={hrefOf(row.id)} className="truncate font-medium hover:underline">
            {row.name}
          </Link>
          <Identifier row={row} />
        </div>
      ),
    },
    ...chosen.map((name): Column<Row> => {
      const isNumber = properties.find((property) => property.name === name)?.type === 'number';
      return {
        id: `property ${name}`,
        header: <span title={name}>{name}</span>,
        align: isNumber ? 'right' : 'left',
        className: 'max-w-64',
        cell: (row) => <PropertyValue value={row.properties[name]} />,
      };
    }),
    {
      id: 'last',
      header: 'Last event',
      width: '120px',
      cell: (row) => <RelativeTime at={row.lastEventAt} className="text-muted" />,
    },
  ];
}

/** The first identifier, where the name is not it already. */
function Identifier({ row: { name, identifiers } }: { row: Row }) {
  const [first] = identifiers;
  if (!first) return <span className="text-faint text-xs">no identifier</span>;
  if (first.value === name) return null;
  return (
    <span title={`${first.kind}: ${first.value}`} className="max-w-32 truncate font-mono text-faint text-xs">
      {first.value}
    </span>
  );
}
