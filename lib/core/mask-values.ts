/** What stands for a value that may not be seen. */
const HIDDEN = '•••';

/**
 * A text without its values: of JSON the names and the shape stay, of anything else only the length. For people who may
 * know what was sent, but not about whom.
 */
export function maskValues(text: string): string {
  if (text === '') return '';
  try {
    return JSON.stringify(masked(JSON.parse(text)), null, 2);
  } catch {
    return `${HIDDEN} (${text.length} characters)`;
  }
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner)]));
}

/** A URL as far as its host. */
export function maskUrl(url: string): string {
  const origin = /^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0];
  return origin === undefined ? HIDDEN : `${origin}/${HIDDEN}`;
}

/** Headers that say how a request was sent and never about whom. */
const PLAIN_HEADERS = new Set([
  'content-type',
  'content-length',
  'idempotency-key',
  'webhook-id',
  'date',
  'server',
  'retry-after',
]);

/** Headers with the values hidden of all that may carry something personal. */
export function maskHeaders(headers: readonly [name: string, value: string][]): [name: string, value: string][] {
  return headers.map(([name, value]) => [name, PLAIN_HEADERS.has(name.toLowerCase()) ? value : HIDDEN]);
}
