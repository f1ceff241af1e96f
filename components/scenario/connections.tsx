'use client';

import { ArrowRight, X } from 'lucide-react';
import { Combobox } from '@/components/ui/combobox';
import { IconButton } from '@/components/ui/icon-button';
import type { Option } from '@/components/ui/select';
import { toast } from '@/components/ui/toast';
import { type AnyNode, type Document, reachableFrom } from '@/lib/core/document';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import { connection, takesInput } from './edits';
import { portLabel } from './flow-model';
import { useEditor, useEditorStore } from './store';

/** Where a node's outputs lead, as a list: connecting without drawing a line. */
export function Connections({ node, readOnly }: { node: AnyNode; readOnly: boolean }) {
  const store = useEditorStore();
  const document = useEditor((editor) => editor.document);
  const { ports } = NODE_KINDS[node.kind];
  if (ports.length === 0) return null;
  const nodes = new Map(document.nodes.map((each) => [each.id, each]));
  const connect = (port: string, to: string) => {
    const refused = store.getState().edit([connection(node.id, port, to)]);
    if (refused) toast.error(refused);
  };
  return (
    <section aria-label="Connections" className="mt-2 flex flex-col gap-2 border-line border-t pt-4">
      <h2 className="font-medium text-sm">Goes on to</h2>
      {ports.map((port) => {
        const label = portLabel(port);
        const edges = document.edges.filter((edge) => edge.from === node.id && edge.port === port);
        const options = targets(document, node, port);
        return (
          <div key={port} className="flex items-start gap-2">
            {label ? <span className="w-14 shrink-0 pt-1.5 text-muted text-sm">{label}</span> : null}
            <div className="flex min-w-0 flex-1 flex-col gap-1">
              {edges.map((edge) => {
                const target = nodes.get(edge.to);
                return (
                  <div key={edge.id} className="flex h-8 items-center gap-1">
                    <button
                      type="button"
                      className="flex min-w-0 flex-1 items-center gap-1.5 rounded-md px-1 text-left hover:underline"
                      onClick={() => store.getState().select({ nodes: [edge.to], edges: [] })}
                    >
                      <ArrowRight className="text-faint" aria-hidden />
                      <span className="text-faint text-xs tabular-nums">#{target?.number}</span>
                      <span className="truncate">{target?.name}</span>
                    </button>
                    {readOnly ? null : (
                      <IconButton
                        size="sm"
                        label={`Remove the connection to ${target?.name}`}
                        icon={<X aria-hidden />}
                        className="text-faint"
                        onClick={() => store.getState().edit([{ type: 'remove', nodes: [], edges: [edge.id] }])}
                      />
                    )}
                  </div>
                );
              })}
              {readOnly || options.length === 0 ? (
                edges.length === 0 ? (
                  <span className="pt-1.5 text-faint text-sm">nothing: customers leave here</span>
                ) : null
              ) : (
                <Combobox
                  value={null}
                  label={label ? `Connect ${label} with` : 'Connect with'}
                  placeholder={edges.length === 0 ? 'Connect with a node' : 'And with another node'}
                  options={options}
                  onChange={(to) => to && connect(port, to)}
                />
              )}
            </div>
          </div>
        );
      })}
    </section>
  );
}

/** The nodes that a port may lead to: not to a trigger, not twice to the same, not back to where it comes from. */
function targets(document: Document, node: AnyNode, port: string): Option[] {
  const taken = new Set(document.edges.filter((e) => e.from === node.id && e.port === port).map((e) => e.to));
  return document.nodes
    .filter(({ id, kind }) => id !== node.id && takesInput(kind) && !taken.has(id))
    .filter(({ id }) => !reachableFrom(document, id).has(node.id))
    .map(({ id, number, name, kind }) => ({ value: id, label: `#${number} ${name}`, hint: NODE_KINDS[kind].title }));
}
