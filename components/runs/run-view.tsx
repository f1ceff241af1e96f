'use client';

import { SearchX } from 'lucide-react';
import { useCallback } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { useScenario } from '@/components/scenario/scenario-context';
import { Banner } from '@/components/ui/banner';
import { LinkButton } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Page } from '@/components/ui/page-header';
import { Skeleton } from '@/components/ui/skeleton';
import { NodeTable } from './node-table';
import { PeopleSheet } from './people-sheet';
import { PolicyStrip } from './policy-strip';
import { ReplayStrip } from './replay-strip';
import { RequestDrawer } from './request-drawer';
import { RequestsCard } from './requests-card';
import { RunCanvas } from './run-canvas';
import { RunHead } from './run-head';
import { StoppedWebhooks } from './stopped-webhooks';
import { useQueryState } from './use-query';
import { hasEnded } from './words';

const EVERY_MS = 1000;

export type OpenRun = OutputOf<'run.open'>;

/** One run, live: how far it is, the numbers of every node, every request, and everybody's way through it. */
export function RunView({ run }: { run: string }) {
  const [query, setQuery] = useQueryState();
  const { data, error, refetch } = useAsk(
    'run.open',
    { run },
    { refetchInterval: (value) => (value && !hasEnded(value.run.state) ? EVERY_MS : false) },
  );
  const showPeople = useCallback(
    (node: string, group: string) => setQuery({ people: `${node}:${group}`, journey: null, request: null }),
    [setQuery],
  );
  if (error?.code === 'not-found') return <NoSuchRun />;
  if (!data)
    return error ? (
      <ErrorState className="h-full" reference={error.reference} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    ) : (
      <RunSkeleton />
    );
  const isLive = !hasEnded(data.run.state);
  const [node = '', group = ''] = query.get('people')?.split(':') ?? [];
  const request = query.get('request');
  const journey = query.get('journey');
  const counts = data.counts.find((each) => each.node === node);
  return (
    <Page className="flex flex-col gap-4">
      <RunHead run={data.run} asOf={data.asOf} counts={data.counts} />
      {error ? (
        <Banner tone="warning" title="The numbers are not being refreshed">
          {error.message} They stand as they were last seen.
        </Banner>
      ) : null}
      <StoppedWebhooks run={data.run} counts={data.counts} />
      {isLive ? <PolicyStrip policies={data.policies} /> : null}
      <ReplayStrip replays={data.replays} counts={data.counts} />
      <RunCanvas document={data.run.document} counts={data.counts} onPeople={showPeople} />
      <NodeTable counts={data.counts} active={counts ? { node, group } : null} onPeople={showPeople} />
      <RequestsCard run={run} document={data.run.document} isLive={isLive} asOf={data.asOf} />
      {journey !== null || (counts && group !== '') ? (
        <PeopleSheet
          key={`${node}:${group}`}
          run={run}
          at={counts && group !== '' ? { counts, group } : null}
          journey={journey}
        />
      ) : null}
      {request !== null && /^\d{1,18}$/.test(request) ? (
        <RequestDrawer key={request} run={run} request={request} />
      ) : null}
    </Page>
  );
}

function NoSuchRun() {
  const { href } = useScenario();
  return (
    <EmptyState
      className="h-full"
      icon={<SearchX aria-hidden />}
      title="There is no such run"
      action={<LinkButton href={`${href}/evaluate`}>Show the latest run</LinkButton>}
    >
      It may be in another project, or the address is not whole.
    </EmptyState>
  );
}

function RunSkeleton() {
  return (
    <Page className="flex flex-col gap-4">
      <p className="sr-only" role="status">
        Loading the run
      </p>
      <Skeleton className="h-14" />
      <Skeleton className="h-80" />
      <Card>
        <Skeleton className="h-40" />
      </Card>
    </Page>
  );
}
