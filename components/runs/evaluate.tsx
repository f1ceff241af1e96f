'use client';

import { ChartNoAxesColumn } from 'lucide-react';
import { useScenario } from '@/components/scenario/scenario-context';
import { LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { RunView } from './run-view';
import { useQueryState } from './use-query';
import { latestOf } from './words';

/** The tab Evaluate: the run that the address names, or the latest. */
export function Evaluate() {
  const { runs, href } = useScenario();
  const [query] = useQueryState();
  const asked = query.get('run');
  const run = asked && /^\d{1,18}$/.test(asked) ? asked : latestOf(runs)?.id;
  if (run === undefined)
    return (
      <EmptyState
        className="h-full"
        icon={<ChartNoAxesColumn aria-hidden />}
        title="Not started yet"
        action={<LinkButton href={href}>Go to the design</LinkButton>}
      >
        Start the scenario. Here you will see how many customers stand at each node, every request that was sent, and
        what became of each customer.
      </EmptyState>
    );
  return <RunView key={run} run={run} />;
}
