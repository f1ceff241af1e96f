'use client';

import { Shuffle } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { Badge } from '@/components/ui/badge';
import { Combobox } from '@/components/ui/combobox';
import { IconButton } from '@/components/ui/icon-button';
import { RadioGroup } from '@/components/ui/radio-group';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { Subject } from './contract';
import { Disclosure } from './disclosure';
import { JsonField, refuseAllButObjects } from './json-field';
import { NumberInput } from './number-input';
import type { Place } from './use-place';
import type { Whom } from './use-whom';

export interface TestInputProps {
  settings: WebhookSettings;
  whom: Whom;
  kind: Subject['kind'];
  onKind: (kind: Subject['kind']) => void;
  custom: Record<string, unknown>;
  onCustom: (customer: Record<string, unknown>) => void;
  customers: number;
  onCustomers: (customers: number) => void;
  place: Place;
  overflow: RefObject<HTMLElement | null>;
  action: ReactNode;
}

const CHOICES = [
  { value: 'none', label: 'Non-personalised' },
  { value: 'customer', label: 'Customer' },
  { value: 'custom', label: 'Custom JSON' },
] as const;

/** Whom the request is rendered for, and what else stands in for a run: an event, a call, earlier responses. */
export function TestInput(props: TestInputProps) {
  const { whom, kind, onKind, overflow, action } = props;
  return (
    <div className="flex shrink-0 flex-col gap-3 border-line border-b bg-page px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <RadioGroup label="Whom" direction="row" value={kind} onChange={onKind} options={CHOICES} />
        {kind === 'customer' ? (
          <div className="flex items-center gap-1">
            <Combobox
              label="Customer of the test"
              className="w-48"
              value={whom.customer?.id ?? null}
              valueLabel={whom.customer?.name}
              onChange={whom.choose}
              search={whom.search}
              searchPlaceholder="Name, e-mail, any identifier"
            />
            <IconButton
              label="A customer by chance"
              icon={<Shuffle aria-hidden />}
              onClick={() => void whom.chooseRandom()}
            />
          </div>
        ) : null}
        <div className="ml-auto">{action}</div>
      </div>
      {kind === 'custom' ? (
        <JsonField
          label="Custom customer"
          value={props.custom}
          refuse={refuseAllButObjects}
          onChange={(customer) => props.onCustom(customer as Record<string, unknown>)}
          overflow={overflow}
        />
      ) : null}
      <Samples {...props} />
    </div>
  );
}

const FROM = { sample: 'sample', run: 'from a run', nothing: 'empty' } as const;

const exampleOf = (fields: readonly { name: string; example: unknown }[]) =>
  Object.fromEntries(fields.map(({ name, example }) => [name, example]));

function Samples({ place, settings, customers, onCustomers, overflow }: TestInputProps) {
  const { event, trigger, earlier } = place;
  if (!event && !trigger && earlier.length === 0 && !settings.batch) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
      {settings.batch ? (
        <div className="flex items-center gap-2">
          <span className="text-muted">Customers in batch</span>
          <NumberInput
            label="Customers in batch"
            className="w-20"
            min={1}
            max={Math.min(1000, settings.batchSize)}
            value={customers}
            onChange={onCustomers}
          />
        </div>
      ) : null}
      {event ? (
        <Sample
          title={`Event ${event.type}`}
          badge={event.typed ? 'typed' : 'the latest'}
          onReset={event.typed ? () => place.typeEvent(null) : undefined}
        >
          <JsonField
            label={`Sample event ${event.type}`}
            value={event.typed ?? event.latest ?? exampleOf(event.fields)}
            refuse={refuseAllButObjects}
            onChange={(value) => place.typeEvent(value as Record<string, unknown>)}
            overflow={overflow}
          />
        </Sample>
      ) : null}
      {trigger ? (
        <Sample
          title={`Call of ${trigger.name}`}
          badge={trigger.typed ? 'typed' : 'the examples'}
          onReset={trigger.typed ? () => place.typeTrigger(null) : undefined}
        >
          <JsonField
            label={`Sample call of ${trigger.name}`}
            value={trigger.typed ?? trigger.examples}
            refuse={refuseAllButObjects}
            onChange={(value) => place.typeTrigger(value as Record<string, unknown>)}
            overflow={overflow}
          />
        </Sample>
      ) : null}
      {earlier.map(({ node, name, position, response, from }) => (
        <Sample
          key={node}
          title={`webhook(${position}) ${name}`}
          badge={FROM[from]}
          onReset={from === 'sample' ? () => place.keep(node, null) : undefined}
        >
          <JsonField
            label={`Sample response of ${name}`}
            value={response.data ?? null}
            onChange={(data) => place.keep(node, { ...response, data, isText: typeof data === 'string' })}
            overflow={overflow}
          />
        </Sample>
      ))}
    </div>
  );
}

function Sample({
  title,
  badge,
  onReset,
  children,
}: {
  title: string;
  badge: string;
  onReset?: () => void;
  children: ReactNode;
}) {
  return (
    <Disclosure
      className="min-w-60 open:basis-full"
      titleClassName="text-sm text-ink"
      title={
        <>
          {title} <Badge>{badge}</Badge>
        </>
      }
    >
      <div className="flex flex-col gap-1 pt-2">
        {children}
        {onReset ? (
          <button type="button" className="w-fit text-accent text-xs hover:underline" onClick={onReset}>
            Use what is known instead
          </button>
        ) : null}
      </div>
    </Disclosure>
  );
}
