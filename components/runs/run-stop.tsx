'use client';

import { ChevronDown, Square } from 'lucide-react';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu';
import type { OpenRun } from './run-view';

/** The two ways to stop a run. */
export function RunStop({ run }: { run: OpenRun['run'] }) {
  const [isAsking, setIsAsking] = useState(false);
  const stop = useDo('run.stop', { quiet: true });
  const finish = useDo('run.stop', { success: 'Nobody enters any more' });
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button icon={<Square aria-hidden />}>
            Stop
            <ChevronDown aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem
            disabled={run.state === 'finishing' || run.state === 'stopping'}
            onSelect={() => finish.mutate({ run: run.id, mode: 'finish' })}
          >
            Finish and stop
          </MenuItem>
          <MenuItem tone="danger" disabled={run.state === 'stopping'} onSelect={() => setIsAsking(true)}>
            Stop immediately
          </MenuItem>
        </MenuContent>
      </Menu>
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setIsAsking}
        title={`Stop run ${run.number} immediately?`}
        description="Everybody stops where they are and will not go on. Requests that are on their way still get their answer."
        confirmLabel="Stop immediately"
        tone="danger"
        onConfirm={() => stop.mutateAsync({ run: run.id, mode: 'now' })}
      />
    </>
  );
}
