// The third party of a run under faults: it fails now and then, and its books are what everything is judged by.
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Received } from './chaos-invariants.ts';

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

export interface Receiver {
  url: string;
  received: Received[];
  /** Requests being served now. */
  inFlight(): number;
  close(): void;
}

/** A third party that fails now and then, and writes down everything. A key fails at most once, so that runs end. */
export async function startReceiver(random: () => number, latencyMs: number): Promise<Receiver> {
  const received: Received[] = [];
  const failed = new Set<string>();
  let inFlight = 0;
  const server = http.createServer(async (request, response) => {
    const start = performance.now();
    inFlight++;
    const entry: Received = {
      key: String(request.headers['idempotency-key']),
      hash: '',
      start,
      end: 0,
      status: 0,
      customers: [],
    };
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
    await sleep(latencyMs * (0.5 + random()));
    const dice = failed.has(entry.key) ? 1 : random();
    if (dice < 0.02) failed.add(entry.key);
    if (dice < 0.005) {
      // The sender knows it as soon as the socket is closed, which is before this process is told so.
      if (entry.end === 0) entry.end = performance.now();
      return void request.socket.destroy();
    }
    // Nobody listens any more: it stays as when the connection was closed.
    if (entry.end > 0) return;
    entry.status = dice < 0.015 ? 500 : dice < 0.02 ? 429 : 200;
    entry.end = performance.now();
    response.writeHead(entry.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: true, id: received.length }));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    inFlight: () => inFlight,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
