/**
 * What to do after an attempt: the whole policy of delivery as one pure function (Bloomreach docs: creating an API endpoint
 * for webhooks; RFC 9110 §10.2.3 for Retry-After). No clock and no randomness: the caller brings both.
 */

/** What came back, as far as the verdict needs it; `lib/transport`'s Attempt has this shape. */
export type AttemptLike =
  | { kind: 'answered'; status: number; headers: Record<string, string>; body: string }
  | { kind: 'failed'; reason: string; written: 'no' | 'maybe' | 'yes'; message: string };

export interface Situation {
  /** 1 for the first try. */
  attempt: number;
  /** Customers in the request. */
  customers: number;
  /** 200 with `success: false` counts as rejected. */
  successFalseFails: boolean;
  /** Unix milliseconds. */
  now: number;
  /** No retry may start after this moment (unix milliseconds). */
  expiresAt: number;
  /** From 0 (inclusive) to 1 (exclusive); spreads retries by ±20 %. */
  jitter: number;
}

export type Verdict =
  | { kind: 'delivered' }
  /** Final. `text` is for people: what came, and what happens next. */
  | { kind: 'rejected'; reason: Reason; text: string }
  /** Final, but nobody can know whether it was processed. */
  | { kind: 'unknown'; reason: Reason; text: string }
  | { kind: 'retry'; delayMs: number; reason: Reason; text: string; obeysServer: boolean }
  /** Rejected, and the webhook sends nothing more in this run until somebody resumes it. */
  | { kind: 'stop'; reason: Reason; text: string }
  /** Too large: send it again in two halves, with keys of their own. */
  | { kind: 'split'; reason: Reason; text: string };

/** A machine word for filters and counts. */
export type Reason =
  | 'success-false'
  | 'redirect'
  | 'stop-status'
  | 'refused-status'
  | 'credentials'
  | 'busy'
  | 'server-error'
  | 'timeout'
  | 'connection'
  | 'blocked'
  | 'tls'
  | 'too-large';

/** Delays before the second, third … try in milliseconds; after the last one the failure is final. */
export const RETRY_DELAYS_MS: readonly number[] = [10_000, 30_000, 120_000, 600_000, 1_800_000];
/** A webhook that answers one of these is stopped for the whole run. */
export const STOP_STATUSES: ReadonlySet<number> = new Set([400, 404, 410, 412, 413, 418]);
/** Worth another try: the receiver says "later", or is ill. */
const LATER_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);
/** An answer slower than this is marked (Bloomreach docs: endpoints should answer within a second). */
export const SLOW_MS = 1000;
const MAX_SERVER_DELAY_MS = 24 * 3_600_000;

/** Decides what becomes of a request after one attempt. */
export function verdictOf(attempt: AttemptLike, situation: Situation): Verdict {
  return attempt.kind === 'answered'
    ? answered(attempt.status, attempt.headers, attempt.body, situation)
    : failed(attempt, situation);
}

function answered(status: number, headers: Record<string, string>, body: string, situation: Situation): Verdict {
  if (status >= 200 && status < 300) {
    const error = situation.successFalseFails ? failureInBody(body) : null;
    return error === null
      ? { kind: 'delivered' }
      : { kind: 'rejected', reason: 'success-false', text: `answered ${status} with success: false: ${error}` };
  }
  if (status >= 300 && status < 400) {
    const target = headers.location ? ` to ${headers.location}` : '';
    return {
      kind: 'rejected',
      reason: 'redirect',
      text: `answered ${status}, a redirect${target}; redirects are not followed because credentials would go with them`,
    };
  }
  if (status === 413 && situation.customers > 1)
    return {
      kind: 'split',
      reason: 'too-large',
      text: `answered 413 for ${situation.customers} customers; sent again in two halves`,
    };
  if (STOP_STATUSES.has(status))
    return {
      kind: 'stop',
      reason: 'stop-status',
      text: `answered ${status}, which stops this webhook for the whole run until somebody resumes it`,
    };
  if (LATER_STATUSES.has(status) || status >= 500) {
    const reason: Reason = status === 429 ? 'busy' : status === 408 ? 'timeout' : 'server-error';
    return again(`answered ${status}`, reason, situation, {
      ambiguous: false,
      serverDelay: retryAfterMs(headers['retry-after'], situation.now),
    });
  }
  if (status === 401 || status === 403)
    return { kind: 'rejected', reason: 'credentials', text: `answered ${status}: the credentials were refused` };
  return { kind: 'rejected', reason: 'refused-status', text: `answered ${status}` };
}

function failed(attempt: Extract<AttemptLike, { kind: 'failed' }>, situation: Situation): Verdict {
  switch (attempt.reason) {
    case 'blocked':
    case 'invalid':
      return { kind: 'rejected', reason: 'blocked', text: attempt.message };
    case 'tls':
      return { kind: 'rejected', reason: 'tls', text: attempt.message };
    case 'too-large':
      return { kind: 'rejected', reason: 'too-large', text: attempt.message };
    default: {
      const reason: Reason = attempt.reason === 'timeout' ? 'timeout' : 'connection';
      return again(attempt.message, reason, situation, { ambiguous: attempt.written !== 'no', serverDelay: null });
    }
  }
}

/** Another try, or the end: unknown when the last bytes may have been processed, rejected otherwise. */
function again(
  what: string,
  reason: Reason,
  situation: Situation,
  more: { ambiguous: boolean; serverDelay: number | null },
): Verdict {
  const end = (why: string): Verdict =>
    more.ambiguous
      ? { kind: 'unknown', reason, text: `${what}; ${why}, and the receiver may have processed it` }
      : { kind: 'rejected', reason, text: `${what}; ${why}` };
  const step = RETRY_DELAYS_MS[situation.attempt - 1];
  if (step === undefined) return end(`given up after ${situation.attempt} tries`);
  const own = Math.round(step * (0.8 + 0.4 * situation.jitter));
  const obeysServer = more.serverDelay !== null && more.serverDelay > own;
  const delayMs = obeysServer ? Math.min(more.serverDelay!, MAX_SERVER_DELAY_MS) : own;
  if (situation.now + delayMs > situation.expiresAt) return end('the next try would come after its expiry');
  const wait = delayMs >= 90_000 ? `${Math.round(delayMs / 60_000)} min` : `${Math.round(delayMs / 1000)} s`;
  const next = `try ${situation.attempt + 1} of ${RETRY_DELAYS_MS.length + 1} in ${wait}${obeysServer ? ' as the server asked' : ''}`;
  return { kind: 'retry', delayMs, reason, text: `${what}; ${next}`, obeysServer };
}

/** Milliseconds that a Retry-After header asks for (seconds or an HTTP date), or null when there is none that can be read. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // The oldest of the three date forms names no zone and means UTC (RFC 9110 §5.6.7).
  const at = /^[A-Z][a-z]{2,}/.test(text) ? Date.parse(/ \d{4}$/.test(text) ? `${text} UTC` : text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** The first error's text of an answer with `success: false`, or null when the answer does not say so. */
export function failureInBody(body: string): string | null {
  if (!body.includes('"success"')) return null;
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, 'success')) return null;
  const { success, errors, error, message } = answer as Record<string, unknown>;
  if (success !== false) return null;
  const first = (Array.isArray(errors) ? errors[0] : errors) ?? error ?? message;
  return errorText(first) ?? 'no reason given';
}

function errorText(value: unknown): string | null {
  if (typeof value === 'string') return value.slice(0, 500);
  if (typeof value !== 'object' || value === null) return null;
  const { description, message, code, detail } = value as Record<string, unknown>;
  const text = [description, message, detail].find((part) => typeof part === 'string');
  const label = typeof code === 'string' || typeof code === 'number' ? `${code}` : '';
  return text || label ? [label, text].filter(Boolean).join(': ').slice(0, 500) : null;
}
