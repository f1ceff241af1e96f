'use client';

import Link from 'next/link';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { duration } from '@/components/scenario/duration';
import { type ShellProject, useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Card } from '@/components/ui/card';
import { Count } from '@/components/ui/count';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { type Column, DataTable } from '@/components/ui/table';
import { PolicyFigures } from './policy-strip';

type Queue = OutputOf<'policy.queues'>[number];
type Campaign = Queue['campaigns'][number];

/** What goes through each policy at this moment, and who waits for it. */
export function PolicyQueues() {
  const { data, error } = useAsk('policy.queues', {}, { refetchInterval: 2000 });
  if (error && !data)
    return (
      <Banner tone="warning" title="The queues cannot be shown">
        {error.message}
      </Banner>
    );
  if (!data) return <Skeleton className="h-24" />;
  const busy = data.filter(({ inFlight, campaigns }) => inFlight > 0 || campaigns.length > 0);
  return (
    <section aria-label="Queues" className="flex flex-col gap-4">
      <h2 className="font-semibold text-base">At this moment</h2>
      {busy.length === 0 ? (
        <p className="-mt-2 text-muted">Nothing goes through a policy, and nobody waits for one.</p>
      ) : (
        <>
          <p className="-mt-2 text-muted">
            Campaigns that wait for the same policy take turns. One of weight n sends n requests for each one of another
            of weight 1; what events bring goes first.
          </p>
          {busy.map((queue) => (
            <QueueCard key={queue.id} queue={queue} />
          ))}
        </>
      )}
    </section>
  );
}

function QueueCard({ queue }: { queue: Queue }) {
  const project = useProject();
  return (
    <Card
      flush
      title={queue.name}
      description={
        queue.etaSeconds === null ? undefined : `What waits now will be sent in about ${duration(queue.etaSeconds)}.`
      }
      actions={
        <div className="flex min-h-7 flex-wrap items-center gap-x-5 gap-y-1 text-sm">
          <PolicyFigures policy={queue} />
        </div>
      }
    >
      {queue.campaigns.length > 0 ? (
        <DataTable
          label={`Campaigns that use ${queue.name}`}
          dense
          columns={columnsFor(project)}
          rows={queue.campaigns}
          rowKey={(campaign) => campaign.runId}
        />
      ) : (
        <p className="px-3 py-2 text-muted text-sm">Nobody waits.</p>
      )}
    </Card>
  );
}

const columnsFor = ({ id: project, can }: ShellProject): Column<Campaign>[] => [
  {
    id: 'scenario',
    header: 'Scenario',
    cell: (campaign) => (
      <span className="flex items-center gap-2">
        <Link
          href={`/p/${project}/campaigns/scenarios/${campaign.scenarioId}/evaluate?run=${campaign.runId}`}
          className="truncate font-medium hover:underline"
        >
          {campaign.scenarioName}
        </Link>
        <span className="shrink-0 text-faint">run {campaign.runNumber}</span>
        {campaign.onEvent ? <Badge tone="info">on event, goes first</Badge> : null}
      </span>
    ),
  },
  {
    id: 'weight',
    header: 'Weight',
    width: '100px',
    cell: (campaign) => (can.build ? <WeightSelect campaign={campaign} /> : campaign.weight),
  },
  {
    id: 'in-flight',
    header: 'In flight',
    align: 'right',
    width: '110px',
    cell: (campaign) => <Count value={campaign.inFlight} />,
  },
  {
    id: 'waiting',
    header: 'Requests waiting',
    align: 'right',
    width: '150px',
    cell: (campaign) => <Count value={campaign.waiting} />,
  },
  {
    id: 'customers',
    header: 'Customers waiting',
    align: 'right',
    width: '150px',
    cell: (campaign) => <Count value={campaign.customers} />,
  },
];

const WEIGHTS = Array.from({ length: 10 }, (_, i) => ({ value: String(i + 1), label: String(i + 1) }));

/** Belongs to the scenario: all its runs have it, at every policy, and it acts within a second. */
function WeightSelect({ campaign: { scenarioId, scenarioName, weight } }: { campaign: Campaign }) {
  const weigh = useDo('scenario.weigh', { success: 'The weight is changed' });
  return (
    <Select
      label={`Weight of ${scenarioName}`}
      className="h-7 w-16"
      options={WEIGHTS}
      value={String(weigh.isPending ? weigh.variables.weight : weight)}
      onChange={(value) => weigh.mutate({ id: scenarioId, weight: Number(value) })}
    />
  );
}
