import { hostOf } from '../core/node-kinds.ts';
import { type CustomerResult, type EarlierResponse, resultsByCustomer, viewOf } from '../core/response-view.ts';
import { type Verdict, verdictOf } from '../core/verdict.ts';
import type { WebhookSettings } from '../core/webhook.ts';
import { type Attempt, DEFAULT_LIMITS, type OutgoingRequest, type Transport } from '../transport/index.ts';
import type { Breakers, Sign } from './breakers.ts';
import type { Try } from './chunks.ts';
import { type Keys, withoutSecrets } from './credentials.ts';
import type { FrozenRequest } from './frozen.ts';
import type { OpenChunk } from './open-chunk.ts';
import type { Settler } from './settle.ts';
import type { Fate, Sent, Settlement } from './settlement.ts';
import type { OpenWindow } from './windows.ts';

/** Sends requests that are claimed, and turns what comes back into what becomes of whom. */

/** So much of an answer is kept with the ledger. */
const KEPT_ANSWER = 20_000;

/** The request as it leaves, but for what credentials add. */
export function outgoing(
  method: string,
  headers: readonly [string, string][],
  request: Pick<FrozenRequest, 'url' | 'headers' | 'key' | 'body'>,
): OutgoingRequest {
  return {
    method: method as OutgoingRequest['method'],
    url: request.url,
    // The same key on every try, so that a receiver can tell a repetition (IETF Idempotency-Key draft; Standard Webhooks).
    headers: [...(request.headers ?? headers), ['idempotency-key', request.key], ['webhook-id', request.key]],
    body: request.body,
  };
}

/** Sends under credentials; a 401 of an integration that can log in anew is worth one more try at once. */
export async function exchange(
  transport: Transport,
  keys: Keys,
  request: OutgoingRequest,
  deadlineMs: number,
  detailed = false,
): Promise<Attempt> {
  const limits = { ...DEFAULT_LIMITS, deadlineMs };
  if (!keys.authorise) return transport.send(request, limits, detailed ? { detailed } : undefined);
  for (let renewed = false; ; renewed = true) {
    const authorised = await keys.authorise(request);
    if (!authorised.ok)
      return {
        kind: 'failed',
        reason: authorised.temporary ? 'connect' : 'blocked',
        written: 'no',
        message: authorised.reason,
        timing: { totalMs: 0 },
      };
    const { certificate } = authorised;
    const attempt = await transport.send(authorised.request, limits, {
      detailed,
      ...(certificate ? { certificate } : {}),
    });
    const worthALogin = attempt.kind === 'answered' && attempt.status === 401 && keys.renew !== null && !renewed;
    if (!worthALogin || !(await keys.renew!())) return attempt;
  }
}

export class Sender {
  private readonly transport: Transport;
  private readonly settler: Settler;
  private readonly breakers: Breakers;
  private readonly onStop: (chunk: OpenChunk) => void;
  private readonly keys = new Map<OpenChunk, Keys>();

  constructor(transport: Transport, settler: Settler, breakers: Breakers, onStop: (chunk: OpenChunk) => void) {
    this.transport = transport;
    this.settler = settler;
    this.breakers = breakers;
    this.onStop = onStop;
  }

  /** What the chunk's webhook adds to its requests. */
  use(chunk: OpenChunk, keys: Keys): void {
    this.keys.set(chunk, keys);
  }

  done(chunk: OpenChunk): void {
    this.keys.delete(chunk);
  }

  /** Sends one request of a window and hands its outcome to the settler. */
  async send(chunk: OpenChunk, window: OpenWindow, index: number): Promise<void> {
    const request = window.requests[index]!;
    const keys = this.keys.get(chunk)!;
    const message = outgoing(window.method, window.headers, request);
    const attempt = withoutSecrets(await exchange(this.transport, keys, message, chunk.deadlineMs), keys.secrets());
    // The worker gave up and cut its own connections: that says nothing of the receiver.
    if (this.settler.isBroken) return;
    this.learn(chunk, request.url, attempt);
    const settlements = this.settlements(chunk, window, index, attempt);
    this.settler.put(settlements);
    if (settlements.some(({ fate }) => fate.kind === 'final' && fate.stops)) this.onStop(chunk);
  }

  /** What the answer says about the destination and the integration. */
  private learn(chunk: OpenChunk, url: string, attempt: Attempt): void {
    const now = Date.now();
    const sign = signOf(attempt);
    const origin = originOf(url);
    if (origin && sign !== 'refused')
      this.breakers.note({ projectId: chunk.run.projectId, kind: 'destination', key: origin }, sign, now);
    const integration = chunk.plan.settings.integrationId;
    if (integration)
      this.breakers.note({ projectId: chunk.run.projectId, kind: 'integration', key: integration }, sign, now);
  }

  /** A request that was claimed and then not sent. */
  returned(chunk: OpenChunk, window: OpenWindow, index: number): Settlement {
    const stopped = chunk.closing === 'skipped';
    const fate: Fate = stopped
      ? {
          kind: 'final',
          outcome: 'skipped',
          port: null,
          reason: 'the run was stopped',
          status: 'stopped',
          view: null,
          stops: false,
        }
      : { kind: 'return', held: chunk.closing === 'held', dueAt: null };
    return { ...this.common(chunk, window, index), fate, sent: null, tracked: null };
  }

  private common(chunk: OpenChunk, window: OpenWindow, index: number) {
    const request = window.requests[index]!;
    return {
      chunk,
      window,
      positions: request.members ?? [index],
      host: hostOf(request.url),
      tracked: request.tracked,
    };
  }

  private settlements(chunk: OpenChunk, window: OpenWindow, index: number, attempt: Attempt): Settlement[] {
    const common = this.common(chunk, window, index);
    const { settings } = chunk.plan;
    const now = Date.now();
    const verdict =
      narrowing(settings, attempt, common.positions.length) ??
      verdictOf(attempt, {
        attempt: window.attempt,
        customers: common.positions.length,
        successFalseFails: settings.successFalseFails,
        now,
        expiresAt: window.firstAt + settings.expiryMinutes * 60_000,
        jitter: Math.random(),
      });
    const earlier =
      chunk.chunk.tries?.[window.batch ? 0 : chunk.chunk.journeys!.indexOf(window.travellers[index]!.journey)];
    const sent = sentOf(window, attempt, verdict, earlier ?? [], now);
    const view = this.viewFor(chunk, attempt, verdict);
    const fate = fateOf(verdict, view, now);
    const own = { ...common, sent };
    if (fate.kind !== 'final' || attempt.kind !== 'answered' || !settings.results || !window.batch)
      return [{ ...own, fate }];
    const results = resultsByCustomer(
      attempt.body,
      settings.results,
      common.positions.length,
      window.requests[index]!.resultKeys ?? [],
    );
    return results ? this.oneByOne(chunk, own, fate, results, attempt) : [{ ...own, fate }];
  }

  /** Each customer's own outcome in the answer of a batch. */
  private oneByOne(
    chunk: OpenChunk,
    own: Omit<Settlement, 'fate'>,
    shared: Fate & { kind: 'final' },
    results: readonly (CustomerResult | null)[],
    attempt: Attempt & { kind: 'answered' },
  ): Settlement[] {
    const groups = new Map<string, { fate: Fate & { kind: 'final' }; members: number[] }>();
    results.forEach((result, i) => {
      const fate = result === null ? shared : ownFate(chunk, shared, result, attempt);
      // With data of its own nobody shares a group; without, equal ones go together.
      const key = fate.view && result ? `own ${i}` : `${fate.outcome} ${fate.reason}`;
      const group = groups.get(key) ?? { fate, members: [] };
      group.members.push(i);
      groups.set(key, group);
    });
    return [...groups.values()].map(({ fate, members }) => ({
      ...own,
      positions: members.map((i) => own.positions[i]!),
      tracked: own.tracked && members.map((i) => own.tracked![i]!),
      fate,
    }));
  }

  private viewFor(chunk: OpenChunk, attempt: Attempt, verdict: Verdict): EarlierResponse | null {
    if (!chunk.keepsAnswers) return null;
    const { name, settings } = chunk.node;
    return attempt.kind === 'answered'
      ? viewOf(settings.response, name, attempt.status, attempt.body, verdict.kind === 'delivered')
      : { name, data: undefined, isText: false, statusCode: 0, success: false };
  }
}

function ownFate(
  chunk: OpenChunk,
  shared: Fate & { kind: 'final' },
  result: CustomerResult,
  attempt: Attempt & { kind: 'answered' },
): Fate & { kind: 'final' } {
  const view = chunk.keepsAnswers
    ? { name: chunk.node.name, data: result.data, isText: false, statusCode: attempt.status, success: result.ok }
    : null;
  return result.ok
    ? { ...shared, outcome: 'delivered', port: 'sent', reason: null, status: 'sent', view }
    : { ...shared, outcome: 'rejected', port: 'failed', reason: result.message, status: 'failed', view };
}

/** A batch that the receiver refused as a whole is halved; the record that is refused alone is the one at fault. */
function narrowing(settings: WebhookSettings, attempt: Attempt, customers: number): Verdict | null {
  if (!settings.batch || attempt.kind !== 'answered' || !settings.isolate.includes(attempt.status)) return null;
  const reason = 'refused-status';
  return customers > 1
    ? { kind: 'split', reason, text: `answered ${attempt.status} for ${customers} customers; sent again in two halves` }
    : { kind: 'rejected', reason, text: `answered ${attempt.status} for this customer alone` };
}

/** What a verdict means for the journeys of its request. */
export function fateOf(verdict: Verdict, view: EarlierResponse | null, now: number): Fate {
  switch (verdict.kind) {
    case 'delivered':
      return { kind: 'final', outcome: 'delivered', port: 'sent', reason: null, status: 'sent', view, stops: false };
    case 'rejected':
    case 'stop':
      return {
        kind: 'final',
        outcome: 'rejected',
        port: 'failed',
        reason: verdict.text,
        status: 'failed',
        view,
        stops: verdict.kind === 'stop',
      };
    case 'unknown':
      return {
        kind: 'final',
        outcome: 'unknown',
        port: 'failed',
        reason: verdict.text,
        status: 'failed',
        view,
        stops: false,
      };
    case 'retry':
      return { kind: 'retry', at: now + verdict.delayMs, why: verdict.text };
    case 'split':
      return { kind: 'split', parts: 2, why: verdict.text };
  }
}

function sentOf(window: OpenWindow, attempt: Attempt, verdict: Verdict, earlier: readonly Try[], now: number): Sent {
  const answered = attempt.kind === 'answered';
  const status = answered ? attempt.status : null;
  const ms = Math.round(attempt.timing.totalMs);
  const message = verdict.kind === 'delivered' ? '' : verdict.text;
  const isLast = verdict.kind !== 'retry';
  return {
    mode: window.batch ? 'all' : 'each',
    status,
    ms,
    attempt: window.attempt,
    answer: answered ? { headers: keptHeaders(attempt.headers), body: attempt.body.slice(0, KEPT_ANSWER) } : null,
    tries:
      isLast && earlier.length === 0
        ? null
        : [...earlier, { at: new Date(now - ms).toISOString(), status, ms, message }],
  };
}

/** Headers of an answer that tell something; the date alone would make every answer a different one. */
const KEPT_HEADERS = ['content-type', 'retry-after', 'location', 'x-request-id', 'request-id', 'www-authenticate'];

function keptHeaders(headers: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) if (headers[name] !== undefined) kept[name] = headers[name];
  return kept;
}

/** Scheme, host and port of a URL as it is written. */
export const originOf = (url: string): string | null => /^https?:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase() ?? null;

/** Answers that ask for another try, and no answer at all, speak of an ill receiver. */
function signOf(attempt: Attempt): Sign {
  if (attempt.kind === 'failed') return attempt.reason === 'blocked' || attempt.reason === 'invalid' ? 'well' : 'ill';
  if (attempt.status === 401 || attempt.status === 403) return 'refused';
  return attempt.status >= 500 || attempt.status === 429 || attempt.status === 408 ? 'ill' : 'well';
}
