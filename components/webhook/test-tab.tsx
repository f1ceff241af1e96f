'use client';

import { useMutation } from '@tanstack/react-query';
import { FlaskConical, Send } from 'lucide-react';
import { type RefObject, useEffect, useEffectEvent, useState } from 'react';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { RevealBar } from '@/components/ui/reveal-bar';
import { toast } from '@/components/ui/toast';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { Subject } from './contract';
import { Faults, type GoTo, Warnings } from './faults';
import { Refusal } from './refusal';
import { RequestPanel } from './request-panel';
import { ResponsePanel } from './response-panel';
import { TestInput } from './test-input';
import type { Place } from './use-place';
import type { Whom } from './use-whom';
import { previewWebhook, type RenderInput, revealWebhook, sendWebhook } from './verbs';

export interface TestTabProps {
  scenario: string | null;
  node: string | null;
  settings: WebhookSettings;
  whom: Whom;
  place: Place;
  overflow: RefObject<HTMLElement | null>;
  onGoTo: GoTo;
  /** Counts how often the test was asked for from elsewhere in the editor. */
  runs: number;
}

/** Renders the request for somebody, and, only when asked to, sends exactly that. */
export function TestTab(props: TestTabProps) {
  const { settings } = props;
  const project = useProject();
  const [kind, setKind] = useState<Subject['kind']>('none');
  const [custom, setCustom] = useState<Record<string, unknown> | null>(null);
  const subject = subjectOf(kind, props.whom, custom);
  const [customers, setCustomers] = useState(3);
  const input = inputOf(props, subject, customers);
  const test = useMutation({ mutationFn: (asked: RenderInput) => previewWebhook(project.id, asked) });
  const send = useMutation({ mutationFn: (asked: RenderInput) => sendWebhook(project.id, asked) });
  const reveal = useMutation({
    mutationFn: (sealed: string) => revealWebhook(project.id, sealed),
    onError: (error) => toast.error(error.message),
  });
  const run = useEffectEvent(() => {
    send.reset();
    test.mutate(input);
  });
  const { runs } = props;
  useEffect(() => {
    if (runs > 0) run();
  }, [runs]);

  const asked = test.variables;
  const isStale = asked !== undefined && !test.isPending && JSON.stringify(asked) !== JSON.stringify(input);
  const rendered = test.data;
  const latest = send.data?.ok ? send.data : rendered?.ok ? rendered : null;
  const values = latest?.sealed && reveal.variables === latest.sealed ? reveal.data : undefined;
  const sent = send.data?.ok && values?.answer ? { ...send.data, ...values, isMasked: false } : (send.data ?? null);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <TestInput
        {...props}
        kind={kind}
        onKind={setKind}
        custom={subject.kind === 'custom' ? subject.customer : {}}
        onCustom={setCustom}
        customers={customers}
        onCustomers={setCustomers}
        action={
          <Button
            variant={rendered?.ok ? 'secondary' : 'primary'}
            icon={<FlaskConical aria-hidden />}
            loading={test.isPending}
            disabled={kind === 'customer' && subject.kind !== 'customer'}
            onClick={() => {
              send.reset();
              test.mutate(input);
            }}
          >
            Test webhook
          </Button>
        }
      />
      {isStale ? (
        <Banner tone="info" className="mx-4 mt-3">
          The webhook or the choice above has changed since this was rendered. Test again to see it; Done still sends
          what is shown.
        </Banner>
      ) : null}
      {latest?.isMasked ? (
        <RevealBar
          className="mx-4 mt-3"
          revealed={values !== undefined}
          loading={reveal.isPending}
          onReveal={latest.sealed ? () => reveal.mutate(latest.sealed!) : null}
          onHide={reveal.reset}
          why={project.can.build ? 'They are too large to be shown here.' : undefined}
        />
      ) : null}
      <div className="grid min-h-0 flex-1 grid-cols-2 gap-4 p-4">
        {test.error ? (
          <div className="col-span-2">
            <Refusal error={test.error} title="The request was not rendered" />
          </div>
        ) : !rendered ? (
          <EmptyState icon={<FlaskConical aria-hidden />} title="Nothing rendered yet" className="col-span-2">
            Test webhook renders the request and touches no network. Done then sends exactly what is shown.
          </EmptyState>
        ) : rendered.ok ? (
          <RequestPanel
            request={values?.request ?? latest!.request}
            isRevealed={values !== undefined}
            settings={settings}
            input={asked!}
            warnings={<Warnings warnings={rendered.request.warnings} />}
            onGoTo={props.onGoTo}
          />
        ) : (
          <section aria-label="Request" className="scroll-thin col-span-2 min-h-0 overflow-y-auto">
            <Faults faults={rendered.faults} onGoTo={props.onGoTo} />
          </section>
        )}
        {rendered?.ok ? (
          <ResponsePanel
            host={rendered.request.host}
            sent={sent}
            error={send.error}
            onUseAsSample={props.place.keepOwn}
            onGoTo={props.onGoTo}
            action={
              project.can.build ? (
                <Button
                  variant="primary"
                  icon={<Send aria-hidden />}
                  loading={send.isPending}
                  onClick={() => send.mutate(asked!)}
                >
                  {send.data || send.error ? 'Done: send it again' : 'Done: send it'}
                </Button>
              ) : null
            }
          />
        ) : null}
      </div>
    </div>
  );
}

/** Whom the test is for; while the chosen customer is on the way, nobody. */
function subjectOf(kind: Subject['kind'], whom: Whom, custom: Record<string, unknown> | null): Subject {
  if (kind === 'custom') return { kind, customer: custom ?? whom.customer?.properties ?? {} };
  return kind === 'customer' && whom.customer ? { kind, id: whom.customer.id } : { kind: 'none' };
}

function inputOf(props: TestTabProps, subject: Subject, customers: number): RenderInput {
  const { settings } = props;
  const { event, trigger, earlier } = props.place;
  return {
    scenario: props.scenario,
    node: props.node,
    settings,
    subject,
    ...(settings.batch ? { customers } : {}),
    ...(event?.typed ? { event: event.typed } : {}),
    ...(trigger?.typed ? { trigger: trigger.typed } : {}),
    responses: earlier.map(({ response }) => response),
  };
}
