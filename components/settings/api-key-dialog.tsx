'use client';

import { useState } from 'react';
import { type InputOf, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { CodeBlock } from '@/components/ui/code-block';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

type Scope = InputOf<'api-key.create'>['scopes'][number];

export interface ApiKeyDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  scopes: { value: string; label: string }[];
}

/** Makes a key and shows it, once. */
export function ApiKeyDialog({ open, onOpenChange, scopes }: ApiKeyDialogProps) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(['events:write']);
  const create = useDo('api-key.create', { quiet: true });
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setName('');
    setChosen(['events:write']);
    create.reset();
  };
  if (create.data)
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title="Copy the key now"
        description="It is shown only here: Hookline keeps a fingerprint of it. Whoever has it can do what its scopes allow."
        footer={
          <Button variant="primary" onClick={() => close(false)}>
            I have it
          </Button>
        }
      >
        <CodeBlock wrap title={name} code={create.data.key} />
      </Dialog>
    );
  const fault = create.error;
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="New API key"
      onSubmit={() => create.mutate({ name, scopes: chosen as Scope[] })}
      footer={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" variant="primary" loading={create.isPending}>
            Create key
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
        <Field label="Name" hint="The system that will use it." error={fault?.field('name')}>
          <Input autoFocus value={name} onChange={(event) => setName(event.target.value)} placeholder="Web shop" />
        </Field>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium text-sm">What it may do</legend>
          {scopes.map(({ value, label }) => (
            <Checkbox
              key={value}
              checked={chosen.includes(value)}
              onChange={(on) => setChosen(on ? [...chosen, value] : chosen.filter((each) => each !== value))}
              hint={<span className="font-mono">{value}</span>}
            >
              {label}
            </Checkbox>
          ))}
          {fault?.field('scopes') ? (
            <p role="alert" className="text-danger text-xs">
              {fault.field('scopes')}
            </p>
          ) : null}
        </fieldset>
      </div>
    </Dialog>
  );
}
