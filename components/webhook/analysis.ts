import type { Mark } from '@/components/monaco/code-editor';
import { brief, type Known, type Sources } from '@/components/monaco/sources';
import type { Fix } from '@/components/monaco/template-model';
import { type WebhookSettings, webhookTemplates } from '@/lib/core/webhook';
import { isTemplate } from '@/lib/template';
import { type AnalyseOptions, analyse, type Known as KnownContext, type KnownName } from '@/lib/template/analyse';

/** What is judged, as it is posted to the worker. */
export interface AnalysisInput {
  settings: WebhookSettings;
  sources: Sources;
}

export interface TemplateAnalysis {
  marks: Mark[];
  fixes: Fix[];
}

/** Faults and advice by the template's name: "URL", "Header X", "Payload", "Root", "Customer", "Parameter x". */
export type Analysis = Record<string, TemplateAnalysis>;

/** Judges every template of a webhook without rendering it. Pure; runs in a worker, because long templates take a while. */
export function analyseWebhook({ settings, sources }: AnalysisInput): Analysis {
  const parameters = Object.keys(settings.parameters);
  const found: Analysis = {};
  for (const { name, source, place } of webhookTemplates(settings)) {
    // Raw concerns the payload only: an address or a header is always made safe.
    const escape = settings.escaping === 'raw' && place === settings.format ? 'raw' : place;
    const known = knownOf(sources, scopeOf(name, settings.batch));
    found[name] = judged(source, { escape, format: place, parameters, known });
  }
  // A parameter may stand in several templates: what its value reads is told by those.
  for (const [name, value] of Object.entries(settings.parameters))
    if (isTemplate(value)) found[`Parameter ${name}`] = judged(value, {});
  return found;
}

function judged(source: string, options: AnalyseOptions): TemplateAnalysis {
  const { problems } = analyse(source, options);
  return {
    marks: problems.map(({ severity, message, line, column, endColumn }) => ({
      severity,
      message,
      line,
      column,
      endLine: line,
      endColumn,
    })),
    fixes: problems.flatMap(({ message, line, fix }) => (fix ? [{ ...fix, message, line }] : [])),
  };
}

/** A batch renders Root, URL and headers once for all its customers. */
function scopeOf(name: string, isBatch: boolean): 'customer' | 'root' | 'shared' {
  if (!isBatch || name === 'Customer') return 'customer';
  return name === 'Root' ? 'root' : 'shared';
}

function knownOf(sources: Sources, scope: ReturnType<typeof scopeOf>): KnownContext {
  const roots: Record<string, readonly KnownName[] | null> = {
    project: NAMED,
    scenario: NAMED,
    action: NAMED,
    time: null,
  };
  if (sources.trigger) roots.trigger = sources.trigger.parameters.map(nameOf);
  if (scope !== 'customer') return { roots: { ...roots, customers: null }, webhooks: null };
  // While nothing is known yet, nothing is called unknown.
  roots.customer = sources.customer.length > 0 ? sources.customer.map(nameOf) : null;
  if (sources.event) roots.event = sources.event.properties.length > 0 ? sources.event.properties.map(nameOf) : null;
  return {
    roots,
    webhooks: sources.webhooks.map(({ position, name, fields }) => ({
      position,
      name,
      fields: fields.length > 0 ? fields.map(nameOf) : null,
    })),
  };
}

const NAMED: readonly KnownName[] = [{ name: 'id' }, { name: 'name' }];

const nameOf = ({ name, type, example }: Known): KnownName => ({
  name,
  ...(type ? { type } : {}),
  ...(example === undefined ? {} : { example: brief(example) }),
});
