import { step } from '@/components/monaco/cursor-place';
import type { WebhookSettings } from '@/lib/core/webhook';

/** Texts shorter than this are the same by chance too often. */
const SHORTEST = 3;
const FIELDS = ['payload', 'root', 'customer'] as const;

/**
 * Puts `{{ customer.x }}` where a JSON text of a sample is exactly a value of a customer.
 * @returns the fields that change, and how many places that are
 */
export function personalise(
  settings: Partial<WebhookSettings>,
  properties: Record<string, unknown>,
): { settings: Partial<WebhookSettings>; count: number } {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(properties))
    if (typeof value === 'string' && value.length >= SHORTEST && !names.has(value)) names.set(value, name);
  const found: Partial<WebhookSettings> = {};
  let count = 0;
  for (const field of FIELDS) {
    const source = settings[field];
    if (source === undefined) continue;
    const text = source.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (quoted, colon?: string) => {
      const name = colon ? undefined : names.get(textOf(quoted));
      if (name === undefined) return quoted;
      count++;
      return `"{{ customer${step(name)} }}"`;
    });
    if (text !== source) found[field] = text;
  }
  return { settings: found, count };
}

function textOf(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return '';
  }
}
