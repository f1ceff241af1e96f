/**
 * One request out of the building. Knows connections, addresses and deadlines; knows nothing of customers, templates or
 * verdicts. Invariants: the guard is always on; a checked address is the one dialled; redirects are never followed; one
 * deadline covers everything; whatever the outside does is a value, never an exception.
 */
import type { Dispatcher } from 'undici';
import { type AddressRules, addressRules } from './addresses.ts';
import { type Destination, destinationOf, refuseRequest, remembered } from './check.ts';
import { CONNECT_TIMEOUT_MS, type Lookup, round } from './connect.ts';
import { type Certificate, Pools } from './pools.ts';
import type { Attempt, EgressRules, FailureReason, OutgoingRequest, SendLimits, Timing } from './types.ts';

export { refuseHeaderName, refuseHeaderValue, sizeOf } from './check.ts';
export { egressRules } from './egress.ts';
export { openedOnly } from './opened.ts';
export {
  type Attempt,
  DEFAULT_LIMITS,
  type EgressRules,
  type OutgoingRequest,
  type SendLimits,
  type Timing,
} from './types.ts';

export interface SendOptions {
  signal?: AbortSignal;
  /** Split the time into its parts; uses a connection of its own. */
  detailed?: boolean;
  /** Client certificate for this request (mTLS), PEM. */
  certificate?: Certificate;
}

export interface Transport {
  /** Sends one request. Never rejects for what the outside does. */
  send(request: OutgoingRequest, limits: SendLimits, options?: SendOptions): Promise<Attempt>;
  /** Waits for what is in flight and closes the connections. */
  close(): Promise<void>;
  /** Closes the connections at once; what is in flight fails. */
  destroy(): Promise<void>;
}

/**
 * Makes the way out.
 * @param connections most connections kept to one destination; more requests at once wait for one
 * @param lookup how names are resolved; by the system when not given
 */
export function createTransport({
  rules,
  connections,
  lookup,
}: {
  rules: EgressRules;
  connections: number;
  lookup?: Lookup;
}): Transport {
  const addresses = addressRules(rules);
  const pools = new Pools(rules, addresses, connections, lookup);
  const destinations = remembered(destinationOf);
  return {
    async send(request, limits, { signal, detailed, certificate } = {}) {
      const started = performance.now();
      const destination = destinations(request.url);
      const refusal = refuse(request, limits, destination, addresses);
      if (refusal)
        return { kind: 'failed', written: 'no', timing: { totalMs: round(performance.now() - started) }, ...refusal };
      const where = destination as Destination;
      const timing: Timing = { totalMs: 0 };
      try {
        if (!detailed)
          return await exchange(pools.for(where, certificate), where, request, limits, started, timing, signal);
        const single = pools.single(where, certificate, timing);
        try {
          return await exchange(single, where, request, limits, started, timing, signal);
        } finally {
          void single.destroy();
        }
      } catch (error) {
        // A client certificate that OpenSSL cannot read is somebody's input, not our mistake.
        if (!certificate || !isOpenSslError(error)) throw error;
        const message = `${where.hostname}: the client certificate or its key cannot be used`;
        return { kind: 'failed', reason: 'invalid', written: 'no', message, timing };
      }
    },
    close: () => pools.close(),
    destroy: () => pools.destroy(),
  };
}

const isOpenSslError = (error: unknown) => /^ERR_OSSL|^ERR_CRYPTO/.test((error as { code?: string })?.code ?? '');

function refuse(
  request: OutgoingRequest,
  limits: SendLimits,
  destination: Destination | string,
  addresses: AddressRules,
): { reason: FailureReason; message: string } | null {
  if (typeof destination === 'string') return { reason: 'invalid', message: destination };
  const fault = refuseRequest(request, limits.maxRequestBytes);
  if (fault) return { reason: fault.startsWith('the body has') ? 'too-large' : 'invalid', message: fault };
  const blocked = addresses.refuseHost(destination.hostname, destination.port);
  return blocked ? { reason: 'blocked', message: blocked } : null;
}

function exchange(
  dispatcher: Dispatcher,
  where: Destination,
  request: OutgoingRequest,
  limits: SendLimits,
  started: number,
  timing: Timing,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let abortedBy: 'timeout' | 'aborted' | 'too-large' | undefined;
    let settled = false;
    let status = 0;
    let heard = false;
    let headers: Record<string, string> = {};
    const parts: Buffer[] = [];
    let bodyBytes = 0;
    let kept = 0;

    const end = (attempt: Attempt) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      attempt.timing.totalMs = round(performance.now() - started);
      resolve(attempt);
    };
    const fail = (reason: FailureReason, message: string) =>
      end({
        kind: 'failed',
        reason,
        written: controller === undefined ? 'no' : reason === 'timeout' || heard ? 'yes' : 'maybe',
        message: `${where.hostname}: ${message}`,
        timing,
      });
    const cut = (why: 'timeout' | 'aborted', message: string) => {
      abortedBy = why;
      const before = controller;
      fail(why, message);
      before?.abort(new Error(message));
    };
    const answered = (truncated: boolean) =>
      end({
        kind: 'answered',
        status,
        headers,
        body: textOf(parts),
        bodyBytes,
        truncated,
        timing,
      });

    const expire = () => cut('timeout', `no complete answer within ${limits.deadlineMs / 1000} s`);
    const timer = setTimeout(expire, limits.deadlineMs);
    const onAbort = () => cut('aborted', 'the request was given up here');
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) return onAbort();

    const list: string[] = ['accept-encoding', 'identity'];
    for (const [name, value] of request.headers) list.push(name, value.trim());
    const body = Array.isArray(request.body) ? Buffer.concat(request.body) : request.body;

    dispatcher.dispatch(
      { origin: where.origin, path: where.path, method: request.method, headers: list, body },
      {
        onRequestStart(given) {
          // The deadline may have passed while the request waited for a connection; a process that was stopped meanwhile
          // hears of the connection before it hears of its timer.
          if (performance.now() - started >= limits.deadlineMs) expire();
          if (settled) given.abort(new Error('too late'));
          else controller = given;
        },
        onResponseStart(_given, code, received) {
          heard = true;
          if (code < 200) return;
          status = code;
          headers = flat(received);
          timing.firstByteMs = round(performance.now() - started);
        },
        onResponseData(given, chunk) {
          bodyBytes += chunk.length;
          if (kept < limits.keepResponseBytes) {
            const part = chunk.subarray(0, limits.keepResponseBytes - kept);
            // A copy when little of a large network buffer is kept, so that the buffer can go.
            parts.push(part.length * 4 < chunk.buffer.byteLength ? Buffer.from(part) : part);
            kept += part.length;
          }
          if (bodyBytes > limits.maxResponseBytes) {
            abortedBy = 'too-large';
            answered(true);
            given.abort(new Error('the answer is too large'));
          }
        },
        onResponseEnd() {
          answered(bodyBytes > kept);
        },
        onResponseError(_given, error) {
          if (!abortedBy) fail(...explain(error));
        },
      },
    );
  });
}

/** NUL is replaced: PostgreSQL stores it neither as text nor as JSON. */
function textOf(parts: Buffer[]): string {
  const text = (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString('utf8');
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}

function flat(received: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const name in received) {
    const value = received[name];
    // There is no cookie jar, and a session of the receiver's is nobody's business.
    if (name === 'set-cookie') headers[name] = '[not kept]';
    else headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return headers;
}

/** Node's error codes in our words. */
function explain(error: Error & { code?: string; cause?: unknown }): [FailureReason, string] {
  const inner = (error.cause instanceof Error ? error.cause : error) as Error & { code?: string };
  const code = inner.code ?? error.code ?? '';
  if (code === 'HOOKLINE_BLOCKED') return ['blocked', inner.message];
  if (code === 'HOOKLINE_PROXY') return ['connect', inner.message];
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA')
    return ['dns', 'the name could not be resolved'];
  if (code === 'ECONNREFUSED') return ['connect', 'the connection was refused'];
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return ['connect', 'the host is not reachable'];
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return ['connect', `no connection within ${CONNECT_TIMEOUT_MS / 1000} s`];
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return ['tls', `its certificate was not accepted (${code})`];
  if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return ['protocol', `the answer is not valid HTTP (${code})`];
  return ['reset', `the connection was lost (${code || inner.message})`];
}
