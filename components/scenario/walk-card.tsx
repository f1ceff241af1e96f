'use client';

import { Check, Shuffle, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { toneSoft } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { Combobox } from '@/components/ui/combobox';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { blankResponse, sampleOf } from '@/components/webhook/samples';
import { useWhom } from '@/components/webhook/use-whom';
import { exampleValues } from '@/lib/core/api-trigger';
import type { AnyNode } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { nodeLabel, portLabel } from './flow-model';
import { NODE_VIEWS } from './node-kinds';
import { useScenario } from './scenario-context';
import { useEditor } from './store';
import { type WalkStep, walk } from './walk';

/** As many events of the customer are looked at. */
const MOST_EVENTS = 200;

/** Where one customer would go, and why: nothing is sent, nothing is written. */
export function WalkCard() {
  const document = useEditor((editor) => editor.document);
  const triggers = document.nodes.filter(({ kind }) => NODE_KINDS[kind].family === 'trigger');
  const [chosen, setChosen] = useState<string | null>(null);
  const trigger = triggers.find(({ id }) => id === chosen) ?? triggers[0];
  const whom = useWhom();
  if (!trigger)
    return (
      <Card title="Walk one customer">
        <EmptyState title="Nobody can enter yet">Put a trigger on the canvas first.</EmptyState>
      </Card>
    );
  return (
    <Card
      title="Walk one customer"
      description="Where they would go now, and why. Nothing is sent and nothing is written."
    >
      <div className="flex flex-wrap items-end gap-2 pb-4">
        <Field label="Customer" className="w-72">
          <Combobox
            value={whom.customer?.id ?? null}
            valueLabel={whom.customer?.name}
            search={whom.search}
            placeholder="Choose a customer"
            onChange={(id) => id && whom.choose(id)}
          />
        </Field>
        <IconButton
          label="A customer by chance"
          icon={<Shuffle aria-hidden />}
          onClick={() => void whom.chooseRandom()}
        />
        {triggers.length > 1 ? (
          <Field label="Enters at" className="w-56">
            <Select
              value={trigger.id}
              onChange={setChosen}
              options={triggers.map((node) => ({ value: node.id, label: nodeLabel(node) }))}
            />
          </Field>
        ) : null}
      </div>
      {whom.error ? <Banner tone="danger">{whom.error.message}</Banner> : null}
      {whom.isEmpty ? <p className="text-muted">The project has no customers yet.</p> : null}
      {whom.isLoading ? <Skeleton className="h-32" /> : null}
      {whom.customer ? <Walk trigger={trigger} customer={whom.customer} /> : null}
    </Card>
  );
}

function Walk({
  trigger,
  customer,
}: {
  trigger: AnyNode;
  customer: { id: string; properties: Record<string, unknown> };
}) {
  const project = useProject();
  const scenario = useScenario();
  const document = useEditor((editor) => editor.document);
  const [failing, setFailing] = useState<ReadonlySet<string>>(new Set());
  const { data: history } = useAsk('customer.events', { id: customer.id, limit: MOST_EVENTS });
  const events = history?.events;
  const { data: triggers } = useAsk('api-trigger.list', {}, { enabled: trigger.kind === 'api-trigger' });
  const steps = useMemo(() => {
    if (!events) return null;
    const triggerId = trigger.kind === 'api-trigger' ? trigger.settings.triggerId : null;
    const called = triggers?.find(({ id }) => id === triggerId);
    const type = trigger.kind === 'on-event' ? trigger.settings.event : null;
    const webhooks = document.nodes.filter(({ kind }) => kind === 'webhook');
    return walk({
      document,
      trigger: trigger.id,
      customer: customer.properties,
      events,
      event: type === null ? null : (events.find((event) => event.type === type)?.properties ?? null),
      called: called ? exampleValues(called.parameters) : null,
      answers: new Map(
        webhooks.map(({ id, name }) => [
          id,
          failing.has(id) ? null : (sampleOf(scenario.id, id) ?? blankResponse(name)),
        ]),
      ),
      scenario: { id: scenario.id, name: scenario.name },
      project: { id: project.id, name: project.name },
      now: Date.now(),
    });
  }, [document, trigger, triggers, customer, events, failing, scenario.id, scenario.name, project.id, project.name]);
  if (!steps) return <Skeleton className="h-32" />;
  const answer = (id: string, isSent: boolean) => {
    const next = new Set(failing);
    if (isSent) next.delete(id);
    else next.add(id);
    setFailing(next);
  };
  return (
    <ol aria-label="Steps" className="flex flex-col">
      {steps.map((step, index) => (
        <Step
          // biome-ignore lint/suspicious/noArrayIndexKey: a node with several ways in may come several times
          key={`${step.node.id} ${index}`}
          step={step}
          isLast={index === steps.length - 1}
          onAnswer={step.node.kind === 'webhook' ? (isSent) => answer(step.node.id, isSent) : undefined}
        />
      ))}
    </ol>
  );
}

function Step({ step, isLast, onAnswer }: { step: WalkStep; isLast: boolean; onAnswer?: (isSent: boolean) => void }) {
  const { node, port, says, because, depth } = step;
  const { icon: Icon } = NODE_VIEWS[node.kind];
  const label = port === null ? '' : portLabel(port);
  return (
    <li className="flex gap-3" style={{ paddingLeft: depth * 36 }}>
      <span className="flex flex-col items-center" aria-hidden>
        <span
          className={cn('flex size-6 items-center justify-center rounded-md', toneSoft[NODE_KINDS[node.kind].family])}
        >
          <Icon />
        </span>
        {isLast ? null : <span className="w-px flex-1 bg-line-strong" />}
      </span>
      <div className="min-w-0 flex-1 pb-4">
        <div className="flex min-h-6 flex-wrap items-center gap-x-2">
          <span className="font-medium">{node.name}</span>
          <span className="text-faint text-xs tabular-nums">#{node.number}</span>
          {label ? <span className="text-muted text-sm">goes on by {label}</span> : null}
          {port === null ? <span className="text-muted text-sm">ends here</span> : null}
          {onAnswer ? (
            <Segmented
              size="sm"
              label={`What ${node.name} answers`}
              value={port === 'sent' ? 'sent' : 'failed'}
              onChange={(next) => onAnswer(next === 'sent')}
              options={[
                { value: 'sent', label: 'Sent' },
                { value: 'failed', label: 'Failed' },
              ]}
            />
          ) : null}
        </div>
        <p className="text-muted text-sm [overflow-wrap:anywhere]">{says}</p>
        <ul className="text-sm">
          {because.map(({ text, holds }) => (
            <li key={text} className="flex items-start gap-1.5">
              {holds ? (
                <Check aria-label="Holds" className="mt-0.5 text-success" />
              ) : (
                <X aria-label="Does not hold" className="mt-0.5 text-danger" />
              )}
              <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}
