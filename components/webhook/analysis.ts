import type { Mark } from '@/components/monaco/code-editor';
import type { Sources } from '@/components/monaco/sources';
import type { Fix } from '@/components/monaco/template-model';
import { type WebhookSettings, webhookTemplates } from '@/lib/core/webhook';
import { compileTemplate, type Escape, TemplateError } from '@/lib/template';

/** What is judged, as it is posted to the worker. */
export interface AnalysisInput {
  settings: WebhookSettings;
  sources: Sources;
}

export interface TemplateAnalysis {
  marks: Mark[];
  fixes: Fix[];
}

/** Faults and advice by the template's name ("URL", "Header X", "Payload", "Root", "Customer"). */
export type Analysis = Record<string, TemplateAnalysis>;

/** Judges every template of a webhook without rendering it. Pure; runs in a worker, because long templates take a while. */
export function analyseWebhook({ settings }: AnalysisInput): Analysis {
  const found: Analysis = {};
  for (const { name, source, place } of webhookTemplates(settings)) {
    const escape: Escape = settings.escaping === 'raw' ? 'raw' : place;
    found[name] = { marks: marksOf(name, source, escape, settings.parameters), fixes: [] };
  }
  return found;
}

function marksOf(name: string, source: string, escape: Escape, parameters: Record<string, string>): Mark[] {
  try {
    compileTemplate(source, { name, escape, parameters });
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    // The fault of a parameter's value has its place in that value, not here.
    const isHere = error.template === name;
    return [
      {
        severity: 'error',
        message: isHere ? error.message : `${error.template}: ${error.message}`,
        line: isHere ? Math.max(1, error.line) : 1,
        column: isHere ? Math.max(1, error.column) : 1,
      },
    ];
  }
}
