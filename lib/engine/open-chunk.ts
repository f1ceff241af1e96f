import type { Node } from '../core/document.ts';
import type { ProgramNode } from '../core/program.ts';
import { effectiveBatchSize } from '../core/webhook.ts';
import { log } from '../log.ts';
import type { BreakerKey, Breakers } from './breakers.ts';
import type { Chunk } from './chunks.ts';
import { contextFor, type Frame, rootContext, type Traveller, unpack } from './contexts.ts';
import { loadCustomers } from './customers.ts';
import type { FrozenRequest, FrozenWindow } from './frozen.ts';
import type { Item, Lane, Source } from './lanes.ts';
import type { WebhookPlan } from './plan.ts';
import { isFault, type RenderFault, renderBatch, renderOne, sentenceOf } from './render.ts';
import type { RunContext } from './runs.ts';
import { originOf, type Sender } from './send.ts';
import type { Settler } from './settle.ts';
import type { Settlement } from './settlement.ts';
import { anyConnection } from './sql.ts';
import { claimWindow, noteTrying, type OpenWindow, storedWindows } from './windows.ts';

/** Why an open chunk takes nothing more from its row. */
export type Closing = 'drained' | 'held' | 'skipped' | 'lost';

/** Requests ready at once, of batches: rendered bodies are large. */
const READY_BATCHES = 2;
const MAX_WINDOW = 400;

interface Parts {
  worker: number;
  chunk: Chunk;
  run: RunContext;
  entry: ProgramNode;
  plan: WebhookPlan;
  frame: Frame;
  lane: Lane;
  sender: Sender;
  settler: Settler;
  breakers: Breakers;
}

/**
 * A webhook's chunk in the hands of this worker. Window by window it loads customers, renders their requests, claims and
 * stores them, and only then offers them to the lane.
 */
export class OpenChunk implements Source {
  readonly runId: number;
  readonly onEvent: boolean;
  readonly deadlineMs: number;
  readonly chunk: Chunk;
  readonly run: RunContext;
  readonly entry: ProgramNode;
  readonly node: Node<'webhook'>;
  readonly plan: WebhookPlan;
  closing: Closing | null = null;
  /** Windows whose outcomes are not all committed. */
  openWindows = 0;
  private readonly parts: Parts;
  private waiting: { window: OpenWindow; index: number }[] = [];
  private refilling: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.parts = parts;
    this.chunk = parts.chunk;
    this.run = parts.run;
    this.entry = parts.entry;
    this.node = parts.entry.node as Node<'webhook'>;
    this.plan = parts.plan;
    this.runId = parts.run.id;
    this.onEvent = parts.chunk.onEvent;
    this.deadlineMs = parts.plan.settings.timeoutSeconds * 1000;
  }

  get isBatch(): boolean {
    return this.plan.settings.batch;
  }

  /** Journeys that no window has yet. */
  get unclaimed(): number {
    return this.closing ? 0 : this.chunk.size - this.chunk.claimed;
  }

  get left(): number {
    return this.waiting.length + (this.isBatch ? Math.ceil(this.unclaimed / this.batchSize) : this.unclaimed);
  }

  private get batchSize(): number {
    if (this.chunk.windows) return this.chunk.size;
    return Math.max(1, effectiveBatchSize(this.plan.settings, this.onEvent));
  }

  /** Whether a window is being claimed at this moment. */
  get isClaiming(): boolean {
    return this.refilling !== null;
  }

  get ready(): number {
    return this.waiting.length;
  }

  low(window: number): number {
    return this.isBatch ? READY_BATCHES : Math.min(MAX_WINDOW, window) / 2;
  }

  next(): Item | undefined {
    const { breakers } = this.parts;
    if (this.waiting.length === 0) return undefined;
    if (breakers.someOpen && !breakers.mayPass(this.breakerKeys(), Date.now())) return undefined;
    const item = this.waiting.shift()!;
    return { start: () => this.parts.sender.send(this, item.window, item.index) };
  }

  /** Breakers that can hold its requests up: of the destination of the next one, and of the integration. */
  private breakerKeys(): BreakerKey[] {
    const { projectId } = this.run;
    const next = this.waiting[0];
    const origin = originOf(next ? next.window.requests[next.index]!.url : this.plan.url.source);
    const { integrationId } = this.plan.settings;
    return [
      ...(origin ? [{ projectId, kind: 'destination' as const, key: origin }] : []),
      ...(integrationId ? [{ projectId, kind: 'integration' as const, key: integrationId }] : []),
    ];
  }

  refill(window: number): boolean {
    if (this.refilling) return true;
    if (this.unclaimed === 0) return false;
    if (this.parts.breakers.someOpen && this.parts.breakers.isOpen(this.breakerKeys(), Date.now())) return true;
    this.refilling = this.claimNext(Math.min(MAX_WINDOW, window))
      .catch((error: Error) => {
        log.error({ error: error.message, stack: error.stack, chunk: this.chunk.id }, 'a window could not be made');
        this.parts.settler.abandon(error);
      })
      .finally(() => {
        this.refilling = null;
        this.parts.lane.pump();
      });
    return true;
  }

  /** Takes nothing more; what is ready goes back, what is in flight is settled. */
  close(why: Closing): void {
    if (this.closing && why !== 'lost') return;
    this.closing = why;
    const returned = this.waiting;
    this.waiting = [];
    if (why === 'lost') return this.parts.settler.forget(this);
    this.parts.settler.put(returned.map(({ window, index }) => this.parts.sender.returned(this, window, index)));
    if (this.openWindows === 0 && !this.refilling) this.parts.settler.finish(this);
  }

  private async claimNext(singles: number): Promise<void> {
    const { chunk } = this;
    const from = chunk.claimed;
    const size = this.isBatch ? this.batchSize : singles;
    const to = Math.min(chunk.size, from + size);
    const travellers = unpack(chunk, from, to);
    if (chunk.deaths > 0) await noteTrying(this.parts.worker, chunk);
    const made = chunk.windows ? await this.again(travellers, from) : await this.first(travellers);
    const claim = await claimWindow(
      this.parts.worker,
      chunk,
      { from, to },
      { ...made, batch: this.isBatch, travellers },
    );
    if (!claim.ok) {
      this.close(claim.because === 'lost' ? 'lost' : claim.because === 'stopped' ? 'skipped' : 'held');
      if (this.openWindows === 0 && claim.because !== 'lost') this.parts.settler.finish(this);
      return;
    }
    chunk.claimed = to;
    chunk.deaths = 0;
    chunk.firstAt = claim.firstAt;
    const window: OpenWindow = {
      method: made.method,
      headers: made.headers,
      requests: made.requests,
      id: claim.id,
      batch: this.isBatch,
      travellers,
      attempt: chunk.attempt,
      firstAt: claim.firstAt.getTime(),
      done: 0,
    };
    this.openWindows++;
    this.parts.settler.put(made.faults.map(({ positions, fault }) => this.failed(window, positions, fault)));
    for (let index = 0; index < window.requests.length; index++) {
      if (!window.requests[index]) continue;
      if (this.closing) this.parts.settler.put([this.parts.sender.returned(this, window, index)]);
      else this.waiting.push({ window, index });
    }
  }

  private failed(window: OpenWindow, positions: number[], fault: RenderFault | 'gone'): Settlement {
    const gone = fault === 'gone';
    return {
      chunk: this,
      window,
      positions,
      sent: null,
      tracked: null,
      host: null,
      fate: {
        kind: 'final',
        outcome: gone ? 'skipped' : 'rejected',
        port: gone ? null : 'failed',
        reason: gone ? 'the customer was deleted' : sentenceOf(fault),
        status: gone ? 'suppressed' : 'render_failed',
        view: null,
        stops: false,
      },
    };
  }

  /** Requests for travellers who have not been asked for yet. */
  private async first(travellers: Traveller[]): Promise<Made> {
    const gone: Traveller[] = [];
    await loadCustomers(anyConnection, travellers, gone);
    const faults: Made['faults'] =
      gone.length > 0 ? [{ positions: gone.map((t) => travellers.indexOf(t)), fault: 'gone' }] : [];
    return this.isBatch ? this.renderAll(travellers, faults) : this.renderEach(travellers, faults);
  }

  /** Sent as new: a key that no receiver knows. */
  private get suffix(): string {
    return this.chunk.sending === 1 ? '' : `-again${this.chunk.sending}`;
  }

  private renderEach(travellers: readonly Traveller[], faults: Made['faults']): Made {
    const now = Date.now();
    const prefix = `${this.run.keyPrefix}-${this.node.number}-`;
    let common: [string, string][] | null = null;
    const requests = travellers.map((traveller, position): FrozenRequest | null => {
      if (traveller.properties === null) return null;
      const made = renderOne(this.plan, contextFor(this.parts.frame, traveller, now));
      if (isFault(made)) {
        faults.push({ positions: [position], fault: made });
        return null;
      }
      common ??= made.headers;
      return {
        url: made.url,
        headers: sameHeaders(made.headers, common) ? null : made.headers,
        key: prefix + traveller.journey + this.suffix,
        body: made.body === null ? null : Buffer.from(made.body),
        members: null,
        resultKeys: null,
        tracked: made.tracked && [made.tracked],
      };
    });
    return { method: this.plan.settings.method, headers: common ?? [], requests, faults };
  }

  private renderAll(travellers: readonly Traveller[], faults: Made['faults']): Made {
    const now = Date.now();
    const { plan } = this;
    const there = travellers.flatMap((t, position) => (t.properties === null ? [] : [position]));
    const made = renderBatch(
      plan,
      there.map((position) => contextFor(this.parts.frame, travellers[position]!, now)),
      rootContext(this.parts.frame, now),
    );
    for (const [index, fault] of made.faults) faults.push({ positions: [there[index]!], fault });
    if ('batch' in made) {
      const rest = there.filter((_, index) => !made.faults.has(index));
      if (made.batch && rest.length > 0) faults.push({ positions: rest, fault: made.batch });
      return { method: plan.settings.method, headers: [], requests: [null], faults };
    }
    const members = made.members.map((index) => there[index]!);
    const first = travellers[members[0]!]!;
    const request: FrozenRequest = {
      url: made.url,
      headers: null,
      key: `${this.run.keyPrefix}-${this.node.number}-${first.journey}x${members.length}${this.suffix}`,
      body: made.body,
      members,
      resultKeys: made.resultKeys,
      tracked: made.tracked,
    };
    return { method: plan.settings.method, headers: made.headers, requests: [request], faults };
  }

  /** The very requests that were stored before their first try. */
  private async again(travellers: Traveller[], from: number): Promise<Made> {
    const { chunk } = this;
    const ids = chunk.windows!;
    const stored = await storedWindows(chunk.runId, [...new Set(ids)]);
    const lost: Made['faults'] = [];
    const notKept: RenderFault = {
      template: 'Request',
      line: null,
      column: null,
      excerpt: null,
      message: 'it was not kept long enough to be sent again as it was',
    };
    if (this.isBatch) {
      const window = stored.get(ids[0]!)?.window;
      const request = window?.requests[0];
      if (!request)
        return {
          method: this.plan.settings.method,
          headers: [],
          requests: [null],
          faults: [{ positions: travellers.map((_, i) => i), fault: notKept }],
        };
      return {
        method: window.method,
        headers: window.headers,
        requests: [{ ...request, members: travellers.map((_, i) => i) }],
        faults: [],
      };
    }
    const requests = travellers.map((traveller, i): FrozenRequest | null => {
      const place = stored.get(ids.length === 1 ? ids[0]! : ids[from + i]!);
      const request = place?.window?.requests[place.journeys.indexOf(traveller.journey)];
      if (!request) {
        lost.push({ positions: [i], fault: notKept });
        return null;
      }
      return { ...request, headers: request.headers ?? place.window!.headers };
    });
    return {
      method: [...stored.values()].find(({ window }) => window)?.window?.method ?? this.plan.settings.method,
      headers: [],
      requests,
      faults: lost,
    };
  }
}

interface Made extends FrozenWindow {
  faults: { positions: number[]; fault: RenderFault | 'gone' }[];
}

const sameHeaders = (a: readonly [string, string][], b: readonly [string, string][]): boolean =>
  a === b || (a.length === b.length && a.every(([name, value], i) => name === b[i]![0] && value === b[i]![1]));
