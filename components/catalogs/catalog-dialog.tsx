'use client';

import { useState } from 'react';
import { useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** Makes a catalog, or gives one another name. */
export function CatalogDialog({
  catalog,
  onClose,
  onSaved,
}: {
  catalog: { id: string; name: string } | null;
  onClose: () => void;
  onSaved: (id: string) => void;
}) {
  const [name, setName] = useState(catalog?.name ?? '');
  const create = useDo('catalog.create', { quiet: true });
  const rename = useDo('catalog.rename', { quiet: true });
  const fault = create.error ?? rename.error;
  const save = () =>
    catalog
      ? rename.mutate({ id: catalog.id, name }, { onSuccess: () => onSaved(catalog.id) })
      : create.mutate({ name }, { onSuccess: ({ id }) => onSaved(id) });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={catalog ? 'Rename catalog' : 'New catalog'}
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={create.isPending || rename.isPending}>
            {catalog ? 'Rename' : 'Create catalog'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
        <Field label="Name" error={fault?.field('name')}>
          <Input autoFocus value={name} placeholder="products" onChange={(event) => setName(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  );
}
