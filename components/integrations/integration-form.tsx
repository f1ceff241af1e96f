'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { useAsk, useDo } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import type { IntegrationKind } from '@/lib/core/integration';
import { entryOf } from './catalogue-entries';
import { DeleteIntegrationDialog } from './delete-integration-dialog';
import { blankDraft, type Draft, draftOf, forgetsSecrets, inputOf, type Stored } from './draft';
import { FormContext, useForm } from './form-context';
import { IntegrationSide } from './integration-side';
import type { Integration } from './integration-state';
import { KIND_FIELDS } from './kind-fields';
import { ShownSecretDialog } from './shown-secret-dialog';
import { TestSettings } from './test-settings';

/** A new integration of a kind. */
export function NewIntegration({ kind }: { kind: IntegrationKind }) {
  return <Form stored={null} initial={blankDraft(kind)} all={[]} />;
}

/** A stored integration: what may be shown of it, and its secrets as fields that can only be replaced. */
export function EditIntegration({ initial, all: initialAll }: { initial: Stored; all: Integration[] }) {
  const { data: stored = initial } = useAsk('integration.get', { id: initial.id }, { initial });
  const { data: all = initialAll } = useAsk('integration.list', {}, { initial: initialAll });
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      {/* A new form after each saving: what was typed is stored now, and secrets leave the page. */}
      <Form key={stored.updatedAt} stored={stored} initial={draftOf(stored)} all={all} onSecretMade={setShown} />
      {shown ? <ShownSecretDialog secret={shown} onClose={() => setShown(null)} /> : null}
    </>
  );
}

interface FormProps {
  stored: Stored | null;
  initial: Draft;
  all: Integration[];
  /** A signing secret was made for a stored integration; it outlives this form, which saving replaces. */
  onSecretMade?: (secret: string) => void;
}

function Form({ stored, initial, all, onSecretMade }: FormProps) {
  const { id: project } = useProject();
  const [draft, setDraft] = useState(initial);
  const [deleting, setDeleting] = useState(false);
  const saving = useSaving(stored);
  const entry = entryOf(draft.settings.kind);
  const forgets = stored !== null && forgetsSecrets(stored, draft);
  const isDirty = JSON.stringify(draft) !== JSON.stringify(initial);
  const own = all.find(({ id }) => id === stored?.id);
  return (
    <FormContext
      value={{
        draft,
        change: (part) => setDraft((before) => ({ ...before, ...part })),
        stored,
        forgets,
        fault: saving.fault,
      }}
    >
      <Page className="max-w-[1000px]">
        <Crumbs
          items={[
            { label: 'Data & Assets' },
            { label: 'Integrations', href: `/p/${project}/data/integrations` },
            ...(stored ? [] : [{ label: 'Add new integration', href: `/p/${project}/data/integrations/new` }]),
            { label: stored?.name ?? entry.title },
          ]}
        />
        <PageHeader
          title={stored?.name ?? entry.title}
          description={stored ? undefined : entry.summary}
          actions={
            stored ? (
              <Button variant="danger-ghost" icon={<Trash2 aria-hidden />} onClick={() => setDeleting(true)}>
                Delete
              </Button>
            ) : undefined
          }
        />
        <form
          className="grid grid-cols-[minmax(0,2fr)_minmax(220px,1fr)] items-start gap-6"
          onSubmit={(event) => {
            event.preventDefault();
            saving.save(draft, false);
          }}
        >
          <Sections
            footer={
              <>
                {makesSecret(draft, stored) ? (
                  <p className="mr-auto self-center text-muted text-sm">
                    Save, give the receiver the new secret, then test.
                  </p>
                ) : null}
                <Button
                  disabled={!canTest(draft, stored)}
                  loading={saving.isTesting}
                  onClick={() => saving.test(draft, isDirty || stored === null)}
                >
                  {isDirty || stored === null ? 'Save and test' : 'Test'}
                </Button>
                <Button
                  type="submit"
                  variant="primary"
                  loading={saving.isSaving}
                  disabled={stored !== null && !isDirty}
                >
                  Save
                </Button>
              </>
            }
          />
          <IntegrationSide
            entry={entry}
            stored={stored}
            uses={own?.uses ?? []}
            isTesting={saving.isTesting}
            onSecretMade={onSecretMade}
          />
        </form>
      </Page>
      {deleting && own ? (
        <DeleteIntegrationDialog
          integration={own}
          others={all.filter(({ id }) => id !== own.id)}
          onClose={() => setDeleting(false)}
        />
      ) : null}
      {saving.shown ? <ShownSecretDialog secret={saving.shown} onClose={saving.leaveShown} /> : null}
    </FormContext>
  );
}

function Sections({ footer }: { footer: ReactNode }) {
  const { draft, change, stored, forgets, fault } = useForm();
  const Fields = KIND_FIELDS[draft.settings.kind] as (props: { settings: unknown }) => ReactNode;
  const isResponsys = draft.settings.kind === 'responsys';
  return (
    <div className="flex flex-col gap-4">
      {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
      {stored?.state === 'unreadable' ? (
        <Banner tone="danger" title="The stored secrets cannot be read">
          They were sealed with an encryption key that this installation no longer has. Enter them again.
        </Banner>
      ) : null}
      {stored?.state === 'needs-secrets' ? (
        <Banner tone="warning" title="Secrets are missing">
          Webhooks with this integration are refused until they are entered.
        </Banner>
      ) : null}
      <Card>
        <div className="flex flex-col gap-4">
          <Field label="Name" required error={fault?.field('name')}>
            <Input
              autoFocus={stored === null}
              value={draft.name}
              placeholder="CM.com"
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <Field
            label={isResponsys ? 'Login endpoint' : 'Endpoint prefix'}
            required
            error={fault?.field('prefix')}
            hint={
              isResponsys
                ? 'Where to log in. Webhooks then give only a path such as /rest/api/v1.3/…; the login says where it goes.'
                : 'The credentials go to this address and to paths below it, nowhere else.'
            }
          >
            <Input
              mono
              value={draft.prefix}
              placeholder={isResponsys ? 'https://login2.responsys.net' : 'https://api.example.com/v1'}
              onChange={(event) => change({ prefix: event.target.value })}
            />
          </Field>
          {forgets ? (
            <Banner tone="warning" title="The stored secrets will be forgotten">
              With another address or schema they could reach somebody else. Enter them again below.
            </Banner>
          ) : null}
          {draft.prefix.trim().startsWith('http:') ? (
            <Banner tone="warning">Over http:// everybody on the way can read the credentials. Use https://.</Banner>
          ) : null}
        </div>
      </Card>
      <Card title="Credentials">
        <div className="flex flex-col gap-4">
          <Fields settings={draft.settings} />
        </div>
      </Card>
      <Card title="Test settings" footer={footer}>
        <TestSettings />
      </Card>
    </div>
  );
}

/** A signing secret that saving makes cannot be tested yet: the receiver does not have it. */
const makesSecret = ({ settings, secrets }: Draft, stored: Stored | null) =>
  settings.kind === 'signature' && !stored?.stored.includes('secret') && !secrets.secret;

const canTest = (draft: Draft, stored: Stored | null) =>
  !makesSecret(draft, stored) &&
  (draft.settings.test !== null || draft.settings.kind === 'responsys' || draft.settings.kind === 'oauth2');

/** Saving and testing, with what the server says to either. */
function useSaving(stored: Stored | null) {
  const router = useRouter();
  const { id: project } = useProject();
  const create = useDo('integration.create', { success: 'The integration is stored', quiet: true });
  const update = useDo('integration.update', { success: 'The integration is changed', quiet: true });
  const tryOut = useDo('integration.test');
  const [shown, setShown] = useState<{ secret: string; id: string } | null>(null);
  const leave = (id: string) => {
    if (!stored) router.replace(`/p/${project}/data/integrations/${id}`);
  };
  const save = async (draft: Draft, thenTest: boolean) => {
    const input = inputOf(draft);
    try {
      const saved = stored
        ? { id: stored.id, ...(await update.mutateAsync({ ...input, id: stored.id })) }
        : await create.mutateAsync(input);
      if (thenTest) await tryOut.mutateAsync({ id: saved.id });
      if (saved.shown) setShown({ secret: saved.shown, id: saved.id });
      else leave(saved.id);
    } catch {
      // The refusal stands in the mutation: the form shows it at its fields, a failed test as a message.
    }
  };
  return {
    save,
    test: (draft: Draft, saveFirst: boolean) =>
      saveFirst ? save(draft, true) : stored && tryOut.mutate({ id: stored.id }),
    isSaving: (create.isPending || update.isPending) && !tryOut.isPending,
    isTesting: tryOut.isPending,
    fault: create.error ?? update.error,
    shown: shown?.secret ?? null,
    leaveShown() {
      if (shown) leave(shown.id);
      setShown(null);
    },
  };
}
