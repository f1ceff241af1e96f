'use client';

import { LayoutTemplate, Play, Zap } from 'lucide-react';
import { type MouseEvent, type ReactNode, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { type Kind, NODE_KINDS } from '@/lib/core/node-kinds';
import { AddPopover, type Offer } from './add-popover';
import { addPiece, type Piece } from './edits';
import { useEditorStore } from './store';
import { usePieceOf } from './use-palette';

/** What stands on an empty canvas: three beginnings and a sentence. */
export function EmptyCanvas({ editable, onStarted }: { editable: boolean; onStarted: (chosen: string) => void }) {
  const store = useEditorStore();
  const pieceOf = usePieceOf();
  const [offer, setOffer] = useState<Offer | null>(null);
  const begin = (trigger: Kind, action: Piece = { kind: 'webhook' }) => {
    const { document, edit, select } = store.getState();
    const first = addPiece(document, { kind: trigger }, { at: 'point', point: { x: 0, y: 0 } });
    if (!first || edit(first.operations) !== null) return;
    const second = addPiece(store.getState().document, action, { at: 'port', node: first.node, port: 'out' });
    if (second) edit(second.operations);
    const chosen = trigger === 'now' && second ? second.node : first.node;
    select({ nodes: [chosen], edges: [] });
    onStarted(chosen);
  };
  return (
    <div className="pointer-events-none absolute inset-0 z-10 flex items-center justify-center p-6">
      <div className="pointer-events-auto flex max-w-[720px] flex-col items-center gap-5 text-center">
        <div>
          <h2 className="font-semibold text-lg">{editable ? 'How does it begin?' : 'Nothing here yet'}</h2>
          {editable ? (
            <p className="mt-1 text-balance text-muted">
              Choose a beginning, or drag nodes from the left. Customers enter at a trigger and go from left to right.
            </p>
          ) : null}
        </div>
        {editable ? (
          <div className="grid grid-cols-3 gap-3">
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
            <Beginning
              icon={<LayoutTemplate aria-hidden />}
              title="From a template"
              text="A webhook for a well-known service, or one of your presets: fill in its parameters."
              isAction
              onClick={({ currentTarget }) =>
                setOffer({ place: { at: 'anywhere', selected: null }, anchor: currentTarget.getBoundingClientRect() })
              }
            />
            <AddPopover
              offer={offer}
              onlyPrepared
              onClose={() => setOffer(null)}
              onAdd={async (item) => {
                const piece = await pieceOf(item);
                if (piece) begin('now', piece);
              }}
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
  isAction = false,
  onClick,
}: {
  icon: ReactNode;
  title: string;
  text: string;
  /** It begins with what is sent, not with who gets it. */
  isAction?: boolean;
  onClick: (event: MouseEvent<HTMLButtonElement>) => void;
}) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex flex-col items-start gap-2 rounded-md border border-line-strong bg-panel p-4 text-left transition-colors duration-100 hover:border-accent"
    >
      <span
        className={cn(
          'flex size-8 items-center justify-center rounded-md',
          isAction ? 'bg-action-soft text-action' : 'bg-trigger-soft text-trigger',
        )}
      >
        {icon}
      </span>
      <span className="font-medium">{title}</span>
      <span className="text-muted text-sm">{text}</span>
    </button>
  );
}
