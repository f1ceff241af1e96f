'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { type CallError, type OutputOf, useAsk, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Count } from '@/components/ui/count';
import { Dialog } from '@/components/ui/dialog';
import { RelativeTime } from '@/components/ui/relative-time';
import { Skeleton } from '@/components/ui/skeleton';
import { Stat } from '@/components/ui/stat';
import { Table, Td, THead, Th, Tr } from '@/components/ui/table';
import { duration } from './duration';
import { ProblemList, useProblemTarget } from './problems-button';
import { useScenario } from './scenario-context';
import { useEditorStore } from './store';

type Forecast = OutputOf<'scenario.forecast'>;

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
      { id },
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
  const goTo = useProblemTarget();
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
      {isBlocked ? (
        <Banner tone="danger" title="It cannot start yet">
          Correct the errors first. A click leads to the place.
        </Banner>
      ) : null}
      {problems.length > 0 ? (
        <div className="-mx-2">
          <ProblemList
            problems={problems}
            onOpen={(problem) => {
              onClose();
              goTo(problem);
            }}
          />
        </div>
      ) : null}
      {isBlocked ? null : <Expected forecast={forecast} />}
    </>
  );
}

function Expected({ forecast }: { forecast: Forecast }) {
  const { customers, interactions, exact, requests, triggers, warnings } = forecast;
  const about = exact ? '' : 'about ';
  const total = requests.reduce((sum, each) => sum + each.requests, 0);
  const seconds = requests.map((each) => each.seconds);
  const finish = seconds.every((each) => each !== null) ? Math.max(0, ...seconds) : null;
  return (
    <>
      <div className="grid grid-cols-4 gap-4">
        <Stat label="Customers" value={<Count value={customers} exact />} />
        <Stat
          label="Interactions"
          value={
            <>
              {about}
              <Count value={interactions} exact />
            </>
          }
        />
        <Stat
          label="Requests"
          value={
            <>
              {about}
              <Count value={total} exact />
            </>
          }
        />
        <Stat label="Done in about" value={requests.length === 0 || finish === null ? 'not known' : duration(finish)} />
      </div>
      {triggers.length > 0 ? <p className="text-muted text-sm">{triggers.join(' ')}</p> : null}
      {requests.length > 0 ? <Requests requests={requests} /> : null}
      <Checks requests={requests} />
      {warnings.map((warning) => (
        <Banner key={warning} tone="warning">
          {warning}
        </Banner>
      ))}
    </>
  );
}

/** How old the last check of each webhook is, and what it said. */
function Checks({ requests }: { requests: Forecast['requests'] }) {
  const { id } = useScenario();
  const { data } = useAsk('webhook.checks', { scenario: id });
  if (!data || requests.length === 0) return null;
  const words = requests.map(({ nodeId, name }) => {
    const check = data.checks.filter((each) => each.node === nodeId && each.state === 'done').at(-1);
    if (!check?.report) return { nodeId, text: `The audience of ${name} has not been checked.`, at: null };
    const wrong = check.report.customers - check.report.fine;
    const found = wrong === 0 ? 'found no errors' : `found errors for ${wrong.toLocaleString('en')} customers`;
    return {
      nodeId,
      text: `The last check of ${name} ${found}${check.isCurrent ? '' : ', but the scenario has changed since'},`,
      at: check.endedAt,
    };
  });
  return (
    <ul className="text-muted text-sm">
      {words.map(({ nodeId, text, at }) => (
        <li key={nodeId}>
          {text} {at ? <RelativeTime at={at} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Requests({ requests }: { requests: Forecast['requests'] }) {
  return (
    <div className="overflow-x-auto rounded-md border border-line">
      <Table aria-label="Requests that are expected">
        <THead>
          <tr>
            <Th>Webhook</Th>
            <Th>Host</Th>
            <Th align="right">Customers</Th>
            <Th align="right">Requests</Th>
            <Th>Policy</Th>
            <Th align="right">Time</Th>
          </tr>
        </THead>
        <tbody>
          {requests.map((each) => (
            <Tr key={each.nodeId}>
              <Td dense className="min-w-32">
                <span className="text-faint text-xs tabular-nums">#{each.number}</span> {each.name}
              </Td>
              <Td dense className="font-mono [overflow-wrap:anywhere]">
                {each.host || <span className="font-sans text-faint">by template</span>}
              </Td>
              <Td dense align="right">
                <Count value={each.customers} exact />
              </Td>
              <Td dense align="right">
                <Count value={each.requests} exact />
                {each.batchSize > 1 ? (
                  <span className="block text-faint text-xs">up to {each.batchSize.toLocaleString('en')} each</span>
                ) : null}
              </Td>
              <Td dense className="whitespace-nowrap">
                {each.policy ? (
                  <>
                    {each.policy.name}
                    <span className="block text-faint text-xs">{each.policy.concurrency} at once</span>
                  </>
                ) : (
                  <span className="text-faint">none</span>
                )}
              </Td>
              <Td dense align="right" className="whitespace-nowrap">
                {each.seconds === null ? <span className="text-faint">not known</span> : duration(each.seconds)}
                {each.boundBy ? (
                  <span className="block text-faint text-xs">
                    {each.boundBy === 'policy' ? 'the policy is the limit' : 'as fast as it answers'}
                  </span>
                ) : null}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
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

/** Puts everything on the server first: what is started is what is there. Null while that goes on. */
function useSaved(): boolean | null {
  const store = useEditorStore();
  const [saved, setSaved] = useState<boolean | null>(null);
  useEffect(() => {
    let isHere = true;
    void store
      .getState()
      .flush()
      .then((done) => isHere && setSaved(done));
    return () => {
      isHere = false;
    };
  }, [store]);
  return saved;
}
