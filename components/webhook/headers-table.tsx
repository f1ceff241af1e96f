'use client';

import { Lock, Plus, Trash2 } from 'lucide-react';
import { type RefObject, useState } from 'react';
import { useDo } from '@/components/call';
import { CodeEditor, type CodeEditorHandle } from '@/components/monaco/code-editor';
import type { Sources } from '@/components/monaco/sources';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import type { Header, WebhookSettings } from '@/lib/core/webhook';
import type { Analysis } from './analysis';

export interface HeadersTableProps {
  settings: WebhookSettings;
  change: (settings: Partial<WebhookSettings>) => void;
  readOnly: boolean;
  sources: Sources;
  chosen: string;
  analysis: Analysis;
  overflow: RefObject<HTMLElement | null>;
  onFocus: (name: string, editor: CodeEditorHandle) => void;
  onReady: (name: string, editor: CodeEditorHandle) => void;
}

/** Headers of the request: public ones with Jinja, secret ones whose value is stored once and never shown again. */
export function HeadersTable(props: HeadersTableProps) {
  const { settings, change, readOnly } = props;
  const { headers } = settings;
  const [secret, setSecret] = useState<number | null>(null);
  const set = (index: number, part: Partial<Header>) =>
    change({ headers: headers.map((header, i) => (i === index ? { ...header, ...part } : header)) });
  return (
    <div className="flex flex-col gap-1.5">
      {headers.map((header, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity and change in place
        <div key={i} className="flex items-center gap-2">
          <Input
            mono
            aria-label={`Name of header ${i + 1}`}
            placeholder="X-Name"
            className="w-56 shrink-0"
            value={header.name}
            readOnly={readOnly}
            onChange={(event) => set(i, { name: event.target.value })}
          />
          <HeaderValue
            {...props}
            header={header}
            onSecret={() => setSecret(i)}
            onChange={(value) => set(i, { value })}
          />
          {readOnly ? null : (
            <>
              <IconButton
                size="sm"
                label={header.secretId === null ? 'Keep the value secret' : 'Replace the secret value'}
                icon={<Lock className={header.secretId === null ? 'text-faint' : 'text-accent'} aria-hidden />}
                onClick={() => setSecret(i)}
              />
              <IconButton
                size="sm"
                label={`Remove header ${header.name || i + 1}`}
                icon={<Trash2 className="text-faint" aria-hidden />}
                onClick={() => change({ headers: headers.filter((_, index) => index !== i) })}
              />
            </>
          )}
        </div>
      ))}
      {readOnly ? null : (
        <Button
          size="sm"
          variant="ghost"
          className="-ml-2 w-fit text-muted"
          icon={<Plus aria-hidden />}
          disabled={headers.length >= 50}
          onClick={() => change({ headers: [...headers, { name: '', value: '', secretId: null }] })}
        >
          Add header
        </Button>
      )}
      {secret !== null && headers[secret] ? (
        <SecretDialog
          header={headers[secret]}
          url={settings.url}
          onClose={() => setSecret(null)}
          onStored={(id) => set(secret, { value: '', secretId: id })}
        />
      ) : null}
    </div>
  );
}

function HeaderValue({
  header,
  onChange,
  onSecret,
  readOnly,
  sources,
  chosen,
  analysis,
  overflow,
  onFocus,
  onReady,
}: HeadersTableProps & { header: Header; onChange: (value: string) => void; onSecret: () => void }) {
  if (header.secretId !== null)
    return (
      <button
        type="button"
        disabled={readOnly}
        onClick={onSecret}
        className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-md border border-line bg-sunken px-2.5 text-left text-muted text-sm"
      >
        <span className="font-mono" aria-hidden>
          ••••••••
        </span>
        <span className="text-faint text-xs">stored, never shown again</span>
      </button>
    );
  const name = `Header ${header.name}`;
  return (
    <CodeEditor
      label={`Value of header ${header.name}`}
      language="text-jinja"
      singleLine
      className="h-8 min-w-0 flex-1 overflow-hidden rounded-md border border-line-strong bg-panel focus-within:border-accent focus-within:outline-1 focus-within:outline-accent"
      value={header.value}
      onChange={onChange}
      readOnly={readOnly}
      sources={sources}
      chosen={chosen}
      marks={analysis[name]?.marks}
      fixes={analysis[name]?.fixes}
      overflow={overflow}
      onFocus={(editor) => onFocus(name, editor)}
      onReady={(editor) => onReady(name, editor)}
    />
  );
}

function SecretDialog({
  header,
  url,
  onClose,
  onStored,
}: {
  header: Header;
  url: string;
  onClose: () => void;
  onStored: (id: string) => void;
}) {
  const [value, setValue] = useState(header.secretId === null ? header.value : '');
  const store = useDo('secret.store', { quiet: true });
  const save = () =>
    store.mutate(
      { value, url },
      {
        onSuccess: ({ id }) => {
          onStored(id);
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Secret value of ${header.name || 'the header'}`}
      description="It is sealed when you store it and can only be replaced. No Jinja: it is sent as it is, to this webhook’s host only."
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={store.isPending}>
            Store
          </Button>
        </>
      }
    >
      <Field label="Value" error={store.error?.field('value') ?? store.error?.message}>
        <Input
          type="password"
          autoComplete="off"
          autoFocus
          mono
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
