'use client';

import type { editor as E } from 'monaco-editor/editor';
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import { Skeleton } from '@/components/ui/skeleton';
import { LOOK, ONE_LINE, PLAIN } from './editor-look';
import { wire } from './editor-wiring';
import type { TemplateLanguage } from './languages';
import { loadMonaco, type Monaco } from './load';
import type { Sources } from './sources';
import { describeModel, type Fix, type TemplateModel } from './template-model';

export type CodeEditorHandle = E.IStandaloneCodeEditor;

/** A fault to underline; lines and columns from 1. */
export interface Mark {
  severity: 'error' | 'warning' | 'info';
  message: string;
  line: number;
  column: number;
  endLine?: number;
  endColumn?: number;
}

export interface CodeEditorProps {
  /** The accessible name. */
  label: string;
  language: TemplateLanguage | 'plaintext';
  value: string;
  /** Called while typing; with a long text a moment later, and always before the focus leaves. */
  onChange?: (value: string) => void;
  readOnly?: boolean;
  /** One line that looks like an input: Enter and Tab do what they do there. */
  singleLine?: boolean;
  /** To look at only: no line numbers, no line under the cursor. */
  plain?: boolean;
  placeholder?: string;
  sources?: Sources;
  /** Whose values hover shows. */
  chosen?: string;
  marks?: readonly Mark[];
  fixes?: readonly Fix[];
  /** Of a rendered text: what wrote the part at an offset, for hover. */
  origin?: TemplateModel['origin'];
  onFocus?: (editor: CodeEditorHandle) => void;
  onReady?: (editor: CodeEditorHandle, monaco: Monaco) => void;
  /** What is pasted into an empty single line; true when it was taken care of. */
  onPasteAll?: (text: string) => boolean;
  /** Where suggestions and hovers are drawn; must contain the editor. */
  overflow?: RefObject<HTMLElement | null>;
  className?: string;
}

declare global {
  interface Window {
    /** The editors of the page by their accessible name: for tests, which cannot type into them as into an input. */
    __hooklineEditors?: Record<string, CodeEditorHandle>;
  }
}

/** Monaco with the languages of templates. Escape leaves the text, Tab then goes on; Ctrl M lets Tab leave at once. */
export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const after = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState<{ monaco: Monaco; editor: CodeEditorHandle } | null>(null);
  // What was told and has not come back as `value` yet: while somebody types fast, older texts come back late.
  const told = useRef<string[]>([]);
  const tell = useEffectEvent((value: string) => {
    if (value === (told.current.at(-1) ?? props.value)) return;
    told.current.push(value);
    props.onChange?.(value);
  });
  const begin = useEffectEvent((monaco: Monaco, node: HTMLElement) => {
    const editor = create(monaco, node, props);
    const leave = () => after.current?.focus();
    return {
      editor,
      dispose: wire(monaco, editor, props.singleLine ?? false, { tell, leave, paste: pasted, focus: focused }),
    };
  });
  const pasted = useEffectEvent((text: string) => props.onPasteAll?.(text) ?? false);
  const focused = useEffectEvent((editor: CodeEditorHandle) => props.onFocus?.(editor));
  const ready = useEffectEvent((editor: CodeEditorHandle, monaco: Monaco) => props.onReady?.(editor, monaco));

  useEffect(() => {
    let ended = false;
    let dispose: (() => void) | undefined;
    void loadMonaco().then((monaco) => {
      if (ended || !host.current) return;
      const made = begin(monaco, host.current);
      dispose = made.dispose;
      setOpen({ monaco, editor: made.editor });
      ready(made.editor, monaco);
    });
    return () => {
      ended = true;
      dispose?.();
      setOpen(null);
    };
  }, []);

  const { label, language, value, readOnly, sources, chosen, marks, fixes, origin, placeholder } = props;
  useEffect(() => {
    const known = told.current.indexOf(value);
    told.current.splice(0, known < 0 ? told.current.length : known + 1);
    if (open && known < 0) replaceText(open.editor, value);
  }, [open, value]);
  useEffect(() => {
    const model = open?.editor.getModel();
    if (model) open!.monaco.editor.setModelLanguage(model, language);
  }, [open, language]);
  useEffect(() => {
    open?.editor.updateOptions({ ariaLabel: label, readOnly: readOnly ?? false, placeholder: placeholder ?? '' });
    if (!open) return;
    const { editor } = open;
    window.__hooklineEditors = { ...window.__hooklineEditors, [label]: editor };
    return () => {
      if (window.__hooklineEditors?.[label] === editor) delete window.__hooklineEditors[label];
    };
  }, [open, label, readOnly, placeholder]);
  useEffect(() => {
    const uri = open?.editor.getModel()?.uri.toString();
    if (!uri) return;
    const given = { chosen: chosen ?? '', fixes: fixes ?? [], origin: origin ?? null };
    describeModel(uri, sources ? { ...given, sources } : given);
  }, [open, sources, chosen, fixes, origin]);
  useEffect(() => {
    if (open) mark(open.monaco, open.editor, marks ?? []);
  }, [open, marks]);

  return (
    <div className={props.className}>
      <div ref={host} className="relative size-full">
        {open ? null : <Skeleton className={props.singleLine ? 'm-2 w-1/2' : 'm-3 w-1/2'} />}
      </div>
      <span ref={after} tabIndex={-1} className="sr-only">
        Outside of {label}. Tab goes on.
      </span>
    </div>
  );
}

function create(monaco: Monaco, host: HTMLElement, props: CodeEditorProps): CodeEditorHandle {
  const { label, value, language, singleLine, plain, readOnly, placeholder, overflow } = props;
  return monaco.editor.create(host, {
    value,
    language,
    readOnly: readOnly ?? false,
    ariaLabel: label,
    placeholder: placeholder ?? '',
    ...(overflow?.current ? { overflowWidgetsDomNode: overflow.current } : {}),
    ...LOOK,
    ...(singleLine ? ONE_LINE : {}),
    ...(plain ? PLAIN : {}),
  });
}

/** Takes over a text from outside, as one step that can be undone; the cursor stays where it can. */
function replaceText(editor: CodeEditorHandle, value: string): void {
  const model = editor.getModel();
  if (!model || model.getValue() === value) return;
  const selections = editor.getSelections();
  const isAll = selections?.some(
    (selection) => model.getFullModelRange().equalsRange(selection) && !selection.isEmpty(),
  );
  model.pushStackElement();
  model.pushEditOperations(selections, [{ range: model.getFullModelRange(), text: value }], () =>
    isAll ? null : selections,
  );
  model.pushStackElement();
}

function mark(monaco: Monaco, editor: CodeEditorHandle, marks: readonly Mark[]): void {
  const model = editor.getModel();
  if (!model) return;
  const severities = {
    error: monaco.MarkerSeverity.Error,
    warning: monaco.MarkerSeverity.Warning,
    info: monaco.MarkerSeverity.Info,
  };
  monaco.editor.setModelMarkers(
    model,
    'hookline',
    marks.map(({ severity, message, line, column, endLine, endColumn }) => {
      const word = model.getLineCount() >= line ? model.getWordAtPosition({ lineNumber: line, column }) : null;
      return {
        severity: severities[severity],
        message,
        startLineNumber: line,
        startColumn: word && !endColumn ? word.startColumn : column,
        endLineNumber: endLine ?? line,
        endColumn: endColumn ?? word?.endColumn ?? column + 1,
      };
    }),
  );
}
