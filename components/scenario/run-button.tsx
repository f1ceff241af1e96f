'use client';

import { Play, Square } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { useScenario } from './scenario-context';
import { StartDialog } from './start-dialog';
import { StopDialog } from './stop-dialog';

/** Start, or Stop while something runs; Evaluate has a Stop of its own beside the run. */
export function RunButton() {
  const { can } = useProject();
  const { status, archived, href } = useScenario();
  const isEvaluate = usePathname().startsWith(`${href}/evaluate`);
  const [open, setOpen] = useState<'start' | 'stop' | null>(null);
  if (!can.build || archived) return null;
  const isRunning = status === 'active' || status === 'finishing';
  return (
    <>
      {isRunning && isEvaluate ? null : isRunning ? (
        <Button icon={<Square aria-hidden />} className="ml-1" onClick={() => setOpen('stop')}>
          Stop
        </Button>
      ) : (
        <Button variant="primary" icon={<Play aria-hidden />} className="ml-1" onClick={() => setOpen('start')}>
          Start
        </Button>
      )}
      {open === 'start' ? <StartDialog onClose={() => setOpen(null)} /> : null}
      {open === 'stop' ? <StopDialog onClose={() => setOpen(null)} /> : null}
    </>
  );
}
