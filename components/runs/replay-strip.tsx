import { RotateCw } from 'lucide-react';
import { duration } from '@/components/scenario/duration';
import { cn } from '@/components/ui/cn';
import { Count } from '@/components/ui/count';
import { Progress } from '@/components/ui/progress';
import type { OpenRun } from './run-view';
import { paceOf, secondsLeft } from './words';

/** What is being sent again: how far it is, and how fast it may go. */
export function ReplayStrip({ replays, counts }: Pick<OpenRun, 'replays' | 'counts'>) {
  if (replays.length === 0) return null;
  return (
    <section aria-label="Sent again" className="flex flex-col rounded-lg border border-line bg-panel">
      {replays.map((replay, index) => {
        const done = replay.customers - replay.left;
        const seconds = secondsLeft(replay);
        return (
          <div
            key={replay.id}
            className={cn(
              'flex flex-wrap items-center gap-x-5 gap-y-1 px-4 py-2 text-sm',
              index > 0 && 'border-line border-t',
            )}
          >
            <span className="flex min-w-32 items-center gap-2 font-medium">
              <RotateCw className="text-muted" aria-hidden />
              {counts.find(({ number }) => number === replay.nodeNumber)?.name} again{replay.asNew ? ', as new' : ''}
            </span>
            <span className="flex items-center gap-2">
              <Progress
                value={replay.customers === 0 ? 1 : done / replay.customers}
                label={`${done} of ${replay.customers} customers done`}
                className="w-24"
              />
              <span className="tabular-nums">
                <Count value={done} /> / <Count value={replay.customers} />{' '}
                <span className="text-muted">customers done</span>
              </span>
            </span>
            <span className="text-muted">{paceOf(replay.rate)}</span>
            {seconds === null ? null : <span className="text-muted">about {duration(seconds)} left</span>}
          </div>
        );
      })}
    </section>
  );
}
