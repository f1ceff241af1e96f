'use client';

import { createContext, useContext } from 'react';
import { createStore, type StoreApi, useStore } from 'zustand';
import type { EditorView } from '@/components/webhook/editor-top';
import { type Document, nodeOf } from '@/lib/core/document';
import { applyAll, type Operation, OperationError } from '@/lib/core/operations';
import { errorsFirst, type Problem, problemsOf } from '@/lib/core/problems';
import { Autosave, type SaveAnswer, type SaveState } from './autosave';
import { type History, NO_HISTORY, put, record, take } from './history';
import { rebase } from './rebase';

interface Selection {
  nodes: readonly string[];
  edges: readonly string[];
}

const NOTHING_SELECTED: Selection = { nodes: [], edges: [] };

/** An earlier version on the canvas in place of the draft. */
export interface Preview {
  number: number;
  document: Document;
}

/** An open scenario: its document as the user sees it, ahead of the server by what is still being saved. */
export interface Editor {
  document: Document;
  /** Found in the browser for this document, and by the server for the one it has last saved. */
  problems: readonly Problem[];
  saved: SaveState;
  history: History;
  selection: Selection;
  /** The setting that the inspector is asked to focus; `at` tells one request from the next. */
  focus: { node: string; field: string; at: number } | null;
  /** The node whose full-height editor is open. */
  opened: string | null;
  /** The tab that it opens on. */
  openedOn: EditorView;
  /** The webhook whose audience is being checked. */
  checked: string | null;
  /** The list of versions is open; without it none is on the canvas. */
  versions: boolean;
  preview: Preview | null;

  /** Applies edits as one step of undo. Returns why they were refused, or null. */
  edit(operations: Operation[]): string | null;
  undo(): void;
  redo(): void;
  select(selection: Partial<Selection>): void;
  open(node: string | null, on?: EditorView): void;
  check(node: string | null): void;
  show(preview: Preview | null): void;
  showVersions(open: boolean): void;
  focusField(node: string, field: string): void;
  /** Takes what the server has when it is newer and nothing is waiting to be saved. */
  adopt(server: { revision: number; document: Document; problems: readonly Problem[] }): void;
  /** Takes what the server has and forgets what was not saved, and the steps of undo. */
  replace(server: { revision: number; document: Document; problems?: readonly Problem[] }): void;
  /** Saves now; true when the server has everything. */
  flush(): Promise<boolean>;
  revision(): number;
  isDirty(): boolean;
  close(): void;
}

export interface EditorOptions {
  document: Document;
  revision: number;
  problems: readonly Problem[];
  send(revision: number, operations: Operation[]): Promise<SaveAnswer>;
  /** Tells the user something that happened beside what they did. */
  announce(message: string, details?: string): void;
  now(): number;
}

export type EditorStore = StoreApi<Editor>;

export function createEditor(options: EditorOptions): EditorStore {
  const { announce, now, send } = options;
  /** What only the server can find: faults in templates, things that are named but not there. */
  let found = beyond(options.document, options.problems);

  return createStore<Editor>((set, get) => {
    let sent = options.document;
    const autosave = new Autosave({
      revision: options.revision,
      send: (revision, operations) => {
        sent = get().document;
        return send(revision, operations);
      },
      now,
      onState: (saved) => set({ saved }),
      onSaved: ({ problems }) => {
        found = beyond(sent, problems);
        set({ problems: together(get().document, found) });
      },
      onConflict: (theirs, unsaved) => {
        const { document, kept, dropped } = rebase(theirs.document, unsaved);
        announce(...conflictWords(kept.length, dropped));
        show(document);
        return kept;
      },
    });

    /** Puts a document on the screen; what is no longer there is no longer selected. */
    const show = (document: Document, more: Partial<Editor> = {}) => {
      const ids = new Set(document.nodes.map(({ id }) => id));
      const edges = new Set(document.edges.map(({ id }) => id));
      const { selection, opened } = get();
      const isStale = selection.nodes.some((id) => !ids.has(id)) || selection.edges.some((id) => !edges.has(id));
      set({
        document,
        problems: together(document, found),
        ...(isStale
          ? {
              selection: {
                nodes: selection.nodes.filter((id) => ids.has(id)),
                edges: selection.edges.filter((id) => edges.has(id)),
              },
            }
          : {}),
        ...(opened !== null && !ids.has(opened) ? { opened: null } : {}),
        ...more,
      });
    };

    const step = (direction: 'undo' | 'redo') => {
      const taken = take(get().history, direction);
      if (!taken) return;
      try {
        const { document, inverses } = applyAll(get().document, taken.operations);
        show(document, { history: put(taken.rest, direction, taken.step, inverses) });
        autosave.push(taken.operations);
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        set({ history: taken.rest });
        announce(
          direction === 'undo' ? 'This cannot be undone any more.' : 'This cannot be done again.',
          error.message,
        );
      }
    };

    return {
      document: options.document,
      problems: together(options.document, found),
      saved: { kind: 'saved', at: null },
      history: NO_HISTORY,
      selection: NOTHING_SELECTED,
      focus: null,
      opened: null,
      openedOn: 'editor',
      checked: null,
      versions: false,
      preview: null,

      edit(operations) {
        try {
          const { document, inverses } = applyAll(get().document, operations);
          show(document, { history: record(get().history, { undo: inverses, redo: operations, at: now() }) });
          autosave.push(operations);
          return null;
        } catch (error) {
          if (!(error instanceof OperationError)) throw error;
          return error.message;
        }
      },
      undo: () => step('undo'),
      redo: () => step('redo'),
      select(selection) {
        const next = { ...get().selection, ...selection };
        if (!sameSelection(next, get().selection)) set({ selection: next });
      },
      open: (opened, openedOn = 'editor') => set({ opened, openedOn }),
      check: (checked) => set({ checked }),
      show: (preview) => set({ preview, selection: NOTHING_SELECTED }),
      showVersions: (versions) => set({ versions, preview: null, selection: NOTHING_SELECTED }),
      focusField(node, field) {
        if (!nodeOf(get().document, node)) return;
        set({ selection: { nodes: [node], edges: [] }, focus: { node, field, at: now() } });
      },
      adopt(server) {
        if (autosave.isDirty || server.revision < autosave.revision) return;
        found = beyond(server.document, server.problems);
        if (server.revision === autosave.revision) set({ problems: together(get().document, found) });
        else {
          autosave.restart(server.revision);
          show(server.document);
        }
      },
      replace(server) {
        found = beyond(server.document, server.problems ?? []);
        autosave.restart(server.revision);
        show(server.document, { history: NO_HISTORY });
      },
      flush: () => autosave.flush(),
      revision: () => autosave.revision,
      isDirty: () => autosave.isDirty,
      close: () => autosave.stop(),
    };
  });
}

const sameSelection = (a: Selection, b: Selection) =>
  a.nodes.length === b.nodes.length &&
  a.edges.length === b.edges.length &&
  a.nodes.every((id, index) => id === b.nodes[index]) &&
  a.edges.every((id, index) => id === b.edges[index]);

const keyOf = ({ nodeId, field, message }: Problem) => `${nodeId ?? ''}\n${field}\n${message}`;

/** The problems of a document that do not follow from the document by itself. */
function beyond(document: Document, problems: readonly Problem[]): Problem[] {
  const own = new Set(problemsOf(document).map(keyOf));
  return problems.filter((problem) => !own.has(keyOf(problem)));
}

/** The faults of the document by itself, known at once, and those that the server has found; errors first. */
function together(document: Document, found: readonly Problem[]): Problem[] {
  const ids = new Set(document.nodes.map(({ id }) => id));
  return errorsFirst([...problemsOf(document), ...found.filter(({ nodeId }) => !nodeId || ids.has(nodeId))]);
}

function conflictWords(kept: number, dropped: readonly string[]): [string, string | undefined] {
  if (dropped.length === 0)
    return [
      'Somebody else changed this scenario at the same time.',
      kept ? 'Your changes were put on top.' : undefined,
    ];
  return [
    dropped.length === 1
      ? 'Somebody else changed this scenario; one change of yours no longer fits.'
      : `Somebody else changed this scenario; ${dropped.length} changes of yours no longer fit.`,
    [...new Set(dropped)].slice(0, 3).join(' '),
  ];
}

const EditorContext = createContext<EditorStore | null>(null);
export const EditorProvider = EditorContext.Provider;

/** The store itself, for handlers that read when they are called. */
export function useEditorStore(): EditorStore {
  const store = useContext(EditorContext);
  if (!store) throw new Error('This stands outside of an open scenario.');
  return store;
}

/** A part of the open scenario; renders again when that part changes. */
export function useEditor<Part>(select: (editor: Editor) => Part): Part {
  return useStore(useEditorStore(), select);
}
