import type { Attempt, Transport } from '../transport/index.ts';
import { mask } from './mask.ts';

/** What logins have in common: a form by POST, an answer in JSON, and words for what went wrong. */

/** A login that takes longer than this has failed; the answer is small. */
const LIMITS = { deadlineMs: 15_000, maxResponseBytes: 262_144, keepResponseBytes: 262_144, maxRequestBytes: 65_536 };

/** Posts form fields; credentials are never part of the URL. */
export function tokenRequest(
  transport: Transport,
  url: string,
  form: Record<string, string>,
  headers: [string, string][] = [],
): Promise<Attempt> {
  return transport.send(
    {
      method: 'POST',
      url,
      headers: [['Content-Type', 'application/x-www-form-urlencoded'], ['Accept', 'application/json'], ...headers],
      body: new URLSearchParams(form).toString(),
    },
    LIMITS,
  );
}

export type TokenAnswer =
  | { ok: true; body: Record<string, unknown> }
  | { ok: false; reason: string; temporary: boolean };

/** The JSON object that a login answered, or why there is none. */
export function tokenAnswer(attempt: Attempt, service: string, secrets: readonly string[]): TokenAnswer {
  if (attempt.kind === 'failed')
    return {
      ok: false,
      reason: `the login to ${service} failed: ${attempt.message}`,
      temporary: !['blocked', 'invalid', 'tls'].includes(attempt.reason),
    };
  const body = objectOf(attempt.body);
  if (attempt.status === 200 && body) return { ok: true, body };
  const temporary = attempt.status === 408 || attempt.status === 429 || attempt.status >= 500;
  if (attempt.status === 200)
    return { ok: false, reason: `${service} answered the login with something that is not JSON`, temporary: false };
  const detail = body ? wordsOf(body) : '';
  const reason = `${service} refused the login with ${attempt.status}${detail ? `: ${detail}` : ''}`;
  return { ok: false, reason: mask(reason, secrets), temporary };
}

/** The texts in which services say what is wrong: OAuth 2.0 (RFC 6749 §5.2), RFC 7807, and common usage. */
function wordsOf(body: Record<string, unknown>): string {
  return ['error', 'error_description', 'errorCode', 'title', 'detail', 'message']
    .map((name) => body[name])
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join(', ')
    .slice(0, 300);
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
