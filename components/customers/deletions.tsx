'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Play, X } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Progress } from '@/components/ui/progress';

export type Deletion = OutputOf<'customer.deletions'>[number];

const LOOK_MS = 700;
/** How long an ended deletion is told of. */
const NEWS_MS = 120_000;

const STEP_WORDS: Record<Deletion['what'], string> = {
  journeys: 'leaving the runs they are in',
  events: 'events',
  requests: 'stored requests',
  answers: 'stored answers',
  reports: 'reports of imports and checks',
};

/** The deletions that are under way, have failed or have just ended; nothing when there are none. */
export function Deletions() {
  const project = useProject().id;
  const client = useQueryClient();
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const { data = [] } = useAsk(
    'customer.deletions',
    {},
    { refetchInterval: (all) => (all?.some(({ state }) => state === 'running') ? LOOK_MS : false) },
  );
  const going = data.filter(({ state }) => state === 'running').length;
  const reload = useEffectEvent(() => void client.invalidateQueries({ queryKey: ['ask', project, 'customer.list'] }));
  useEffect(() => {
    if (going === 0) reload();
  }, [going]);
  const shown = data.filter((one) => !closed.has(one.id) && isNews(one));
  if (shown.length === 0) return null;
  return (
    <div className="flex flex-col gap-2 pb-3">
      {shown.map((one) => (
        <DeletionBanner key={one.id} deletion={one} onClose={() => setClosed(new Set([...closed, one.id]))} />
      ))}
    </div>
  );
}

const isNews = ({ state, endedAt }: Deletion): boolean =>
  state !== 'done' || (endedAt !== null && Date.now() - Date.parse(endedAt) < NEWS_MS);

/** One deletion: how far it is, why it waits or failed, and how it goes on. */
export function DeletionBanner({ deletion, onClose }: { deletion: Deletion; onClose?: () => void }) {
  const { state, message, isSilent } = deletion;
  const who = customersOf(deletion.customers);
  if (state === 'done')
    return (
      <Banner
        tone="success"
        title={`${who} deleted`}
        action={onClose ? <IconButton label="Close" size="sm" icon={<X aria-hidden />} onClick={onClose} /> : null}
      >
        {removedWords(deletion)}
      </Banner>
    );
  if (state === 'failed')
    return (
      <Banner tone="danger" title={`Deleting ${who} stopped`} action={<GoOn deletion={deletion} />}>
        {message} The profiles are gone; {STEP_WORDS[deletion.what]} and what comes after are not yet. It goes on where
        it stopped.
      </Banner>
    );
  return (
    <Banner
      tone={isSilent ? 'warning' : 'info'}
      title={`Deleting ${who}`}
      action={isSilent ? <GoOn deletion={deletion} /> : null}
    >
      <div className="flex flex-col gap-1.5">
        <p>
          Step {deletion.step} of {deletion.steps}: {stepWords(deletion)}
          {isSilent ? ' Nobody has worked on it for a minute: is a worker running?' : null}
        </p>
        <Progress label={`Deleting ${who}`} value={shareOf(deletion)} tone={isSilent ? 'warning' : 'info'} />
      </div>
    </Banner>
  );
}

function GoOn({ deletion }: { deletion: Deletion }) {
  const { can } = useProject();
  const resume = useDo('customer.resume-deletion');
  if (!can.administer) return null;
  return (
    <Button
      size="sm"
      icon={<Play aria-hidden />}
      loading={resume.isPending}
      onClick={() => resume.mutate({ id: deletion.id })}
    >
      Go on
    </Button>
  );
}

const customersOf = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'customer' : 'customers'}`;

function stepWords({ what, done, total, message }: Deletion): string {
  const words = STEP_WORDS[what];
  if (message) return `${words}. ${message}`;
  return total > 0 ? `${words}, ${done.toLocaleString('en')} of ${total.toLocaleString('en')}.` : `${words}.`;
}

/** Of all steps; null at the first, which may wait for what is under way. */
function shareOf({ step, steps, done, total }: Deletion): number | null {
  if (step === 1) return null;
  return (step - 1 + (total > 0 ? done / total : 0)) / steps;
}

function removedWords({ removed }: Deletion): string {
  const parts = [
    [removed.journeys, 'journey ended', 'journeys ended'],
    [removed.events, 'event removed', 'events removed'],
    [removed.requests, 'stored request cleared', 'stored requests cleared'],
  ] as const;
  const told = parts.flatMap(([count = 0, one, many]) =>
    count > 0 ? `${count.toLocaleString('en')} ${count === 1 ? one : many}` : [],
  );
  return told.length > 0 ? `${told.join(', ')}.` : 'Nothing else was stored of them.';
}
