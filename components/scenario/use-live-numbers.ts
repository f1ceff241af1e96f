'use client';

import { useMemo } from 'react';
import { useAsk } from '@/components/call';
import type { NodeNumbers } from './flow-model';
import { useScenario } from './scenario-context';

const NONE: ReadonlyMap<string, NodeNumbers> = new Map();
const EVERY_MS = 2000;

/** What the latest run that has not ended counts at each node, by the node's id; empty when nothing runs. */
export function useLiveNumbers(enabled: boolean): ReadonlyMap<string, NodeNumbers> {
  const { runs } = useScenario();
  const run = runs.find(({ endedAt }) => endedAt === null)?.id;
  const { data } = useAsk(
    'run.open',
    { run: run ?? '0' },
    { enabled: enabled && run !== undefined, refetchInterval: run === undefined ? false : EVERY_MS },
  );
  return useMemo(
    () => (run !== undefined && data ? new Map(data.counts.map((count) => [count.node, count] as const)) : NONE),
    [run, data],
  );
}
