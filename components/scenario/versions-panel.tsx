'use client';

import { Check, X } from 'lucide-react';
import { CallError, call, useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { IconButton } from '@/components/ui/icon-button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { panelStyle } from './inspector';
import { useScenario } from './scenario-context';
import { useEditor, useEditorStore } from './store';

const REASONS: Record<string, string> = {
  edit: 'Kept while editing',
  start: 'Started',
  publish: 'Update of the running scenario',
  stop: 'Kept at stop',
  revert: 'Kept before a revert',
  import: 'Imported',
};

/** The versions that are kept, newest first; one is put on the canvas by a click. */
export function VersionsPanel() {
  const project = useProject().id;
  const store = useEditorStore();
  const { id } = useScenario();
  const shown = useEditor((editor) => editor.preview?.number ?? null);
  const { data, error, refetch } = useAsk('scenario.versions', { id });
  const show = async (number: number) => {
    try {
      const { document } = await call(project, 'scenario.version', { id, number });
      store.getState().show({ number, document });
    } catch (fault) {
      toast.error(fault instanceof CallError ? fault.message : 'The version could not be loaded.');
    }
  };
  return (
    <aside aria-label="Versions" className={panelStyle}>
      <header className="flex items-center justify-between gap-2 border-line border-b py-2 pr-2 pl-4">
        <div>
          <h2 className="font-semibold">Versions</h2>
          <p className="text-muted text-sm">A click shows one on the canvas.</p>
        </div>
        <IconButton
          size="sm"
          label="Close the versions"
          hint="Esc"
          icon={<X aria-hidden />}
          onClick={() => store.getState().showVersions(false)}
        />
      </header>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto p-4">
        {error ? (
          <ErrorState reference={error.reference} onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : null}
        {!data && !error ? <Waiting /> : null}
        {data?.length === 0 ? (
          <EmptyState title="No versions yet">
            One is kept at every start, publication and stop, before a revert, and from time to time while you edit.
          </EmptyState>
        ) : null}
        <ul className="-mx-2 flex flex-col">
          {data && data.length > 0 ? (
            <li>
              <button
                type="button"
                aria-current={shown === null || undefined}
                onClick={() => store.getState().show(null)}
                className={cn(
                  'w-full rounded-md px-2 py-2 text-left hover:bg-hover',
                  shown === null && 'bg-accent-soft',
                )}
              >
                <span className="font-medium">Draft</span>
                <span className="block text-muted text-sm">What you edit now</span>
              </button>
            </li>
          ) : null}
          {data?.map((version) => (
            <li key={version.number}>
              <button
                type="button"
                aria-current={shown === version.number || undefined}
                onClick={() => void show(version.number)}
                className={cn(
                  'w-full rounded-md px-2 py-2 text-left hover:bg-hover',
                  shown === version.number && 'bg-accent-soft',
                )}
              >
                <span className="flex items-center gap-2">
                  <span className="font-medium">Version {version.number}</span>
                  {version.isLive ? (
                    <Badge tone="success" icon={<Check className="size-3" aria-hidden />}>
                      Live
                    </Badge>
                  ) : null}
                  <RelativeTime at={version.createdAt} className="ml-auto text-faint text-xs" />
                </span>
                <span className="block text-muted text-sm">
                  {REASONS[version.reason] ?? version.reason}
                  {version.createdBy ? ` · ${version.createdBy}` : ''}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </div>
    </aside>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-5" aria-hidden>
      {[0, 1, 2].map((row) => (
        <div key={row} className="flex flex-col gap-1.5">
          <Skeleton className="w-24" />
          <Skeleton className="w-44" />
        </div>
      ))}
    </div>
  );
}
