'use client';

import { BookOpen, MoreHorizontal, Pencil, Plus, Trash2, Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { usePages, useSearchText } from '@/components/customers/address-state';
import { PropertyValue } from '@/components/customers/property-value';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { IconButton } from '@/components/ui/icon-button';
import { SearchInput } from '@/components/ui/input';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Pagination } from '@/components/ui/pagination';
import { type Column, DataTable } from '@/components/ui/table';
import { CatalogDialog } from './catalog-dialog';
import { ItemSheet } from './item-sheet';
import { UploadDialog } from './upload-dialog';

type Opened = OutputOf<'catalog.get'>;
type Item = OutputOf<'catalog.items'>['items'][number];

const PAGE = 50;
const COLUMNS = 6;

/** The items of one catalog. */
export function Catalog({ initial }: { initial: Opened }) {
  const project = useProject();
  const { can } = project;
  const { data: catalog = initial } = useAsk('catalog.get', { id: initial.id }, { initial });
  const { text, setText, settled } = useSearchText('q');
  const pages = usePages(settled, PAGE);
  const list = useAsk(
    'catalog.items',
    { id: catalog.id, query: settled, after: pages.before, limit: PAGE },
    { keepPrevious: true },
  );
  const [open, setOpen] = useState<'upload' | 'rename' | 'delete' | 'new' | Item | null>(null);
  const close = () => setOpen(null);
  const upload = can.build ? (
    <Button icon={<Upload aria-hidden />} onClick={() => setOpen('upload')}>
      Upload items
    </Button>
  ) : null;
  const add = can.build ? (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setOpen('new')}>
      New item
    </Button>
  ) : null;
  const isEmpty = catalog.items === 0;
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'Catalogs', href: `/p/${project.id}/data/catalogs` },
          { label: catalog.name },
        ]}
      />
      <PageHeader
        title={catalog.name}
        badge={isEmpty ? undefined : <Count value={catalog.items} exact className="text-lg text-muted" />}
        actions={
          can.build ? (
            <>
              <Menu>
                <MenuTrigger asChild>
                  <IconButton label="More" variant="secondary" icon={<MoreHorizontal aria-hidden />} />
                </MenuTrigger>
                <MenuContent>
                  <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setOpen('rename')}>
                    Rename
                  </MenuItem>
                  <MenuItem tone="danger" icon={<Trash2 aria-hidden />} onSelect={() => setOpen('delete')}>
                    Delete catalog
                  </MenuItem>
                </MenuContent>
              </Menu>
              {isEmpty ? null : (
                <>
                  {upload}
                  {add}
                </>
              )}
            </>
          ) : undefined
        }
      />
      {isEmpty ? null : (
        <div className="pb-3">
          <SearchInput
            value={text}
            onChange={setText}
            label="Search items"
            placeholder="Key or any value"
            className="w-80 max-w-full"
          />
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
              label="Items"
              dense
              className={list.isPlaceholderData ? 'opacity-60' : undefined}
              columns={columnsFor(catalog.properties)}
              rows={list.data?.items}
              rowKey={(item) => item.key}
              activeKey={typeof open === 'object' ? open?.key : null}
              onRowClick={setOpen}
              empty={
                settled ? (
                  <EmptyState icon={<BookOpen aria-hidden />} title={`No item is found by “${settled}”`} />
                ) : (
                  <EmptyState
                    icon={<BookOpen aria-hidden />}
                    title="No items yet"
                    action={
                      <>
                        {add}
                        {upload}
                      </>
                    }
                  >
                    Upload a CSV or JSON file with a key for each item, or add them one by one.
                  </EmptyState>
                )
              }
            />
            {list.data && list.data.items.length > 0 ? (
              <div className="border-line border-t">
                <Pagination
                  from={pages.from}
                  count={list.data.items.length}
                  total={settled ? undefined : catalog.items}
                  onPrevious={pages.onPrevious}
                  onNext={pages.onNext(list.data.next)}
                  loading={list.isPlaceholderData}
                />
              </div>
            ) : null}
          </>
        )}
      </Card>
      {open === 'upload' ? <UploadDialog catalog={catalog.id} onClose={close} /> : null}
      {open === 'rename' ? <CatalogDialog catalog={catalog} onClose={close} onSaved={close} /> : null}
      {open === 'delete' ? <DeleteCatalogDialog catalog={catalog} onClose={close} /> : null}
      {open === 'new' || (typeof open === 'object' && open) ? (
        <ItemSheet
          key={open === 'new' ? 'new' : `item ${open.key}`}
          catalog={catalog.id}
          item={open === 'new' ? null : open}
          onClose={close}
        />
      ) : null}
    </Page>
  );
}

const columnsFor = (properties: Opened['properties']): Column<Item>[] => [
  {
    id: 'key',
    header: 'Key',
    width: '180px',
    className: 'max-w-56',
    cell: (item) => (
      <span className="block truncate font-mono text-sm" title={item.key}>
        {item.key}
      </span>
    ),
  },
  ...properties.slice(0, COLUMNS).map(
    ({ name, type }): Column<Item> => ({
      id: `property ${name}`,
      header: name,
      align: type === 'number' ? 'right' : 'left',
      className: 'max-w-64',
      cell: (item) => <PropertyValue value={item.properties[name]} />,
    }),
  ),
];

function DeleteCatalogDialog({ catalog, onClose }: { catalog: Opened; onClose: () => void }) {
  const project = useProject();
  const router = useRouter();
  const remove = useDo('catalog.delete', { quiet: true, success: 'The catalog is deleted' });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete the catalog ${catalog.name}?`}
      description={`Its ${catalog.items.toLocaleString('en')} items are deleted with it, for good.`}
      confirmLabel="Delete catalog"
      tone="danger"
      mustType={catalog.items > 0 ? catalog.name : undefined}
      onConfirm={async () => {
        await remove.mutateAsync({ id: catalog.id });
        router.replace(`/p/${project.id}/data/catalogs`);
      }}
    />
  );
}
