import type { EarlierResponse } from '@/lib/core/response-view';
import type { WebhookSettings } from '@/lib/core/webhook';
import { compileTemplate, renderWithProvenance, type Span, TemplateError, webhookValue } from '@/lib/template';

/** What the browser knows of the customer whom a request was rendered for. */
export interface TraceContext {
  customer: Record<string, unknown>;
  event: Record<string, unknown>;
  trigger: Record<string, unknown>;
  responses: readonly EarlierResponse[];
  project: { id: string; name: string };
  scenario: { id: string; name: string };
  action: { id: number; name: string };
}

/**
 * Which output of a template wrote which part of a rendered text. The template is rendered once more here and the result
 * believed only when it is the very text that the server made: otherwise (chance, time, a profile that changed) nothing
 * is claimed.
 * @returns spans in characters of `rendered`, or null
 */
export function trace(
  settings: WebhookSettings,
  name: 'Payload' | 'Customer',
  { responses, ...context }: TraceContext,
  rendered: string,
): Span[] | null {
  const source = name === 'Payload' ? settings.payload : settings.customer;
  const escape = settings.escaping === 'raw' ? 'raw' : settings.format;
  try {
    const template = compileTemplate(source, { name, escape, parameters: settings.parameters });
    const { text, spans } = renderWithProvenance(template, { ...context, webhook: webhookValue(responses) });
    return text === rendered ? spans : null;
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

/** The span at an offset; null in the template's own text. */
export function spanAt(spans: readonly Span[], offset: number): Span | null {
  return spans.find(({ start, end }) => offset >= start && offset < end) ?? null;
}
