'use client';

import { Plus, Upload } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { CallError, useAsk } from '@/components/call';
import { useCommands } from '@/components/shell/commands';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Count } from '@/components/ui/count';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { DropZone } from './drop-zone';
import { type ImportRow, ImportStatePill } from './import-state';
import { uploadFile } from './upload';

/** Files that came in, and the way to bring another. */
export function Imports({ initial, creating }: { initial: ImportRow[]; creating: boolean }) {
  const project = useProject();
  const router = useRouter();
  const { can } = project;
  const [adding, setAdding] = useState(creating && can.build);
  const list = useAsk(
    'import.list',
    {},
    { initial, refetchInterval: (rows) => (rows?.some(({ state }) => state === 'running') ? 1500 : false) },
  );
  const hrefOf = (row: ImportRow) => `/p/${project.id}/data/imports/${row.id}`;
  useCommands(can.build ? [{ id: 'new-import', label: 'New import', run: () => setAdding(true) }] : []);
  const create = can.build ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setAdding(true)}>
      New import
    </Button>
  ) : undefined;
  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'Imports' }]} />
      <PageHeader title="Imports" actions={list.data?.length ? create : undefined} />
      <Card flush>
        {list.isError ? (
          <ErrorState reference={list.error.reference} onRetry={() => void list.refetch()}>
            {list.error.message}
          </ErrorState>
        ) : (
          <DataTable
            label="Imports"
            columns={columnsFor(hrefOf)}
            rows={list.data}
            rowKey={(row) => row.id}
            onRowClick={(row) => router.push(hrefOf(row))}
            empty={
              <EmptyState icon={<Upload aria-hidden />} title="No imports yet" action={create}>
                A CSV file of customers or events. You see its columns before anything is stored, and afterwards a
                report of every row that was refused, with the reason.
              </EmptyState>
            }
          />
        )}
      </Card>
      {adding ? <NewImportDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

const columnsFor = (hrefOf: (row: ImportRow) => string): Column<ImportRow>[] => [
  {
    id: 'file',
    header: 'File',
    className: 'max-w-80',
    cell: (row) => (
      <Link href={hrefOf(row)} className="block truncate font-medium hover:underline" title={row.fileName}>
        {row.fileName}
      </Link>
    ),
  },
  {
    id: 'kind',
    header: 'Content',
    width: '110px',
    cell: (row) => <span className="text-muted">{row.kind === 'events' ? 'Events' : 'Customers'}</span>,
  },
  { id: 'state', header: 'State', width: '130px', cell: (row) => <ImportStatePill state={row.state} /> },
  {
    id: 'rows',
    header: 'Rows',
    align: 'right',
    width: '130px',
    cell: (row) =>
      row.state === 'running' ? (
        <>
          <Count value={row.doneRows} /> <span className="text-faint">of</span> <Count value={row.totalRows} />
        </>
      ) : (
        <Count value={row.state === 'uploaded' ? null : row.doneRows} />
      ),
  },
  {
    id: 'refused',
    header: 'Refused',
    align: 'right',
    width: '100px',
    cell: (row) => (
      <Count
        value={row.state === 'uploaded' ? null : row.refusedRows}
        className={row.refusedRows > 0 ? 'text-warning' : undefined}
      />
    ),
  },
  {
    id: 'by',
    header: 'By',
    width: '160px',
    className: 'max-w-40',
    cell: (row) => <span className="block truncate text-muted">{row.createdBy ?? 'API'}</span>,
  },
  {
    id: 'at',
    header: 'Uploaded',
    width: '130px',
    cell: (row) => <RelativeTime at={row.createdAt} className="text-muted" />,
  },
];

function NewImportDialog({ onClose }: { onClose: () => void }) {
  const project = useProject();
  const router = useRouter();
  const [uploading, setUploading] = useState<{ name: string; share: number } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const upload = async (file: File) => {
    setFault(null);
    setUploading({ name: file.name, share: 0 });
    try {
      const { id } = await uploadFile<{ id: string }>(
        '/api/import/upload',
        { 'X-Project': project.id },
        file,
        (share) => setUploading({ name: file.name, share }),
      );
      router.push(`/p/${project.id}/data/imports/${id}`);
    } catch (error) {
      setUploading(null);
      setFault(error instanceof CallError ? error.message : 'The file could not be read.');
    }
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="md"
      title="New import"
      description="Customers, or events with the customers they belong to."
      dismissible={!uploading}
    >
      <div className="flex flex-col gap-3">
        {fault ? <Banner tone="danger">{fault}</Banner> : null}
        <DropZone
          uploading={uploading}
          onFile={(file) => void upload(file)}
          hint="UTF-8 or UTF-16, any delimiter, up to 50 MB. Nothing is imported before you have seen the columns."
        />
      </div>
    </Dialog>
  );
}
