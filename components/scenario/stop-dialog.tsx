'use client';

import { useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { useScenario } from './scenario-context';

/** The two ways to stop, and that there is a way back. */
export function StopDialog({ onClose }: { onClose: () => void }) {
  const { id, name, status } = useScenario();
  const stop = useDo('scenario.stop', { quiet: true });
  const choose = (mode: 'finish' | 'now') => stop.mutate({ id, mode }, { onSuccess: onClose });
  const isPending = (mode: 'finish' | 'now') => stop.isPending && stop.variables.mode === mode;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="md"
      title={`Stop ${name}?`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {status === 'finishing' ? null : (
            <Button onClick={() => choose('finish')} loading={isPending('finish')} disabled={stop.isPending}>
              Finish and stop
            </Button>
          )}
          <Button variant="danger" onClick={() => choose('now')} loading={isPending('now')} disabled={stop.isPending}>
            Stop immediately
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {stop.error ? <Banner tone="danger">{stop.error.message}</Banner> : null}
        <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-2">
          {status === 'finishing' ? null : (
            <>
              <dt className="font-medium">Finish and stop</dt>
              <dd className="text-muted">
                Nobody enters any more. Whoever is inside goes on to the end, waits included.
              </dd>
            </>
          )}
          <dt className="font-medium">Stop immediately</dt>
          <dd className="text-muted">
            Everybody stops where they are and will not go on. Requests that are on their way still get their answer.
          </dd>
        </dl>
      </div>
    </Dialog>
  );
}
