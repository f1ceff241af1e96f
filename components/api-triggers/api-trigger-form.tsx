'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useAsk, useDo } from '@/components/call';
import { ScenarioUses } from '@/components/scenario/scenario-uses';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Table, Td, THead, Th, Tr } from '@/components/ui/table';
import type { TriggerParameter } from '@/lib/core/api-trigger';
import { EnabledPill } from './api-triggers';
import { DeleteTriggerDialog } from './delete-trigger-dialog';
import { blankDraft, type Draft, draftOf, faultsOf, inputOf, parametersOf, type Stored } from './draft';
import { HowToCall } from './how-to-call';
import { ParameterRows, typeLabel } from './parameter-rows';
import { TriggerLog } from './trigger-log';

/** A new API trigger. */
export function NewApiTrigger() {
  return (
    <Shell title="New API trigger" stored={null}>
      <Settings stored={null} initial={blankDraft} />
    </Shell>
  );
}

/** A stored API trigger: what it takes, how it is called, who called. */
export function ApiTrigger({ initial }: { initial: Stored }) {
  const { can } = useProject();
  const { data: stored = initial } = useAsk('api-trigger.get', { id: initial.id }, { initial });
  return (
    <Shell title={stored.name} stored={stored}>
      {can.develop ? (
        // A new form after each saving.
        <Settings key={stored.updatedAt} stored={stored} initial={draftOf(stored)} />
      ) : (
        <div className="grid items-start gap-6 xl:grid-cols-2">
          <Card title="Parameters">
            <Parameters parameters={stored.parameters} />
          </Card>
          <HowToCall {...stored} />
        </div>
      )}
      <TriggerLog trigger={stored.id} />
    </Shell>
  );
}

function Shell({ title, stored, children }: { title: string; stored: Stored | null; children: React.ReactNode }) {
  const project = useProject();
  const [deleting, setDeleting] = useState(false);
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'API triggers', href: `/p/${project.id}/data/api-triggers` },
          { label: title },
        ]}
      />
      <PageHeader
        title={title}
        badge={
          stored ? (
            <span className="flex items-center gap-2">
              <EnabledPill enabled={stored.enabled} />
              {stored.uses.length > 0 ? <ScenarioUses uses={stored.uses} /> : null}
            </span>
          ) : undefined
        }
        actions={
          stored && project.can.develop ? (
            <Button variant="danger-ghost" icon={<Trash2 aria-hidden />} onClick={() => setDeleting(true)}>
              Delete
            </Button>
          ) : undefined
        }
      />
      <div className="flex flex-col gap-6">{children}</div>
      {deleting && stored ? <DeleteTriggerDialog trigger={stored} onClose={() => setDeleting(false)} /> : null}
    </Page>
  );
}

/** The form of a developer, and beside it the example that follows it. */
function Settings({ stored, initial }: { stored: Stored | null; initial: Draft }) {
  const [draft, setDraft] = useState(initial);
  const saving = useSaving(stored);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const faults = faultsOf(draft);
  const isDirty = JSON.stringify(draft) !== JSON.stringify(initial);
  const { fault } = saving;
  const outside = fault && !fault.fields.some(({ path }) => /^(name|parameters\.\d+\.)/.test(path));
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (faults.size === 0) saving.save(draft);
        }}
      >
        <Card
          footer={
            <Button
              type="submit"
              variant="primary"
              loading={saving.isPending}
              disabled={faults.size > 0 || (stored !== null && !isDirty)}
            >
              {stored ? 'Save' : 'Create API trigger'}
            </Button>
          }
        >
          <div className="flex flex-col gap-5">
            {outside ? <Banner tone="danger">{fault.message}</Banner> : null}
            <Field label="Name" required error={fault?.field('name')}>
              <Input
                autoFocus={stored === null}
                value={draft.name}
                placeholder="Storm warning"
                onChange={(event) => change({ name: event.target.value })}
              />
            </Field>
            <Checkbox
              checked={draft.enabled}
              onChange={(enabled) => change({ enabled })}
              hint="Calls of one that is off are refused and stand in the log."
            >
              On
            </Checkbox>
            <section aria-label="Parameters of a call" className="flex flex-col gap-3">
              <div>
                <h2 className="font-medium text-sm">Parameters</h2>
                <p className="text-muted text-sm">
                  Templates and conditions read them as{' '}
                  <code className="font-mono text-xs">{'{{ trigger.name }}'}</code>; previews show the examples. Dates
                  are unix seconds there.
                </p>
              </div>
              <ParameterRows
                rows={draft.parameters}
                onChange={(parameters) => change({ parameters })}
                faultOf={(path) => faults.get(path) ?? fault?.field(path)}
              />
            </section>
          </div>
        </Card>
      </form>
      {stored ? (
        <HowToCall id={stored.id} parameters={parametersOf(draft)} secondsBetweenCalls={stored.secondsBetweenCalls} />
      ) : (
        <Card title="What comes next">
          <ol className="flex list-decimal flex-col gap-1.5 pl-4 text-muted text-sm">
            <li>The trigger gets a URL and an example for the system that will call it.</li>
            <li>An admin makes an API key for that system.</li>
            <li>Somebody puts an API trigger on the canvas of a scenario, conditions behind it, and starts it.</li>
            <li>Each call lets every customer in; the conditions choose whom it concerns.</li>
          </ol>
        </Card>
      )}
    </div>
  );
}

function useSaving(stored: Stored | null) {
  const router = useRouter();
  const { id: project } = useProject();
  const create = useDo('api-trigger.create', { success: 'The API trigger is there', quiet: true });
  const update = useDo('api-trigger.update', { success: 'The API trigger is changed', quiet: true });
  return {
    isPending: create.isPending || update.isPending,
    fault: create.error ?? update.error,
    save(draft: Draft) {
      const input = inputOf(draft);
      if (stored) update.mutate({ ...input, id: stored.id });
      else create.mutate(input, { onSuccess: ({ id }) => router.replace(`/p/${project}/data/api-triggers/${id}`) });
    },
  };
}

/** The parameters of a trigger for whoever uses it. */
function Parameters({ parameters }: { parameters: readonly TriggerParameter[] }) {
  if (parameters.length === 0)
    return <p className="text-muted text-sm">None: a call says only that something happened.</p>;
  return (
    <Table aria-label="Parameters">
      <THead>
        <Tr>
          <Th>In templates</Th>
          <Th>Type</Th>
          <Th>Example</Th>
        </Tr>
      </THead>
      <tbody>
        {parameters.map(({ name, type, required, example }) => (
          <Tr key={name}>
            <Td dense>
              <code className="font-mono text-xs">trigger.{name}</code>
            </Td>
            <Td dense>
              {typeLabel(type)}
              {required ? <span className="text-faint"> · required</span> : null}
            </Td>
            <Td dense>
              <code className="font-mono text-xs [overflow-wrap:anywhere]">
                {example === null ? '' : JSON.stringify(example)}
              </code>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
