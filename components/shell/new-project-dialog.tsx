'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useProject } from './project-context';
import { TIME_ZONES } from './time-zones';

/** Makes a project of the user's own and goes there. */
export function NewProjectDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const router = useRouter();
  const [name, setName] = useState('');
  const [timeZone, setTimeZone] = useState(useProject().timeZone);
  const create = useDo('project.create', { quiet: true });
  const submit = () =>
    create.mutate(
      { name, timeZone },
      {
        onSuccess: ({ id }) => {
          onOpenChange(false);
          router.push(`/p/${id}/campaigns/scenarios`);
        },
      },
    );
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New project"
      description="A project has its own customers, scenarios, integrations and members. You become its admin."
      onSubmit={submit}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" type="submit" loading={create.isPending}>
            Create project
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Name" error={create.error?.field('name') ?? create.error?.message}>
          <Input value={name} onChange={(event) => setName(event.target.value)} autoFocus />
        </Field>
        <Field label="Time zone" error={create.error?.field('timeZone')}>
          <Combobox value={timeZone} onChange={(zone) => zone && setTimeZone(zone)} options={TIME_ZONES} />
        </Field>
      </div>
    </Dialog>
  );
}
