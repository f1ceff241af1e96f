'use client';

import { useCallback, useRef } from 'react';
import type { CodeEditorHandle } from '@/components/monaco/code-editor';
import { insertExpression } from '@/components/monaco/editor-wiring';
import type { EditorView } from './editor-top';
import { revealPlace } from './fault-line';

/** The text editors of a webhook by the names of their templates: where to insert, and the way to a place in one of them. */
export function useEditors(setView: (view: EditorView) => void) {
  const editors = useRef(new Map<string, CodeEditorHandle>());
  const last = useRef<CodeEditorHandle | null>(null);
  const onReady = useCallback((name: string, editor: CodeEditorHandle) => {
    editors.current.set(name, editor);
    editor.onDidDispose(() => {
      if (editors.current.get(name) === editor) editors.current.delete(name);
      if (last.current === editor) last.current = null;
    });
  }, []);
  const onFocus = useCallback((_name: string, editor: CodeEditorHandle) => {
    last.current = editor;
  }, []);
  const insert = useCallback((expression: string) => {
    const target = last.current ?? editors.current.get('Payload') ?? editors.current.get('Customer');
    if (target) insertExpression(target, expression);
  }, []);
  const goTo = useCallback(
    (template: string, line: number, column: number) => {
      setView(viewOf(template));
      // The tab must be in sight before its text can take the focus.
      requestAnimationFrame(() => revealPlace(editors.current.get(template), line, column));
    },
    [setView],
  );
  return { editors, onReady, onFocus, insert, goTo };
}

function viewOf(template: string): EditorView {
  if (template.startsWith('Parameter ')) return 'parameters';
  return /^(Event property|Result key)/.test(template) ? 'settings' : 'editor';
}
