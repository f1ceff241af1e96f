'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { CallError, call, type OutputOf, useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { toast } from '@/components/ui/toast';
import type { Document } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import type { SaveAnswer } from './autosave';
import { type OpenedScenario, ScenarioProvider } from './scenario-context';
import { createEditor, EditorProvider, type EditorStore } from './store';
import { TopBar } from './top-bar';

const LIVE_MS = 3000;
/** As many runs are watched; more do not go at once. */
const LATEST = 5;

/** What all tabs of a scenario share: the open document with its undo and autosave, and the top bar. */
export function ScenarioFrame({ initial, children }: { initial: OutputOf<'scenario.open'>; children: ReactNode }) {
  const project = useProject();
  const { data = initial } = useAsk('scenario.open', { id: initial.id }, { initial });
  const [store] = useState(() =>
    createEditor({
      document: initial.document,
      revision: initial.revision,
      problems: initial.problems,
      send: (revision, operations) => save(project.id, initial.id, revision, operations),
      announce: (message, description) => toast(message, { description }),
      now: () => Date.now(),
    }),
  );
  useEffect(() => store.getState().adopt(data), [store, data]);
  useFreshness(data, store);
  useSavedOnLeave(store);
  const href = `/p/${project.id}/campaigns/scenarios/${initial.id}`;
  const scenario = useMemo<OpenedScenario>(() => {
    const { document: _document, problems: _problems, revision: _revision, ...rest } = data;
    return { ...rest, href, readOnly: !project.can.build || data.archived };
  }, [data, href, project.can.build]);
  return (
    <EditorProvider value={store}>
      <ScenarioProvider value={scenario}>
        <Crumbs
          items={[{ label: 'Scenarios', href: `/p/${project.id}/campaigns/scenarios` }, { label: scenario.name }]}
        />
        <div className="flex h-full min-h-0 flex-col">
          <TopBar />
          <div className="min-h-0 flex-1">{children}</div>
        </div>
      </ScenarioProvider>
    </EditorProvider>
  );
}

/**
 * Asks for the scenario again when its runs change their state, and after a save while something runs, because then the
 * draft may differ from it. In between only the list of runs is polled: a document may be large.
 */
function useFreshness({ id, runs, live }: OutputOf<'scenario.open'>, store: EditorStore) {
  const project = useProject().id;
  const client = useQueryClient();
  const isRunning = runs.some(({ endedAt }) => endedAt === null);
  const { data } = useAsk(
    'run.list',
    { scenario: id, limit: LATEST },
    { enabled: isRunning, refetchInterval: LIVE_MS },
  );
  const known = statesOf(runs);
  const now = data ? statesOf(data.runs) : known;
  const isLive = live !== null;
  const savedAt = useStore(store, ({ saved }) => (saved.kind === 'saved' && isLive ? saved.at : null));
  useEffect(() => {
    if (now !== known || savedAt !== null)
      void client.invalidateQueries({ queryKey: ['ask', project, 'scenario.open', { id }] });
  }, [now, known, savedAt, client, project, id]);
}

const statesOf = (runs: readonly { id: string; state: string }[]) =>
  runs
    .slice(0, LATEST)
    .map(({ id, state }) => `${id} ${state}`)
    .join();

/** Sends edits; what may go wrong outside of us is an answer like any other. */
async function save(project: string, id: string, revision: number, operations: Operation[]): Promise<SaveAnswer> {
  try {
    return { kind: 'saved', ...(await call(project, 'scenario.edit', { id, revision, operations })) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error.code === 'conflict' && isTheirs(error.details))
      return { kind: 'conflict', revision: error.details.revision, document: error.details.document };
    const isPassing = ['offline', 'failed', 'limited', 'signed-out'].includes(error.code);
    return { kind: isPassing ? 'unreachable' : 'refused', message: error.message };
  }
}

const isTheirs = (details: unknown): details is { revision: number; document: Document } =>
  typeof details === 'object' && details !== null && 'revision' in details && 'document' in details;

/** Saves when the page goes out of sight or is left; asks before it is closed with something unsaved. */
function useSavedOnLeave(store: EditorStore) {
  useEffect(() => {
    const flush = () => void store.getState().flush();
    const onHide = () => document.visibilityState === 'hidden' && flush();
    const onUnload = (event: BeforeUnloadEvent) => {
      if (!store.getState().isDirty()) return;
      flush();
      event.preventDefault();
    };
    document.addEventListener('visibilitychange', onHide);
    window.addEventListener('beforeunload', onUnload);
    window.addEventListener('online', flush);
    return () => {
      document.removeEventListener('visibilitychange', onHide);
      window.removeEventListener('beforeunload', onUnload);
      window.removeEventListener('online', flush);
      flush();
    };
  }, [store]);
}
