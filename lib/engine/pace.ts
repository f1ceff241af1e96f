/**
 * A rate limit as one worker keeps it: the database gives all workers together moments at which a request may leave, and a
 * moment that was not used in time is lost, because used late it would bring two requests close together: no second sees
 * more than the rate, a twentieth of it and one.
 */

const HORIZON_MS = 600;
const SHORTEST_LIFE_MS = 50;
const LONGEST_LIFE_MS = 250;
/** Requests are made ready for so long ahead. */
const AHEAD_MS = 2000;

/** Moments at which requests may leave, in milliseconds from now, ascending; and when the one after them would be. */
export interface Permits {
  times: number[];
  nextMs: number;
}

export class Pace {
  /** Requests a millisecond. */
  perMs: number;
  private permits: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private asking = false;
  /** Who is called at the next moment that is known; several lanes may share a pace. */
  private readonly waiting = new Set<() => void>();
  /** Before this there is no moment to be had. */
  private nextAt = 0;
  private readonly take: (wanted: number, horizonMs: number) => Promise<Permits>;

  /** @param take asks for so many moments within the horizon */
  constructor(take: (wanted: number, horizonMs: number) => Promise<Permits>, perMs = 0) {
    this.take = take;
    this.perMs = perMs;
  }

  /** Requests that may leave in the next two seconds. */
  get window(): number {
    return Math.max(1, Math.ceil(this.perMs * AHEAD_MS));
  }

  /** Half the distance between two requests, as far as a busy process can keep to it. */
  private get lifeMs(): number {
    return Math.min(LONGEST_LIFE_MS, Math.max(SHORTEST_LIFE_MS, 0.5 / this.perMs));
  }

  /** Whether a request may leave now; if not, `onDue` is called at the next moment that is known. */
  mayLeave(now: number, onDue: () => void): boolean {
    while (this.permits.length > 0 && this.permits[0]! < now - this.lifeMs) this.permits.shift();
    const next = this.permits[0];
    if (next !== undefined && next <= now) return true;
    if (next !== undefined) this.wakeAt(next, now, onDue);
    return false;
  }

  private wakeAt(moment: number, now: number, onDue: () => void): void {
    this.waiting.add(onDue);
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined;
        this.wake();
      },
      Math.ceil(moment - now),
    );
  }

  private wake(): void {
    const all = [...this.waiting];
    this.waiting.clear();
    for (const onDue of all) onDue();
  }

  /** A request leaves: its moment is used up. */
  leave(): void {
    this.permits.shift();
  }

  /**
   * For requests that could leave at this instant but for this pace: asks for moments that are near enough not to be lost,
   * and calls `onDue` when there is one. Kept ahead, they would seldom meet the moments of another pace.
   */
  async now(requests: number, now: number, onDue: () => void): Promise<void> {
    if (this.permits.length > 0) return;
    if (now < this.nextAt) return this.wakeAt(this.nextAt, now, onDue);
    this.waiting.add(onDue);
    // Whoever asks already wakes all. To be woken at once would ask again at once, without an end, and nothing else would go on.
    if (this.asking) return;
    await this.more(requests, this.lifeMs);
    this.wake();
  }

  /** Asks for moments when fewer are there than requests want and the near future allows. */
  async more(requests: number, horizonMs = HORIZON_MS): Promise<void> {
    const wanted = Math.min(requests, Math.ceil(this.perMs * horizonMs) + 1);
    if (this.asking || wanted <= this.permits.length) return;
    this.asking = true;
    try {
      const asked = performance.now();
      const { times, nextMs } = await this.take(wanted - this.permits.length, horizonMs);
      this.permits.push(...times.map((ms) => asked + ms));
      this.nextAt = asked + nextMs;
    } finally {
      this.asking = false;
    }
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
