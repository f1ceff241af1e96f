import { log } from '../log.ts';
import { Pace } from './pace.ts';
import { claimSlots, releaseSlots, takePermits, weightsOf } from './slots.ts';
import { Turns } from './turns.ts';

/**
 * Lanes: in each, one policy's requests of this process wait for a slot and take turns by run, as often as its scenario's
 * weight says. A request starts only under a slot whose lease outlives its deadline, so that the limit holds even when this
 * process is stopped or killed.
 */

/** A request that is ready to go. */
export interface Item {
  /** Sends it and settles it; never rejects for what the outside does. */
  start(): Promise<void>;
}

/** Where a lane's requests come from: one open chunk. */
export interface Source {
  readonly runId: number;
  /** What takes turns: a run, and apart from it each of its replays. */
  readonly stream: string;
  /** A rate of the stream's own, beside that of the policy. */
  readonly pace: Pace | null;
  readonly onEvent: boolean;
  readonly deadlineMs: number;
  /** The next request, or undefined when none is ready now. */
  next(): Item | undefined;
  /** Requests that it has or will have. */
  readonly left: number;
  /** Requests that are claimed and wait for a slot. */
  readonly ready: number;
  /** Fewer than this many ready requests call for more. */
  low(window: number): number;
  /** Claims the next window of so many requests; false when there is nothing more to claim. */
  refill(window: number): boolean;
}

/** Without a policy, this many requests at once in each worker. */
export const DEFAULT_CONCURRENCY = 50;
const RENEW_MS = 250;
/** A lease is this much longer than the longest deadline. */
const LEASE_SLACK_MS = 3000;
const IDLE_RELEASE_MS = 2000;

export class Lane {
  readonly policyId: string | null;
  private readonly holder: number;
  private readonly sources = new Map<string, Source[]>();
  private readonly weights = new Map<number, number>();
  private readonly turns = new Turns<string>((stream) => this.weightOf(stream));
  private granted = 0;
  private cap = Number.POSITIVE_INFINITY;
  private leaseUntil = 0;
  private hasRate = false;
  private readonly pace: Pace;
  private claiming = false;
  private idleSince = performance.now();
  private sentLately = 0;
  private sentSince = performance.now();
  private slowestMs = 0;
  busy = 0;
  /** Set when a slot or a request may have become free: the owner of the lane looks for more work. */
  onRoom: (lane: Lane) => void = () => {};
  /** Its policy was deleted: nothing starts here any more, and its sources belong in other lanes. */
  onGone: (lane: Lane) => void = () => {};

  constructor(policyId: string | null, holder: number) {
    this.policyId = policyId;
    this.holder = holder;
    this.pace = new Pace((wanted, horizonMs) => takePermits(policyId, wanted, horizonMs));
    if (policyId === null) {
      this.granted = DEFAULT_CONCURRENCY;
      this.leaseUntil = Number.POSITIVE_INFINITY;
    }
  }

  /**
   * Has requests claimed before they are needed. Of a run one chunk after the other is claimed from, so that no more than
   * about twice the concurrency is in doubt if this process dies.
   */
  refill(): void {
    let weights = 0;
    for (const stream of this.sources.keys()) weights += this.weightOf(stream);
    for (const [stream, sources] of this.sources) {
      const window = Math.max(2, Math.ceil((this.window * this.weightOf(stream)) / weights));
      let ready = 0;
      for (const source of sources) ready += source.ready;
      for (const source of sources) {
        if (ready >= source.low(window)) break;
        if (source.refill(window)) break;
      }
    }
  }

  /** How many requests of this process may be in flight now. */
  get slots(): number {
    return this.granted;
  }

  /** Requests that may leave in the next two seconds, by slots and by rate. */
  private get window(): number {
    const bySlots = Math.max(2, 2 * (this.granted || 1));
    return this.hasRate ? Math.min(bySlots, this.pace.window) : bySlots;
  }

  get isIdle(): boolean {
    return this.busy === 0 && this.sources.size === 0;
  }

  /** Requests here that want a slot, those in flight included; of a stream with a rate no more than may leave soon. */
  get wanted(): number {
    let wanted = this.busy;
    for (const sources of this.sources.values()) {
      let left = 0;
      for (const source of sources) left += source.left;
      const { pace } = sources[0]!;
      wanted += pace ? Math.min(left, pace.window) : left;
    }
    return wanted;
  }

  /** Requests here that wait for a slot. */
  get ahead(): number {
    return this.wanted - this.busy;
  }

  /** Runs that compete here; a run alone needs no weight. */
  get competing(): number[] {
    return this.sources.size > 1 ? [...this.sources.values()].map((sources) => sources[0]!.runId) : [];
  }

  /** Gives the runs that are here their requests a turn. */
  weigh(weights: ReadonlyMap<number, number>): void {
    this.weights.clear();
    for (const runId of this.competing) this.weights.set(runId, weights.get(runId) ?? 1);
  }

  private weightOf(stream: string): number {
    const sources = this.sources.get(stream);
    return (sources && this.weights.get(sources[0]!.runId)) ?? 1;
  }

  add(source: Source): void {
    const sources = this.sources.get(source.stream) ?? [];
    sources.push(source);
    this.sources.set(source.stream, sources);
    this.turns.add(source.stream);
    if (this.granted === 0 || performance.now() + source.deadlineMs > this.leaseUntil) this.renewSoon();
    this.refill();
  }

  remove(source: Source): void {
    const sources = (this.sources.get(source.stream) ?? []).filter((other) => other !== source);
    if (sources.length > 0) this.sources.set(source.stream, sources);
    else {
      this.sources.delete(source.stream);
      this.turns.remove(source.stream);
    }
    if (this.isIdle) this.idleSince = performance.now();
  }

  /** Starts as many requests as slots, lease and permits allow, and sees to it that there are more. */
  readonly pump = (): void => {
    this.startReady();
    this.refill();
  };

  private startReady(): void {
    while (this.busy < Math.min(this.granted, this.cap)) {
      const now = performance.now();
      if (this.hasRate && !this.pace.mayLeave(now, this.pump)) return;
      const item = this.take(now);
      if (!item) return;
      if (this.hasRate) this.pace.leave();
      this.busy++;
      this.sentLately++;
      const started = now;
      item.start().finally(() => {
        this.busy--;
        this.slowestMs = Math.max(this.slowestMs, performance.now() - started);
        this.pump();
        this.onRoom(this);
      });
    }
  }

  /** The next request: on-event runs first, then runs take turns. */
  private take(now: number): Item | undefined {
    return (
      this.turns.next((stream) => this.takeOf(stream, true, now)) ??
      this.turns.next((stream) => this.takeOf(stream, false, now))
    );
  }

  private takeOf(stream: string, onEvent: boolean, now: number): Item | undefined {
    for (const source of this.sources.get(stream)!) {
      if (source.onEvent !== onEvent || now + source.deadlineMs > this.leaseUntil) continue;
      if (source.pace && !source.pace.mayLeave(now, this.pump)) {
        this.askFor(stream, source.pace, now);
        return undefined;
      }
      const item = source.next();
      if (!item) continue;
      source.pace?.leave();
      return item;
    }
    return undefined;
  }

  renewSoon(): void {
    this.renew().catch((error: Error) => log.warn({ error: error.message }, 'slots could not be renewed'));
  }

  private askFor(stream: string, pace: Pace, now: number): void {
    let ready = 0;
    for (const source of this.sources.get(stream)!) ready += source.ready;
    if (ready === 0) return;
    pace
      .now(ready, now, this.pump)
      .catch((error: Error) => log.warn({ error: error.message }, 'permits of a replay could not be taken'));
  }

  /** Renews slots, lease and permits, as often as a changed limit must be noticed. */
  private async renew(): Promise<void> {
    const { policyId } = this;
    // Nothing is to be renewed, but a pace whose question failed is asked again.
    if (policyId === null) return this.pump();
    if (this.claiming) return;
    this.claiming = true;
    try {
      const now = performance.now();
      if (this.isIdle && now - this.idleSince > IDLE_RELEASE_MS) {
        const had = this.granted;
        this.granted = 0;
        this.leaseUntil = 0;
        if (had > 0) await releaseSlots(this.holder, policyId);
        return;
      }
      const leaseMs = this.longestDeadline() + LEASE_SLACK_MS;
      // Fewer slots may be granted than are held: until that is known, no more may be in flight than is reported now.
      this.cap = this.busy;
      const granted = await claimSlots(policyId, this.holder, {
        wanted: this.wanted,
        busy: this.busy,
        leaseMs,
        perSecond: this.measuredRate(now),
        slowestMs: this.slowestMs,
      });
      // Had this failed, the cap would stay: fewer slots may be recorded than are held here.
      this.cap = Number.POSITIVE_INFINITY;
      if (!granted) {
        this.granted = 0;
        return this.onGone(this);
      }
      this.granted = granted.granted;
      this.leaseUntil = now + leaseMs;
      this.hasRate = granted.rate != null;
      this.pace.perMs = this.hasRate ? granted.rate! / ((granted.periodSeconds ?? 1) * 1000) : 0;
      if (this.hasRate) await this.pace.more(this.wanted - this.busy);
    } finally {
      this.claiming = false;
    }
    this.pump();
    this.onRoom(this);
  }

  private longestDeadline(): number {
    let longest = 1000;
    for (const sources of this.sources.values())
      for (const source of sources) longest = Math.max(longest, source.deadlineMs);
    return longest;
  }

  private measuredRate(now: number): number {
    const seconds = (now - this.sentSince) / 1000;
    if (seconds < 1) return this.lastRate;
    this.lastRate = this.sentLately / seconds;
    this.sentLately = 0;
    this.sentSince = now;
    this.slowestMs *= 0.9;
    return this.lastRate;
  }
  private lastRate = 0;

  close(): void {
    this.pace.close();
    this.granted = 0;
  }
}

/** All lanes of a worker, renewed together. */
export class Lanes {
  private readonly lanes = new Map<string | null, Lane>();
  private readonly holder: number;
  private readonly onRoom: (lane: Lane) => void;
  private readonly onGone: (lane: Lane) => void;
  private readonly timer: NodeJS.Timeout;
  private weighing = false;

  constructor(holder: number, onRoom: (lane: Lane) => void, onGone: (lane: Lane) => void) {
    this.holder = holder;
    this.onRoom = onRoom;
    this.onGone = onGone;
    this.timer = setInterval(() => {
      for (const lane of this.lanes.values()) lane.renewSoon();
      this.weigh().catch((error: Error) => log.warn({ error: error.message }, 'weights could not be read'));
    }, RENEW_MS);
  }

  /** Weights are read as often as limits, and only while runs compete. */
  private async weigh(): Promise<void> {
    const competing = new Set([...this.lanes.values()].flatMap((lane) => lane.competing));
    if (this.weighing || competing.size === 0) return;
    this.weighing = true;
    try {
      const weights = await weightsOf([...competing]);
      for (const lane of this.lanes.values()) lane.weigh(weights);
    } finally {
      this.weighing = false;
    }
  }

  get(policyId: string | null): Lane {
    let lane = this.lanes.get(policyId);
    if (!lane) {
      lane = new Lane(policyId, this.holder);
      lane.onRoom = this.onRoom;
      lane.onGone = this.onGone;
      this.lanes.set(policyId, lane);
    }
    return lane;
  }

  all(): Iterable<Lane> {
    return this.lanes.values();
  }

  close(): void {
    clearInterval(this.timer);
    for (const lane of this.lanes.values()) lane.close();
  }
}
