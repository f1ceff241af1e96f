'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CallError, call } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { copyNodes } from './clipboard';
import type { Differences } from './differences';
import { useScenario } from './scenario-context';
import { type Preview, useEditorStore } from './store';

/** Says which version is on the canvas, and what can be done with it. */
export function PreviewBar({ preview, difference }: { preview: Preview; difference: Differences }) {
  const store = useEditorStore();
  const project = useProject().id;
  const client = useQueryClient();
  const { id, readOnly } = useScenario();
  const [asking, setAsking] = useState(false);
  const close = () => store.getState().show(null);
  const revert = async () => {
    if (!(await store.getState().flush()))
      throw new Error('Your latest changes are not saved yet. Wait until they are, then revert.');
    const { revision, document } = await call(project, 'scenario.revert', {
      id,
      number: preview.number,
      revision: store.getState().revision(),
    });
    store.getState().replace({ revision, document });
    void client.invalidateQueries({ queryKey: ['ask', project] });
    close();
    toast.success(`The draft is version ${preview.number} again`);
  };
  const copy = async () => {
    try {
      const ids = preview.document.nodes.map((node) => node.id);
      await navigator.clipboard.writeText(copyNodes(preview.document, project, ids));
      toast.success('Copied. Paste it into any scenario with Ctrl V.');
    } catch {
      toast.error('The browser does not let the page write to the clipboard.');
    }
  };
  return (
    <section
      aria-label={`Version ${preview.number}`}
      className="absolute top-3 left-1/2 z-10 flex -translate-x-1/2 items-center gap-3 rounded-md border border-line bg-panel py-1.5 pr-1.5 pl-3 shadow-raised"
    >
      <span className="whitespace-nowrap">
        <span className="font-medium">Version {preview.number}</span>
        <span className="text-muted text-sm"> · {describe(difference)}</span>
      </span>
      <span className="flex gap-1.5">
        {readOnly ? null : (
          <Button size="sm" onClick={() => setAsking(true)}>
            Revert to this
          </Button>
        )}
        <Button size="sm" onClick={() => void copy()} disabled={preview.document.nodes.length === 0}>
          Copy its nodes
        </Button>
        <Button size="sm" variant="ghost" onClick={close}>
          Back to the draft
        </Button>
      </span>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Revert to version ${preview.number}?`}
        description="The draft becomes what this version was. The present draft is kept as a version, so nothing is lost. What runs goes on as it is until you publish the draft."
        confirmLabel="Revert"
        onConfirm={async () => {
          try {
            await revert();
          } catch (error) {
            if (error instanceof CallError && error.code === 'conflict')
              throw new Error('Somebody else changed the draft just now. Look at it, then try again.');
            throw error;
          }
        }}
      />
    </section>
  );
}

function describe({ changes, removed }: Differences): string {
  const parts = [
    changes.size > 0 && `${changes.size} ${changes.size === 1 ? 'node differs' : 'nodes differ'} from the draft`,
    removed > 0 && `${removed} of the draft ${removed === 1 ? 'is' : 'are'} not in it`,
  ].filter(Boolean);
  return parts.join(', ') || 'the same nodes as the draft';
}
