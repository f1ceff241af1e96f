import Link from 'next/link';
import type { OutputOf } from '@/components/call';
import type { Tone } from '@/components/ui/badge';

/** One line of the trigger log. */
export type Call = OutputOf<'api-trigger.calls'>['calls'][number];

export const OUTCOMES: Record<Call['outcome'], { words: string; tone: Tone }> = {
  started: { words: 'Started', tone: 'success' },
  refused: { words: 'Refused', tone: 'danger' },
  limited: { words: 'Too soon', tone: 'warning' },
};

/** Links to the runs that a call began. */
export function RunLinks({ project, runs }: { project: string; runs: Call['runs'] }) {
  if (runs.length === 0) return <span className="text-faint">the runs are gone</span>;
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1">
      {runs.map((run) => (
        <Link
          key={run.id}
          href={`/p/${project}/campaigns/scenarios/${run.scenarioId}/evaluate?run=${run.id}`}
          className="truncate text-accent hover:underline"
        >
          {run.scenarioName} · run {run.number}
        </Link>
      ))}
    </span>
  );
}
