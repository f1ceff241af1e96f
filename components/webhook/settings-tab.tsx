'use client';

import { Pencil, Settings2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useAsk } from '@/components/call';
import { PolicyDialog } from '@/components/settings/policy-dialog';
import { useProject } from '@/components/shell/project-context';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { RadioGroup } from '@/components/ui/radio-group';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { effectiveBatchSize, type WebhookSettings } from '@/lib/core/webhook';
import { IsolateField } from './isolate-field';
import { NumberInput } from './number-input';
import { ResultsMapping } from './results-mapping';
import { SpeedLimitNotice } from './speed-limit';
import { TrackedProperties } from './tracked-properties';
import type { Locks } from './use-locks';

export interface SettingsTabProps {
  settings: WebhookSettings;
  change: (settings: Partial<WebhookSettings>) => void;
  readOnly: boolean;
  /** Whether events bring customers here. */
  onEvent: boolean;
  /** Requests per minute that came with an import; null for nearly every webhook. */
  speedLimit?: number | null;
  onLiftSpeedLimit?: (() => void) | undefined;
}

/** How fast it is sent, how the answer is read, and what happens when there is none. */
export function SettingsTab({ locks, ...rest }: Omit<SettingsTabProps, 'readOnly'> & { locks: Locks }) {
  const props = { ...rest, readOnly: locks.has('settings') };
  return (
    <div className="mx-auto flex w-full max-w-160 flex-col gap-8 p-6">
      {props.settings.batch ? <BatchSection {...props} /> : null}
      <PolicySection {...props} />
      <ResponseSection {...props} readOnly={locks.has('response')} />
      <DeliverySection {...props} />
      <Section title="Tracked properties" about="Added to the campaign event of each customer. Values may hold Jinja.">
        <TrackedProperties {...props} />
      </Section>
    </div>
  );
}

function Section({ title, about, children }: { title: string; about?: ReactNode; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-4" aria-label={title}>
      <div>
        <h2 className="font-semibold text-base">{title}</h2>
        {about ? <p className="text-muted text-sm">{about}</p> : null}
      </div>
      {children}
    </section>
  );
}

function BatchSection({ settings, change, readOnly, onEvent }: SettingsTabProps) {
  const { batchSize, lingerSeconds } = settings;
  const effective = effectiveBatchSize(settings, onEvent);
  const set = (size: number) => change({ batchSize: Math.min(1000, Math.max(1, Math.round(size))) });
  return (
    <Section
      title="Batch size"
      about="How many customers at most one request is for. It is a ceiling: a batch is sent smaller when no more customers are waiting. Heavy templates and slow receivers want smaller ones."
    >
      <div className="flex items-center gap-3">
        <input
          type="range"
          aria-label="Batch size"
          min={1}
          max={1000}
          value={batchSize}
          disabled={readOnly}
          onChange={(event) => set(Number(event.target.value))}
          className="h-4 flex-1 accent-accent"
        />
        <NumberInput
          label="Customers in one request"
          className="w-24"
          value={batchSize}
          min={1}
          max={1000}
          readOnly={readOnly}
          onChange={set}
        />
      </div>
      {onEvent ? (
        <>
          <p className="text-muted text-sm">
            Events bring customers here, so a request is for at most 200:{' '}
            <span className="font-medium text-ink">{effective} in effect</span>.
          </p>
          <Field
            label="Wait for company"
            hint="How long the first customer of a batch waits for others before it is sent anyway."
          >
            <NumberInput
              className="w-40"
              suffix="seconds"
              value={lingerSeconds}
              min={0}
              max={60}
              decimals
              readOnly={readOnly}
              onChange={(seconds) => change({ lingerSeconds: seconds })}
            />
          </Field>
        </>
      ) : null}
      <IsolateField settings={settings} change={change} readOnly={readOnly} />
    </Section>
  );
}

const DEFAULT = '';

function PolicySection({ settings, change, readOnly, speedLimit = null, onLiftSpeedLimit }: SettingsTabProps) {
  const { can } = useProject();
  const { data: policies = [] } = useAsk('policy.list', {});
  const [editing, setEditing] = useState<'new' | 'chosen' | null>(null);
  const standard = policies.find(({ isDefault }) => isDefault);
  const chosen = policies.find(({ id }) => id === settings.policyId) ?? null;
  return (
    <Section
      title="Throughput policy"
      about="A limit that this webhook shares with all others that select it. It is never exceeded."
    >
      <div className="flex items-center gap-1">
        <Select
          label="Throughput policy"
          className="max-w-80"
          value={settings.policyId ?? DEFAULT}
          onChange={(id) => change({ policyId: id === DEFAULT ? null : id })}
          disabled={readOnly}
          options={[
            {
              value: DEFAULT,
              label: standard ? `Default: ${standard.name}` : 'No policy',
              hint: standard ? limitOf(standard) : 'Only the limits of this installation',
            },
            ...policies.map((policy) => ({ value: policy.id, label: policy.name, hint: limitOf(policy) })),
            ...(settings.policyId && !chosen ? [{ value: settings.policyId, label: 'A policy that is not here' }] : []),
          ]}
        />
        {can.develop && !readOnly ? (
          <IconButton
            label="New throughput policy"
            icon={<Settings2 aria-hidden />}
            onClick={() => setEditing('new')}
          />
        ) : null}
        {can.develop && !readOnly && chosen ? (
          <IconButton
            label={`Change the policy ${chosen.name}`}
            icon={<Pencil aria-hidden />}
            onClick={() => setEditing('chosen')}
          />
        ) : null}
      </div>
      {speedLimit === null ? null : (
        <SpeedLimitNotice perMinute={speedLimit} onLift={readOnly ? undefined : onLiftSpeedLimit} />
      )}
      {editing ? (
        <PolicyDialog
          policy={editing === 'chosen' ? chosen : null}
          onClose={() => setEditing(null)}
          onSaved={(id) => change({ policyId: id })}
        />
      ) : null}
    </Section>
  );
}

function limitOf({
  concurrency,
  rate,
}: {
  concurrency: number;
  rate: { requests: number; per: string } | null | undefined;
}): string {
  return `${concurrency} at once${rate ? `, ${rate.requests} a ${rate.per}` : ''}`;
}

function ResponseSection({ settings, change, readOnly }: SettingsTabProps) {
  return (
    <Section title="Response" about="What later nodes see as webhook.">
      <Field
        label="Read as"
        hint={
          {
            json: 'Fields by name, as in {{ webhook.voucher.code }}. What is not JSON is kept as text.',
            text: 'The whole text as {{ webhook.data }}.',
            discard: 'Nothing is kept but {{ webhook.status_code }} and {{ webhook.success }}.',
          }[settings.response]
        }
      >
        <Segmented
          value={settings.response}
          onChange={(response) => change({ response })}
          disabled={readOnly}
          options={[
            { value: 'json', label: 'JSON' },
            { value: 'text', label: 'TEXT' },
            { value: 'discard', label: 'Discard' },
          ]}
        />
      </Field>
      <Switch
        checked={settings.successFalseFails}
        onChange={(successFalseFails) => change({ successFalseFails })}
        disabled={readOnly}
        hint="An answer of 200 whose body says so is counted as rejected, with the first error as its reason."
      >
        success: false means rejected
      </Switch>
      {settings.batch ? <ResultsMapping settings={settings} change={change} readOnly={readOnly} /> : null}
    </Section>
  );
}

function DeliverySection({ settings, change, readOnly }: SettingsTabProps) {
  return (
    <Section title="Delivery">
      <div className="grid grid-cols-2 gap-4">
        <Field label="Time-out" hint="For the whole exchange.">
          <NumberInput
            suffix="seconds"
            value={settings.timeoutSeconds}
            min={1}
            max={60}
            readOnly={readOnly}
            onChange={(timeoutSeconds) => change({ timeoutSeconds })}
          />
        </Field>
        <Field label="Retries end after" hint="From the first try on. 5 minutes to 3 days.">
          <NumberInput
            suffix="minutes"
            value={settings.expiryMinutes}
            min={5}
            max={4320}
            readOnly={readOnly}
            onChange={(expiryMinutes) => change({ expiryMinutes })}
          />
        </Field>
      </div>
      <Field label="When a crash leaves it open whether a request went out">
        <RadioGroup
          value={settings.inDoubt}
          onChange={(inDoubt) => change({ inDoubt })}
          disabled={readOnly}
          options={[
            {
              value: 'send-again',
              label: 'Send it again',
              hint: 'With the same idempotency key. Nobody is left out; a receiver that ignores the key may see it twice.',
            },
            {
              value: 'unknown',
              label: 'Count it as unknown',
              hint: 'Nobody gets it twice; you decide by hand about those it concerns.',
            },
          ]}
        />
      </Field>
    </Section>
  );
}
