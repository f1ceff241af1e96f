import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../db/index.ts';
import { log } from '../log.ts';
import { CHUNK_SIZE, deleteChunks, intArray, lockOwn, type NewChunk, releaseChunks } from './chunks.ts';
import { pack, type Traveller } from './contexts.ts';
import { announceRun } from './notices.ts';
import type { OpenChunk } from './open-chunk.ts';
import type { Fate, Sent, Settlement } from './settlement.ts';
import { inTransaction } from './sql.ts';
import { type Entry, Transition } from './transition.ts';
import { countDeparture, leave } from './walk.ts';
import type { OpenWindow } from './windows.ts';

/**
 * Group commit: outcomes of many requests become one transaction, in which their journeys also go on to the next nodes.
 * What arrives while one is under way goes with the next.
 */

const FLUSH_AFTER_MS = 40;
const FLUSH_AT = 2000;
const RETRY_MS = [50, 200, 1000, 2000, 5000];

export interface SettlerHooks {
  /** New work was written. */
  onWork(): void;
  /** A chunk is out of this worker's hands. */
  onClosed(chunk: OpenChunk): void;
  /** A run may have come to its end. */
  onMaybeEnded(runId: number): void;
  /** Nothing can be written any more: the worker must start anew. */
  onBroken(error: Error): void;
}

export class Settler {
  private readonly worker: number;
  private readonly hooks: SettlerHooks;
  private queue: Settlement[] = [];
  private finishing = new Set<OpenChunk>();
  private queued = 0;
  private flushing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private broken = false;

  constructor(worker: number, hooks: SettlerHooks) {
    this.worker = worker;
    this.hooks = hooks;
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
        const done = await inTransaction((sql) => writeSettlements(sql, this.worker, settlements, finishing));
        return this.after(done);
      } catch (error) {
        const wait = RETRY_MS[attempt];
        log.warn({ error: (error as Error).message, attempt }, 'outcomes could not be written');
        if (wait === undefined || this.broken) throw error;
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
    if (done.hasWork) this.hooks.onWork();
  }
}

interface Written {
  windows: { window: OpenWindow; journeys: number }[];
  chunkOf: Map<OpenWindow, OpenChunk>;
  closed: Set<OpenChunk>;
  lost: Set<OpenChunk>;
  /** Chunks whose webhook was stopped by one of these outcomes. */
  stopped: Set<OpenChunk>;
  maybeEnded: Set<number>;
  hasWork: boolean;
}

async function writeSettlements(
  sql: Sql,
  worker: number,
  all: readonly Settlement[],
  finishing: readonly OpenChunk[],
): Promise<Written> {
  const chunks = new Set([...all.map(({ chunk }) => chunk), ...finishing]);
  const own = await lockOwn(
    sql,
    worker,
    [...chunks].map(({ chunk }) => chunk.id),
  );
  const lost = new Set([...chunks].filter(({ chunk }) => !own.has(chunk.id)));
  const settlements = all.filter(({ chunk }) => !lost.has(chunk));
  const into = new Transition();
  const stopped = await settleAll(sql, settlements, into);
  const windows = await writeWindows(sql, settlements);
  const { ended, released } = await endChunks(
    sql,
    windows,
    [...chunks].filter((chunk) => !lost.has(chunk)),
    into,
  );
  await into.write(sql);
  for (const chunk of stopped) await announceRun(sql, chunk.runId);
  return {
    windows: [...windows.values()].map(({ window, positions }) => ({ window, journeys: positions.length })),
    chunkOf: new Map([...windows.values()].map(({ window, chunk }) => [window, chunk])),
    closed: new Set([...ended, ...released]),
    lost,
    stopped,
    maybeEnded: new Set(ended.map(({ runId }) => runId)),
    hasWork: into.hasChunks || released.length > 0,
  };
}

/** Ledger, numbers, events, and where everybody goes from here. @returns chunks whose webhook stops */
async function settleAll(sql: Sql, settlements: readonly Settlement[], into: Transition): Promise<Set<OpenChunk>> {
  const stopped = new Set<OpenChunk>();
  const groups = new Map<string, Settlement[]>();
  const requests = new Set<Sent>();
  for (const settlement of settlements) {
    countRequest(settlement, requests, into);
    const key = groupKey(settlement);
    const group = groups.get(key);
    if (group) group.push(settlement);
    else groups.set(key, [settlement]);
  }
  for (const group of groups.values()) {
    const { fate, chunk } = group[0]!;
    if (fate.kind === 'final') {
      await settleFinal(sql, group, fate, into);
      if (fate.stops) {
        await stopWebhook(sql, chunk, fate.reason ?? '');
        stopped.add(chunk);
      }
    } else into.chunks.push(...waitAgain(group, fate));
  }
  return stopped;
}

/** Settlements of one key have the same consequences and become one ledger entry, or one chunk. */
function groupKey({ chunk, window, fate, sent }: Settlement): string {
  const node = `${chunk.runId} ${chunk.node.number} ${sent?.mode ?? '-'}`;
  if (fate.kind === 'retry') return `${node} retry ${window.attempt} ${window.batch ? window.id : ''}`;
  if (fate.kind === 'split') return `${node} split ${window.id}`;
  if (fate.kind === 'return') return `${node} return ${fate.held} ${window.batch ? window.id : window.attempt}`;
  const own =
    sent && (sent.mode === 'all' || sent.tries)
      ? ` ${window.id} ${sent.tries ? sent.ms : ''} ${window.travellers[0]!.journey}`
      : '';
  return `${node} ${fate.outcome} ${fate.port} ${fate.reason} ${fate.status} ${sent?.status}${own}`;
}

function countRequest({ chunk, window, sent }: Settlement, seen: Set<Sent>, into: Transition): void {
  if (!sent || seen.has(sent)) return;
  seen.add(sent);
  const counts = into.count(chunk.runId, chunk.node.number);
  counts.requests++;
  if (window.attempt > 1) counts.retries++;
  if (sent.status !== null) {
    counts.answers++;
    counts.ms += sent.ms;
  }
}

async function settleFinal(
  sql: Sql,
  group: readonly Settlement[],
  fate: Fate & { kind: 'final' },
  into: Transition,
): Promise<void> {
  const { chunk } = group[0]!;
  const travellers = group.flatMap(({ window, positions, fate: own }) =>
    positions.map((position) => met(window.travellers[position]!, own.kind === 'final' ? own.view : null)),
  );
  countDeparture(into, chunk.runId, chunk.node, fate.outcome, fate.port, travellers.length);
  into.entries.push(entryOf(group, fate, travellers));
  trackCampaign(group, fate, into);
  if (fate.port && !chunk.chunk.stays)
    await leave({ sql, run: chunk.run, entry: chunk.entry, travellers, into, now: Date.now() }, travellers, fate.port);
}

const met = (traveller: Traveller, view: (Fate & { kind: 'final' })['view']): Traveller =>
  view ? { ...traveller, responses: [...traveller.responses, view] } : traveller;

function entryOf(
  group: readonly Settlement[],
  fate: Fate & { kind: 'final' },
  travellers: readonly Traveller[],
): Entry {
  const { chunk, sent, window } = group[0]!;
  return {
    runId: chunk.runId,
    node: chunk.node.number,
    outcome: fate.outcome,
    port: fate.port,
    reason: fate.reason,
    journeys: travellers.map((t) => t.journey),
    customers: travellers.map((t) => t.customer),
    by: sent && {
      sent: sent.mode,
      status: sent.status,
      attempts: sent.attempt,
      ms: sent.mode === 'all' ? [sent.ms] : group.map((settlement) => settlement.sent!.ms),
      windowId: sent.mode === 'all' || group.length === 1 ? window.id : null,
      ...answersOf(sent.mode === 'all' ? [sent] : group.map((settlement) => settlement.sent!)),
      tries: sent.tries,
    },
  };
}

/** Different answers once each. */
function answersOf(all: readonly Sent[]): {
  answers: { headers: Record<string, string>; body: string }[];
  answerOf: number[] | null;
} {
  const places = new Map<string, number>();
  const answers: { headers: Record<string, string>; body: string }[] = [];
  const answerOf = all.map(({ answer }) => {
    if (!answer) return -1;
    let place = places.get(answer.body);
    if (place === undefined) {
      place = answers.length;
      places.set(answer.body, place);
      answers.push(answer);
    }
    return place;
  });
  return { answers, answerOf: answers.length <= 1 && !answerOf.includes(-1) ? null : answerOf };
}

/** `campaign` events: ordinary events in the customers' timelines (Bloomreach docs: system events). */
function trackCampaign(group: readonly Settlement[], fate: Fate & { kind: 'final' }, into: Transition): void {
  const { chunk, host } = group[0]!;
  const base = {
    campaign_id: chunk.run.scenarioId,
    campaign_name: chunk.run.scenarioName,
    action_id: chunk.node.number,
    action_type: 'webhook',
    action_name: chunk.node.name,
    status: fate.status,
    run: chunk.run.number,
    ...(fate.reason ? { message: fate.reason } : {}),
    ...(host ? { recipient: host } : {}),
    ...(chunk.chunk.policyId ? { campaign_policy: chunk.chunk.policyId } : {}),
    sent_timestamp: Math.floor(Date.now() / 1000),
  };
  for (const { window, positions, tracked } of group) {
    const customers = positions.map((position) => window.travellers[position]!.customer);
    if (!tracked) into.trackCampaign(chunk.run.projectId, customers, JSON.stringify(base));
    else
      for (const [i, customer] of customers.entries())
        into.trackCampaign(chunk.run.projectId, [customer], JSON.stringify({ ...base, ...tracked[i] }));
  }
}

/** Chunks of those who wait for another try, for their half, or for their turn again. */
function waitAgain(group: readonly Settlement[], fate: Exclude<Fate, { kind: 'final' }>): NewChunk[] {
  const { chunk, window } = group[0]!;
  const from = chunk.chunk;
  const travellers = group.flatMap((one) => one.positions.map((position) => one.window.travellers[position]!));
  const base = (part: readonly Traveller[]): NewChunk => ({
    runId: chunk.runId,
    node: chunk.node.number,
    journeys: part.map((t) => t.journey),
    customers: part.map((t) => t.customer),
    contexts: pack(part, { event: true, responses: true }),
    policyId: from.policyId,
    onEvent: from.onEvent,
    queue: 'send',
    stays: from.stays,
    sending: from.sending,
    firstAt: new Date(window.firstAt),
  });
  if (fate.kind === 'split') {
    const size = Math.ceil(travellers.length / fate.parts);
    return slices(travellers, size).map((part) => ({ ...base(part), alone: true }));
  }
  if (fate.kind === 'return')
    return slices(travellers, CHUNK_SIZE).map((part) => ({
      ...base(part),
      firstAt: from.windows ? new Date(window.firstAt) : null,
      attempt: window.attempt,
      windows: from.windows ? windowsOf(group) : null,
      tries: from.windows ? from.tries : null,
      alone: from.alone,
      held: fate.held,
      dueAt: fate.dueAt,
    }));
  // Equal delays of one moment make one chunk; the latest decides, so that nobody is early.
  const dueAt = new Date(Math.max(...group.map((one) => (one.fate.kind === 'retry' ? one.fate.at : 0))));
  return [
    {
      ...base(travellers),
      attempt: window.attempt + 1,
      windows: windowsOf(group),
      tries: window.batch ? [group[0]!.sent!.tries!] : group.map((one) => one.sent!.tries!),
      dueAt,
    },
  ];
}

/** Where the bytes are: one window for a batch, one for each journey otherwise. */
const windowsOf = (group: readonly Settlement[]): number[] =>
  group[0]!.window.batch
    ? [group[0]!.window.id]
    : group.flatMap(({ window, positions }) => positions.map(() => window.id));

function slices<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < all.length; i += size) parts.push(all.slice(i, i + size));
  return parts;
}

async function stopWebhook(sql: Sql, chunk: OpenChunk, reason: string): Promise<void> {
  await sql.query(
    'UPDATE run_node SET stopped = $3, stopped_at = now() WHERE run_id = $1 AND node = $2 AND stopped IS NULL',
    [chunk.runId, chunk.node.number, reason],
  );
}

interface TouchedWindow {
  window: OpenWindow;
  chunk: OpenChunk;
  positions: number[];
}

/** Notes in the windows what is no longer in doubt; a window with nothing in doubt is closed. */
async function writeWindows(sql: Sql, settlements: readonly Settlement[]): Promise<Map<number, TouchedWindow>> {
  const touched = new Map<number, TouchedWindow>();
  for (const { window, chunk, positions } of settlements) {
    const entry = touched.get(window.id) ?? { window, chunk, positions: [] };
    entry.positions.push(...positions);
    touched.set(window.id, entry);
  }
  const all = [...touched.values()];
  const closes = ({ window, positions }: TouchedWindow) => window.done + positions.length >= window.travellers.length;
  const full = all.filter(closes);
  if (full.length > 0)
    await sql.query(
      `UPDATE request_window w SET open = false, done = w.size, done_at = NULL
         FROM unnest($1::bigint[], $2::bigint[]) AS t(run_id, id) WHERE w.run_id = t.run_id AND w.id = t.id`,
      [intArray(full.map(({ chunk }) => chunk.runId)), intArray(full.map(({ window }) => window.id))],
    );
  for (const entry of all)
    if (!closes(entry))
      await sql.query(
        `UPDATE request_window SET done = done + $3, done_at = coalesce(done_at, '{}') || $4::int[]
          WHERE run_id = $1 AND id = $2`,
        [entry.chunk.runId, entry.window.id, entry.positions.length, intArray(entry.positions)],
      );
  return touched;
}

/** Ends chunks in which nobody stands any more, and gives back those that this worker lets go of. */
async function endChunks(
  sql: Sql,
  windows: ReadonlyMap<number, TouchedWindow>,
  chunks: readonly OpenChunk[],
  into: Transition,
): Promise<{ ended: OpenChunk[]; released: OpenChunk[] }> {
  const closing = new Map<OpenChunk, number>();
  for (const { window, chunk, positions } of windows.values())
    if (window.done + positions.length >= window.travellers.length) closing.set(chunk, (closing.get(chunk) ?? 0) + 1);
  const idle = chunks.filter((chunk) => !chunk.isClaiming && chunk.openWindows === (closing.get(chunk) ?? 0));
  const ended = idle.filter(({ chunk, closing: why }) => chunk.claimed >= chunk.size || why === 'skipped');
  for (const chunk of ended) skipRest(chunk, into);
  await deleteChunks(
    sql,
    'send',
    ended.map(({ chunk }) => chunk),
  );
  const released = idle.filter((chunk) => chunk.closing && !ended.includes(chunk));
  for (const held of [true, false])
    await releaseChunks(
      sql,
      'send',
      released.filter(({ closing: why }) => (why === 'held') === held).map(({ chunk }) => chunk),
      { held },
    );
  return { ended, released };
}

/** Who was never asked for when the run was stopped. */
function skipRest({ chunk, run, node, closing }: OpenChunk, into: Transition): void {
  if (closing !== 'skipped' || chunk.claimed >= chunk.size) return;
  const journeys = chunk.journeys!.slice(chunk.claimed);
  countDeparture(into, run.id, node, 'skipped', null, journeys.length);
  into.entries.push({
    runId: run.id,
    node: node.number,
    outcome: 'skipped',
    port: null,
    reason: 'the run was stopped',
    journeys,
    customers: chunk.customers.slice(chunk.claimed),
    by: null,
  });
}
