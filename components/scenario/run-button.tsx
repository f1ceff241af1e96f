'use client';

import { ArchiveRestore, Play, Radio, Square } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { latestOf } from '@/components/runs/words';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { PublishDialog } from './publish-dialog';
import { useScenario } from './scenario-context';
import { StartDialog } from './start-dialog';
import { StopDialog } from './stop-dialog';

/**
 * Start, or Stop while something runs and Publish when its draft says something else, or Restore when it is archived;
 * Evaluate has a Stop of its own beside a run that has not ended.
 */
export function RunButton() {
  const { can } = useProject();
  const { id, status, archived, href, live, runs } = useScenario();
  const isEvaluate = usePathname().startsWith(`${href}/evaluate`);
  const hasOwnStop = isEvaluate && latestOf(runs)?.endedAt === null;
  const [open, setOpen] = useState<'start' | 'stop' | 'publish' | null>(null);
  const restore = useDo('scenario.restore');
  if (!can.build) return null;
  if (archived)
    return (
      <Button
        icon={<ArchiveRestore aria-hidden />}
        className="ml-1"
        loading={restore.isPending}
        onClick={() => restore.mutate({ id })}
      >
        Restore
      </Button>
    );
  const isRunning = status === 'active' || status === 'finishing';
  return (
    <>
      {isRunning && hasOwnStop ? null : isRunning ? (
        <Button icon={<Square aria-hidden />} className="ml-1" onClick={() => setOpen('stop')}>
          Stop
        </Button>
      ) : (
        <Button variant="primary" icon={<Play aria-hidden />} className="ml-1" onClick={() => setOpen('start')}>
          Start
        </Button>
      )}
      {live?.differs ? (
        <Button
          variant="primary"
          icon={<Radio aria-hidden />}
          aria-label="Publish changes"
          className="ml-1"
          onClick={() => setOpen('publish')}
        >
          <span>
            Publish<span className="max-xl:hidden"> changes</span>
          </span>
        </Button>
      ) : null}
      {open === 'publish' ? <PublishDialog onClose={() => setOpen(null)} /> : null}
      {open === 'start' ? <StartDialog onClose={() => setOpen(null)} /> : null}
      {open === 'stop' ? <StopDialog onClose={() => setOpen(null)} /> : null}
    </>
  );
}
