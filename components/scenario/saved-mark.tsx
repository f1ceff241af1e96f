'use client';

import { Check, CloudOff, LoaderCircle, TriangleAlert } from 'lucide-react';
import { CallError, call } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { RelativeTime } from '@/components/ui/relative-time';
import { toast } from '@/components/ui/toast';
import { Tooltip } from '@/components/ui/tooltip';
import { useScenario } from './scenario-context';
import { useEditor, useEditorStore } from './store';

/** Whether the edits are on the server, and what to do when they are not. */
export function SavedMark() {
  const saved = useEditor((editor) => editor.saved);
  const store = useEditorStore();
  const line = 'flex min-w-0 items-center gap-1 whitespace-nowrap text-faint text-xs';
  switch (saved.kind) {
    case 'saved':
      return (
        <span role="status" className={line}>
          <Check className="size-3.5" aria-hidden />
          <span className="max-xl:sr-only">
            {saved.at === null ? (
              'saved'
            ) : (
              <>
                saved <RelativeTime at={new Date(saved.at)} />
              </>
            )}
          </span>
        </span>
      );
    case 'unsaved':
    case 'saving':
      return (
        <span role="status" className={line}>
          <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
          <span className="max-xl:sr-only">saving</span>
        </span>
      );
    case 'offline':
      return (
        <Tooltip side="bottom" content={`${saved.message} It is tried again by itself.`}>
          <Button
            size="sm"
            variant="danger-ghost"
            icon={<CloudOff aria-hidden />}
            onClick={() => void store.getState().flush()}
          >
            Not saved, try now
          </Button>
        </Tooltip>
      );
    case 'refused':
      return <Refused message={saved.message} />;
  }
}

function Refused({ message }: { message: string }) {
  const store = useEditorStore();
  const project = useProject().id;
  const { id } = useScenario();
  const reload = async () => {
    try {
      store.getState().replace(await call(project, 'scenario.open', { id }));
    } catch (error) {
      toast.error(error instanceof CallError ? error.message : 'The scenario could not be loaded.');
    }
  };
  return (
    <Tooltip side="bottom" content={`${message} What you changed since then is only on this screen.`}>
      <Button size="sm" variant="danger-ghost" icon={<TriangleAlert aria-hidden />} onClick={() => void reload()}>
        Cannot be saved, load again
      </Button>
    </Tooltip>
  );
}
