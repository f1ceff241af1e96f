import type { Limits } from './budget.ts';
import { placeAt } from './errors.ts';
import { blame, type Context, LIMITS, start } from './rendering.ts';
import { compileFresh, type Template } from './template.ts';

/** A piece of a result that an output of the template wrote. */
export interface Span {
  /** Characters of the result. */
  start: number;
  end: number;
  /** The output as it is written: `{{ customer.first_name }}`. */
  expression: string;
  /** Where it stands in the template, from 1. */
  line: number;
  column: number;
  /** The template's name. */
  template: string;
}

/** Second compilations, with outputs that note what they write. Templates themselves do not, so it costs them nothing. */
const traced = new WeakMap<Template, Template>();

/**
 * Renders, and tells for each piece of the result which output of the template wrote it; pieces of the template's own text
 * are left out. Spans are in order and do not overlap; what a macro or a captured block wrote belongs to the output that
 * placed it. For previews: slower than `render` and not for runs.
 * @throws TemplateError
 */
export function renderWithProvenance(
  template: Template,
  context: Context,
  limits: Limits = LIMITS.customer,
): { text: string; spans: Span[] } {
  const known = traced.get(template) ?? compileFresh(template.source, template.options, true);
  traced.set(template, known);
  const r = start(context, limits, known.compiled.size);
  r.spans = [];
  try {
    known.compiled.run(r);
  } catch (error) {
    throw blame(error, r, known);
  }
  const { source, name } = known;
  const spans = (r.spans ?? []).map(({ start: from, end, at, sourceEnd }) => {
    const { line, column } = placeAt(source, at);
    return { start: from, end, expression: source.slice(at, sourceEnd), line, column, template: name };
  });
  return { text: r.out, spans };
}
