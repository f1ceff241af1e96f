'use client';

import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { RefObject } from 'react';
import type { CodeEditorHandle } from '@/components/monaco/code-editor';
import { Button } from '@/components/ui/button';
import type { Analysis } from './analysis';

/** The first fault of the templates in words, with the way there and a fix when there is one; nothing when all is well. */
export function FaultLine({
  analysis,
  names,
  editors,
}: {
  analysis: Analysis;
  names: readonly string[];
  editors: RefObject<Map<string, CodeEditorHandle>>;
}) {
  const all = names
    .flatMap((name) => (analysis[name]?.marks ?? []).map((mark) => ({ ...mark, name })))
    .sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  const [first] = all;
  if (!first) return null;
  const isError = first.severity === 'error';
  const Icon = isError ? CircleAlert : TriangleAlert;
  const fix = analysis[first.name]?.fixes.find(({ message, line }) => message === first.message && line === first.line);
  const goTo = () => revealPlace(editors.current.get(first.name), first.line, first.column);
  const apply = () => {
    const editor = editors.current.get(first.name);
    const model = editor?.getModel();
    if (!editor || !model || !fix) return;
    const [start, end] = [model.getPositionAt(fix.from), model.getPositionAt(fix.to)];
    const range = {
      startLineNumber: start.lineNumber,
      startColumn: start.column,
      endLineNumber: end.lineNumber,
      endColumn: end.column,
    };
    editor.executeEdits('fix', [{ range, text: fix.text }]);
    editor.focus();
  };
  return (
    <div
      role="status"
      className="flex min-h-9 shrink-0 items-center gap-2 border-line border-t bg-page px-3 py-1 text-sm"
    >
      <Icon className={isError ? 'text-danger' : 'text-warning'} aria-hidden />
      <p className="line-clamp-2 min-w-0 flex-1">
        {first.message}{' '}
        <span className="text-faint">
          {first.name}, line {first.line}
          {all.length > 1 ? ` · ${all.length - 1} more, F8` : ''}
        </span>
      </p>
      {fix ? (
        <Button size="sm" onClick={apply}>
          {fix.title}
        </Button>
      ) : null}
      <Button size="sm" variant="ghost" onClick={goTo}>
        Go to
      </Button>
    </div>
  );
}

/** Puts the cursor at a place of a template and shows it. */
export function revealPlace(editor: CodeEditorHandle | undefined, lineNumber: number, column: number): void {
  if (!editor) return;
  const position = { lineNumber, column };
  editor.setPosition(position);
  editor.revealPositionInCenterIfOutsideViewport(position);
  editor.focus();
}
