'use client';

import { useRouter } from 'next/navigation';
import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Stored } from './draft';

/** Asks before a trigger goes with its log; scenarios that wait for its calls must be stopped first. */
export function DeleteTriggerDialog({ trigger, onClose }: { trigger: Stored; onClose: () => void }) {
  const router = useRouter();
  const { id: project } = useProject();
  const remove = useDo('api-trigger.delete', { success: 'The API trigger is deleted', quiet: true });
  const { uses } = trigger;
  const running = uses.filter((use) => use.isRunning);
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete the API trigger ${trigger.name}?`}
      description={
        uses.length === 0
          ? 'No scenario uses it. Its log is deleted with it, and calls of its URL are refused.'
          : 'Its log is deleted with it, and calls of its URL are refused.'
      }
      confirmLabel={uses.length === 0 ? 'Delete' : 'Take it off and delete'}
      tone="danger"
      disabled={running.length > 0}
      onConfirm={async () => {
        await remove.mutateAsync({ id: trigger.id, unlink: uses.length > 0 });
        router.push(`/p/${project}/data/api-triggers`);
      }}
    >
      {uses.length > 0 ? (
        <div className="flex flex-col gap-4">
          <div>
            <p className="mb-2 font-medium text-sm">Scenarios that use it</p>
            <ul className="scroll-thin max-h-40 overflow-y-auto rounded-md border border-line">
              {uses.map((use) => (
                <li
                  key={use.scenarioId}
                  className="flex h-9 items-center justify-between gap-3 border-line border-b px-3 last:border-0"
                >
                  <span className="truncate">{use.name}</span>
                  {use.isRunning ? (
                    <Badge tone="success">Active</Badge>
                  ) : (
                    <Badge className="capitalize">{use.status}</Badge>
                  )}
                </li>
              ))}
            </ul>
          </div>
          {running.length > 0 ? (
            <Banner
              tone="warning"
              title={running.length === 1 ? 'One of them is active' : `${running.length} are active`}
            >
              {running.length === 1 ? 'It waits' : 'They wait'} for calls. Stop {running.length === 1 ? 'it' : 'them'},
              then delete the trigger.
            </Banner>
          ) : (
            <p className="text-muted text-sm">Their nodes are left without a trigger until another one is chosen.</p>
          )}
        </div>
      ) : null}
    </ConfirmDialog>
  );
}
