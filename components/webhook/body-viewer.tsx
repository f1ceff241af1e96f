'use client';

import type { editor as E } from 'monaco-editor/editor';
import { useEffect, useEffectEvent, useState } from 'react';
import { CodeEditor, type CodeEditorHandle, type CodeEditorProps } from '@/components/monaco/code-editor';
import type { PayloadFormat } from '@/lib/core/webhook';
import type { PreparedCustomer } from './contract';
import { customerAt } from './x-ray';

export interface BodyViewerProps {
  label: string;
  body: string;
  format: PayloadFormat;
  /** Fragments of a batch, to light up. */
  customers?: readonly PreparedCustomer[];
  lit?: number | null;
  onLit?: (index: number | null) => void;
  /** A click or Enter in a fragment; the offset is from the fragment's beginning. */
  onPick?: (index: number, offset: number) => void;
  /** What wrote the part at an offset, for hover. */
  origin?: CodeEditorProps['origin'];
  className?: string;
}

const LANGUAGE = { json: 'json-body', xml: 'xml-body', text: 'plaintext' } as const;

/** Monaco takes plain names of classes only. Neighbours differ, so that their border can be seen; the one that is pointed at stands out. */
const fragmentStyle = (index: number, lit: number | null | undefined) =>
  index === lit ? 'bg-accent opacity-30' : index % 2 === 0 ? 'bg-action-soft' : 'bg-operator-soft';

/** A rendered or received body, coloured, as long as it may be; with the customers of a batch it is an X-ray. */
export function BodyViewer({ label, body, format, customers, lit, onLit, onPick, origin, className }: BodyViewerProps) {
  const [editor, setEditor] = useState<CodeEditorHandle | null>(null);
  const [decorations, setDecorations] = useState<E.IEditorDecorationsCollection | null>(null);
  const light = useEffectEvent((index: number | null) => {
    if (index !== lit) onLit?.(index);
  });
  const at = useEffectEvent((position: { lineNumber: number; column: number } | null | undefined) => {
    const model = editor?.getModel();
    if (!model || !position || !customers?.length) return null;
    const offset = model.getOffsetAt(position);
    const index = customerAt(customers, offset);
    return index === null ? null : { index, offset: offset - customers[index]!.start };
  });
  const pick = useEffectEvent((position: { lineNumber: number; column: number } | null | undefined) => {
    const found = at(position);
    if (found) onPick?.(found.index, found.offset);
  });

  useEffect(() => {
    if (!editor) return;
    const heard = [
      editor.onMouseMove(({ target }) => light(at(target.position)?.index ?? null)),
      editor.onMouseLeave(() => light(null)),
      editor.onMouseUp(({ target }) => pick(target.position)),
      editor.onKeyUp((event) => {
        if (event.browserEvent.key === 'Enter') pick(editor.getPosition());
        else light(at(editor.getPosition())?.index ?? null);
      }),
    ];
    return () => {
      for (const each of heard) each.dispose();
    };
  }, [editor]);
  useEffect(() => {
    const model = editor?.getModel();
    if (!model || !decorations) return;
    decorations.set(
      (customers ?? []).map((customer, i) => {
        const start = model.getPositionAt(customer.start);
        const end = model.getPositionAt(customer.end);
        return {
          range: {
            startLineNumber: start.lineNumber,
            startColumn: start.column,
            endLineNumber: end.lineNumber,
            endColumn: end.column,
          },
          options: { className: fragmentStyle(i, lit) },
        };
      }),
    );
  }, [editor, decorations, customers, lit]);
  useEffect(() => {
    const customer = lit === null || lit === undefined ? undefined : customers?.[lit];
    const position = customer && editor?.getModel()?.getPositionAt(customer.start);
    if (position && !editor?.hasTextFocus()) editor?.revealPositionInCenterIfOutsideViewport(position);
  }, [editor, customers, lit]);

  return (
    <CodeEditor
      label={label}
      language={LANGUAGE[format]}
      value={body}
      readOnly
      plain
      origin={origin}
      className={className}
      onReady={(made) => {
        setEditor(made);
        setDecorations(made.createDecorationsCollection());
      }}
    />
  );
}
