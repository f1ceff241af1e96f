'use client';

import { useAsk, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { CodeBlock } from '@/components/ui/code-block';
import { ErrorState } from '@/components/ui/error-state';
import { KeyValues } from '@/components/ui/key-values';
import { RelativeTime } from '@/components/ui/relative-time';
import { RevealBar } from '@/components/ui/reveal-bar';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { type Call, OUTCOMES, RunLinks } from './call';

/** One call: who, when, what it gave and what came of it. */
export function CallSheet({ trigger, call, onClose }: { trigger: string; call: Call; onClose: () => void }) {
  const project = useProject();
  return (
    <Sheet open onOpenChange={onClose} modal={false} title="Call" label="Call of the API trigger">
      <div className="flex flex-col gap-5">
        <KeyValues
          items={[
            [
              'Outcome',
              <Badge key="outcome" tone={OUTCOMES[call.outcome].tone}>
                {OUTCOMES[call.outcome].words}
              </Badge>,
            ],
            ...(call.reason ? [['Reason', call.reason] as [string, string]] : []),
            ['When', <RelativeTime key="when" at={call.lastAt} exact />],
            ...(call.times > 1
              ? [['Since', <RelativeTime key="since" at={call.at} exact />] as [string, React.ReactNode]]
              : []),
            ...(call.times > 1 ? [['Such calls', call.times.toLocaleString('en')] as [string, string]] : []),
            ['By', call.caller],
            ...(call.keyPrefix
              ? [
                  ['Key', <code key="key" className="font-mono text-sm">{`${call.keyPrefix}…`}</code>] as [
                    string,
                    React.ReactNode,
                  ],
                ]
              : []),
            [
              'Request id',
              <code key="request" className="font-mono text-sm [overflow-wrap:anywhere]">
                {call.requestId}
              </code>,
            ],
          ]}
        />
        {call.outcome === 'started' ? (
          <>
            <section aria-label="Runs" className="flex flex-col gap-2">
              <h3 className="font-medium text-sm">Runs</h3>
              <RunLinks project={project.id} runs={call.runs} />
            </section>
            <Payload trigger={trigger} call={call.id} />
          </>
        ) : null}
      </div>
    </Sheet>
  );
}

function Payload({ trigger, call }: { trigger: string; call: string }) {
  const asked = useAsk('api-trigger.call-open', { id: trigger, call });
  const reveal = useDo('api-trigger.call-reveal');
  if (asked.isError) return <ErrorState reference={asked.error.reference}>{asked.error.message}</ErrorState>;
  if (!asked.data) return <Skeleton className="h-24" />;
  const { payload, isMasked, mayReveal } = reveal.data ?? asked.data;
  return (
    <section aria-label="Parameters" className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">Parameters</h3>
      {payload === null ? (
        <p className="text-muted text-sm">They were kept as long as bodies of requests are, and are gone.</p>
      ) : (
        <CodeBlock code={payload} />
      )}
      {payload === null ? null : (
        <RevealBar
          revealed={!isMasked}
          loading={reveal.isPending}
          onReveal={mayReveal ? () => reveal.mutate({ id: trigger, call }) : null}
          onHide={reveal.reset}
        />
      )}
    </section>
  );
}
