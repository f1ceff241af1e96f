'use client';

import { useState } from 'react';
import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { type Behaviour, describeBehaviour, isSame, PRESETS, presetOf } from './behaviours';

/** Fields as they are typed: rates in percent. */
const FIELDS: { key: keyof Behaviour; label: string; unit: string; percent?: true }[] = [
  { key: 'latencyMs', label: 'Latency', unit: 'ms' },
  { key: 'jitterMs', label: 'Jitter, at most', unit: 'ms' },
  { key: 'errorRate', label: 'Errors', unit: '%', percent: true },
  { key: 'errorStatus', label: 'Status of errors', unit: '' },
  { key: 'ratePerSecond', label: 'Limit', unit: 'a second' },
  { key: 'retryAfterSeconds', label: 'Retry-After', unit: 's' },
  { key: 'itemFailureRate', label: 'Failed in batches', unit: '%', percent: true },
  { key: 'successFalseRate', label: 'success: false', unit: '%', percent: true },
  { key: 'resetRate', label: 'Cut connections', unit: '%', percent: true },
  { key: 'silenceRate', label: 'Never answered', unit: '%', percent: true },
  { key: 'dripMs', label: 'Drip, per byte', unit: 'ms' },
];

type Typed = Record<keyof Behaviour, string>;

const typedOf = (behaviour: Behaviour): Typed =>
  Object.fromEntries(
    FIELDS.map(({ key, percent }) => {
      const value = behaviour[key];
      return [key, value === null ? '' : String(percent ? Number((value * 100).toFixed(4)) : value)];
    }),
  ) as Typed;

/** An empty limit is none; an empty number elsewhere is NaN, which the server refuses by the field's name. */
const behaviourOf = (typed: Typed): Behaviour =>
  Object.fromEntries(
    FIELDS.map(({ key, percent }) => {
      const text = typed[key].trim().replace(',', '.');
      if (key === 'ratePerSecond' && text === '') return [key, null];
      const value = text === '' ? Number.NaN : Number(text);
      return [key, percent ? value / 100 : value];
    }),
  ) as unknown as Behaviour;

/** How a target answers: one of the presets, or set by hand. */
export function BehaviourForm({ target, behaviour }: { target: string; behaviour: Behaviour }) {
  const { can } = useProject();
  const [typed, setTyped] = useState<Typed | null>(null);
  const behave = useDo('rehearsal.behave', { success: 'The target behaves like this from now on' });
  const apply = (next: Behaviour) => behave.mutate({ target, behaviour: next }, { onSuccess: () => setTyped(null) });
  const shown = typed ?? typedOf(behaviour);
  const isChanged = typed !== null && !isSame(behaviourOf(typed), behaviour);
  return (
    <Card title="Behaviour" description={describeBehaviour(behaviour)}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          apply(behaviourOf(shown));
        }}
      >
        <Select
          label="Preset"
          value={presetOf(behaviour)}
          placeholder="Set by hand"
          disabled={!can.build}
          options={PRESETS.map(({ name, about }) => ({ value: name, label: name, hint: about }))}
          onChange={(name) => {
            const preset = PRESETS.find((each) => each.name === name);
            if (preset) apply(preset.behaviour);
          }}
        />
        <div className="grid grid-cols-2 gap-x-3 gap-y-3">
          {FIELDS.map(({ key, label, unit }) => (
            <Field key={key} label={label} error={typed ? behave.error?.field(`behaviour.${key}`) : undefined}>
              <Input
                inputMode="decimal"
                suffix={unit || undefined}
                readOnly={!can.build}
                placeholder={key === 'ratePerSecond' ? 'none' : undefined}
                value={shown[key]}
                onChange={(event) => setTyped({ ...shown, [key]: event.target.value })}
              />
            </Field>
          ))}
        </div>
        {can.build ? (
          <div className="flex justify-end gap-2">
            <Button disabled={!isChanged} onClick={() => setTyped(null)}>
              Reset
            </Button>
            <Button type="submit" variant="primary" disabled={!isChanged} loading={behave.isPending}>
              Apply
            </Button>
          </div>
        ) : null}
      </form>
    </Card>
  );
}
