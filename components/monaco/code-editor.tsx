'use client';

import type { editor as E } from 'monaco-editor/editor';
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import { Skeleton } from '@/components/ui/skeleton';
import { continues, insertion } from './cursor-place';
import type { TemplateLanguage } from './languages';
import { loadMonaco, type Monaco } from './load';
import type { Sources } from './sources';
import { describeModel, type Fix, forgetModel } from './template-model';

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
  onFocus?: (editor: CodeEditorHandle) => void;
  onReady?: (editor: CodeEditorHandle, monaco: Monaco) => void;
  /** What is pasted into an empty single line; true when it was taken care of. */
  onPasteAll?: (text: string) => boolean;
  /** Where suggestions and hovers are drawn; must contain the editor. */
  overflow?: RefObject<HTMLElement | null>;
  className?: string;
}

/** From this length on, a change is told when typing pauses: reading the whole text costs too much for every key. */
const LONG = 20_000;
const PAUSE_MS = 150;

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
    return { editor, dispose: wire(monaco, editor, props, { tell, leave, paste: pasted, focus: focused }) };
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

  const { label, language, value, readOnly, sources, chosen, marks, fixes, placeholder } = props;
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
    if (uri) describeModel(uri, { ...(sources ? { sources } : {}), chosen: chosen ?? '', fixes: fixes ?? [] });
  }, [open, sources, chosen, fixes]);
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

const LOOK: E.IStandaloneEditorConstructionOptions & Record<'bracketPairColorization.enabled', boolean> = {
  automaticLayout: true,
  fixedOverflowWidgets: true,
  fontFamily: 'JetBrains Mono Variable, ui-monospace, monospace',
  fontLigatures: false,
  fontSize: 13,
  lineHeight: 20,
  tabSize: 2,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  wordWrap: 'on',
  wrappingIndent: 'indent',
  padding: { top: 8, bottom: 8 },
  lineNumbersMinChars: 3,
  lineDecorationsWidth: 8,
  renderLineHighlightOnlyWhenFocus: true,
  // Colours mean something here. Only in this spelling it reaches the models.
  'bracketPairColorization.enabled': false,
  overviewRulerLanes: 2,
  hideCursorInOverviewRuler: true,
  overviewRulerBorder: false,
  wordBasedSuggestions: 'off',
  quickSuggestions: { other: true, strings: false, comments: false },
  suggest: { showStatusBar: false, preview: false, snippetsPreventQuickSuggestions: false },
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
  stickyScroll: { enabled: false },
  unicodeHighlight: { ambiguousCharacters: false },
  dropIntoEditor: { enabled: false },
  accessibilitySupport: 'auto',
};

const ONE_LINE: E.IEditorOptions = {
  lineNumbers: 'off',
  glyphMargin: false,
  folding: false,
  lineDecorationsWidth: 8,
  lineNumbersMinChars: 0,
  wordWrap: 'off',
  padding: { top: 5, bottom: 5 },
  overviewRulerLanes: 0,
  renderLineHighlight: 'none',
  scrollbar: { vertical: 'hidden', horizontal: 'hidden', handleMouseWheel: false, alwaysConsumeMouseWheel: false },
  tabFocusMode: true,
  find: { addExtraSpaceOnTop: false, autoFindInSelection: 'never', seedSearchStringFromSelection: 'never' },
};

const PLAIN: E.IEditorOptions = {
  lineNumbers: 'off',
  glyphMargin: false,
  folding: true,
  lineDecorationsWidth: 12,
  lineNumbersMinChars: 0,
  renderLineHighlight: 'none',
  overviewRulerLanes: 0,
  occurrencesHighlight: 'off',
  selectionHighlight: false,
  tabFocusMode: true,
};

interface Wires {
  tell(value: string): void;
  leave(): void;
  paste(text: string): boolean;
  focus(editor: CodeEditorHandle): void;
}

function wire(monaco: Monaco, editor: CodeEditorHandle, props: CodeEditorProps, wires: Wires): () => void {
  const uri = editor.getModel()!.uri.toString();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const now = () => {
    clearTimeout(timer);
    timer = undefined;
    wires.tell(editor.getValue());
  };
  editor.onDidChangeModelContent(() => {
    if ((editor.getModel()?.getValueLength() ?? 0) < LONG) return now();
    clearTimeout(timer);
    timer = setTimeout(now, PAUSE_MS);
  });
  editor.onDidBlurEditorText(() => timer && now());
  editor.onDidFocusEditorText(() => wires.focus(editor));
  const quiet = '!suggestWidgetVisible && !findWidgetVisible && !renameInputVisible';
  editor.addAction({
    id: 'hookline.leave',
    label: 'Leave the editor',
    keybindings: [monaco.KeyCode.Escape],
    keybindingContext: `editorTextFocus && ${quiet} && !inSnippetMode && !editorHasMultipleSelections && !editorHasSelection`,
    run: wires.leave,
  });
  if (props.singleLine)
    editor.addAction({
      id: 'hookline.line',
      label: 'Nothing',
      keybindings: [monaco.KeyCode.Enter],
      keybindingContext: `editorTextFocus && ${quiet}`,
      run: () => {},
    });
  const stop = listen(editor, props.singleLine ?? false, wires);
  return () => {
    if (timer) now();
    stop();
    forgetModel(uri);
    editor.getModel()?.dispose();
    editor.dispose();
  };
}

/** Pasting and dropping, which Monaco leaves to the page. */
function listen(editor: CodeEditorHandle, singleLine: boolean, { paste }: Wires): () => void {
  const node = editor.getContainerDomNode();
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!singleLine || !text) return;
    const model = editor.getModel()!;
    const selection = editor.getSelection();
    const isAll = model.getValueLength() === (selection ? model.getValueLengthInRange(selection) : 0);
    const isTaken = isAll && paste(text.trim());
    if (!isTaken && !/[\r\n]/.test(text)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!isTaken) editor.trigger('paste', 'type', { text: text.trim().replace(/\s*[\r\n]+\s*/g, '') });
  };
  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('application/x-hookline')) return;
    event.preventDefault();
    const position = editor.getTargetAtClientPoint(event.clientX, event.clientY)?.position;
    if (position) editor.setPosition(position);
  };
  const onDrop = (event: DragEvent) => {
    const expression = event.dataTransfer?.getData('application/x-hookline');
    if (!expression) return;
    event.preventDefault();
    insertExpression(editor, expression);
  };
  node.addEventListener('paste', onPaste, true);
  node.addEventListener('dragover', onDragOver);
  node.addEventListener('drop', onDrop);
  return () => {
    node.removeEventListener('paste', onPaste, true);
    node.removeEventListener('dragover', onDragOver);
    node.removeEventListener('drop', onDrop);
  };
}

/** Puts an expression where the cursor is, with braces where they are needed, and goes back to the text. */
export function insertExpression(editor: CodeEditorHandle, expression: string): void {
  const model = editor.getModel();
  const selection = editor.getSelection();
  if (!model || !selection || editor.getRawOptions().readOnly) return;
  const start = selection.getStartPosition();
  const from = model.getPositionAt(Math.max(0, model.getOffsetAt(start) - 4000));
  const before = model.getValueInRange({
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: start.lineNumber,
    endColumn: start.column,
  });
  // A filter behind a finished expression goes into its braces.
  const end = continues(expression) ? /\s*\}\}$/.exec(before)?.[0].length : undefined;
  const range = end
    ? { ...selection, startColumn: start.column - end, endLineNumber: start.lineNumber, endColumn: start.column - end }
    : selection;
  const text = end ? ` ${expression}` : insertion(before, expression);
  editor.pushUndoStop();
  editor.executeEdits('insert', [{ range, text, forceMoveMarkers: true }]);
  editor.pushUndoStop();
  editor.focus();
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
