'use client';

import { Copy, Trash2, X } from 'lucide-react';
import { type ComponentType, useEffect, useRef, useState } from 'react';
import { toneSoft } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { IconButton } from '@/components/ui/icon-button';
import { controlStyle } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { type AnyNode, nodeOf } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import type { Problem } from '@/lib/core/problems';
import { Connections } from './connections';
import { NODE_VIEWS } from './node-kinds';
import type { PanelProps } from './panel-props';
import { useEditor, useEditorStore } from './store';

/** What stands at the right of the canvas: beside it where there is room, over it where there is not. */
export const panelStyle =
  'flex h-full w-[360px] shrink-0 flex-col border-line border-l bg-panel max-xl:absolute max-xl:inset-y-0 max-xl:right-0 max-xl:z-20 max-xl:shadow-raised';

export interface InspectorProps {
  readOnly: boolean;
  onDuplicate: () => void;
  onRemove: () => void;
}

/** The settings of the one node that is selected. */
export function Inspector(props: InspectorProps) {
  const node = useEditor(({ document, selection }) =>
    selection.nodes.length === 1 && selection.edges.length === 0 ? nodeOf(document, selection.nodes[0]!) : undefined,
  );
  const isSettled = useSettled(node !== undefined);
  if (!node || !isSettled) return null;
  return <NodeInspector key={node.id} node={node} {...props} />;
}

/** A panel that opens under the pointer would take the second click of a double click: it waits until that is over. */
const DOUBLE_CLICK_MS = 250;

function useSettled(isThere: boolean): boolean {
  const [isSettled, setSettled] = useState(isThere);
  useEffect(() => {
    if (!isThere) return setSettled(false);
    const timer = setTimeout(() => setSettled(true), DOUBLE_CLICK_MS);
    return () => clearTimeout(timer);
  }, [isThere]);
  return isSettled;
}

function NodeInspector({ node, readOnly, onDuplicate, onRemove }: InspectorProps & { node: AnyNode }) {
  const store = useEditorStore();
  const problems = useEditor((editor) => editor.problems).filter(({ nodeId }) => nodeId === node.id);
  const frame = useRef<HTMLElement>(null);
  useFocusedField(node.id, frame);
  const kind = NODE_KINDS[node.kind];
  const { icon: Icon, Panel } = NODE_VIEWS[node.kind];
  // The table pairs each kind with its own panel, which the compiler cannot follow through the union.
  const AnyPanel = Panel as ComponentType<PanelProps<never>>;
  return (
    <aside ref={frame} data-inspector aria-label={`Settings of ${node.name}`} className={panelStyle}>
      <header className="flex items-center gap-2 border-line border-b px-3 py-2">
        <span className={cn('flex size-7 shrink-0 items-center justify-center rounded-md', toneSoft[kind.family])}>
          <Icon aria-hidden />
        </span>
        <span className="min-w-0 flex-1 text-muted text-sm">
          {kind.title} <span className="text-faint tabular-nums">#{node.number}</span>
        </span>
        {readOnly ? null : (
          <>
            <IconButton size="sm" label="Duplicate" hint="Ctrl D" icon={<Copy aria-hidden />} onClick={onDuplicate} />
            <IconButton size="sm" label="Delete" hint="Del" icon={<Trash2 aria-hidden />} onClick={onRemove} />
          </>
        )}
        <IconButton
          size="sm"
          label="Close"
          hint="Esc"
          icon={<X aria-hidden />}
          onClick={() => store.getState().select({ nodes: [], edges: [] })}
        />
      </header>
      <div className="scroll-thin flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
        <NodeName node={node} readOnly={readOnly} />
        <Problems problems={problems} isWebhook={node.kind === 'webhook'} />
        <AnyPanel
          node={node as never}
          readOnly={readOnly}
          faultOf={(field) => problems.find((problem) => problem.field === field)?.message}
          onChange={(settings: Record<string, unknown>) => {
            const refused = store.getState().edit([{ type: 'set', node: node.id, settings }]);
            if (refused) toast.error(refused, { id: 'refused' });
          }}
        />
        <Connections node={node} readOnly={readOnly} />
      </div>
    </aside>
  );
}

/** The name as a field that looks like a title; an empty name goes back to what it was. */
function NodeName({ node, readOnly }: { node: AnyNode; readOnly: boolean }) {
  const store = useEditorStore();
  const [text, setText] = useState(node.name);
  useEffect(() => setText(node.name), [node.name]);
  const commit = () => {
    const name = text.trim();
    if (name === '') setText(node.name);
    else if (name !== node.name) store.getState().edit([{ type: 'rename', node: node.id, name }]);
  };
  return (
    <input
      aria-label="Name of the node"
      value={text}
      readOnly={readOnly}
      maxLength={200}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') {
          event.stopPropagation();
          setText(node.name);
        }
      }}
      className={cn(
        controlStyle,
        '-mx-2 w-[calc(100%+16px)] border-transparent bg-transparent px-2 font-semibold text-lg',
        !readOnly && 'hover:border-line-strong',
      )}
    />
  );
}

/** Faults that no field of the panel shows: of the node as a whole, of what stands in the webhook's editor. */
function Problems({ problems, isWebhook }: { problems: readonly Problem[]; isWebhook: boolean }) {
  const shown = isWebhook ? problems : problems.filter(({ field }) => field === '');
  if (shown.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1" aria-label="Problems of this node">
      {shown.map((problem) => (
        <li
          key={`${problem.field} ${problem.message}`}
          className={cn(
            'rounded-md px-2 py-1.5 text-sm [overflow-wrap:anywhere]',
            problem.severity === 'error' ? 'bg-danger-soft text-danger' : 'bg-warning-soft text-warning',
          )}
        >
          {problem.message}
        </li>
      ))}
    </ul>
  );
}

/** Focuses the field that the list of problems has asked for: the setting itself, or the nearest one around it. */
function useFocusedField(id: string, frame: React.RefObject<HTMLElement | null>) {
  const focus = useEditor((editor) => editor.focus);
  useEffect(() => {
    if (focus?.node !== id) return;
    const path = focus.field.split('.');
    for (; path.length > 0; path.pop()) {
      const field = frame.current?.querySelector(`[data-field="${CSS.escape(path.join('.'))}"]`);
      const control = field?.querySelector<HTMLElement>('input, textarea, button');
      if (!control) continue;
      control.focus();
      control.scrollIntoView({ block: 'nearest' });
      return;
    }
  }, [focus, id, frame]);
}
