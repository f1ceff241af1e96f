import { CONTENT_TYPE, type PayloadFormat, type WebhookSettings } from '../core/webhook.ts';
import { compileTemplate, type Template, TemplateError } from '../template/index.ts';
import { compileValue, type Value } from './values.ts';

/** A webhook's templates, compiled: made once per run (or per preview), used for every request. */
export interface WebhookPlan {
  settings: WebhookSettings;
  url: Template;
  /** Headers of the node but secret ones, which are opened when they are sent. */
  headers: { name: string; value: Template }[];
  /** Content-Type by the format, unless a header of the node says otherwise. */
  contentType: string | null;
  /** Null when there is no body. */
  payload: Template | null;
  root: Template | null;
  customer: Template | null;
  /** The value by which a customer's own result is found in the answer of a batch. */
  resultKey: Template | null;
  tracked: { name: string; value: Value }[];
}

/** A template that does not compile, named as the editor names it. */
export class PlanFault extends Error {
  override name = 'PlanFault';
  readonly template: string;
  readonly fault: TemplateError;
  constructor(template: string, fault: TemplateError) {
    super(fault.message);
    this.template = template;
    this.fault = fault;
  }
}

/** Compiles a webhook. @throws PlanFault for the first template that does not compile */
export function planOf(settings: WebhookSettings): WebhookPlan {
  const { parameters, escaping, format, batch } = settings;
  const compile = (name: string, source: string, escape: 'url' | 'header' | PayloadFormat | 'raw'): Template =>
    naming(name, () =>
      compileTemplate(source, { name, escape: escaping === 'raw' && escape === format ? 'raw' : escape, parameters }),
    );
  const open = settings.headers.filter((header) => header.secretId === null);
  const hasContentType = settings.headers.some(({ name }) => name.toLowerCase() === 'content-type');
  const results = batch ? settings.results : null;
  const isEmpty = batch ? false : settings.payload.trim() === '';
  return {
    settings,
    url: compile('URL', settings.url.trim(), 'url'),
    headers: open.map(({ name, value }) => ({ name, value: compile(`Header ${name}`, value, 'header') })),
    contentType: hasContentType || isEmpty ? null : CONTENT_TYPE[format],
    payload: batch || isEmpty ? null : compile('Payload', settings.payload, format),
    root: batch ? compile('Root', settings.root, format) : null,
    customer: batch ? compile('Customer', settings.customer, format) : null,
    resultKey: results?.key.by === 'value' ? compile('Result key', results.key.template, 'raw') : null,
    tracked: settings.tracked
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, value }) => ({ name, value: naming(`Event property ${name}`, () => compileValue(value, name)) })),
  };
}

function naming<T>(template: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TemplateError ? new PlanFault(template, error) : error;
  }
}
