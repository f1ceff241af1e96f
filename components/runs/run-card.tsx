'use client';

import { type Node as FlowNode, Handle, type NodeProps, Position } from '@xyflow/react';
import { createContext, memo, useContext } from 'react';
import { NODE_VIEWS } from '@/components/scenario/node-kinds';
import { toneSoft, toneText } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { abbreviate } from '@/components/ui/count';
import type { AnyNode } from '@/lib/core/document';
import { NODE_KINDS, PORT_LABELS } from '@/lib/core/node-kinds';
import { GROUPS, type NodeCounts } from './words';

export type RunCardNode = FlowNode<{ node: AnyNode; counts: NodeCounts | undefined }, 'run'>;

/** What a click on a number of a card does. */
export const PeopleContext = createContext<(node: string, group: string) => void>(() => {});

/** A node of a run: who came, and what became of them. The parts are as wide as their share. */
export const RunCard = memo(function RunCard({ data: { node, counts } }: NodeProps<RunCardNode>) {
  const { ports, family } = NODE_KINDS[node.kind];
  const { icon: Icon } = NODE_VIEWS[node.kind];
  const several = ports.length > 1;
  return (
    <div
      className={cn(
        'w-[220px] rounded-md border border-line-strong bg-panel text-left shadow-card',
        counts?.stopped && 'border-danger ring-1 ring-danger',
      )}
    >
      <div className="flex h-9 items-center gap-2 px-2 pt-0.5">
        <span className={cn('flex size-6 shrink-0 items-center justify-center rounded-md', toneSoft[family])}>
          <Icon aria-hidden />
        </span>
        <span className="min-w-0 flex-1 truncate font-medium text-sm">{node.name}</span>
        <span className="text-faint text-xs tabular-nums">#{node.number}</span>
      </div>
      <Entered node={node} counts={counts} />
      {several ? (
        <div className="pb-1">
          {ports.map((port) => (
            <div key={port} className="relative flex h-6 items-center justify-end gap-1.5 pr-3 text-muted text-xs">
              {PORT_LABELS[port] ?? port}
              <PortNumber node={node.id} port={port} value={counts?.ports[port] ?? 0} />
              <Handle type="source" id={port} position={Position.Right} isConnectable={false} className="hl-handle" />
            </div>
          ))}
        </div>
      ) : null}
      {counts ? <Parts counts={counts} /> : null}
      {family === 'trigger' ? null : (
        <Handle
          type="target"
          position={Position.Left}
          isConnectable={false}
          className="hl-handle"
          style={{ top: 30 }}
        />
      )}
      {!several && ports[0] ? (
        <Handle
          type="source"
          id={ports[0]}
          position={Position.Right}
          isConnectable={false}
          className="hl-handle"
          style={{ top: 30 }}
        />
      ) : null}
    </div>
  );
});

function Entered({ node, counts }: { node: AnyNode; counts: NodeCounts | undefined }) {
  const showPeople = useContext(PeopleContext);
  if (!counts) return <p className="h-6 px-2.5 text-faint text-xs leading-4">not part of this run</p>;
  return (
    <p className="h-6 px-2.5 text-muted text-xs leading-4">
      <NumberButton
        value={counts.entered}
        words={`${counts.entered.toLocaleString('en')} entered ${node.name}`}
        label={`entered ${node.name}`}
        onClick={() => showPeople(node.id, 'entered')}
      />
      <span aria-hidden> entered</span>
    </p>
  );
}

/** How many left by a port; who they are is asked for by the port's name. */
function PortNumber({ node, port, value }: { node: string; port: string; value: number }) {
  const showPeople = useContext(PeopleContext);
  return (
    <NumberButton
      value={value}
      words={`${value.toLocaleString('en')} left by ${PORT_LABELS[port] ?? port}`}
      label={`left by ${PORT_LABELS[port] ?? port}`}
      onClick={() => showPeople(node, port)}
    />
  );
}

function Parts({ counts }: { counts: NodeCounts }) {
  const showPeople = useContext(PeopleContext);
  const parts = GROUPS.filter(({ key, group }) => group !== 'entered' && counts[key] > 0);
  if (parts.length === 0) return null;
  return (
    <div className="rounded-b-md border-line border-t bg-page">
      <div aria-hidden className="flex h-1 gap-px">
        {parts.map(({ key, tone }) => (
          <span key={key} className={cn('bg-current', toneText[tone])} style={{ flexGrow: counts[key] }} />
        ))}
      </div>
      <div className="flex min-h-6 flex-wrap items-center gap-x-2.5 px-2.5 py-1 text-xs">
        {parts.map(({ key, group, label, tone }) => (
          <span key={key} className="flex items-center gap-1">
            <span aria-hidden className={cn('size-1.5 rounded-full bg-current', toneText[tone])} />
            <NumberButton
              value={counts[key]}
              words={`${counts[key].toLocaleString('en')} ${wordOf(counts, group, label)} at ${counts.name}`}
              label={`${wordOf(counts, group, label)} at ${counts.name}`}
              onClick={() => showPeople(counts.node, group)}
            />
            <span aria-hidden className="text-muted">
              {wordOf(counts, group, label)}
            </span>
          </span>
        ))}
      </div>
    </div>
  );
}

/** A node that does nothing to the outside delivers nothing: it lets customers pass. */
const wordOf = ({ kind }: NodeCounts, group: string, label: string): string =>
  group === 'delivered' && NODE_KINDS[kind].family !== 'action' ? 'passed' : label.toLowerCase();

/** `words` is the exact number with what it counts, `label` what follows the number when it is read aloud. */
function NumberButton({
  value,
  words,
  label,
  onClick,
}: {
  value: number;
  words: string;
  label: string;
  onClick: () => void;
}) {
  if (value === 0) return <span className="text-faint tabular-nums">0</span>;
  return (
    <button
      type="button"
      title={`${words}: show them`}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
      className="nodrag nopan rounded-md font-medium text-ink tabular-nums hover:underline"
    >
      {abbreviate(value)}
      <span className="sr-only"> {label}</span>
    </button>
  );
}
