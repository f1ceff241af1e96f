'use client';

import { Play, Zap } from 'lucide-react';
import type { ReactNode } from 'react';
import { type Kind, NODE_KINDS } from '@/lib/core/node-kinds';
import { addPiece } from './edits';
import { useEditorStore } from './store';

/** What stands on an empty canvas: two beginnings and a sentence. */
export function EmptyCanvas({ editable, onStarted }: { editable: boolean; onStarted: () => void }) {
  const store = useEditorStore();
  const begin = (trigger: Kind) => {
    const { document, edit, select } = store.getState();
    const first = addPiece(document, { kind: trigger }, { at: 'point', point: { x: 0, y: 0 } });
    if (!first || edit(first.operations) !== null) return;
    const second = addPiece(
      store.getState().document,
      { kind: 'webhook' },
      { at: 'port', node: first.node, port: 'out' },
    );
    if (second) edit(second.operations);
    select({ nodes: [trigger === 'now' ? second!.node : first.node], edges: [] });
    onStarted();
  };
  return (
    <div className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center p-6">
      <div className="pointer-events-auto flex max-w-[560px] flex-col items-center gap-5 text-center">
        <div>
          <h2 className="font-semibold text-lg">{editable ? 'How does it begin?' : 'Nothing here yet'}</h2>
          {editable ? (
            <p className="mt-1 text-balance text-muted">
              Choose a beginning, or drag nodes from the left. Customers enter at a trigger and go from left to right.
            </p>
          ) : null}
        </div>
        {editable ? (
          <div className="grid grid-cols-2 gap-3">
            <Beginning
              icon={<Play aria-hidden />}
              title="Send to everyone now"
              text={NODE_KINDS.now.about}
              onClick={() => begin('now')}
            />
            <Beginning
              icon={<Zap aria-hidden />}
              title="When something happens"
              text={NODE_KINDS['on-event'].about}
              onClick={() => begin('on-event')}
            />
          </div>
        ) : null}
      </div>
    </div>
  );
}

function Beginning({
  icon,
  title,
  text,
  onClick,
}: {
  icon: ReactNode;
  title: string;
  text: string;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex flex-col items-start gap-2 rounded-md border border-line-strong bg-panel p-4 text-left transition-colors duration-100 hover:border-accent"
    >
      <span className="flex size-8 items-center justify-center rounded-md bg-trigger-soft text-trigger">{icon}</span>
      <span className="font-medium">{title}</span>
      <span className="text-muted text-sm">{text}</span>
    </button>
  );
}
