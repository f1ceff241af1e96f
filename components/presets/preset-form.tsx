'use client';

import { Download, Trash2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type CallError, useAsk, useDo } from '@/components/call';
import { download } from '@/components/scenario/download';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Textarea } from '@/components/ui/textarea';
import type { Node } from '@/lib/core/document';
import { GALLERY } from '@/lib/core/gallery';
import type { WebhookSettings } from '@/lib/core/webhook';
import { DeletePresetDialog } from './delete-preset-dialog';
import {
  blankPreset,
  draftOfPreset,
  inputOfPreset,
  type PresetDraft,
  presetOfTemplate,
  type StoredPreset,
} from './draft';
import { OpenGroups } from './open-groups';
import { PresetIcon } from './preset-icon';
import { PresetVersions } from './preset-versions';
import { WebhookCard } from './webhook-card';

const WebhookEditor = dynamic(() => import('@/components/webhook/webhook-editor').then((m) => m.WebhookEditor), {
  ssr: false,
});

/** A new preset, blank or from a built-in template. */
export function NewPreset({ template }: { template: string | undefined }) {
  const entry = GALLERY.find(({ id }) => id === template);
  return <Form stored={null} initial={entry ? presetOfTemplate(entry) : blankPreset()} />;
}

/** A stored preset with its versions and where it is used. */
export function EditPreset({ initial }: { initial: StoredPreset }) {
  const { data: stored = initial } = useAsk('preset.open', { id: initial.id }, { initial });
  return <Form key={stored.updatedAt} stored={stored} initial={draftOfPreset(stored)} />;
}

function Form({ stored, initial }: { stored: StoredPreset | null; initial: PresetDraft }) {
  const { id: project } = useProject();
  const [draft, setDraft] = useState(initial);
  const [deleting, setDeleting] = useState(false);
  const [editing, setEditing] = useState(false);
  const change = (part: Partial<PresetDraft>) => setDraft((before) => ({ ...before, ...part }));
  const { save, isSaving, fault } = useSaving(stored);
  const isDirty = stored === null || JSON.stringify(draft) !== JSON.stringify(initial);
  return (
    <Page className="max-w-[1000px]">
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'Integrations', href: `/p/${project}/data/integrations` },
          ...(stored ? [] : [{ label: 'Add new integration', href: `/p/${project}/data/integrations/new` }]),
          { label: stored?.name ?? 'Webhook preset' },
        ]}
      />
      <PageHeader
        title={stored?.name ?? 'Webhook preset'}
        description={
          stored
            ? undefined
            : 'A webhook that is ready to use: marketers put it on the canvas and fill in what you leave open.'
        }
        actions={stored ? <StoredActions preset={stored} onDelete={() => setDeleting(true)} /> : undefined}
      />
      <form
        className="grid grid-cols-[minmax(0,2fr)_minmax(220px,1fr)] items-start gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          save(draft);
        }}
      >
        <div className="flex flex-col gap-4">
          {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
          <Naming draft={draft} fault={fault} isNew={stored === null} onChange={change} />
          <WebhookCard webhook={draft.webhook} fault={fault} onOpen={() => setEditing(true)} />
          <Card
            title="What a marketer may change"
            description="Everything else is locked in the scenarios that use the preset."
            footer={
              <Button type="submit" variant="primary" loading={isSaving} disabled={!isDirty}>
                {stored ? 'Save' : 'Create preset'}
              </Button>
            }
          >
            <OpenGroups open={draft.open} onChange={(open) => change({ open })} />
          </Card>
        </div>
        <aside>{stored ? <PresetVersions preset={stored} /> : <Templates onChoose={setDraft} />}</aside>
      </form>
      {editing ? (
        <WebhookEditor
          scenario={null}
          node={nodeOfPreset(draft)}
          document={null}
          onChange={(part: Partial<WebhookSettings>) =>
            setDraft((before) => ({ ...before, webhook: { ...before.webhook, ...part } }))
          }
          onRename={(name) => change({ name })}
          onClose={() => setEditing(false)}
          readOnly={false}
        />
      ) : null}
      {deleting && stored ? <DeletePresetDialog preset={stored} onClose={() => setDeleting(false)} /> : null}
    </Page>
  );
}

const nodeOfPreset = ({ name, webhook }: PresetDraft): Node<'webhook'> => ({
  id: 'preset',
  number: 1,
  kind: 'webhook',
  name: name || 'Webhook preset',
  position: { x: 0, y: 0 },
  settings: webhook,
});

function StoredActions({ preset, onDelete }: { preset: StoredPreset; onDelete: () => void }) {
  const exportFile = useDo('preset.export');
  return (
    <>
      <Button
        icon={<Download aria-hidden />}
        loading={exportFile.isPending}
        onClick={() =>
          exportFile.mutate({ id: preset.id }, { onSuccess: ({ fileName, text }) => download(fileName, text) })
        }
      >
        Export
      </Button>
      <Button variant="danger-ghost" icon={<Trash2 aria-hidden />} onClick={onDelete}>
        Delete
      </Button>
    </>
  );
}

interface NamingProps {
  draft: PresetDraft;
  fault: CallError | null;
  isNew: boolean;
  onChange: (part: Partial<PresetDraft>) => void;
}

function Naming({ draft, fault, isNew, onChange }: NamingProps) {
  return (
    <Card>
      <div className="flex flex-col gap-4">
        <Field label="Name" required error={fault?.field('name')}>
          <Input
            autoFocus={isNew}
            value={draft.name}
            maxLength={120}
            placeholder="Order confirmation by SMS"
            onChange={(event) => onChange({ name: event.target.value })}
          />
        </Field>
        <Field
          label="Description"
          hint="What it does and when to use it; shown in the palette."
          error={fault?.field('description')}
        >
          <Textarea
            rows={2}
            value={draft.description}
            maxLength={1000}
            onChange={(event) => onChange({ description: event.target.value })}
          />
        </Field>
        <PresetIcon icon={draft.icon} fault={fault?.field('icon')} onChange={(icon) => onChange({ icon })} />
      </div>
    </Card>
  );
}

/** Built-in templates to begin with. */
function Templates({ onChoose }: { onChoose: (draft: PresetDraft) => void }) {
  return (
    <Card title="Begin with a template" flush>
      <ul className="scroll-thin max-h-[440px] overflow-y-auto py-1">
        {GALLERY.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              onClick={() => onChoose(presetOfTemplate(entry))}
              className="w-full px-3 py-1.5 text-left hover:bg-hover"
            >
              <span className="block font-medium">{entry.name}</span>
              <span className="block text-muted text-sm">{entry.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function useSaving(stored: StoredPreset | null) {
  const router = useRouter();
  const { id: project } = useProject();
  const create = useDo('preset.create', { success: 'The preset is stored', quiet: true });
  const update = useDo('preset.update', { success: 'The preset is changed', quiet: true });
  return {
    save(draft: PresetDraft) {
      const input = inputOfPreset(draft);
      if (stored) update.mutate({ ...input, id: stored.id });
      else
        create.mutate(input, {
          onSuccess: ({ id }) => router.replace(`/p/${project}/data/integrations/presets/${id}`),
        });
    },
    isSaving: create.isPending || update.isPending,
    fault: create.error ?? update.error,
  };
}
