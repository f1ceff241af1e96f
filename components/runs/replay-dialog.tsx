'use client';

import { useState } from 'react';
import { type InputOf, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Select } from '@/components/ui/select';
import { toast } from '@/components/ui/toast';
import type { AnyNode } from '@/lib/core/document';

type Replay = InputOf<'run.replay'>;
export type ReplayFilter = Pick<Replay, 'outcome' | 'status' | 'text'> & { node?: string };

const NOT_DELIVERED = '';
const OUTCOMES = [
  { value: NOT_DELIVERED, label: 'Whatever was not delivered' },
  { value: 'rejected', label: 'Rejected' },
  { value: 'unknown', label: 'Unknown' },
  { value: 'delivered', label: 'Delivered' },
] as const;

const PERIODS = [
  { value: 'second', label: 'second' },
  { value: 'minute', label: 'minute' },
] as const;

const full = (value: number) => value.toLocaleString('en');

/** Sends finished requests again: all that match, not only those on the page. It begins with the filter of the list. */
export function ReplayDialog({
  run,
  webhooks,
  filter,
  onClose,
}: {
  run: string;
  webhooks: readonly AnyNode[];
  filter: ReplayFilter;
  onClose: () => void;
}) {
  const [node, setNode] = useState(filter.node ?? webhooks[0]?.id ?? '');
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]['value']>(filter.outcome ?? NOT_DELIVERED);
  const [status, setStatus] = useState(filter.status === undefined ? '' : String(filter.status));
  const [text, setText] = useState(filter.text ?? '');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const { timeZone } = useProject();
  const [as, setAs] = useState<'same' | 'new'>('same');
  const [atMost, setAtMost] = useState('');
  const [per, setPer] = useState<(typeof PERIODS)[number]['value']>('second');
  const [isSure, setIsSure] = useState(false);
  const replay = useDo('run.replay', { quiet: true });
  const mayHurt = as === 'new' || outcome === 'delivered';
  const send = () =>
    replay.mutate(
      {
        run,
        node,
        as,
        ...(outcome === NOT_DELIVERED ? {} : { outcome }),
        ...(status.trim() === '' ? {} : { status: Number(status) }),
        ...(text.trim() === '' ? {} : { text: text.trim() }),
        ...(since === '' ? {} : { since }),
        ...(until === '' ? {} : { until }),
        ...(atMost.trim() === '' ? {} : { rate: { requests: Number(atMost), per } }),
      },
      {
        onSuccess: ({ requests, customers }) => {
          toast.success(`${full(requests)} ${requests === 1 ? 'request is' : 'requests are'} sent again`, {
            description: `For ${full(customers)} ${customers === 1 ? 'customer' : 'customers'}, ${atMost.trim() === '' ? 'at the pace of the throughput policy' : `at most ${full(Number(atMost))} a ${per}`}.`,
          });
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="md"
      title="Send requests again"
      description="All finished requests of this run that match, not only those on the page."
      onSubmit={() => (!mayHurt || isSure) && send()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={replay.isPending} disabled={mayHurt && !isSure}>
            Send again
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {replay.error && replay.error.fields.length === 0 ? (
          <Banner tone="danger">{replay.error.message}</Banner>
        ) : null}
        {webhooks.length > 1 ? (
          <Field label="Webhook">
            <Select
              value={node}
              onChange={setNode}
              options={webhooks.map((each) => ({ value: each.id, label: `#${each.number} ${each.name}` }))}
            />
          </Field>
        ) : null}
        <div className="grid grid-cols-[1fr_120px] gap-3">
          <Field label="Outcome">
            <Select value={outcome} onChange={setOutcome} options={OUTCOMES} />
          </Field>
          <Field label="Status" error={replay.error?.field('status')}>
            <Input
              inputMode="numeric"
              placeholder="any"
              value={status}
              onChange={(event) => setStatus(event.target.value)}
            />
          </Field>
        </div>
        <Field label="Message or answer contains" error={replay.error?.field('text')}>
          <Input placeholder="anything" value={text} onChange={(event) => setText(event.target.value)} />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Answered from" hint={`Time of ${timeZone}`} error={replay.error?.field('since')}>
            <Input type="datetime-local" value={since} onChange={(event) => setSince(event.target.value)} />
          </Field>
          <Field label="Answered before" error={replay.error?.field('until')}>
            <Input type="datetime-local" value={until} onChange={(event) => setUntil(event.target.value)} />
          </Field>
        </div>
        <Field label="How">
          <RadioGroup
            value={as}
            onChange={setAs}
            options={[
              {
                value: 'same',
                label: 'As they were',
                hint: 'The same bytes with the same idempotency key: a receiver that remembers keys does nothing twice.',
              },
              {
                value: 'new',
                label: 'As new',
                hint: 'Rendered anew from today’s profiles, with new keys.',
              },
            ]}
          />
        </Field>
        <div className="grid grid-cols-[1fr_120px] gap-3">
          <Field
            label="At most"
            hint="Evenly spread over all workers, beside the limits of the throughput policy."
            error={replay.error?.field('rate.requests')}
          >
            <Input
              inputMode="numeric"
              placeholder="as the policy allows"
              suffix="requests"
              value={atMost}
              onChange={(event) => setAtMost(event.target.value)}
            />
          </Field>
          <Field label="Every">
            <Select value={per} onChange={setPer} options={PERIODS} />
          </Field>
        </div>
        {mayHurt ? (
          <Checkbox checked={isSure} onChange={setIsSure}>
            I know that customers may get it twice
          </Checkbox>
        ) : null}
      </div>
    </Dialog>
  );
}
