'use client';

import { X } from 'lucide-react';
import { useMemo } from 'react';
import { toneText } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { IconButton } from '@/components/ui/icon-button';
import type { Document } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { portLabel } from './flow-model';
import { NODE_VIEWS } from './node-kinds';
import { type OutlineRow, outlineRows } from './outline-rows';
import { useEditor, useEditorStore } from './store';

/** The scenario as a list, indented by what follows what: the canvas for those who do not see or drag it. */
export function Outline({ document, onClose }: { document: Document; onClose: () => void }) {
  const { reached, loose } = useMemo(() => outlineRows(document), [document]);
  return (
    <section aria-label="Outline" className="flex w-[260px] shrink-0 flex-col border-line border-r bg-panel">
      <header className="flex h-10 items-center justify-between border-line border-b pr-1 pl-3">
        <h2 className="font-medium text-sm">Outline</h2>
        <IconButton size="sm" label="Hide the outline" icon={<X aria-hidden />} onClick={onClose} />
      </header>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto p-2">
        {document.nodes.length === 0 ? <p className="px-1 text-faint text-sm">No nodes yet.</p> : null}
        <Rows rows={reached} />
        {loose.length > 0 ? <h3 className="px-1 pt-3 pb-1 text-faint text-xs">No trigger leads here</h3> : null}
        <Rows rows={loose} />
      </div>
    </section>
  );
}

function Rows({ rows }: { rows: readonly OutlineRow[] }) {
  return (
    <ol>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a node with several ways in stands here several times
        <Row key={`${row.node.id} ${index}`} {...row} />
      ))}
    </ol>
  );
}

function Row({ node, depth, port, isRepeated }: OutlineRow) {
  const store = useEditorStore();
  const isSelected = useEditor(({ selection }) => selection.nodes.includes(node.id));
  const { icon: Icon } = NODE_VIEWS[node.kind];
  const label = port === null ? '' : portLabel(port);
  return (
    <li style={{ paddingLeft: Math.min(depth, 12) * 12 }}>
      <button
        type="button"
        aria-pressed={isSelected}
        onClick={() => store.getState().focusField(node.id, '')}
        onDoubleClick={() => node.kind === 'webhook' && store.getState().open(node.id)}
        className={cn(
          'flex h-7 w-full items-center gap-1.5 rounded-md px-1 text-left text-sm hover:bg-hover',
          isSelected && 'bg-accent-soft',
          isRepeated && 'text-muted',
        )}
      >
        <Icon className={cn('size-3.5', toneText[NODE_KINDS[node.kind].family])} aria-hidden />
        {label ? <span className="text-faint text-xs">{label}</span> : null}
        <span className="min-w-0 flex-1 truncate">{node.name}</span>
        {isRepeated ? <span className="text-faint text-xs">see above</span> : null}
        <span className="text-faint text-xs tabular-nums">#{node.number}</span>
      </button>
    </li>
  );
}
