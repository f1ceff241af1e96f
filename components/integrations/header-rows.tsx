'use client';

import { Plus, TriangleAlert, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { headerField, type SettingsOf } from '@/lib/core/integration';
import { looksSecret, renamedSecret } from './draft';
import { useForm, useSecret } from './form-context';
import { SecretInput } from './secret-input';

type Row = SettingsOf<'http'>['headers'][number];

/** The custom headers of an integration, each with a secret or a public value. */
export function HeaderRows({ settings }: { settings: SettingsOf<'http'> }) {
  const { draft, change, fault } = useForm();
  const setRows = (headers: Row[], secrets = draft.secrets) => change({ settings: { ...settings, headers }, secrets });
  const setRow = (at: number, row: Row) => {
    const before = settings.headers[at]!;
    const secrets = before.name === row.name ? draft.secrets : renamedSecret(draft.secrets, before.name, row.name);
    setRows(
      settings.headers.map((each, index) => (index === at ? row : each)),
      secrets,
    );
  };
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="sr-only">Headers</legend>
      {settings.headers.map((row, at) => (
        <HeaderRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no identity but its place
          key={at}
          at={at}
          row={row}
          onChange={(next) => setRow(at, next)}
          onRemove={
            settings.headers.length > 1 ? () => setRows(settings.headers.filter((_, index) => index !== at)) : undefined
          }
        />
      ))}
      {fault?.field('settings.headers') ? (
        <p role="alert" className="text-danger text-xs">
          {fault.field('settings.headers')}
        </p>
      ) : null}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus aria-hidden />}
        onClick={() => setRows([...settings.headers, { name: '', value: null }])}
      >
        Add header
      </Button>
    </fieldset>
  );
}

interface HeaderRowProps {
  at: number;
  row: Row;
  onChange: (row: Row) => void;
  onRemove: (() => void) | undefined;
}

function HeaderRow({ at, row, onChange, onRemove }: HeaderRowProps) {
  const { fault } = useForm();
  const isSecret = row.value === null;
  const place = `settings.headers.${at}`;
  return (
    <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_32px] items-start gap-2 xl:grid-cols-[minmax(120px,2fr)_minmax(140px,3fr)_auto_32px]">
      <Field label={labelOf('Name', at)} hideLabel={at > 0} error={fault?.field(`${place}.name`)}>
        <Input
          mono
          value={row.name}
          placeholder="Authorization"
          onChange={(event) => onChange({ ...row, name: event.target.value })}
        />
      </Field>
      {isSecret ? (
        <SecretHeaderValue name={row.name} at={at} />
      ) : (
        <PublicHeaderValue at={at} value={row.value ?? ''} onChange={(value) => onChange({ ...row, value })} />
      )}
      {/* Where the row is narrow, the switch stands below it. */}
      <div className={cn('max-xl:order-last max-xl:col-span-3', at === 0 && 'xl:pt-6')}>
        <Segmented
          label={`Visibility of header ${at + 1}`}
          value={isSecret ? 'secret' : 'public'}
          onChange={(next) => onChange({ ...row, value: next === 'secret' ? null : '' })}
          options={[
            { value: 'secret', label: 'Secret' },
            { value: 'public', label: 'Public' },
          ]}
        />
      </div>
      <div className={at === 0 ? 'pt-6' : ''}>
        {onRemove ? <IconButton label={`Remove header ${at + 1}`} icon={<X aria-hidden />} onClick={onRemove} /> : null}
      </div>
    </div>
  );
}

function SecretHeaderValue({ name, at }: { name: string; at: number }) {
  const secret = useSecret(headerField(name));
  return (
    <SecretInput
      {...secret}
      label={labelOf('Value', at)}
      replaceLabel={`Replace the value of ${name || `header ${at + 1}`}`}
      hideLabel={at > 0}
      placeholder={name.toLowerCase() === 'authorization' ? 'Bearer …' : ''}
    />
  );
}

function PublicHeaderValue({ at, value, onChange }: { at: number; value: string; onChange: (value: string) => void }) {
  const { fault } = useForm();
  return (
    <Field
      label={labelOf('Value', at)}
      hideLabel={at > 0}
      error={fault?.field(`settings.headers.${at}.value`)}
      hint={
        looksSecret(value) ? (
          <span className="flex items-center gap-1 text-warning">
            <TriangleAlert className="size-3.5 shrink-0" aria-hidden />
            This looks like a secret, and developers will see it. Make it secret.
          </span>
        ) : undefined
      }
    >
      <Input mono value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

/** The columns have one heading each; every field still says which header it belongs to. */
const labelOf = (column: string, at: number) => (
  <>
    {column} <span className="sr-only">of header {at + 1}</span>
  </>
);
