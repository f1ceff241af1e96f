import type { ResultMapping } from './webhook.ts';

/** What later nodes see of a response as `webhook` (Bloomreach docs: webhook responses). */
export interface EarlierResponse {
  /** The node's own name, for `webhook("name")`. */
  name: string;
  /** Parsed JSON, or the text itself; undefined when the response was discarded. */
  data: unknown;
  /** True when `data` is text: then only `webhook.data` shows it. */
  isText: boolean;
  statusCode: number;
  success: boolean;
}

/**
 * The response as the handling that the webhook chose sees it. A body that should be JSON and is not is kept as text, so
 * that a parse failure never fails a delivery.
 */
export function viewOf(
  handling: 'json' | 'text' | 'discard',
  name: string,
  status: number,
  body: string,
  success: boolean,
): EarlierResponse {
  const seen = { name, statusCode: status, success };
  if (handling === 'discard') return { ...seen, data: undefined, isText: false };
  if (handling === 'text') return { ...seen, data: body, isText: true };
  const parsed = parseJson(body);
  return parsed === undefined ? { ...seen, data: body, isText: true } : { ...seen, data: parsed, isText: false };
}

/** One customer's own result inside the response of a batch. */
export interface CustomerResult {
  ok: boolean;
  message: string;
  data: unknown;
}

/**
 * The results of a batch by customer: index `i` answers for the `i`-th customer of the request.
 * @param keys for `key.by === "value"`: each customer's rendered key
 * @returns null for a customer whom the response does not mention; null as a whole when it has no such list
 */
export function resultsByCustomer(
  body: string,
  mapping: ResultMapping,
  count: number,
  keys: readonly string[],
): (CustomerResult | null)[] | null {
  const list = at(parseJson(body), mapping.path);
  if (!Array.isArray(list)) return null;
  const { key } = mapping;
  if (key.by === 'index')
    return Array.from({ length: count }, (_, i) => (i < list.length ? resultOf(list[i], mapping) : null));
  const byValue = new Map<string, unknown>(list.map((item) => [textOf(at(item, key.field)), item]));
  // A result without the field and a customer without a key have nothing to do with each other.
  byValue.delete('');
  return Array.from({ length: count }, (_, i) => {
    const item = byValue.get(keys[i] ?? '');
    return item === undefined ? null : resultOf(item, mapping);
  });
}

function resultOf(item: unknown, mapping: ResultMapping): CustomerResult {
  const ok = mapping.successValues.includes(textOf(at(item, mapping.successField)));
  const message = mapping.messageField ? textOf(at(item, mapping.messageField)) : '';
  return { ok, message: ok ? '' : message || 'the receiver reported a failure', data: item };
}

/** The value at a dotted path of own properties and indexes, or undefined. */
function at(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split('.').filter((part) => part !== '' && part !== '$')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string, unknown>)[step];
  }
  return current;
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
