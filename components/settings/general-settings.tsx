'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useDo } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { TIME_ZONES } from '@/components/shell/time-zones';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Combobox } from '@/components/ui/combobox';
import { CopyButton } from '@/components/ui/copy-button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { KeyValues } from '@/components/ui/key-values';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { Switch } from '@/components/ui/switch';
import { Retention } from './retention';

/** Name and time zone of the project, what a start asks for, and how long things are kept. */
export function GeneralSettings({ initial }: { initial: OutputOf<'project.get'> }) {
  const router = useRouter();
  const { can } = useProject();
  const [saved, setSaved] = useState({ name: initial.name, timeZone: initial.timeZone });
  const [form, setForm] = useState(saved);
  const update = useDo('project.update', { success: 'Saved', quiet: true });
  const changed = form.name !== saved.name || form.timeZone !== saved.timeZone;
  const save = () =>
    update.mutate(form, {
      onSuccess: () => {
        setSaved(form);
        router.refresh();
      },
    });
  return (
    <Page width="narrow">
      <Crumbs items={[{ label: 'Project settings' }, { label: 'General' }]} />
      <PageHeader title="General" />
      <div className="flex flex-col gap-4">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (changed) save();
          }}
        >
          <Card
            title="Project"
            footer={
              can.administer ? (
                <>
                  <Button disabled={!changed || update.isPending} onClick={() => setForm(saved)}>
                    Discard
                  </Button>
                  <Button type="submit" variant="primary" disabled={!changed} loading={update.isPending}>
                    Save
                  </Button>
                </>
              ) : undefined
            }
          >
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Name" error={update.error?.field('name')}>
                <Input
                  value={form.name}
                  disabled={!can.administer}
                  onChange={(event) => setForm({ ...form, name: event.target.value })}
                />
              </Field>
              <Field
                label="Time zone"
                hint="Times on screen and in schedules are meant in it."
                error={update.error?.field('timeZone')}
              >
                <Combobox
                  value={form.timeZone}
                  disabled={!can.administer}
                  options={TIME_ZONES}
                  onChange={(zone) => zone && setForm({ ...form, timeZone: zone })}
                />
              </Field>
            </div>
            {can.administer ? null : (
              <p className="mt-4 text-muted text-sm">Only an admin of the project can change this.</p>
            )}
            {update.error && update.error.fields.length === 0 ? (
              <p role="alert" className="mt-4 text-danger text-sm">
                {update.error.message}
              </p>
            ) : null}
          </Card>
        </form>
        <BeforeStart initial={initial.requiresChecks} />
        <Retention initial={initial.retention} />
        <Card title="For developers">
          <KeyValues
            items={[
              [
                'Project id',
                <span key="id" className="inline-flex items-center gap-1 font-mono text-sm">
                  {initial.id}
                  <CopyButton text={initial.id} label="Copy the project id" />
                </span>,
              ],
              ['Created', <RelativeTime key="created" at={initial.createdAt} exact />],
            ]}
          />
        </Card>
      </div>
    </Page>
  );
}

/** Whether a scenario may start unchecked; only an admin can change it. */
function BeforeStart({ initial }: { initial: boolean }) {
  const router = useRouter();
  const { can } = useProject();
  const [required, setRequired] = useState(initial);
  const save = useDo('project.require-checks', { success: 'Saved' });
  const change = (next: boolean) => {
    setRequired(next);
    save.mutate({ required: next }, { onSuccess: () => router.refresh(), onError: () => setRequired(!next) });
  };
  return (
    <Card title="Before Start">
      <Switch
        checked={required}
        disabled={!can.administer || save.isPending}
        onChange={change}
        hint="Check audience renders each webhook for everybody who would get it and sends nothing. With this on, Start is refused until each webhook was checked as it is now, without errors."
      >
        A scenario starts only after a clean check of its audience
      </Switch>
      {can.administer ? null : <p className="mt-4 text-muted text-sm">Only an admin of the project can change this.</p>}
    </Card>
  );
}
