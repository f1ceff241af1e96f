import { readCurl } from './paste-curl.ts';
import { readHar } from './paste-har.ts';
import { splitBatch } from './split-batch.ts';
import { CONTENT_TYPE, type Header, Method, type PayloadFormat, type WebhookSettings } from './webhook.ts';

/**
 * What somebody pastes from a terminal, a browser or a documentation page, as settings of a webhook: a curl command, an
 * entry of a HAR file, or a sample of JSON.
 */
export type Pasted =
  | {
      ok: true;
      kind: 'curl' | 'har' | 'json';
      /** Only what the paste says; everything else of the node stays. */
      settings: Partial<WebhookSettings>;
      /** Headers that look like credentials: they belong into an integration or a secret header, not into the document. */
      secrets: { name: string; value: string }[];
      /** What was left out or changed, in sentences. */
      notes: string[];
    }
  | { ok: false; reason: string };

/** Whether a text is worth being taken for more than a URL or plain text. */
export function looksPasted(text: string): boolean {
  const start = text.trimStart();
  return /^(?:\$\s*)?curl(?:\.exe)?\s/i.test(start) || /^[[{]/.test(start);
}

/** Reads a paste. Never throws; what cannot be read is told with the reason. */
export function readPaste(text: string): Pasted {
  const trimmed = text.trim();
  if (/^(?:\$\s*)?curl(?:\.exe)?\s/i.test(trimmed)) return fromRequest('curl', readCurl(trimmed));
  if (!/^[[{]/.test(trimmed)) return refuse('This is neither a curl command nor JSON.');
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    return refuse(`This looks like JSON but cannot be read: ${(error as Error).message}`);
  }
  const har = readHar(value);
  return har ? fromRequest('har', har) : fromSample(value);
}

const refuse = (reason: string): Pasted => ({ ok: false, reason });

/** A request as a paste describes it. */
export interface PastedRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: string | null;
  timeoutSeconds: number | null;
  notes: string[];
}

function fromRequest(kind: 'curl' | 'har', read: PastedRequest | { refusal: string }): Pasted {
  if ('refusal' in read) return refuse(read.refusal);
  const method = Method.safeParse(read.method.toUpperCase());
  if (!method.success)
    return refuse(
      `Webhooks send GET, POST, PUT, PATCH and DELETE requests; this is a ${read.method.toUpperCase()} request.`,
    );
  const { format, payload } = bodyOf(read.body, headerOf(read.headers, 'content-type'));
  const kept = read.headers.filter(([name, value]) => !isOwn(name) && !isDefaultType(name, value, format));
  const secrets = kept.filter(([name]) => isCredential(name)).map(([name, value]) => ({ name, value }));
  const headers = kept
    .filter(([name]) => !isCredential(name))
    .map(([name, value]): Header => ({ name, value, secretId: null }));
  const notes = [...read.notes];
  if (secrets.length > 0)
    notes.push(
      `${secrets.map(({ name }) => name).join(', ')} ${secrets.length === 1 ? 'looks like a credential' : 'look like credentials'}: keep ${secrets.length === 1 ? 'it' : 'them'} as a secret header, or choose an authentication integration.`,
    );
  return {
    ok: true,
    kind,
    settings: {
      method: method.data,
      url: read.url,
      headers,
      format,
      payload,
      batch: false,
      ...(read.timeoutSeconds === null ? {} : { timeoutSeconds: read.timeoutSeconds }),
    },
    secrets,
    notes,
  };
}

/** A sample of JSON becomes the payload; one with a list of like objects becomes Root over Customer. */
function fromSample(value: unknown): Pasted {
  const split = splitBatch(value);
  return {
    ok: true,
    kind: 'json',
    settings: split
      ? { format: 'json', batch: true, root: split.root, customer: split.customer }
      : { format: 'json', batch: false, payload: JSON.stringify(value, null, 2) },
    secrets: [],
    notes: split
      ? [
          `The list ${split.path || 'itself'} became the Customer template, from the first of its ${split.count} entries.`,
        ]
      : [],
  };
}

function headerOf(headers: PastedRequest['headers'], wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function bodyOf(body: string | null, type: string | undefined): { format: PayloadFormat; payload: string } {
  const text = body ?? '';
  const kind = /^[^;]*/
    .exec(type ?? '')![0]
    .trim()
    .toLowerCase();
  if (/[/+]xml$/.test(kind) || (kind === '' && /^\s*<(\?xml|[A-Za-z])/.test(text)))
    return { format: 'xml', payload: text };
  if (/[/+]json$/.test(kind) || kind === '' || kind === 'application/x-www-form-urlencoded') {
    const json = asJson(text);
    // curl calls every body a form unless it is told otherwise.
    if (json !== null) return { format: 'json', payload: json };
    if (/[/+]json$/.test(kind) || text === '' || (kind === '' && /^\s*[[{]/.test(text)))
      return { format: 'json', payload: text };
  }
  return { format: 'text', payload: text };
}

/** The text as indented JSON, or null when it is no JSON object or list. A text that is indented already stays as it is. */
function asJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return text.includes('\n') ? text : JSON.stringify(value, null, 2);
  } catch {
    return null;
  }
}

/** Headers that the connection or the sender writes by itself. */
const OWN = new Set([
  'host',
  'content-length',
  'connection',
  'accept-encoding',
  'transfer-encoding',
  'expect',
  'te',
  'upgrade',
  'keep-alive',
  'proxy-connection',
]);
const isOwn = (name: string) =>
  OWN.has(name.toLowerCase()) ||
  name.startsWith(':') ||
  /^(sec-|origin$|referer$|priority$|dnt$|cache-control$|pragma$|user-agent$|accept-language$)/i.test(name);

const isDefaultType = (name: string, value: string, format: PayloadFormat) =>
  name.toLowerCase() === 'content-type' &&
  value
    .toLowerCase()
    .replaceAll(' ', '')
    .replace(/;charset=utf-8$/, '') === CONTENT_TYPE[format].split(';')[0];

/** Names of headers that carry credentials. */
const isCredential = (name: string) =>
  /^(proxy-)?authorization$|^cookie$|api[-_]?key|token|secret|password|signature/i.test(name);
