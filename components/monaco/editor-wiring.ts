import type { CodeEditorHandle } from './code-editor';
import { continues, insertion } from './cursor-place';
import type { Monaco } from './load';
import { forgetModel } from './template-model';

/** From this length on, a change is told when typing pauses: reading the whole text costs too much for every key. */
const LONG = 20_000;
const PAUSE_MS = 150;

export interface Wires {
  tell(value: string): void;
  leave(): void;
  paste(text: string): boolean;
  focus(editor: CodeEditorHandle): void;
}

/** Connects an editor with the page; the answer disconnects and ends it. */
export function wire(monaco: Monaco, editor: CodeEditorHandle, singleLine: boolean, wires: Wires): () => void {
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
  if (singleLine)
    editor.addAction({
      id: 'hookline.line',
      label: 'Nothing',
      keybindings: [monaco.KeyCode.Enter],
      keybindingContext: `editorTextFocus && ${quiet}`,
      run: () => {},
    });
  const stop = listen(editor, singleLine, wires);
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
