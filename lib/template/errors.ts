/** A fault of a template or of its rendering, in Python's words, with its place. */
export class TemplateError extends Error {
  /** Python's exception ("TemplateSyntaxError", "UndefinedError", "TypeError", …) or ours ("LimitError", "EscapeError"). */
  readonly type: string;
  /** How the template is called: "URL", "Header X-Id", "Root", "Customer". */
  template = '';
  /** From 1; 0 while the place is not known yet. */
  line = 0;
  column = 0;
  /** The source line, shortened around the place. */
  excerpt = '';
  /** Offset in the source while the fault is on its way to where name and source are known; -1 when it has none. */
  offset = -1;

  constructor(type: string, message: string, offset = -1) {
    super(message);
    this.type = type;
    this.name = 'TemplateError';
    this.offset = offset;
  }

  /** Fills in the place once; the innermost place wins. */
  at(template: string, source: string, offset: number): this {
    if (this.line > 0) return this;
    const place = placeAt(source, this.offset >= 0 ? this.offset : offset);
    this.template = template;
    this.line = place.line;
    this.column = place.column;
    this.excerpt = place.excerpt;
    return this;
  }
}

/** Line and column (from 1) of an offset, and the line's text shortened around it. */
export function placeAt(source: string, offset: number): { line: number; column: number; excerpt: string } {
  const at = Math.min(Math.max(0, offset), source.length);
  let line = 1;
  let start = 0;
  for (let next = source.indexOf('\n'); next >= 0 && next < at; next = source.indexOf('\n', next + 1)) {
    line++;
    start = next + 1;
  }
  const end = source.indexOf('\n', at);
  const column = at - start + 1;
  const text = source.slice(start, end < 0 ? undefined : end);
  const excerpt =
    text.length > 120
      ? `${column > 61 ? '…' : ''}${text.slice(Math.max(0, column - 61), column + 59)}${column + 59 < text.length ? '…' : ''}`
      : text;
  return { line, column, excerpt };
}

export const syntaxError = (message: string, offset = -1) => new TemplateError('TemplateSyntaxError', message, offset);
export const typeError = (message: string) => new TemplateError('TypeError', message);
export const valueError = (message: string) => new TemplateError('ValueError', message);
/** Something would use up more than a render may have. */
export const limitError = (message: string) => new TemplateError('LimitError', message);
