'use client';

import { Dialog, Tabs } from 'radix-ui';
import { useRef, useState } from 'react';
import { loadMonaco } from '@/components/monaco/load';
import type { Document, Node } from '@/lib/core/document';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { EditorView } from './editor-top';
import { Workbench } from './workbench';

// Whoever loads this file is about to open it: Monaco comes along.
if (typeof window !== 'undefined') void loadMonaco();

export interface WebhookEditorProps {
  /** Null for a preset, which stands in no scenario: then nothing comes before it. */
  scenario: { id: string; name: string } | null;
  node: Node<'webhook'>;
  document: Document | null;
  onChange: (settings: Partial<WebhookSettings>) => void;
  onRename: (name: string) => void;
  /** Takes the legacy speed limit off; absent where there can be none. */
  onLiftSpeedLimit?: () => void;
  onClose: () => void;
  readOnly: boolean;
  /** The tab that it opens on. */
  initialView?: EditorView;
}

/** The webhook, opened wide over the canvas: what it can read, what is written, and the request that comes of it. */
export function WebhookEditor(props: WebhookEditorProps) {
  const overflow = useRef<HTMLDivElement>(null);
  const [runs, setRuns] = useState(0);
  // Whoever opened the editor gets the focus back, also when the editor came in late.
  const [opener] = useState(() => window.document.activeElement);
  const [view, setView] = useState<EditorView>(props.initialView ?? 'editor');
  return (
    <Dialog.Root open onOpenChange={(open) => open || props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          onEscapeKeyDown={(event) => {
            // In a text Escape closes its list, its search, or leaves the text; only then it closes the sheet.
            if (window.document.activeElement?.closest('.monaco-editor')) event.preventDefault();
          }}
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener instanceof HTMLElement) opener.focus();
          }}
          // Before a text editor sees it, which would begin a new line; not from a dialog over this one.
          onKeyDownCapture={(event) => {
            const isOwn = event.currentTarget.contains(event.target as HTMLElement);
            if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || !isOwn) return;
            event.preventDefault();
            event.stopPropagation();
            setView('test');
            setRuns(runs + 1);
          }}
          className="slide-in fixed inset-0 z-40 flex flex-col bg-panel outline-none"
        >
          <Tabs.Root
            value={view}
            onValueChange={(next) => setView(next as EditorView)}
            className="flex min-h-0 flex-1 flex-col"
          >
            <Workbench {...props} view={view} setView={setView} overflow={overflow} runs={runs} />
          </Tabs.Root>
          {/* Lists and hovers of the text editors: inside of what holds the focus, and with the editor's own class. */}
          <div ref={overflow} className="monaco-editor h-0 font-sans!" />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
