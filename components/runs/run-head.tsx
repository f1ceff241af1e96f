'use client';

import { History, Pause, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useDo } from '@/components/call';
import { duration } from '@/components/scenario/duration';
import { useScenario } from '@/components/scenario/scenario-context';
import { useProject } from '@/components/shell/project-context';
import { StatusPill } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Count } from '@/components/ui/count';
import { Progress } from '@/components/ui/progress';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sparkline } from '@/components/ui/sparkline';
import { RunStop } from './run-stop';
import type { OpenRun } from './run-view';
import { RunsSheet } from './runs-sheet';
import { hasEnded, RUN_KINDS, RUN_STATES } from './words';

/** The strip at the top of a run: which it is, its state, how far it is, how fast, and what can be done about it. */
export function RunHead({ run, asOf, counts }: Pick<OpenRun, 'run' | 'asOf' | 'counts'>) {
  const { runs } = useScenario();
  const [isListOpen, setIsListOpen] = useState(false);
  const state = RUN_STATES[run.state];
  return (
    <section aria-label={`Run ${run.number}`} className="rounded-lg border border-line bg-panel">
      <div className="flex min-h-14 items-center gap-5 px-4 py-2.5">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-5 gap-y-2">
          <div className="flex items-center gap-3">
            <h1 className="font-semibold text-lg">Run {run.number}</h1>
            <StatusPill tone={state.tone} live={state.live}>
              {state.words}
            </StatusPill>
          </div>
          <Entered run={run} />
          {hasEnded(run.state) || run.state === 'paused' ? null : <Speed perSecond={run.perSecond} asOf={asOf} />}
          <p className="min-w-0 text-muted text-sm" aria-live="polite">
            {whenSentence(run, counts)}
          </p>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <Button icon={<History aria-hidden />} variant="ghost" onClick={() => setIsListOpen(true)}>
            {runs.length > 1 ? 'All runs' : 'Runs'}
          </Button>
          <RunActions run={run} />
        </div>
      </div>
      <p className="flex flex-wrap gap-x-3 border-line border-t px-4 py-1.5 text-faint text-xs">
        <span>
          {RUN_KINDS[run.kind]} · version {run.version}
        </span>
        <span>
          started <RelativeTime at={run.createdAt} exact />
          {run.startedBy ? ` by ${run.startedBy}` : ''}
        </span>
        {run.endedAt ? (
          <span>
            ended <RelativeTime at={run.endedAt} exact />
          </span>
        ) : (
          <span>
            as of <RelativeTime at={asOf} exact />
          </span>
        )}
        {run.forecast ? <span>{forecastSentence(run.forecast, counts)}</span> : null}
      </p>
      {isListOpen ? <RunsSheet current={run.id} onClose={() => setIsListOpen(false)} /> : null}
    </section>
  );
}

function Entered({ run }: { run: OpenRun['run'] }) {
  const share = run.expected === null || run.expected === 0 ? null : run.entered / run.expected;
  return (
    <div className="min-w-36">
      <p className="text-sm tabular-nums">
        <Count value={run.entered} exact className="font-medium" />
        {run.expected === null ? null : (
          <span className="text-muted">
            {' / '}
            <Count value={run.expected} exact />
          </span>
        )}{' '}
        <span className="text-muted">entered</span>
      </p>
      {share === null || share >= 1 || hasEnded(run.state) ? null : (
        <Progress value={share} label="Customers who have entered" className="mt-1" />
      )}
    </div>
  );
}

const KEPT = 60;

/** How fast it goes, with the last minute as bars from what was seen since the page was opened. */
function Speed({ perSecond, asOf }: { perSecond: number; asOf: string }) {
  const [seen, setSeen] = useState<readonly number[]>(() => Array(KEPT).fill(0));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer is one bar, also when the figure is the same
  useEffect(() => setSeen((before) => [...before.slice(1), perSecond]), [perSecond, asOf]);
  const now = Math.round(perSecond).toLocaleString('en');
  return (
    <div className="flex items-center gap-2">
      <Sparkline values={seen} label={`Customers a second: ${now} now`} className="h-6 w-28" />
      <span className="whitespace-nowrap text-sm tabular-nums">
        {now}
        <span className="text-muted"> /s</span>
      </span>
    </div>
  );
}

function whenSentence(run: OpenRun['run'], counts: OpenRun['counts']): string {
  if (run.endedAt !== null) return `Took ${duration((Date.parse(run.endedAt) - Date.parse(run.createdAt)) / 1000)}.`;
  if (run.state === 'paused') return 'Nothing is sent until it is resumed.';
  if (run.state === 'stopping') return 'Requests that are on their way still get their answer.';
  if (run.kind === 'event' && run.state === 'running') return 'Listens for events until it is stopped.';
  if (run.kind === 'api' && run.state === 'running' && run.expected === 0) return 'Waits for the next call.';
  if (run.etaSeconds !== null) return `Done in about ${duration(run.etaSeconds)}.`;
  const waits = counts.some(({ kind, waiting }) => kind === 'wait' && waiting > 0);
  return waits ? 'Customers are waiting; they go on when their time has come.' : '';
}

/** What was told before the start, beside what has come of it so far. */
function forecastSentence(
  { requests, seconds }: NonNullable<OpenRun['run']['forecast']>,
  counts: OpenRun['counts'],
): string {
  const sent = counts.reduce((sum, node) => sum + (node.kind === 'webhook' ? node.requests : 0), 0);
  const time = seconds === null ? '' : ` in ${duration(seconds)}`;
  return `forecast ${requests.toLocaleString('en')} requests${time}, sent ${sent.toLocaleString('en')}`;
}

function RunActions({ run }: { run: OpenRun['run'] }) {
  const { can } = useProject();
  const pause = useDo('run.pause');
  const resume = useDo('run.resume');
  if (!can.build || hasEnded(run.state)) return null;
  return (
    <>
      {run.state === 'running' ? (
        <Button icon={<Pause aria-hidden />} loading={pause.isPending} onClick={() => pause.mutate({ run: run.id })}>
          Pause
        </Button>
      ) : null}
      {run.state === 'paused' ? (
        <Button
          variant="primary"
          icon={<Play aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate({ run: run.id })}
        >
          Resume
        </Button>
      ) : null}
      <RunStop run={run} />
    </>
  );
}
