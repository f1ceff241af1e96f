import type { editor } from 'monaco-editor/editor';

/** The editor's theme made of the page's own tokens (app/tokens.css), so that it follows light and dark by itself. */

const RULES: readonly [token: string, colour: string, style?: string][] = [
  ['', 'ink'],
  ['comment', 'faint', 'italic'],
  ['string.key.json', 'action'],
  ['string.value.json', 'success'],
  ['string.value.xml', 'success'],
  ['string.escape', 'warning'],
  ['number', 'trigger'],
  ['number.json', 'trigger'],
  ['keyword.json', 'operator'],
  ['delimiter', 'muted'],
  ['tag.xml', 'action'],
  ['attribute.name.xml', 'trigger'],
  ['delimiter.url', 'muted'],
  ['delimiter.jinja', 'accent', 'bold'],
  ['variable.jinja', 'accent'],
  ['predefined.jinja', 'trigger'],
  ['keyword.jinja', 'operator'],
  ['string.jinja', 'success'],
  ['number.jinja', 'trigger'],
  ['operator.jinja', 'muted'],
  ['parameter.jinja', 'warning', 'bold'],
];

const COLOURS: Record<string, string> = {
  'editor.background': 'panel',
  'editor.foreground': 'ink',
  'editor.lineHighlightBackground': 'sunken',
  'editor.lineHighlightBorder': 'sunken',
  'editorLineNumber.foreground': 'faint',
  'editorLineNumber.activeForeground': 'ink',
  'editorCursor.foreground': 'accent',
  'editor.selectionBackground': 'accent/25',
  'editor.inactiveSelectionBackground': 'accent/15',
  'editor.wordHighlightBackground': 'hover',
  'editor.findMatchBackground': 'warning/40',
  'editor.findMatchHighlightBackground': 'warning/20',
  'editorBracketMatch.background': 'accent/20',
  'editorBracketMatch.border': 'accent/60',
  'editorIndentGuide.background1': 'line',
  'editorIndentGuide.activeBackground1': 'line-strong',
  'editorWidget.background': 'raised',
  'editorWidget.foreground': 'ink',
  'editorWidget.border': 'line',
  'editorSuggestWidget.background': 'raised',
  'editorSuggestWidget.foreground': 'ink',
  'editorSuggestWidget.border': 'line',
  'editorSuggestWidget.selectedBackground': 'hover',
  'editorSuggestWidget.selectedForeground': 'ink',
  'editorSuggestWidget.highlightForeground': 'accent',
  'editorSuggestWidget.focusHighlightForeground': 'accent',
  'list.hoverBackground': 'hover',
  'editorHoverWidget.background': 'raised',
  'editorHoverWidget.border': 'line',
  'editorError.foreground': 'danger',
  'editorWarning.foreground': 'warning',
  'editorInfo.foreground': 'info',
  'input.background': 'panel',
  'input.foreground': 'ink',
  'input.border': 'line-strong',
  'inputOption.activeBorder': 'accent',
  'inputOption.activeBackground': 'accent-soft',
  focusBorder: 'accent',
  'scrollbarSlider.background': 'line-strong/50',
  'scrollbarSlider.hoverBackground': 'line-strong/80',
  'scrollbarSlider.activeBackground': 'line-strong',
  'editorGutter.background': 'panel',
  'editorOverviewRuler.border': 'panel',
  'widget.shadow': 'overlay',
  'textLink.foreground': 'accent',
  'textCodeBlock.background': 'sunken',
};

/** The theme of the page as it looks now. */
export function themeOfPage(): editor.IStandaloneThemeData {
  const style = getComputedStyle(document.documentElement);
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const known = new Map<string, string>();
  const hex = (name: string): string => {
    const found = known.get(name);
    if (found) return found;
    const [token = '', share] = name.split('/');
    let text = '#000000';
    if (context) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = style.getPropertyValue(`--color-${token}`).trim();
      context.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0, a = 255] = context.getImageData(0, 0, 1, 1).data;
      const alpha = share ? Math.round((Number(share) / 100) * 255) : a;
      text = `#${[r, g, b, ...(alpha < 255 ? [alpha] : [])].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    }
    known.set(name, text);
    return text;
  };
  return {
    base: document.documentElement.classList.contains('dark') ? 'vs-dark' : 'vs',
    inherit: true,
    rules: RULES.map(([token, colour, fontStyle]) => ({
      token,
      foreground: hex(colour).slice(1, 7),
      ...(fontStyle ? { fontStyle } : {}),
    })),
    colors: Object.fromEntries(Object.entries(COLOURS).map(([name, colour]) => [name, hex(colour)])),
  };
}
