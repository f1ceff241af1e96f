import type { OutputOf } from '@/components/call';
import { StatusPill, type Tone } from '@/components/ui/badge';

export type ImportRow = OutputOf<'import.list'>[number];

const LOOK: Record<ImportRow['state'], { label: string; tone: Tone }> = {
  uploaded: { label: 'Not started', tone: 'neutral' },
  running: { label: 'Running', tone: 'accent' },
  interrupted: { label: 'Interrupted', tone: 'warning' },
  done: { label: 'Done', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

export function ImportStatePill({ state }: { state: ImportRow['state'] }) {
  const { label, tone } = LOOK[state];
  return (
    <StatusPill tone={tone} live={state === 'running'}>
      {label}
    </StatusPill>
  );
}
