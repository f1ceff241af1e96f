import { Gauge } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { Count } from '@/components/ui/count';
import { Progress } from '@/components/ui/progress';
import type { OpenRun } from './run-view';

/** The throughput policies of a run as they are used at this moment; that it waits for a limit is never a mystery. */
export function PolicyStrip({ policies }: { policies: OpenRun['policies'] }) {
  if (policies.length === 0) return null;
  return (
    <section aria-label="Throughput policies" className="flex flex-col rounded-lg border border-line bg-panel">
      {policies.map((policy, index) => (
        <div
          key={policy.id}
          className={cn(
            'flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2 text-sm',
            index > 0 && 'border-line border-t',
          )}
        >
          <span className="flex min-w-32 items-center gap-2 font-medium">
            <Gauge className="text-muted" aria-hidden />
            {policy.name}
          </span>
          <PolicyFigures policy={policy} />
        </div>
      ))}
    </section>
  );
}

/** In flight against the limit, who waits for it, and the measured rate. */
export function PolicyFigures({ policy }: { policy: OpenRun['policies'][number] }) {
  const isFull = policy.inFlight >= policy.limit;
  return (
    <>
      <span className="flex items-center gap-2">
        <Progress
          value={policy.limit === 0 ? 0 : policy.inFlight / policy.limit}
          label={`${policy.inFlight} of ${policy.limit} in flight`}
          className="w-24"
        />
        <span className="tabular-nums">
          {policy.inFlight} / {policy.limit} <span className="text-muted">in flight</span>
        </span>
      </span>
      {policy.waiting > 0 ? (
        <span className={isFull ? 'text-info' : 'text-muted'}>
          <Count value={policy.waiting} /> {policy.waiting === 1 ? 'request waits' : 'requests wait'}
          {isFull ? ' for the limit' : ''}
        </span>
      ) : null}
      <span className="text-muted tabular-nums">{Math.round(policy.perSecond).toLocaleString('en')}/s measured</span>
    </>
  );
}
