'use client';

import Link from 'next/link';
import { useEffect } from 'react';
import { useAsk } from '@/components/call';
import { NODE_VIEWS } from '@/components/scenario/node-kinds';
import { useProject } from '@/components/shell/project-context';
import { toneSoft } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { ErrorState } from '@/components/ui/error-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Skeleton } from '@/components/ui/skeleton';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { useQueryState } from './use-query';
import { type JourneyStep, stepSentence } from './words';

/** One customer's way through a run, told step by step. */
export function Journey({
  run,
  journey,
  onName,
}: {
  run: string;
  journey: string;
  /** Called with the customer's name once it is known. */
  onName?: (name: string) => void;
}) {
  const project = useProject();
  const [, setQuery] = useQueryState();
  const { data, error, refetch } = useAsk('run.journey', { run, journey }, { refetchInterval: 3000 });
  const name = data?.name;
  useEffect(() => {
    if (name !== undefined) onName?.(name);
  }, [name, onName]);
  if (error && !data)
    return (
      <ErrorState title="This journey cannot be shown" reference={error.reference} onRetry={() => void refetch()}>
        {error.message}
      </ErrorState>
    );
  if (!data) return <Skeleton className="m-4 h-40" />;
  return (
    <div className="p-4">
      <p className="mb-4 text-muted text-sm">
        <Link href={`/p/${project.id}/data/customers/${data.customerId}`} className="text-accent hover:underline">
          Profile of {data.name}
        </Link>
      </p>
      <ol className="flex flex-col">
        {data.steps.map((step, index) => (
          <Step
            // biome-ignore lint/suspicious/noArrayIndexKey: a journey may visit a node by several ways, in this order
            key={index}
            step={step}
            isLast={index === data.steps.length - 1}
            onRequest={(request) => setQuery({ request })}
          />
        ))}
      </ol>
    </div>
  );
}

function Step({
  step,
  isLast,
  onRequest,
}: {
  step: JourneyStep;
  isLast: boolean;
  onRequest: (request: string) => void;
}) {
  const { icon: Icon } = NODE_VIEWS[step.kind];
  const bad = step.outcome === 'rejected' ? 'text-danger' : step.outcome === 'unknown' ? 'text-warning' : undefined;
  return (
    <li className="relative flex gap-3 pb-5">
      {isLast ? null : <span aria-hidden className="absolute top-7 bottom-0 left-3 w-px bg-line-strong" />}
      <span
        className={cn(
          'flex size-6 shrink-0 items-center justify-center rounded-md',
          toneSoft[NODE_KINDS[step.kind].family],
        )}
      >
        <Icon aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className={cn('[overflow-wrap:anywhere]', bad)}>{stepSentence(step)}</p>
        <p className="flex items-center gap-2 text-faint text-xs">
          <span>#{step.number}</span>
          {step.at ? <RelativeTime at={step.at} exact /> : null}
        </p>
      </div>
      {step.requestId ? (
        <Button size="sm" variant="ghost" onClick={() => onRequest(step.requestId!)}>
          Request
        </Button>
      ) : null}
    </li>
  );
}
