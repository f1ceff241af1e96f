import type * as M from 'monaco-editor/editor';
import { formatTemplate } from './format';
import { explain } from './hover';
import { type Suggestion, suggest } from './suggest';
import { modelOf } from './template-model';

const LANGUAGES = ['json-jinja', 'xml-jinja', 'text-jinja', 'url-jinja'];
/** Text before the cursor that completion looks at. */
const REACH = 4000;

/** Connects completion, hover, formatting and quick fixes, which know nothing of Monaco, with the editor. */
export function registerProviders(monaco: typeof M): void {
  const { languages } = monaco;
  languages.registerCompletionItemProvider(LANGUAGES, {
    triggerCharacters: ['{', '.', '|', '[', '"', ' '],
    provideCompletionItems(model, position, context) {
      const offset = model.getOffsetAt(position);
      const start = model.getPositionAt(Math.max(0, offset - REACH));
      const before = model.getValueInRange(monaco.Range.fromPositions(start, position));
      const after = model.getLineContent(position.lineNumber).slice(position.column - 1);
      if (context.triggerCharacter === ' ' && !/(?:\{[{%]|\||\bis(?: not)?) $/.test(before)) return { suggestions: [] };
      if (context.triggerCharacter && '["'.includes(context.triggerCharacter) && !/\[\[$|\["$/.test(before))
        return { suggestions: [] };
      const found = suggest(before, after, modelOf(model.uri.toString()).sources);
      // A brace or bracket in the payload is JSON until it is doubled.
      const isPlain = !/\{\{[^}]*$|\{%[^%]*$|\[\[[^\]]*$/.test(before);
      if (context.triggerCharacter && isPlain) return { suggestions: [] };
      return { suggestions: found.map((each) => completionOf(monaco, each, position)) };
    },
  });
  languages.registerHoverProvider(LANGUAGES, {
    provideHover(model, position) {
      const { sources, chosen } = modelOf(model.uri.toString());
      const hover = explain(model.getLineContent(position.lineNumber), position.column - 1, sources, chosen);
      if (!hover) return null;
      const line = position.lineNumber;
      return {
        range: new monaco.Range(line, hover.from + 1, line, hover.to + 1),
        contents: [{ value: hover.text }],
      };
    },
  });
  languages.registerHoverProvider(['json-body', 'xml-body', 'plaintext'], {
    provideHover(model, position) {
      const origin = modelOf(model.uri.toString()).origin?.(model.getOffsetAt(position));
      if (!origin) return null;
      return {
        range: monaco.Range.fromPositions(model.getPositionAt(origin.from), model.getPositionAt(origin.to)),
        contents: [{ value: origin.text }],
      };
    },
  });
  for (const language of ['json-jinja', 'xml-jinja'])
    languages.registerDocumentFormattingEditProvider(language, {
      provideDocumentFormattingEdits(model) {
        const text = formatTemplate(model.getValue(), language === 'json-jinja' ? 'json' : 'xml');
        return text === null ? [] : [{ range: model.getFullModelRange(), text }];
      },
    });
  languages.registerCodeActionProvider(LANGUAGES, {
    provideCodeActions(model, _range, { markers }) {
      const { fixes } = modelOf(model.uri.toString());
      const actions = markers.flatMap((marker) =>
        fixes
          .filter((fix) => fix.message === marker.message && fix.line === marker.startLineNumber)
          .map((fix) => ({
            title: fix.title,
            kind: 'quickfix',
            diagnostics: [marker],
            isPreferred: true,
            edit: {
              edits: [
                {
                  resource: model.uri,
                  versionId: undefined,
                  textEdit: {
                    range: monaco.Range.fromPositions(model.getPositionAt(fix.from), model.getPositionAt(fix.to)),
                    text: fix.text,
                  },
                },
              ],
            },
          })),
      );
      return { actions, dispose() {} };
    },
  });
}

function completionOf(
  monaco: typeof M,
  { label, kind, insert, replace, detail, about, rank }: Suggestion,
  position: M.Position,
): M.languages.CompletionItem {
  const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;
  const kinds = {
    customer: CompletionItemKind.Field,
    event: CompletionItemKind.Event,
    trigger: CompletionItemKind.Event,
    webhook: CompletionItemKind.Interface,
    name: CompletionItemKind.Variable,
    parameter: CompletionItemKind.TypeParameter,
    filter: CompletionItemKind.Function,
    test: CompletionItemKind.Operator,
    statement: CompletionItemKind.Keyword,
  };
  return {
    label: { label, description: detail },
    kind: kinds[kind],
    insertText: insert,
    insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet,
    documentation: { value: about },
    sortText: String(rank).padStart(6, '0'),
    // Monaco filters by what stands in the range: for a name of two words that is the dot and the first letters.
    filterText: replace > 0 && insert.startsWith('[') ? `.${label}` : label,
    range: new monaco.Range(position.lineNumber, position.column - replace, position.lineNumber, position.column),
  };
}
