import { StatusPill, type Tone } from '@/components/ui/badge';

const STATUS: Record<string, { words: string; tone: Tone; live?: boolean }> = {
  draft: { words: 'Draft', tone: 'neutral' },
  active: { words: 'Active', tone: 'success', live: true },
  finishing: { words: 'Finishing', tone: 'warning', live: true },
  inactive: { words: 'Inactive', tone: 'neutral' },
  archived: { words: 'Archived', tone: 'neutral' },
};

/** Draft, Active, Finishing, Inactive or Archived. */
export function ScenarioStatus({ status, archived }: { status: string; archived: boolean }) {
  const { words, tone, live } = STATUS[archived ? 'archived' : status] ?? { words: status, tone: 'neutral' as const };
  return (
    <StatusPill tone={tone} live={live}>
      {words}
    </StatusPill>
  );
}

const RUN_STATE: Record<string, { words: string; tone: Tone }> = {
  running: { words: 'running', tone: 'success' },
  paused: { words: 'paused', tone: 'warning' },
  finishing: { words: 'finishing', tone: 'warning' },
  stopping: { words: 'stopping', tone: 'warning' },
  done: { words: 'done', tone: 'neutral' },
  stopped: { words: 'stopped', tone: 'neutral' },
};

/** A run's state as a word and the colour of its meaning. */
export const runState = (state: string): { words: string; tone: Tone } =>
  RUN_STATE[state] ?? { words: state, tone: 'neutral' };
