import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { OutgoingRequest } from '../transport/index.ts';
import { withHeaders } from './credentials.ts';

const PREFIX = 'whsec_';

/** A new signing secret in the form of Standard Webhooks: `whsec_` and 32 random bytes. */
export function newSigningSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** Why a text cannot be a signing secret, or null (Standard Webhooks: 24 to 64 bytes in base64, `whsec_` before them). */
export function refuseSigningSecret(text: string): string | null {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const bytes = Buffer.from(encoded, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || bytes.length < 24 || bytes.length > 64)
    return 'A signing secret is whsec_ followed by 24 to 64 bytes in base64.';
  return null;
}

/**
 * Signs a request as Standard Webhooks says: HMAC-SHA-256 over id, time and the very bytes of the body, one signature for
 * each secret, so that a receiver can change over while both are in use.
 * @param now seconds since 1970
 */
export function signed(request: OutgoingRequest, secrets: readonly string[], now: number): OutgoingRequest {
  const id = headerOf(request, 'webhook-id') ?? `msg_${randomUUID()}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
    const hmac = createHmac('sha256', key).update(`${id}.${now}.`);
    for (const part of partsOf(request.body)) hmac.update(part);
    return `v1,${hmac.digest('base64')}`;
  });
  return withHeaders(request, [
    ['webhook-id', id],
    ['webhook-timestamp', String(now)],
    ['webhook-signature', signatures.join(' ')],
  ]);
}

function partsOf(body: OutgoingRequest['body']): (Uint8Array | string)[] {
  if (body === null) return [];
  return Array.isArray(body) ? body : [body];
}

const headerOf = (request: OutgoingRequest, wanted: string) =>
  request.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
