'use client';

import { Upload } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { type CallError, call, type OutputOf, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { emptyDocument, newNode } from '@/lib/core/document';
import type { WebhookSettings } from '@/lib/core/webhook';
import { Checklist, type Chosen } from './checklist';

type Read = OutputOf<'transfer.read'>;

/**
 * Brings a scenario, a webhook (as a new scenario) or a preset in from a file: what it needs is mapped to things of this
 * project or left open.
 */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { id: project } = useProject();
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState<string | null>(null);
  const [read, setRead] = useState<Read | null>(null);
  const [refusal, setRefusal] = useState<CallError | null>(null);
  const [name, setName] = useState('');
  const [mapping, setMapping] = useState<Chosen>({});
  const bring = useDo('transfer.import', { quiet: true });

  const choose = async (file: File) => {
    setRead(null);
    setRefusal(null);
    const content = await file.text();
    try {
      const found = await call(project, 'transfer.read', { text: content });
      setText(content);
      setRead(found);
      setName(found.name);
      setMapping(Object.fromEntries(found.needs.map(({ need, suggestion }) => [need.id, suggestion])));
    } catch (error) {
      setRefusal(error as CallError);
    }
  };
  const importIt = () =>
    bring.mutate(
      { text: text!, name, mapping },
      {
        async onSuccess(made) {
          if (made.kind === 'preset') router.push(`/p/${project}/data/integrations/presets/${made.id}`);
          else {
            const id = made.kind === 'scenario' ? made.id : await scenarioWith(project, made.name, made.settings);
            router.push(`/p/${project}/campaigns/scenarios/${id}`);
          }
          onClose();
        },
      },
    );
  const fault = refusal ?? bring.error;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="lg"
      title="Import from a file"
      description="A scenario, a webhook or a preset that was exported from Hookline. Nothing that exists here is changed."
      onSubmit={read ? importIt : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!read} loading={bring.isPending}>
            Import
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fault ? <Refusal fault={fault} /> : null}
        <div className="flex items-center gap-3">
          <Button icon={<Upload aria-hidden />} onClick={() => input.current?.click()}>
            {read ? 'Choose another file' : 'Choose a file'}
          </Button>
          {read ? <span className="text-muted">{wordsOf(read)}</span> : null}
          <input
            ref={input}
            type="file"
            accept=".json,application/json"
            hidden
            aria-label="File to import"
            onChange={(event) => {
              const file = event.target.files?.[0];
              event.target.value = '';
              if (file) void choose(file);
            }}
          />
        </div>
        {read ? (
          <>
            <Field label="Name" required error={bring.error?.field('name')}>
              <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
            </Field>
            <Checklist needs={read.needs} mapping={mapping} onChange={setMapping} />
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

/** A new scenario with one webhook on it. @returns its id */
async function scenarioWith(project: string, name: string, settings: WebhookSettings): Promise<string> {
  const { id } = await call(project, 'scenario.create', { name });
  const node = { ...newNode(emptyDocument(), 'webhook', 'webhook', { x: 0, y: 0 }), name, settings };
  await call(project, 'scenario.edit', { id, revision: 0, operations: [{ type: 'add', nodes: [node], edges: [] }] });
  return id;
}

const wordsOf = ({ kind, nodes }: Read): string =>
  kind === 'scenario'
    ? `Scenario with ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
    : kind === 'preset'
      ? 'Preset'
      : 'Webhook';

function Refusal({ fault }: { fault: CallError }) {
  return (
    <Banner tone="danger" title={fault.fields.length > 0 ? 'The file cannot be read' : undefined}>
      {fault.fields.length > 0 ? (
        <ul>
          {fault.fields.slice(0, 8).map(({ path, message }) => (
            <li key={path}>
              <span className="font-mono text-sm">{path}</span> {message}
            </li>
          ))}
        </ul>
      ) : (
        fault.message
      )}
    </Banner>
  );
}
