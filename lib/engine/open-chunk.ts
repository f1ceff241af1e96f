import type { Node } from '../core/document.ts';
import type { ProgramNode } from '../core/program.ts';
import { effectiveBatchSize } from '../core/webhook.ts';
import { log } from '../log.ts';
import type { BreakerKey, Breakers } from './breakers.ts';
import { type Chunk, type Profiles, streamOf } from './chunks.ts';
import { type Traveller, unpack } from './contexts.ts';
import type { Item, Lane, Source } from './lanes.ts';
import { RequestMaker } from './make-requests.ts';
import type { Pace } from './pace.ts';
import type { WebhookPlan } from './plan.ts';
import { type RenderFault, sentenceOf } from './render.ts';
import type { RunContext } from './runs.ts';
import { originOf, type Sender } from './send.ts';
import type { Settler } from './settle.ts';
import type { Settlement } from './settlement.ts';
import { claimWindow, type NotClaimed, noteTrying, type OpenWindow } from './windows.ts';

/** Why an open chunk takes nothing more from its row. */
export type Closing = 'drained' | 'held' | 'skipped' | 'lost' | 'removed';

/** Requests ready at once, of batches: rendered bodies are large. */
const READY_BATCHES = 2;
const MAX_WINDOW = 400;
/** So long after a profile was read, a change of it may come too late for the request. */
const FRESH_MS = 500;

/** What a chunk does that may claim nothing more. */
const CLOSING: Record<NotClaimed, Closing> = {
  lost: 'lost',
  stopped: 'skipped',
  paused: 'held',
  breaker: 'held',
  removed: 'removed',
};

interface Parts {
  worker: number;
  chunk: Chunk;
  run: RunContext;
  entry: ProgramNode;
  plan: WebhookPlan;
  lane: Lane;
  pace: Pace | null;
  sender: Sender;
  settler: Settler;
  breakers: Breakers;
  /** Its customers, if somebody has just read them. */
  profiles: Profiles | null;
}

/**
 * A webhook's chunk in the hands of this worker. Window by window it loads customers, renders their requests, claims and
 * stores them, and only then offers them to the lane.
 */
export class OpenChunk implements Source {
  readonly runId: number;
  readonly stream: string;
  readonly pace: Pace | null;
  readonly onEvent: boolean;
  readonly deadlineMs: number;
  readonly chunk: Chunk;
  readonly run: RunContext;
  readonly entry: ProgramNode;
  readonly node: Node<'webhook'>;
  readonly plan: WebhookPlan;
  lane: Lane;
  closing: Closing | null = null;
  /** Whether a node behind this one reads answers, by the version that the run goes by. */
  keepsAnswers = false;
  /** Windows whose outcomes are not all committed. */
  openWindows = 0;
  private profiles: Profiles | null;
  private readonly parts: Parts;
  private readonly maker: RequestMaker;
  private waiting: { window: OpenWindow; index: number }[] = [];
  private refilling: Promise<void> | null = null;

  constructor(parts: Parts) {
    this.parts = parts;
    this.chunk = parts.chunk;
    this.profiles = parts.profiles;
    this.run = parts.run;
    this.entry = parts.entry;
    this.node = parts.entry.node as Node<'webhook'>;
    this.plan = parts.plan;
    this.lane = parts.lane;
    this.maker = new RequestMaker(parts.run, parts.entry.node, parts.plan, parts.chunk);
    this.runId = parts.run.id;
    // Of a webhook with a rate of its own nobody else may be held up.
    this.stream =
      parts.entry.speedLimit === null ? streamOf(parts.chunk) : `${streamOf(parts.chunk)}#${this.node.number}`;
    this.pace = parts.pace;
    this.onEvent = parts.chunk.onEvent;
    this.deadlineMs = parts.plan.settings.timeoutSeconds * 1000;
  }

  /** Whether it has profiles in memory that it has not used yet. */
  get hasProfiles(): boolean {
    return this.profiles !== null;
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
    return this.isBatch ? Math.min(READY_BATCHES, this.mostReady) : Math.min(this.mostReady, window) / 2;
  }

  /** Nothing is claimed that may not leave for long. */
  private get mostReady(): number {
    return this.pace ? Math.min(MAX_WINDOW, this.pace.window) : MAX_WINDOW;
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
    this.refilling = this.claimNext(Math.min(this.mostReady, window))
      .catch((error: Error) => {
        log.error({ error: error.message, stack: error.stack, chunk: this.chunk.id }, 'a window could not be made');
        this.parts.settler.abandon(error);
      })
      .finally(() => {
        this.refilling = null;
        this.lane.pump();
      });
    return true;
  }

  /** Waits under another policy from now on; what is in flight ends under the one before. */
  moveTo(lane: Lane): void {
    this.lane.remove(this);
    this.chunk.policyId = lane.policyId;
    this.lane = lane;
    lane.add(this);
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
    this.giveProfiles(travellers, from);
    if (chunk.deaths > 0) await noteTrying(this.parts.worker, chunk);
    const made = await this.maker.make(travellers, from);
    const claim = await claimWindow(
      this.parts.worker,
      chunk,
      { from, to },
      { ...made, batch: this.isBatch, travellers },
    );
    if (!claim.ok) {
      this.close(CLOSING[claim.because]);
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

  /** Profiles that were read a moment ago are not read again. */
  private giveProfiles(travellers: Traveller[], from: number): void {
    const { profiles } = this;
    if (!profiles) return;
    const isFresh = performance.now() - profiles.at <= FRESH_MS;
    if (isFresh) for (const [i, traveller] of travellers.entries()) traveller.properties = profiles.list[from + i]!;
    if (!isFresh || from + travellers.length >= this.chunk.size) this.profiles = null;
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
}
