import type { Document } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import type { WebhookSettings } from '@/lib/core/webhook';
import { addPiece } from './edits';

/** Ways to mend what a check of the audience has found, as changes of the document. */

interface Place {
  /** "URL", "Header X", "Payload", "Root" or "Customer". */
  template: string;
  line: number | null;
}

/**
 * Gives a property a value to fall back on where a template reads it: `customer.phone` becomes
 * `customer.phone | default('…', true)` on that line. Null when it is not read there in so many words.
 */
export function withDefault(
  settings: WebhookSettings,
  { template, line }: Place,
  property: string,
  value: string,
): Partial<WebhookSettings> | null {
  const change = (source: string) => defaulted(source, line, property, value);
  switch (template) {
    case 'URL':
      return only('url', change(settings.url));
    case 'Payload':
      return only('payload', change(settings.payload));
    case 'Root':
      return only('root', change(settings.root));
    case 'Customer':
      return only('customer', change(settings.customer));
    default: {
      const name = /^Header (.+)$/.exec(template)?.[1];
      const headers = settings.headers.map((header) => {
        const next = header.name === name ? change(header.value) : null;
        return next === null ? header : { ...header, value: next };
      });
      return headers.some((header, i) => header !== settings.headers[i]) ? { headers } : null;
    }
  }
}

const only = (field: keyof WebhookSettings, value: string | null): Partial<WebhookSettings> | null =>
  value === null ? null : { [field]: value };

function defaulted(source: string, line: number | null, property: string, value: string): string | null {
  const read = new RegExp(`\\bcustomer\\.${escaped(property)}\\b(?!\\s*(\\.|\\[|\\(|\\|\\s*default))`, 'g');
  const fallback = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const lines = source.split('\n');
  const next = lines.map((text, at) =>
    line === null || at === line - 1 ? text.replace(read, (found) => `${found} | default('${fallback}', true)`) : text,
  );
  return next.some((text, at) => text !== lines[at]) ? next.join('\n') : null;
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Puts a condition in front of a node that lets through only those who have a property. Null when several ways lead
 * into the node: which of them it should stand on is for people to say.
 */
export function conditionInFront(document: Document, node: string, property: string): Operation[] | null {
  const into = document.edges.filter(({ to }) => to === node);
  if (into.length !== 1) return null;
  const criterion = { kind: 'property' as const, property, operator: 'has value' as const, value: '', value2: '' };
  const piece = {
    kind: 'condition' as const,
    name: `Has ${property}`.slice(0, 200),
    settings: { mode: 'filter' as const, filter: { groups: [{ negate: false, criteria: [criterion] }] } },
  };
  return addPiece(document, piece, { at: 'edge', edge: into[0]!.id })?.operations ?? null;
}
