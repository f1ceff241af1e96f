import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import type { OutputOf } from '@/components/call';
import { RelativeTime } from '@/components/ui/relative-time';

export type Integration = OutputOf<'integration.list'>[number];

/** Whether an integration works, in a few words: what it lacks, or how its last test went and when. */
export function IntegrationState({ state, test }: Pick<Integration, 'state' | 'test'>) {
  if (state !== 'ready')
    return (
      <span className="flex items-center gap-1.5 text-warning">
        <TriangleAlert aria-hidden />
        {state === 'unreadable' ? 'Secrets cannot be read' : 'Secrets are missing'}
      </span>
    );
  if (!test) return <span className="text-faint">Not tested</span>;
  return test.ok ? (
    <span className="flex items-center gap-1.5 text-muted">
      <CircleCheck className="text-success" aria-hidden />
      <span>
        Tested <RelativeTime at={test.at} />
      </span>
    </span>
  ) : (
    <span className="flex items-center gap-1.5 text-danger">
      <CircleX aria-hidden />
      <span>
        Failing{test.status ? ` with ${test.status}` : ''}, <RelativeTime at={test.at} />
      </span>
    </span>
  );
}
