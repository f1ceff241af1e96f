'use client';

import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';
import { PROPERTY_TYPES, type PropertyType, readText, typeOf } from './property-edit';
import { textOf } from './property-value';

/** The properties of a profile; who may build edits them in their place. */
export function Properties({ id, properties }: { id: string; properties: Record<string, unknown> }) {
  const { can } = useProject();
  const [editing, setEditing] = useState<string | null>(null);
  const update = useDo('customer.update');
  const names = Object.keys(properties).sort((a, b) => a.localeCompare(b, 'en'));
  const remove = (name: string) =>
    update.mutate(
      { id, remove: [name] },
      {
        onSuccess: () =>
          toast(`${name} is removed`, {
            action: { label: 'Undo', onClick: () => update.mutate({ id, set: { [name]: properties[name] } }) },
          }),
      },
    );
  const NEW = '';
  return (
    <Card
      flush
      title="Properties"
      actions={
        can.build ? (
          <Button size="sm" variant="ghost" icon={<Plus aria-hidden />} onClick={() => setEditing(NEW)}>
            Add
          </Button>
        ) : undefined
      }
    >
      <ul className="py-1">
        {editing === NEW ? (
          <li>
            <PropertyForm id={id} taken={names} name={null} value="" onClose={() => setEditing(null)} />
          </li>
        ) : null}
        {names.map((name) =>
          editing === name ? (
            <li key={name}>
              <PropertyForm
                id={id}
                taken={names}
                name={name}
                value={properties[name]}
                onClose={() => setEditing(null)}
              />
            </li>
          ) : (
            <li
              key={name}
              className="group relative grid min-h-9 grid-cols-[36%_minmax(0,1fr)] items-center gap-x-3 px-3 py-1 hover:bg-hover"
            >
              <span className="truncate text-muted" title={name}>
                {name}
              </span>
              <span className="[overflow-wrap:anywhere]">
                <Shown value={properties[name]} />
              </span>
              {can.build ? (
                <span className="absolute right-1 flex rounded-md bg-hover opacity-0 focus-within:opacity-100 group-hover:opacity-100">
                  <IconButton
                    size="sm"
                    label={`Edit ${name}`}
                    icon={<Pencil aria-hidden />}
                    onClick={() => setEditing(name)}
                  />
                  <IconButton
                    size="sm"
                    label={`Remove ${name}`}
                    icon={<Trash2 aria-hidden />}
                    onClick={() => remove(name)}
                  />
                </span>
              ) : null}
            </li>
          ),
        )}
        {names.length === 0 && editing === null ? (
          <li className="px-3 py-4 text-center text-muted">This customer has no properties.</li>
        ) : null}
      </ul>
    </Card>
  );
}

function Shown({ value }: { value: unknown }) {
  const text = textOf(value);
  if (text === '') return <span className="text-faint">empty</span>;
  if (typeof value === 'object') return <code className="text-sm">{text}</code>;
  return <span className="whitespace-pre-wrap tabular-nums">{text}</span>;
}

/** Edits one property where it stands, or (without a name) adds one. Enter saves, Escape leaves it as it was. */
function PropertyForm({
  id,
  taken,
  name: given,
  value,
  onClose,
}: {
  id: string;
  taken: readonly string[];
  name: string | null;
  value: unknown;
  onClose: () => void;
}) {
  const [name, setName] = useState(given ?? '');
  const [type, setType] = useState<PropertyType>(typeOf(value));
  const [text, setText] = useState(typeof value === 'object' ? JSON.stringify(value, null, 2) : textOf(value));
  const [fault, setFault] = useState<{ name?: string; value?: string }>({});
  const update = useDo('customer.update', { quiet: true });
  const save = () => {
    const read = readText(text, type);
    const wrong = {
      name:
        name.trim() === ''
          ? 'Give a name.'
          : given === null && taken.includes(name.trim())
            ? 'The customer has this one.'
            : undefined,
      value: 'fault' in read ? read.fault : undefined,
    };
    setFault(wrong);
    if (wrong.name || 'fault' in read) return;
    update.mutate(
      { id, set: { [name.trim()]: read.value } },
      { onSuccess: onClose, onError: (error) => setFault({ value: error.message }) },
    );
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-2 border-line border-y bg-page px-3 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div className="flex items-end gap-2">
        {given === null ? (
          <Field label="Name" error={fault.name} className="flex-1">
            <Input autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
        ) : (
          <span className="min-w-0 flex-1 self-center truncate font-medium">{given}</span>
        )}
        <Select
          label="Type"
          className="w-36"
          value={type}
          onChange={(next) => {
            setType(next);
            if (next === 'boolean') setText(text === 'true' ? 'true' : 'false');
          }}
          options={PROPERTY_TYPES}
        />
      </div>
      <Field label={`Value of ${name || 'the property'}`} hideLabel error={fault.value}>
        {type === 'boolean' ? (
          <Segmented
            value={text}
            onChange={setText}
            options={[
              { value: 'true', label: 'True' },
              { value: 'false', label: 'False' },
            ]}
          />
        ) : type === 'json' ? (
          <Textarea mono rows={4} value={text} onChange={(event) => setText(event.target.value)} />
        ) : (
          <Input
            autoFocus={given !== null}
            inputMode={type === 'number' ? 'decimal' : undefined}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button size="sm" type="submit" variant="primary" loading={update.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}
