import { setTimeout as sleep } from 'node:timers/promises';
import { CommitUnknown } from '../db/index.ts';
import { log } from '../log.ts';
import type { Queue } from './jobs.ts';
import type { OpenChunk } from './open-chunk.ts';
import type { RunCache } from './runs.ts';
import { type Written, writeSettlements } from './settled-chunks.ts';
import type { Settlement } from './settlement.ts';
import { inTransaction } from './sql.ts';

/**
 * Group commit: outcomes of many requests become one transaction, in which their journeys also go on to the next nodes.
 * What arrives while one is under way goes with the next.
 */

const FLUSH_AFTER_MS = 40;
const FLUSH_AT = 2000;
const RETRY_MS = [50, 200, 1000, 2000, 5000];

export interface SettlerHooks {
  /** New work was written. */
  onWork(queues: Iterable<Queue>): void;
  /** A chunk is out of this worker's hands. */
  onClosed(chunk: OpenChunk): void;
  /** A run may have come to its end. */
  onMaybeEnded(runId: number): void;
  /** Nothing can be written any more: the worker must start anew. */
  onBroken(error: Error): void;
}

export class Settler {
  private readonly worker: number;
  private readonly runs: RunCache;
  private readonly hooks: SettlerHooks;
  private queue: Settlement[] = [];
  private finishing = new Set<OpenChunk>();
  private queued = 0;
  private flushing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private broken = false;

  constructor(worker: number, runs: RunCache, hooks: SettlerHooks) {
    this.worker = worker;
    this.runs = runs;
    this.hooks = hooks;
  }

  /** Whether nothing is written any more. */
  get isBroken(): boolean {
    return this.broken;
  }

  put(settlements: readonly Settlement[]): void {
    for (const settlement of settlements) {
      this.queue.push(settlement);
      this.queued += settlement.positions.length;
    }
    this.soon();
  }

  /** A chunk that takes nothing more and has nothing in flight: its row goes, or goes back. */
  finish(chunk: OpenChunk): void {
    this.finishing.add(chunk);
    this.soon();
  }

  /** A chunk that another worker took over: whatever is known of it is dropped. */
  forget(chunk: OpenChunk): void {
    this.queue = this.queue.filter((settlement) => settlement.chunk !== chunk);
    this.finishing.delete(chunk);
    this.hooks.onClosed(chunk);
  }

  abandon(error: Error): void {
    if (!this.broken) this.hooks.onBroken(error);
    this.broken = true;
    clearTimeout(this.timer);
  }

  /** Resolves when everything that was put is committed. */
  async drained(): Promise<void> {
    while (!this.broken && (this.flushing || this.queue.length > 0 || this.finishing.size > 0)) {
      this.flush();
      await this.flushing;
    }
  }

  private soon(): void {
    if (this.flushing || this.broken) return;
    if (this.queued >= FLUSH_AT) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.flushing || this.broken || (this.queue.length === 0 && this.finishing.size === 0)) return;
    const settlements = this.queue;
    const finishing = [...this.finishing];
    this.queue = [];
    this.queued = 0;
    this.finishing = new Set();
    this.flushing = this.commit(settlements, finishing)
      .catch((error: Error) => this.abandon(error))
      .finally(() => {
        this.flushing = null;
        if (this.queue.length > 0 || this.finishing.size > 0) this.soon();
      });
  }

  private async commit(settlements: Settlement[], finishing: OpenChunk[]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const done = await inTransaction((sql) =>
          writeSettlements(sql, { worker: this.worker, runs: this.runs }, settlements, finishing),
        );
        return this.after(done);
      } catch (error) {
        const wait = RETRY_MS[attempt];
        log.warn({ error: (error as Error).message, attempt }, 'outcomes could not be written');
        // Written again, outcomes that were committed would count twice: the windows know, and whoever takes over reads them.
        if (wait === undefined || this.broken || error instanceof CommitUnknown) throw error;
        // Values that nodes wrote in memory were not stored: everything is read again.
        for (const { window } of settlements) for (const traveller of window.travellers) traveller.properties = null;
        await sleep(wait);
      }
    }
  }

  private after(done: Written): void {
    for (const { window, journeys } of done.windows) {
      window.done += journeys;
      if (window.done >= window.travellers.length) {
        const chunk = done.chunkOf.get(window)!;
        chunk.openWindows--;
        if (chunk.openWindows === 0 && chunk.unclaimed === 0 && !done.closed.has(chunk)) this.finish(chunk);
      }
    }
    for (const chunk of done.lost) chunk.close('lost');
    for (const chunk of done.closed) this.hooks.onClosed(chunk);
    for (const runId of done.maybeEnded) this.hooks.onMaybeEnded(runId);
    for (const chunk of done.stopped) chunk.close('held');
    this.hooks.onWork(done.queues);
  }
}
