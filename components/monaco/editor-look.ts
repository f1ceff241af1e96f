import type { editor as E } from 'monaco-editor/editor';

/** How text editors look and behave: like the rest of the page, and without what only programmers of large systems need. */

export const LOOK: E.IStandaloneEditorConstructionOptions & Record<'bracketPairColorization.enabled', boolean> = {
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

export const ONE_LINE: E.IEditorOptions = {
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

export const PLAIN: E.IEditorOptions = {
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
