'use client';

import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';

interface Pair {
  key: number;
  name: string;
  value: string;
}

let pairs = 0;
const newPair = (name = ''): Pair => ({ key: pairs++, name, value: '' });

/** Adds one customer by hand. */
export function CustomerDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (id: string) => void }) {
  const [registered, setRegistered] = useState('');
  const [properties, setProperties] = useState(() => [newPair('first_name'), newPair('last_name'), newPair('email')]);
  const create = useDo('customer.create', { quiet: true, success: 'The customer is added' });
  const change = (key: number, part: Partial<Pair>) =>
    setProperties(properties.map((pair) => (pair.key === key ? { ...pair, ...part } : pair)));
  const save = () =>
    create.mutate(
      {
        identifiers: { registered },
        properties: Object.fromEntries(
          properties.filter(({ name, value }) => name.trim() && value).map(({ name, value }) => [name.trim(), value]),
        ),
      },
      { onSuccess: ({ id }) => onCreated(id) },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New customer"
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={create.isPending} disabled={registered.trim() === ''}>
            Add customer
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {create.error ? <Banner tone="danger">{create.error.message}</Banner> : null}
        <Field label="Identifier (registered)" hint="Names this customer for ever, e.g. the id in your shop." required>
          <Input mono autoFocus value={registered} onChange={(event) => setRegistered(event.target.value)} />
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="pb-1 font-medium text-sm">Properties</legend>
          {properties.map(({ key, name, value }) => (
            <div key={key} className="flex items-center gap-2">
              <Input
                aria-label="Name of the property"
                placeholder="name"
                className="w-40"
                value={name}
                onChange={(event) => change(key, { name: event.target.value })}
              />
              <Input
                aria-label={`Value of ${name || 'the property'}`}
                placeholder="value"
                value={value}
                onChange={(event) => change(key, { value: event.target.value })}
              />
              <IconButton
                size="sm"
                label={`Leave out ${name || 'this property'}`}
                icon={<X aria-hidden />}
                onClick={() => setProperties(properties.filter((pair) => pair.key !== key))}
              />
            </div>
          ))}
          <Button
            size="sm"
            variant="ghost"
            className="self-start"
            icon={<Plus aria-hidden />}
            onClick={() => setProperties([...properties, newPair()])}
          >
            Add property
          </Button>
        </fieldset>
      </div>
    </Dialog>
  );
}
