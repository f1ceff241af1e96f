'use client';

import { useState } from 'react';
import { type OutputOf, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { RateDrawing } from './rate-drawing';

export interface PolicyDialogProps {
  /** The policy to change; null makes a new one. */
  policy: OutputOf<'policy.list'>[number] | null;
  onClose: () => void;
  /** The id of the policy that was made or changed. */
  onSaved?: (id: string) => void;
}

/** Makes or changes a throughput policy. Also opened from a webhook's settings. */
export function PolicyDialog({ policy, onClose, onSaved }: PolicyDialogProps) {
  const [name, setName] = useState(policy?.name ?? '');
  const [concurrency, setConcurrency] = useState(String(policy?.concurrency ?? 5));
  const [limited, setLimited] = useState(policy?.rate != null);
  const [requests, setRequests] = useState(String(policy?.rate?.requests ?? 50));
  const [per, setPer] = useState(policy?.rate?.per ?? 'second');
  const [burst, setBurst] = useState(String(policy?.rate?.burst ?? 1));
  const [isDefault, setIsDefault] = useState(policy?.isDefault ?? false);
  const create = useDo('policy.create', { quiet: true });
  const update = useDo('policy.update', { success: 'The policy is changed', quiet: true });
  const fault = create.error ?? update.error;
  const save = () => {
    const settings = {
      name,
      concurrency: numberOf(concurrency),
      rate: limited ? { requests: numberOf(requests), per, burst: numberOf(burst) } : null,
      isDefault,
    };
    const done = (id: string) => {
      onSaved?.(id);
      onClose();
    };
    if (policy) update.mutate({ id: policy.id, ...settings }, { onSuccess: () => done(policy.id) });
    else create.mutate(settings, { onSuccess: ({ id }) => done(id) });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="md"
      title={policy ? `Policy ${policy.name}` : 'New throughput policy'}
      description={policy ? 'A changed limit acts at once, also on what is queued.' : undefined}
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={create.isPending || update.isPending}>
            {policy ? 'Save' : 'Create policy'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
        <Field label="Name" error={fault?.field('name')}>
          <Input autoFocus value={name} onChange={(event) => setName(event.target.value)} placeholder="SMS gateway" />
        </Field>
        <Field
          label="Requests at once"
          hint="1 to 1000. How many requests a second this makes depends on how fast the other side answers: 5 at once with answers in 100 ms are about 50 a second."
          error={fault?.field('concurrency')}
        >
          <Input
            inputMode="numeric"
            className="w-32"
            value={concurrency}
            onChange={(event) => setConcurrency(event.target.value)}
          />
        </Field>
        <div className="flex flex-col gap-3">
          <Checkbox checked={limited} onChange={setLimited} hint="Evenly spread, on top of the limit above.">
            Limit the rate too
          </Checkbox>
          {limited ? (
            <div className="flex flex-col gap-4 pl-6">
              <div className="grid grid-cols-[auto_1fr] gap-6">
                <Field label="Requests" error={fault?.field('rate.requests')}>
                  <RateInput requests={requests} onRequestsChange={setRequests} per={per} onPerChange={setPer} />
                </Field>
                <Field label="Burst" hint="So many together after a pause." error={fault?.field('rate.burst')}>
                  <Input
                    inputMode="numeric"
                    className="w-24"
                    value={burst}
                    onChange={(event) => setBurst(event.target.value)}
                  />
                </Field>
              </div>
              <RateDrawing requests={numberOf(requests)} per={per} burst={numberOf(burst)} />
            </div>
          ) : null}
        </div>
        <Checkbox checked={isDefault} onChange={setIsDefault} hint="For webhooks that select none.">
          Default of the project
        </Checkbox>
      </div>
    </Dialog>
  );
}

function RateInput(props: {
  requests: string;
  onRequestsChange: (text: string) => void;
  per: 'second' | 'minute';
  onPerChange: (per: 'second' | 'minute') => void;
}) {
  return (
    <div className="flex items-center gap-2">
      <Input
        inputMode="numeric"
        className="w-32"
        value={props.requests}
        onChange={(event) => props.onRequestsChange(event.target.value)}
      />
      <Segmented
        label="Per"
        value={props.per}
        onChange={props.onPerChange}
        options={[
          { value: 'second', label: 'a second' },
          { value: 'minute', label: 'a minute' },
        ]}
      />
    </div>
  );
}

/** What is not a number is told by the server, in the field. */
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.replaceAll(/[\s,_]/g, '')));
