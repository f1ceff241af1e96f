// The third party of a run under faults: it fails now and then, and its books are what everything is judged by.
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Received } from './evidence.ts';

/** Small and fast, and the same everywhere (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Which requests fail: few of them by chance, a handful at fixed places, or only the one that is refused for good. */
export type Trouble = 'chance' | 'fixed' | 'little';

/** An answer; without a status the connection is cut after the request was read. */
interface Answer {
  status: number | null;
  retryAfterSeconds?: number;
}

const ACCEPTED: Answer = { status: 200 };
/** Longer than our own first delay, so that obeying it shows. */
const RETRY_AFTER_SECONDS = 13;
/** Whoever comes to `/stop` as this one is answered with a stop code until `mend` is called. */
const STOPPING = 10;

const BY_CHANCE: readonly [below: number, answer: Answer][] = [
  [0.005, { status: null }],
  [0.015, { status: 500 }],
  [0.0175, { status: 429 }],
  [0.02, { status: 429, retryAfterSeconds: RETRY_AFTER_SECONDS }],
  [0.022, { status: 422 }],
];
const REFUSED = 'single 9';
const FIXED: Record<string, Answer> = {
  'single 3': { status: 500 },
  'single 5': { status: 429, retryAfterSeconds: RETRY_AFTER_SECONDS },
  'single 7': { status: null },
  [REFUSED]: { status: 422 },
  'batch 2': { status: 500 },
};

export interface ReceiverOptions {
  random: () => number;
  latencyMs: number;
  trouble: Trouble;
  /** The secret that requests are to carry. */
  canary: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Requests being served now. */
  inFlight(): number;
  /** `/stop` accepts from here on. */
  mend(): void;
  close(): void;
}

/** A third party that fails now and then, and writes down everything. A key fails at most once, so that runs end. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { random, latencyMs, trouble, canary } = options;
  const received: Received[] = [];
  const known = new Map<string, number>();
  const counts = new Map<string, number>();
  let inFlight = 0;
  let isMended = false;

  /** Which request of its address it is, from 1; a repetition is what the first one was. */
  function placeOf({ key, path }: Received): { place: number; isFirst: boolean } {
    const before = known.get(key);
    if (before !== undefined) return { place: before, isFirst: false };
    const place = (counts.get(path) ?? 0) + 1;
    counts.set(path, place);
    known.set(key, place);
    return { place, isFirst: true };
  }

  function answerFor(entry: Received): Answer {
    const { place, isFirst } = placeOf(entry);
    if (entry.path === 'stop') return place === STOPPING && !isMended ? { status: 410 } : ACCEPTED;
    if (!isFirst) return ACCEPTED;
    if (trouble === 'chance') {
      const dice = random();
      return BY_CHANCE.find(([below]) => dice < below)?.[1] ?? ACCEPTED;
    }
    const name = `${entry.path} ${place}`;
    return (trouble === 'fixed' || name === REFUSED ? FIXED[name] : undefined) ?? ACCEPTED;
  }

  const server = http.createServer(async (request, response) => {
    const secret = String(request.headers['x-chaos-key'] ?? '');
    const entry: Received = {
      key: String(request.headers['idempotency-key']),
      path: request.url!.slice(1),
      hash: '',
      start: performance.now(),
      end: 0,
      status: 0,
      retryAfterMs: 0,
      hasSecret: secret === canary,
      customers: [],
    };
    inFlight++;
    response.once('close', () => {
      inFlight--;
      if (entry.end === 0) entry.end = performance.now();
    });
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // Cut off before it was read: it was never received.
      return;
    }
    const body = Buffer.concat(parts);
    entry.hash = createHash('sha1').update(body).digest('base64');
    entry.customers = [...body.toString().matchAll(/"c":(\d+)/g)].map(([, id]) => Number(id));
    received.push(entry);
    const { status, retryAfterSeconds } = answerFor(entry);
    await sleep(latencyMs * (0.5 + random()));
    if (status === null) {
      // The sender knows it as soon as the socket is closed, which is before this process is told so.
      if (entry.end === 0) entry.end = performance.now();
      return void request.socket.destroy();
    }
    // Nobody listens any more: it stays as when the connection was closed.
    if (entry.end > 0) return;
    entry.status = status;
    entry.retryAfterMs = (retryAfterSeconds ?? 0) * 1000;
    entry.end = performance.now();
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfterSeconds ? { 'retry-after': String(retryAfterSeconds) } : {}),
    });
    // Repeats the secret, as receivers do; nothing of ours may keep it.
    response.end(JSON.stringify({ success: true, id: received.length, yourKey: secret }));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    inFlight: () => inFlight,
    mend() {
      isMended = true;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
