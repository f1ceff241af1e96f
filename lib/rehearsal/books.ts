import { createHash } from 'node:crypto';

/** A request as the inspector shows it. */
export interface SeenRequest {
  number: number;
  at: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** The first 64 kB. */
  body: string;
  bodyBytes: number;
  customers: number;
  status: number | 'reset' | 'silence';
  ms: number;
}

export interface Totals {
  requests: number;
  customers: number;
  /** Different Idempotency-Key headers among the requests that were accepted (2xx). */
  distinctKeys: number;
  /** Accepted requests whose key had been accepted before. */
  duplicates: number;
  /** Requests whose key had come before with another body: must stay 0. */
  changedBodies: number;
  peakConcurrency: number;
  inFlight: number;
  bytes: number;
  statuses: Record<string, number>;
  firstAt: string | null;
  lastAt: string | null;
  /** Requests in each of the last 60 seconds, oldest first. */
  perSecond: number[];
}

const KEPT_REQUESTS = 200;
const KEPT_BODY = 65_536;
/** Beyond this many keys only counting goes on, so that memory stays bounded. */
const KEPT_KEYS = 2_000_000;

/** What one target saw. */
export class Books {
  private requests = 0;
  private customers = 0;
  private duplicates = 0;
  private changedBodies = 0;
  private peak = 0;
  private inFlight = 0;
  private bytes = 0;
  private firstAt: number | null = null;
  private lastAt: number | null = null;
  private statuses: Record<string, number> = {};
  /** Key → hash of its body, and whether it was accepted. */
  private readonly keys = new Map<string, { hash: string; accepted: boolean }>();
  private accepted = 0;
  private readonly seconds = new Map<number, number>();
  private last: SeenRequest[] = [];

  enter(): void {
    if (++this.inFlight > this.peak) this.peak = this.inFlight;
  }

  leave(): void {
    this.inFlight--;
  }

  /** Counts a request that was read completely; gives its number. */
  read(body: Buffer, key: string | undefined): number {
    const now = Date.now();
    this.firstAt ??= now;
    this.lastAt = now;
    this.requests++;
    this.bytes += body.length;
    const second = Math.floor(now / 1000);
    this.seconds.set(second, (this.seconds.get(second) ?? 0) + 1);
    if (this.seconds.size > 61) this.seconds.delete(this.seconds.keys().next().value!);
    if (key !== undefined) {
      const known = this.keys.get(key);
      const hash = createHash('sha1').update(body).digest('base64');
      if (known && known.hash !== hash) this.changedBodies++;
      if (!known && this.keys.size < KEPT_KEYS) this.keys.set(key, { hash, accepted: false });
    }
    return this.requests;
  }

  /** Books how it was answered. */
  answer(key: string | undefined, customers: number, status: SeenRequest['status']): void {
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (typeof status !== 'number' || status < 200 || status > 299) return;
    const known = key === undefined ? undefined : this.keys.get(key);
    if (known?.accepted) {
      this.duplicates++;
      return;
    }
    if (known) known.accepted = true;
    this.accepted++;
    this.customers += customers;
  }

  /** Forgets everything but what is being served at this moment. */
  clear(): void {
    this.requests = this.customers = this.duplicates = this.changedBodies = this.bytes = this.accepted = 0;
    this.peak = this.inFlight;
    this.firstAt = this.lastAt = null;
    this.statuses = {};
    this.last = [];
    this.keys.clear();
    this.seconds.clear();
  }

  keep(seen: SeenRequest): void {
    this.last.push({ ...seen, body: seen.body.slice(0, KEPT_BODY) });
    if (this.last.length > KEPT_REQUESTS) this.last.shift();
  }

  totals(): Totals {
    const now = Math.floor(Date.now() / 1000);
    return {
      requests: this.requests,
      customers: this.customers,
      distinctKeys: this.accepted,
      duplicates: this.duplicates,
      changedBodies: this.changedBodies,
      peakConcurrency: this.peak,
      inFlight: this.inFlight,
      bytes: this.bytes,
      statuses: { ...this.statuses },
      firstAt: this.firstAt === null ? null : new Date(this.firstAt).toISOString(),
      lastAt: this.lastAt === null ? null : new Date(this.lastAt).toISOString(),
      perSecond: Array.from({ length: 60 }, (_, i) => this.seconds.get(now - 59 + i) ?? 0),
    };
  }

  /** Newest first. */
  latest(limit: number): SeenRequest[] {
    return this.last.toReversed().slice(0, limit);
  }
}
