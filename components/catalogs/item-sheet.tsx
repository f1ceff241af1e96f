'use client';

import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useDo } from '@/components/call';
import { readText } from '@/components/customers/property-edit';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/code-block';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Sheet } from '@/components/ui/sheet';
import { Textarea } from '@/components/ui/textarea';

type Item = OutputOf<'catalog.items'>['items'][number];

/** One item beside the table, as JSON; who may build changes it. */
export function ItemSheet({ catalog, item, onClose }: { catalog: string; item: Item | null; onClose: () => void }) {
  const { can } = useProject();
  const [key, setKey] = useState(item?.key ?? '');
  const [text, setText] = useState(JSON.stringify(item?.properties ?? { title: '' }, null, 2));
  const [fault, setFault] = useState<string | null>(null);
  const put = useDo('catalog.put-item', { quiet: true, success: 'The item is saved' });
  const remove = useDo('catalog.remove-item', { success: 'The item is removed' });
  const save = () => {
    const read = readText(text, 'json');
    const value = 'value' in read ? read.value : null;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return setFault('Write a JSON object, e.g. {"title": "Shoe"}');
    setFault(null);
    put.mutate({ id: catalog, key, properties: value as Record<string, unknown> }, { onSuccess: onClose });
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      modal={false}
      size="md"
      title={item ? item.key : 'New item'}
      footer={
        can.build ? (
          <>
            {item ? (
              <Button
                variant="danger-ghost"
                className="mr-auto"
                icon={<Trash2 aria-hidden />}
                loading={remove.isPending}
                onClick={() => remove.mutate({ id: catalog, key: item.key }, { onSuccess: onClose })}
              >
                Remove item
              </Button>
            ) : null}
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={put.isPending} disabled={key.trim() === ''} onClick={save}>
              Save
            </Button>
          </>
        ) : undefined
      }
    >
      {can.build ? (
        <div className="flex flex-col gap-4">
          {put.error ? <Banner tone="danger">{put.error.message}</Banner> : null}
          {item ? null : (
            <Field label="Key" required>
              <Input mono autoFocus value={key} onChange={(event) => setKey(event.target.value)} />
            </Field>
          )}
          <Field label="Properties" error={fault} hint="A JSON object.">
            <Textarea mono rows={18} value={text} onChange={(event) => setText(event.target.value)} />
          </Field>
        </div>
      ) : (
        <CodeBlock title="Properties" code={text} maxHeight="70vh" wrap />
      )}
    </Sheet>
  );
}
