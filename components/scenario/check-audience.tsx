'use client';

import { RotateCw } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Count } from '@/components/ui/count';
import { Progress } from '@/components/ui/progress';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { Stat } from '@/components/ui/stat';
import { type Node, nodeOf } from '@/lib/core/document';
import { CheckFaults } from './check-faults';
import { useScenario } from './scenario-context';
import { useEditor, useEditorStore } from './store';

export type Check = OutputOf<'webhook.check-open'>;

/** Renders every customer who would come to the chosen webhook, sends nothing, and says what is wrong for whom. */
export function CheckAudience() {
  const store = useEditorStore();
  const node = useEditor(({ document, checked }) => (checked === null ? undefined : nodeOf(document, checked)));
  if (node?.kind !== 'webhook') return null;
  return <CheckSheet key={node.id} node={node as Node<'webhook'>} onClose={() => store.getState().check(null)} />;
}

function CheckSheet({ node, onClose }: { node: Node<'webhook'>; onClose: () => void }) {
  const { readOnly } = useScenario();
  const { check, isLoading, start, error, isStarting } = useCheck(node.id, !readOnly);
  const cancel = useDo('webhook.check-cancel');
  const isRunning = check?.state === 'running';
  return (
    <Sheet
      open
      onOpenChange={onClose}
      size="md"
      title={`Check the audience of ${node.name}`}
      description="Every customer who would come is rendered. Nothing is sent."
      footer={
        readOnly ? undefined : isRunning ? (
          <Button loading={cancel.isPending} onClick={() => cancel.mutate({ check: check.check })}>
            Cancel
          </Button>
        ) : (
          <Button variant="primary" icon={<RotateCw aria-hidden />} loading={isStarting} onClick={start}>
            {check ? 'Check again' : 'Check now'}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-5">
        {error ? <Banner tone="danger">{error}</Banner> : null}
        {!check && isLoading ? <Skeleton className="h-16" /> : null}
        {!check && !isLoading && !error ? <p className="text-muted">It has not been checked yet.</p> : null}
        {check ? <CheckState check={check} /> : null}
        {check?.report ? <Report check={check} node={node} readOnly={readOnly} /> : null}
      </div>
    </Sheet>
  );
}

function CheckState({ check }: { check: Check }) {
  switch (check.state) {
    case 'running':
      return (
        <div role="status" className="flex flex-col gap-2">
          <Progress
            label="Customers looked at"
            value={check.total > 0 ? check.done / check.total : null}
            tone="accent"
          />
          <span className="text-muted text-sm">
            <Count value={check.done} exact /> of <Count value={check.total} exact /> customers looked at
          </span>
        </div>
      );
    case 'failed':
      return (
        <Banner tone="danger" title="The check could not be made">
          {check.message}
        </Banner>
      );
    case 'cancelled':
      return <Banner title="The check was cancelled">What it had found so far is dropped.</Banner>;
    case 'interrupted':
      return (
        <Banner tone="warning" title="The check was interrupted">
          The server was restarted meanwhile. Check again.
        </Banner>
      );
    case 'done':
      return check.isCurrent ? null : (
        <Banner tone="warning" title="The scenario has changed since">
          This is what was found <RelativeTime at={check.endedAt} />. Check again to be sure.
        </Banner>
      );
  }
}

function Report({ check, node, readOnly }: { check: Check; node: Node<'webhook'>; readOnly: boolean }) {
  const report = check.report!;
  const { customers, fine, requests, bytes, faults } = report;
  return (
    <>
      <div className="grid grid-cols-4 gap-4">
        <Stat label="Customers" value={<Count value={customers} exact />} />
        <Stat label="Without error" value={<Count value={fine} exact />} />
        <Stat label="Requests" value={<Count value={requests} exact />} />
        <Stat
          label="Body"
          value={bytes ? size(bytes.median) : '–'}
          note={bytes ? `${size(bytes.min)} to ${size(bytes.max)}` : undefined}
        />
      </div>
      {faults.length === 0 ? (
        <Banner tone="success" title={customers === 0 ? 'Nobody would come' : 'Nothing is wrong'}>
          {customers === 0
            ? 'No customer reaches this webhook as the scenario is now.'
            : 'Every request can be made as it is written.'}
        </Banner>
      ) : (
        <CheckFaults check={check.check} faults={faults} node={node} readOnly={readOnly} />
      )}
      <p className="text-faint text-sm">
        Checked <RelativeTime at={check.endedAt} />
        {check.startedBy ? ` by ${check.startedBy}` : ''}.
      </p>
    </>
  );
}

/** The latest check of a webhook. One is started when there is none, or none of the scenario as it is now. */
function useCheck(node: string, mayStart: boolean) {
  const store = useEditorStore();
  const { id: scenario } = useScenario();
  const begin = useDo('webhook.check', { quiet: true });
  const { data, error, isFetchedAfterMount } = useAsk(
    'webhook.checks',
    { scenario },
    { refetchInterval: (value) => (latest(value, node)?.state === 'running' ? 700 : false) },
  );
  const check = latest(data, node);
  const start = async () => {
    if (await store.getState().flush()) begin.mutate({ scenario, node });
  };
  const isStale = isFetchedAfterMount && data !== undefined && !(check?.isCurrent && STANDS.has(check.state));
  const hasBegun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known that there is none
  useEffect(() => {
    if (!isStale || !mayStart || hasBegun.current) return;
    hasBegun.current = true;
    void start();
  }, [isStale, mayStart]);
  return {
    check,
    isLoading: data === undefined && !error,
    start: () => void start(),
    isStarting: begin.isPending,
    error: begin.error?.message ?? error?.message,
  };
}

/** States in which a check is worth being shown instead of making another one. */
const STANDS = new Set<Check['state']>(['running', 'done']);

const latest = (data: OutputOf<'webhook.checks'> | undefined, node: string) =>
  data?.checks.filter((check) => check.node === node).at(-1);

/** Bytes in words. */
function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
