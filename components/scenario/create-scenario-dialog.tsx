'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type InputOf, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';

type Start = NonNullable<InputOf<'scenario.create'>['start']>;

/** Asks for a name and a beginning, makes the scenario and opens it. */
export function CreateScenarioDialog({ onClose }: { onClose: () => void }) {
  const project = useProject();
  const router = useRouter();
  const [name, setName] = useState('');
  const [start, setStart] = useState<Start>('empty');
  const create = useDo('scenario.create', { quiet: true });
  const fault = create.error;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New scenario"
      onSubmit={() =>
        create.mutate(
          { name, start },
          { onSuccess: ({ id }) => router.push(`/p/${project.id}/campaigns/scenarios/${id}`) },
        )
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={create.isPending || create.isSuccess}>
            Create scenario
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
        <Field label="Name" error={fault?.field('name')}>
          <Input
            autoFocus
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
            placeholder="Spring SMS"
          />
        </Field>
        <Field label="It begins">
          <RadioGroup<Start>
            value={start}
            onChange={setStart}
            options={[
              { value: 'empty', label: 'Empty', hint: 'A free canvas.' },
              { value: 'now', label: 'Send to everyone now', hint: 'The trigger Now, followed by a webhook.' },
              { value: 'event', label: 'When something happens', hint: 'The trigger On event, followed by a webhook.' },
            ]}
          />
        </Field>
      </div>
    </Dialog>
  );
}
