'use client';

import { useState } from 'react';
import { useAsk, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { Blockers } from './blockers';
import { PublishChanges } from './publish-changes';
import { movesOf, unanswered } from './publish-words';
import { useScenario } from './scenario-context';
import { useSaved } from './use-saved';

const EVERY_MS = 3000;

/** What takes the changes of the draft to what runs, for whom, and what becomes of those whose step is gone. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { id, name } = useScenario();
  const isSaved = useSaved();
  const preview = useAsk('scenario.publish-preview', { id }, { enabled: isSaved === true, refetchInterval: EVERY_MS });
  const publish = useDo('scenario.publish', { quiet: true });
  const [moves, setMoves] = useState<Record<string, string>>({});
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const { data } = preview;
  const open = data ? unanswered(data.changes, moves) : [];
  const isBlocked = !data || data.changes.length === 0 || data.problems.some(({ severity }) => severity === 'error');
  const begin = () => {
    if (!data || isBlocked || open.length > 0) return;
    const renew = data.changes.filter((change) => change.stopped !== null && !kept.has(change.id));
    publish.mutate(
      {
        id,
        revision: data.revision,
        version: data.version,
        moves: movesOf(data.changes, moves),
        renew: renew.map((change) => change.id),
      },
      {
        onSuccess: ({ version }) => {
          onClose();
          toast.success(`Version ${version} runs from now on`);
        },
        onError: () => void preview.refetch(),
      },
    );
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="lg"
      dismissible={!publish.isPending}
      title={`Publish changes to ${name}?`}
      description="Newcomers take the steps as they are drawn. Whoever is inside a changed step finishes it as it was, and goes on by the new lines."
      onSubmit={begin}
      footer={
        <>
          {open.length > 0 && !isBlocked ? (
            <p className="mr-auto self-center text-muted text-sm">
              Say what becomes of those in {open.map((change) => change.name).join(', ')}.
            </p>
          ) : null}
          <Button onClick={onClose} disabled={publish.isPending}>
            Cancel
          </Button>
          <Button type="submit" variant="primary" loading={publish.isPending} disabled={isBlocked || open.length > 0}>
            Publish changes
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {publish.error ? <Banner tone="danger">{publish.error.message}</Banner> : null}
        {isSaved === false ? (
          <Banner tone="danger" title="Your latest changes are not saved">
            They must be on the server before they are published. Close this, wait for “saved” and try again.
          </Banner>
        ) : null}
        {preview.error ? (
          <Banner
            tone="danger"
            title="The changes could not be compared"
            action={
              <Button size="sm" onClick={() => void preview.refetch()}>
                Try again
              </Button>
            }
          >
            {preview.error.message}
          </Banner>
        ) : null}
        {data ? (
          <>
            <Blockers title="It cannot be published yet" problems={data.problems} onClose={onClose}>
              Correct the errors first. What runs goes on as it is. A click leads to the place.
            </Blockers>
            <PublishChanges
              preview={data}
              moves={moves}
              onMove={(node, target) => setMoves({ ...moves, [node]: target })}
              kept={kept}
              onKeep={setKept}
            />
          </>
        ) : preview.error ? null : (
          <Waiting />
        )}
      </div>
    </Dialog>
  );
}

function Waiting() {
  return (
    <div role="status" className="flex flex-col gap-3">
      <span className="sr-only">Comparing the draft with what runs</span>
      <Skeleton className="h-6" />
      <Skeleton className="h-24" />
    </div>
  );
}
