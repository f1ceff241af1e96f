import { type Context, compileTemplate, type Escape, render, TemplateError } from '@/lib/template';

/** Renders a source as Jinja does: nothing is escaped. */
export const raw = (source: string, context: Context = {}): string => rendered(source, context, 'raw');

/** Renders a source for a place. */
export function rendered(
  source: string,
  context: Context,
  escape: Escape,
  parameters?: Record<string, string>,
): string {
  return render(compileTemplate(source, { name: 'Test', escape, ...(parameters && { parameters }) }), context);
}

/** What goes wrong with a source; it is a failure of the test when nothing does. */
export function fault(source: string, context: Context = {}, escape: Escape = 'raw'): TemplateError {
  try {
    rendered(source, context, escape);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error(`nothing goes wrong with ${source}`);
}

/** The result, or the error as "Type: message". */
export function outcome(source: string, context: Context = {}, escape: Escape = 'raw'): string {
  try {
    return rendered(source, context, escape);
  } catch (error) {
    if (error instanceof TemplateError) return `${error.type}: ${error.message}`;
    throw error;
  }
}
