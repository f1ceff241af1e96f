import * as monaco from 'monaco-editor/editor';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codeAction/register';
import 'monaco-editor/features/codeEditor/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/format/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/lineSelection/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/placeholderText/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/snippet/register';
// The feature "suggest" brings inline completions only; the list itself is here.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/tokenization/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/features/wordPartOperations/register';
import { LOOK } from './editor-look';
import { configurationOf, type TemplateLanguage, TOKENS } from './languages';
import { registerProviders } from './providers';
import { themeOfPage } from './theme';

/** Monaco, served by us, with our languages and the page's colours. Loaded once, by load.ts; never imported directly. */

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL('monaco-editor/editor/editor.worker.js', import.meta.url), { type: 'module' }),
};

for (const id of Object.keys(TOKENS) as TemplateLanguage[]) {
  monaco.languages.register({ id });
  monaco.languages.setMonarchTokensProvider(id, TOKENS[id]);
  monaco.languages.setLanguageConfiguration(id, configurationOf(id));
}
registerProviders(monaco);

const THEME = 'hookline';
function paint() {
  monaco.editor.defineTheme(THEME, themeOfPage());
  monaco.editor.setTheme(THEME);
}
paint();
new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ['class'] });
// The page loads the font when it first shows a letter of it; an editor that measured another one puts its cursor beside the text.
void document.fonts.load(`${LOOK.fontSize}px ${LOOK.fontFamily}`).finally(() => monaco.editor.remeasureFonts());

export { monaco };
