'use client';

import { useRouter } from 'next/navigation';
import { type CallError, useAsk, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import { Blockers } from './blockers';
import { Expected, type Forecast, inShort } from './forecast';
import { useScenario } from './scenario-context';
import { useSaved } from './use-saved';

/** What will happen, before it happens. */
export function StartDialog({ onClose }: { onClose: () => void }) {
  const { id, name, href } = useScenario();
  const router = useRouter();
  const isSaved = useSaved();
  const forecast = useAsk('scenario.forecast', { id }, { enabled: isSaved === true });
  const start = useDo('scenario.start', { quiet: true });
  const errors = forecast.data?.problems.filter(({ severity }) => severity === 'error') ?? [];
  const begin = () =>
    start.mutate(
      { id, ...(forecast.data ? { forecast: inShort(forecast.data) } : {}) },
      {
        onSuccess: () => {
          onClose();
          router.push(`${href}/evaluate`);
        },
      },
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size={forecast.data && forecast.data.requests.length > 0 ? 'lg' : 'md'}
      dismissible={!start.isPending}
      title={`Start ${name}?`}
      onSubmit={() => errors.length === 0 && forecast.data && begin()}
      footer={
        <>
          <Button onClick={onClose} disabled={start.isPending}>
            Cancel
          </Button>
          <Button
            type="submit"
            variant="primary"
            loading={start.isPending}
            disabled={!forecast.data || errors.length > 0}
          >
            Start scenario
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {start.error ? <Banner tone="danger">{start.error.message}</Banner> : null}
        {isSaved === false ? (
          <Banner tone="danger" title="Your latest changes are not saved">
            They must be on the server before the scenario starts. Close this, wait for “saved” and try again.
          </Banner>
        ) : null}
        <ForecastBody
          forecast={forecast.data}
          error={forecast.error}
          onRetry={() => void forecast.refetch()}
          onClose={onClose}
        />
      </div>
    </Dialog>
  );
}

function ForecastBody(props: {
  forecast: Forecast | undefined;
  error: CallError | null;
  onRetry: () => void;
  onClose: () => void;
}) {
  const { forecast, error, onRetry, onClose } = props;
  if (error)
    return (
      <Banner
        tone="danger"
        title="The forecast could not be made"
        action={
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {error.message}
      </Banner>
    );
  if (!forecast) return <Waiting />;
  const { problems } = forecast;
  const isBlocked = problems.some(({ severity }) => severity === 'error');
  return (
    <>
      <Blockers title="It cannot start yet" problems={problems} onClose={onClose}>
        Correct the errors first. A click leads to the place.
      </Blockers>
      {isBlocked ? null : <Expected forecast={forecast} />}
    </>
  );
}

function Waiting() {
  return (
    <div role="status" className="flex flex-col gap-4">
      <span className="sr-only">Counting customers and requests</span>
      <div className="grid grid-cols-4 gap-4" aria-hidden>
        {[0, 1, 2, 3].map((each) => (
          <div key={each} className="flex flex-col gap-2">
            <Skeleton className="w-16" />
            <Skeleton className="h-6 w-24" />
          </div>
        ))}
      </div>
      <Skeleton className="h-24" />
    </div>
  );
}
