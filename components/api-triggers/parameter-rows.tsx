'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { ParameterType } from '@/lib/core/api-trigger';
import { blankParameter, type ParameterDraft } from './draft';

const TYPES: { value: ParameterType; label: string; placeholder: string }[] = [
  { value: 'text', label: 'Text', placeholder: 'Brno' },
  { value: 'number', label: 'Number', placeholder: '3' },
  { value: 'boolean', label: 'Yes or no', placeholder: '' },
  { value: 'date', label: 'Date', placeholder: '2026-12-24T08:30:00Z' },
  { value: 'list', label: 'List', placeholder: '["a", "b"]' },
  { value: 'object', label: 'Object', placeholder: '{"id": 7}' },
];

export const typeLabel = (type: ParameterType): string => TYPES.find(({ value }) => value === type)!.label;

export interface ParameterRowsProps {
  rows: readonly ParameterDraft[];
  onChange: (rows: ParameterDraft[]) => void;
  /** The fault of a field by its path: `parameters.0.name`. */
  faultOf: (path: string) => string | undefined;
}

/** What a call must and may give, one line a parameter. */
export function ParameterRows({ rows, onChange, faultOf }: ParameterRowsProps) {
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="sr-only">Parameters</legend>
      {rows.length === 0 ? (
        <p className="text-muted text-sm">
          None: a call then says only that something happened. With parameters it says what, and templates read it.
        </p>
      ) : null}
      {rows.map((row, at) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no identity but its place
          key={at}
          at={at}
          row={row}
          faultOf={faultOf}
          onChange={(next) => onChange(rows.map((each, index) => (index === at ? next : each)))}
          onRemove={() => onChange(rows.filter((_, index) => index !== at))}
        />
      ))}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus aria-hidden />}
        onClick={() => onChange([...rows, blankParameter])}
      >
        Add parameter
      </Button>
    </fieldset>
  );
}

interface RowProps {
  at: number;
  row: ParameterDraft;
  faultOf: ParameterRowsProps['faultOf'];
  onChange: (row: ParameterDraft) => void;
  onRemove: () => void;
}

function Row({ at, row, faultOf, onChange, onRemove }: RowProps) {
  const place = `parameters.${at}`;
  const below = at === 0 ? 'pt-6' : '';
  const value = (field: 'example' | 'default') => ({
    label: labelOf(field === 'example' ? 'Example' : 'Default', at),
    hideLabel: at > 0,
    error: faultOf(`${place}.${field}`),
    children: (
      <ValueInput
        type={row.type}
        placeholder={field === 'example' ? TYPES.find(({ value: type }) => type === row.type)?.placeholder : undefined}
        value={row[field]}
        onChange={(text) => onChange({ ...row, [field]: text })}
      />
    ),
  });
  return (
    <div className="grid grid-cols-[minmax(110px,3fr)_112px_minmax(100px,3fr)_minmax(100px,3fr)_auto_32px] items-start gap-2">
      <Field label={labelOf('Name', at)} hideLabel={at > 0} error={faultOf(`${place}.name`)}>
        <Input
          mono
          value={row.name}
          placeholder="city"
          onChange={(event) => onChange({ ...row, name: event.target.value })}
        />
      </Field>
      <Field label={labelOf('Type', at)} hideLabel={at > 0}>
        <Select
          value={row.type}
          options={TYPES}
          onChange={(type) => onChange({ ...row, type, example: '', default: '' })}
        />
      </Field>
      <Field {...value('example')} />
      <Field {...value('default')} />
      <div className={`flex h-8 items-center ${at === 0 ? 'mt-6' : ''}`}>
        <Checkbox checked={row.required} onChange={(required) => onChange({ ...row, required })}>
          Required <span className="sr-only">parameter {at + 1}</span>
        </Checkbox>
      </div>
      <div className={below}>
        <IconButton label={`Remove parameter ${at + 1}`} icon={<X aria-hidden />} onClick={onRemove} />
      </div>
    </div>
  );
}

const NOTHING = '';

function ValueInput({
  type,
  placeholder,
  value,
  onChange,
}: {
  type: ParameterType;
  placeholder: string | undefined;
  value: string;
  onChange: (value: string) => void;
}) {
  if (type === 'boolean')
    return (
      <Select
        value={value}
        onChange={onChange}
        options={[
          { value: NOTHING, label: 'none' },
          { value: 'true', label: 'true' },
          { value: 'false', label: 'false' },
        ]}
      />
    );
  return (
    <Input
      mono={type !== 'text'}
      value={value}
      placeholder={placeholder}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** The columns have one heading each; every field still says which parameter it belongs to. */
const labelOf = (column: string, at: number) => (
  <>
    {column} <span className="sr-only">of parameter {at + 1}</span>
  </>
);
