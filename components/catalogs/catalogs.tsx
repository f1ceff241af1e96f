'use client';

import { BookOpen, Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { CatalogDialog } from './catalog-dialog';

type Row = OutputOf<'catalog.list'>[number];

/** The project's catalogs. */
export function Catalogs({ initial }: { initial: Row[] }) {
  const project = useProject();
  const router = useRouter();
  const [adding, setAdding] = useState(false);
  const list = useAsk('catalog.list', {}, { initial });
  const hrefOf = (id: string) => `/p/${project.id}/data/catalogs/${id}`;
  const create = project.can.build ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New catalog
    </Button>
  ) : undefined;
  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'Catalogs' }]} />
      <PageHeader title="Catalogs" actions={list.data?.length ? create : undefined} />
      <Card flush>
        {list.isError ? (
          <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
            {list.error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="Catalogs"
            columns={columnsFor(hrefOf)}
            rows={list.data}
            rowKey={(row) => row.id}
            onRowClick={(row) => router.push(hrefOf(row.id))}
            empty={
              <EmptyState icon={<BookOpen aria-hidden />} title="No catalogs yet" action={create}>
                A catalog keeps what is not about a customer, by a key: products, stores, offers.
              </EmptyState>
            }
          />
        )}
      </Card>
      {adding ? (
        <CatalogDialog catalog={null} onClose={() => setAdding(false)} onSaved={(id) => router.push(hrefOf(id))} />
      ) : null}
    </Page>
  );
}

const columnsFor = (hrefOf: (id: string) => string): Column<Row>[] => [
  {
    id: 'name',
    header: 'Name',
    sortValue: (row) => row.name,
    cell: (row) => (
      <Link href={hrefOf(row.id)} className="font-medium hover:underline">
        {row.name}
      </Link>
    ),
  },
  {
    id: 'items',
    header: 'Items',
    align: 'right',
    width: '140px',
    sortValue: (row) => row.items,
    cell: (row) => <Count value={row.items} />,
  },
  {
    id: 'created',
    header: 'Created',
    width: '140px',
    sortValue: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} className="text-muted" />,
  },
];
