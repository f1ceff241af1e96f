'use client';

import { Bookmark, Check, Clock } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { brief, fieldsOf } from '@/components/monaco/sources';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { SLOW_MS } from '@/lib/core/verdict';
import { BodyViewer } from './body-viewer';
import type { Sent, TestResult } from './contract';
import { Disclosure } from './disclosure';
import { Faults, type GoTo } from './faults';
import { Refusal } from './refusal';
import { prettyBody } from './request-panel';
import { HeaderList, milliseconds, size } from './request-view';
import { TimeSplit } from './time-split';

export interface ResponsePanelProps {
  host: string;
  sent: TestResult | null;
  error: Error | null;
  onUseAsSample: (view: NonNullable<Sent['view']>) => void;
  onGoTo: GoTo;
  /** The button that sends. */
  action: ReactNode;
}

/** What came back, what a run would have done about it, and what later nodes would see. */
export function ResponsePanel({ host, sent, error, onUseAsSample, onGoTo, action }: ResponsePanelProps) {
  return (
    <section aria-label="Response" className="flex min-h-0 flex-col overflow-hidden rounded-md border border-line">
      <div className="flex h-10 shrink-0 items-center justify-between gap-2 border-line border-b px-3">
        <h2 className="font-medium text-sm">Response</h2>
        {sent?.ok ? <Status sent={sent} /> : <span className="text-faint text-xs">not sent yet</span>}
      </div>
      <div className="scroll-thin flex min-h-0 flex-1 flex-col overflow-y-auto">
        {error ? (
          <div className="p-3">
            <Refusal error={error} title="It was not sent" />
          </div>
        ) : sent === null ? (
          <p className="p-3 text-muted text-sm">
            Nothing has left yet. The test counts in no statistics, tracks no event and follows the throughput policy.
          </p>
        ) : sent.ok ? (
          <Received sent={sent} onUseAsSample={onUseAsSample} />
        ) : (
          <div className="p-3">
            <Faults faults={sent.faults} onGoTo={onGoTo} />
          </div>
        )}
      </div>
      <div className="flex min-h-14 shrink-0 items-center justify-between gap-3 border-line border-t bg-page px-3">
        <p className="min-w-0 truncate text-muted text-sm">
          Sends exactly this to <span className="font-medium text-ink">{host}</span>
        </p>
        {action}
      </div>
    </section>
  );
}

function Status({ sent }: { sent: Sent }) {
  const { answer, verdict } = sent;
  const tone = verdict.kind === 'delivered' ? 'success' : verdict.kind === 'unknown' ? 'warning' : 'danger';
  const { totalMs } = answer.timing;
  return (
    <span className="flex items-center gap-2 text-sm">
      <Badge tone={tone}>{answer.kind === 'answered' ? answer.status : answer.reason}</Badge>
      <span className="text-muted">{milliseconds(totalMs)}</span>
      {totalMs > SLOW_MS ? (
        <Badge tone="warning" icon={<Clock className="size-3" aria-hidden />}>
          slow
        </Badge>
      ) : null}
    </span>
  );
}

function Received({ sent, onUseAsSample }: { sent: Sent; onUseAsSample: (view: NonNullable<Sent['view']>) => void }) {
  const { answer } = sent;
  return (
    <>
      <div className="flex flex-col gap-3 p-3">
        <Outcome sent={sent} />
        <TimeSplit timing={answer.timing} />
        {answer.kind === 'answered' ? (
          <Disclosure title={<>Headers ({Object.keys(answer.headers).length})</>}>
            <div className="pt-2">
              <HeaderList headers={Object.entries(answer.headers)} />
            </div>
          </Disclosure>
        ) : null}
      </div>
      {answer.kind === 'answered' ? (
        <>
          <BodyViewer
            label="Response body"
            className="min-h-40 flex-1 border-line border-t"
            body={prettyBody(answer.body, 'json')}
            format={/^\s*[[{]/.test(answer.body) ? 'json' : /^\s*</.test(answer.body) ? 'xml' : 'text'}
          />
          <p className="border-line border-t px-3 py-2 text-muted text-xs">
            {size(answer.bodyBytes)}
            {answer.truncated ? ', of which only the beginning is shown' : ''}
          </p>
        </>
      ) : null}
      {sent.view ? <LaterView view={sent.view} isMasked={sent.isMasked} onUseAsSample={onUseAsSample} /> : null}
    </>
  );
}

function Outcome({ sent: { request, answer, verdict } }: { sent: Sent }) {
  if (verdict.kind === 'delivered') return <Banner tone="success">Delivered. A run would count it so.</Banner>;
  const title = answer.kind === 'failed' ? answer.message : `${request.host} ${verdict.text}.`;
  const advice = ADVICE[answer.kind === 'failed' ? answer.reason : answer.status];
  return (
    <Banner tone={verdict.kind === 'unknown' ? 'warning' : 'danger'} title={title}>
      {answer.kind === 'failed' && verdict.text !== title ? <p>In a run: {verdict.text}.</p> : null}
      {advice ? <p>{advice}</p> : null}
    </Banner>
  );
}

/** What to change, by the reason of the failure or the status of the answer. */
const ADVICE: Record<string | number, string | undefined> = {
  400: 'The receiver could not use the request: compare the body with its documentation.',
  401: 'Choose an authentication integration, or have its credentials tested under Integrations.',
  403: 'The credentials are not allowed to do this.',
  404: 'Check the path of the URL.',
  405: 'Check the method.',
  413: 'Lower the batch size in Settings.',
  415: 'Check the format and the Content-Type header.',
  422: 'The receiver understood the request and refused its values: compare the body with its documentation.',
  429: 'Choose a throughput policy with a lower limit in Settings.',
  blocked: 'Use a public address, or ask the operator of this installation to allow this host.',
  invalid: 'Correct the URL or the headers.',
  dns: 'Check the host’s name.',
  connect: 'Check the host and the port, and whether the service is running.',
  tls: 'The certificate was not accepted: the receiver needs one of a trusted authority for this very name.',
  timeout: 'Raise the time-out in Settings, or send smaller batches.',
  reset: 'The receiver closed the connection while it was being used.',
  'too-large': 'Send smaller batches, or ask the receiver to answer with less.',
};

function LaterView({
  view,
  isMasked,
  onUseAsSample,
}: {
  view: NonNullable<Sent['view']>;
  /** Hidden values are no sample of anything. */
  isMasked: boolean;
  onUseAsSample: (view: NonNullable<Sent['view']>) => void;
}) {
  const [kept, setKept] = useState<typeof view | null>(null);
  const fields = view.isText ? [] : fieldsOf(view.data, 6);
  const lines: [string, string][] = [
    ...(view.isText ? [['webhook.data', brief(view.data, 80)] as [string, string]] : []),
    ...fields.map(({ name, example }) => [`webhook.${name}`, brief(example, 80)] as [string, string]),
    ['webhook.status_code', String(view.statusCode)],
  ];
  return (
    <div className="flex flex-col gap-2 border-line border-t p-3">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-medium text-sm">The next nodes will see</h3>
        <Button
          size="sm"
          disabled={isMasked}
          title={isMasked ? 'Reveal the values to keep them as the sample' : undefined}
          icon={kept === view ? <Check className="text-success" aria-hidden /> : <Bookmark aria-hidden />}
          onClick={() => {
            onUseAsSample(view);
            setKept(view);
          }}
        >
          {kept === view ? 'Kept as the sample' : 'Use as sample for later nodes'}
        </Button>
      </div>
      <dl className="flex flex-col gap-0.5 font-mono text-xs">
        {lines.map(([name, value]) => (
          <div key={name} className="flex gap-2">
            <dt className="shrink-0 text-accent">{name}</dt>
            <dd className="min-w-0 truncate text-muted">= {value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
