/** A fault of a template or of its rendering, in Python's words, with its place. */
export class TemplateError extends Error {
  /** Python's exception, e.g. "TemplateSyntaxError", "UndefinedError", "TypeError", or ours: "LimitError", "EscapeError". */
  readonly type: string;
  template = '';
  /** From 1; 0 while the place is not known yet. */
  line = 0;
  column = 0;
  /** The source line, shortened around the place. */
  excerpt = '';
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
    this.name = 'TemplateError';
  }

  /** Fills in the place once; the innermost place wins. */
  at(template: string, source: string, offset: number): this {
    if (this.line > 0) return this;
    const before = source.slice(0, offset);
    this.template = template;
    this.line = before.split('\n').length;
    const lineStart = before.lastIndexOf('\n') + 1;
    this.column = offset - lineStart + 1;
    const lineEnd = source.indexOf('\n', offset);
    const text = source.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
    this.excerpt = text.length > 120 ? `…${text.slice(Math.max(0, this.column - 60), this.column + 60)}…` : text;
    return this;
  }
}

export const syntaxError = (message: string) => new TemplateError('TemplateSyntaxError', message);
export const typeError = (message: string) => new TemplateError('TypeError', message);
