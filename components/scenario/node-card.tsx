'use client';

import { Handle, type NodeProps, Position } from '@xyflow/react';
import { CircleAlert, Plus, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import { toneSoft } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import type { AnyNode } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { useCanvasActions } from './canvas-actions';
import { takesInput } from './edits';
import { type CardData, type CardNode, outputLabel, portLabel } from './flow-model';
import { NODE_VIEWS } from './node-kinds';
import { NodeNumbersStrip } from './node-numbers';

/** A node on the canvas: icon, name, number, what it does in a line, and its outputs at the right. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<CardNode>) {
  const { node, editable, open } = data;
  const { ports } = NODE_KINDS[node.kind];
  const openPorts = open === '' ? [] : open.split(' ');
  const several = ports.length > 1;
  return (
    <div
      className={cn(
        'w-[220px] rounded-md border border-line-strong bg-panel text-left shadow-card transition-[border-color] duration-100',
        selected && 'border-accent ring-1 ring-accent',
        data.change === 'added' && 'border-success ring-2 ring-success/40',
        data.change === 'changed' && 'border-warning ring-2 ring-warning/40',
      )}
    >
      <CardHead data={data} />
      <p className="h-6 truncate px-2.5 text-muted text-xs leading-4">{summaryOf(node)}</p>
      {several ? (
        <div className="pb-1">
          {ports.map((port) => (
            <div key={port} className="relative flex h-6 items-center justify-end pr-3 text-muted text-xs">
              {portLabel(port)}
              <Output node={node} port={port} isOpen={openPorts.includes(port)} editable={editable} />
            </div>
          ))}
        </div>
      ) : null}
      {data.numbers ? <NodeNumbersStrip numbers={data.numbers} /> : null}
      {takesInput(node.kind) ? (
        <Handle
          type="target"
          position={Position.Left}
          isConnectable={editable}
          className="hl-handle"
          style={{ top: 30 }}
        />
      ) : null}
      {!several && ports[0] ? (
        <div className="absolute top-0 right-0 h-[60px]">
          <Output node={node} port={ports[0]} isOpen={openPorts.includes(ports[0])} editable={editable} />
        </div>
      ) : null}
    </div>
  );
});

function CardHead({ data: { node, errors, warnings, change } }: { data: CardData }) {
  const { family } = NODE_KINDS[node.kind];
  const { icon: Icon } = NODE_VIEWS[node.kind];
  const problems = errors + warnings;
  return (
    <div className="flex h-9 items-center gap-2 px-2 pt-0.5">
      <span className={cn('flex size-6 shrink-0 items-center justify-center rounded-md', toneSoft[family])}>
        <Icon aria-hidden />
      </span>
      <span className="min-w-0 flex-1 truncate font-medium text-sm">{node.name}</span>
      {change ? <span className="text-muted text-xs">{change === 'added' ? 'new' : 'changed'}</span> : null}
      {problems > 0 ? (
        <span
          className={cn('flex items-center gap-0.5 text-xs tabular-nums', errors ? 'text-danger' : 'text-warning')}
          title={`${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}
        >
          {errors ? (
            <CircleAlert className="size-3.5" aria-hidden />
          ) : (
            <TriangleAlert className="size-3.5" aria-hidden />
          )}
          {problems}
          <span className="sr-only">{problems === 1 ? 'problem' : 'problems'}</span>
        </span>
      ) : null}
      <span className="text-faint text-xs tabular-nums">#{node.number}</span>
    </div>
  );
}

/** A port: the handle that a line is drawn from, and a button that adds what follows. */
function Output({ node, port, isOpen, editable }: { node: AnyNode; port: string; isOpen: boolean; editable: boolean }) {
  const { offer } = useCanvasActions();
  const label = `Add a node after ${outputLabel(node, port)}`;
  return (
    <>
      <Handle
        type="source"
        id={port}
        position={Position.Right}
        isConnectable={editable}
        className={cn('hl-handle', isOpen && 'hl-handle-open')}
        role="img"
        title={`Output ${outputLabel(node, port)}`}
      />
      {isOpen && editable ? (
        <>
          <span aria-hidden className="-translate-y-1/2 absolute top-1/2 left-full ml-1.5 h-px w-3 bg-line-strong" />
          <button
            type="button"
            aria-label={label}
            title={label}
            onClick={(event) => {
              event.stopPropagation();
              offer({ at: 'port', node: node.id, port }, event.currentTarget.getBoundingClientRect());
            }}
            onDoubleClick={(event) => event.stopPropagation()}
            className="nodrag nopan hl-plus -translate-y-1/2 absolute top-1/2 left-full ml-4"
          >
            <Plus className="size-3" aria-hidden />
          </button>
        </>
      ) : null}
    </>
  );
}

/** The card's second line. Settings that the schema refuses (a newer version wrote them) have no summary. */
function summaryOf(node: AnyNode): string {
  const kind = NODE_KINDS[node.kind];
  const settings = kind.settings.safeParse(node.settings);
  return settings.success ? kind.summary(settings.data as never) : 'settings that this version does not know';
}
