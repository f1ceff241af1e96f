import type { OutgoingRequest } from './types.ts';

/** A header's name (RFC 9110 §5.6.2): a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Printable ASCII, inner spaces and tabs: no line break can end the header early, no byte is open to interpretation. */
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
/** Ours to set: they decide where a message ends, whom it is for, and how the connection is used. */
const RESERVED = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'keep-alive',
  'te',
  'trailer',
  'expect',
  'proxy-connection',
  'accept-encoding',
  '__proto__',
  'constructor',
  'prototype',
  'http2-settings',
]);

const MOST_REMEMBERED = 100;

/** Ours to add: they name and sign a delivery. */
const DELIVERY = new Set(['idempotency-key', 'webhook-id', 'webhook-timestamp', 'webhook-signature']);

/** Why a header's name cannot be used in a webhook or an integration, or null. */
export function refuseHeaderName(name: string): string | null {
  if (DELIVERY.has(name.toLowerCase())) return `the header ${name} is set by Hookline itself`;
  return refuseName(name);
}

/** Answers of a function of a text: most requests of a campaign have the URL and the header names of the one before. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = answer(text);
      if (known.size === MOST_REMEMBERED) known.clear();
      known.set(text, found);
    }
    return found;
  };
}

const refuseName = remembered((name) => {
  if (!TOKEN.test(name))
    return `“${printable(name)}” is not a header name: letters, digits and - are usual, spaces and colons are not allowed`;
  if (name.length > 256) return 'the header name is longer than 256 characters';
  if (RESERVED.has(name.toLowerCase()) || name.startsWith(':')) return `the header ${name} is set by Hookline itself`;
  return null;
});

/** Why a header's (rendered) value cannot be sent, or null. */
export function refuseHeaderValue(name: string, value: string): string | null {
  if (value.length > 8192) return `the header ${name} is longer than 8192 characters`;
  return VALUE.test(value.trim())
    ? null
    : `the header ${name} has characters that cannot be sent (line breaks, control characters or letters outside ASCII)`;
}

export interface Destination {
  origin: string;
  /** Path and query. */
  path: string;
  hostname: string;
  port: number;
}

/** The parts of a URL that a connection needs, or why it cannot be called. */
export function destinationOf(url: string): Destination | string {
  if (!URL.canParse(url)) return `“${printable(url.slice(0, 200))}” is not a valid URL`;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    return `only http and https can be called, not ${parsed.protocol.slice(0, -1)}`;
  if (parsed.username || parsed.password)
    return 'a URL with a user name or password is not sent; use an integration for credentials';
  const hostname = parsed.hostname.replace(/^\[|\]$/g, '');
  const port = Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80));
  return { origin: parsed.origin, path: parsed.pathname + parsed.search, hostname, port };
}

/** The first fault of a request's headers and size, or null. */
export function refuseRequest(request: OutgoingRequest, maxBytes: number): string | null {
  const names = new Set<string>();
  for (const [name, value] of request.headers) {
    const fault = refuseName(name) ?? refuseHeaderValue(name, value);
    if (fault) return fault;
    if (names.has(name.toLowerCase())) return `the header ${name} stands there twice`;
    names.add(name.toLowerCase());
  }
  const bytes = sizeOf(request.body);
  return bytes > maxBytes ? `the body has ${bytes} bytes, the limit is ${maxBytes}` : null;
}

/** Bytes of a body (an upper bound for text). */
export function sizeOf(body: OutgoingRequest['body']): number {
  if (body === null) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  return Array.isArray(body) ? body.reduce((sum, part) => sum + part.length, 0) : body.length;
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '?');
