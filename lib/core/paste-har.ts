import type { PastedRequest } from './paste.ts';

interface HarRequest {
  method?: unknown;
  url?: unknown;
  headers?: unknown;
  postData?: unknown;
}

/** Reads a HAR file, one of its entries or a request of one (HAR 1.2); null when the JSON is something else. */
export function readHar(value: unknown): PastedRequest | null {
  const { request, count } = findRequest(value);
  if (typeof request?.method !== 'string' || typeof request.url !== 'string' || !/^https?:/i.test(request.url))
    return null;
  const { text, type } = postData(request.postData);
  const headers = pairs(request.headers);
  if (type !== null && !headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.push(['Content-Type', type]);
  return {
    method: request.method,
    url: request.url.split('#')[0]!,
    headers,
    body: text,
    timeoutSeconds: null,
    notes: count > 1 ? [`The file has ${count} requests; the first one was taken.`] : [],
  };
}

function findRequest(value: unknown): { request: HarRequest | null; count: number } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { request: null, count: 0 };
  const { log, request, headers } = value as { log?: { entries?: unknown }; request?: HarRequest; headers?: unknown };
  const entries = log?.entries;
  if (Array.isArray(entries)) return { request: findRequest(entries[0]).request, count: entries.length };
  if (typeof request === 'object' && request !== null) return { request, count: 1 };
  // A bare request has its headers as a list of names and values; a JSON sample hardly ever does.
  return { request: Array.isArray(headers) ? (value as HarRequest) : null, count: 1 };
}

function pairs(list: unknown): [string, string][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown): [string, string][] => {
    const { name, value } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
    return typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [];
  });
}

function postData(data: unknown): { text: string | null; type: string | null } {
  if (typeof data !== 'object' || data === null) return { text: null, type: null };
  const { text, mimeType, params } = data as Record<string, unknown>;
  const type = typeof mimeType === 'string' && mimeType !== '' ? mimeType : null;
  if (typeof text === 'string' && text !== '') return { text, type };
  const fields = pairs(params);
  return { text: fields.length > 0 ? new URLSearchParams(fields).toString() : null, type };
}
