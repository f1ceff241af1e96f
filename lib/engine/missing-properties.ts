import { type WebhookSettings, webhookTemplates } from '../core/webhook.ts';
import { compileTemplate, findParameters } from '../template/index.ts';

/** A property that templates write out without saying what stands for it when a customer has none. */
export interface MissingProperty {
  property: string;
  template: string;
  line: number;
  column: number;
}

/**
 * The properties that a webhook counts on, each at its first unguarded place. One with `default`, or one that a condition
 * of the same template asks for, is taken care of.
 */
export function missingProperties(settings: WebhookSettings): MissingProperty[] {
  const templates = webhookTemplates(settings);
  const declared = findParameters(...templates.map(({ source }) => source)).map(({ name }) => name);
  const sources = [
    ...templates,
    ...declared.map((name) => ({ name: `Parameter ${name}`, source: settings.parameters[name] ?? '' })),
  ];
  const found = new Map<string, MissingProperty>();
  for (const { name, source } of sources) {
    const reads = compileTemplate(source, { name, escape: 'raw' }).reads.get('customer') ?? [];
    for (const property of reads) {
      const at = property === '*' || found.has(property) ? null : firstUnguarded(source, property);
      if (at !== null) found.set(property, { property, template: name, ...placeOf(source, at) });
    }
  }
  return [...found.values()];
}

const DEFAULTED = /^\s*(?:\|\s*\w+\s*(?:\([^()]*\)\s*)?)*\|\s*(?:default|d)\b/;

/** Where the property is first read without care, or null. */
function firstUnguarded(source: string, property: string): number | null {
  const name = property.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const read = `customer\\s*(?:\\.\\s*${name}(?![\\w])|\\[\\s*(?:"${name}"|'${name}')\\s*\\])`;
  if (new RegExp(`\\b(?:if|elif)\\b[^%}]*\\b${read}`).test(source)) return null;
  for (const match of source.matchAll(new RegExp(`\\b${read}`, 'g')))
    if (!DEFAULTED.test(source.slice(match.index + match[0].length))) return match.index;
  return null;
}

function placeOf(source: string, at: number): { line: number; column: number } {
  const before = source.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
