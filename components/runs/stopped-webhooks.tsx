'use client';

import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import type { OpenRun } from './run-view';
import { failureSentence, hasEnded, type NodeCounts } from './words';

/** A banner for each webhook that the receiver's answer has stopped. */
export function StoppedWebhooks({ run, counts }: Pick<OpenRun, 'run' | 'counts'>) {
  return counts.map((count) =>
    count.stopped ? <StoppedWebhook key={count.node} run={run} count={count} stopped={count.stopped} /> : null,
  );
}

function StoppedWebhook({
  run,
  count,
  stopped,
}: {
  run: OpenRun['run'];
  count: NodeCounts;
  stopped: NonNullable<NodeCounts['stopped']>;
}) {
  const { can } = useProject();
  const resume = useDo('run.resume-webhook', { success: `${count.name} sends again` });
  const left = count.waiting + count.skipped;
  const isOver = hasEnded(run.state);
  return (
    <Banner
      tone="danger"
      title={`${failureSentence(count.name, null, stopped.reason)}.`}
      action={
        can.build && !isOver ? (
          <Button loading={resume.isPending} onClick={() => resume.mutate({ run: run.id, node: count.node })}>
            Resume
          </Button>
        ) : undefined
      }
    >
      {isOver ? 'It sent nothing more until the end of the run' : 'It sends nothing more in this run'}
      {left > 0 ? `: ${left.toLocaleString('en')} customers were not sent` : ''}. Since <RelativeTime at={stopped.at} />
      .{isOver ? '' : ' Mend what the receiver complains about, then resume: the rest is sent.'}
    </Banner>
  );
}
