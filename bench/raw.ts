// The raw limit: the same bodies, already rendered, sent by a bare undici loop to the same target; nothing else happens.
import { Pool } from 'undici';
import { renderedBody } from './job.ts';

export interface RawRun {
  customersPerSecond: number;
  cpuPer100k: number;
}

/** Sends customers 0 to `count` in requests of `batchSize`, `concurrency` at a time, over kept-alive connections. */
export async function rawRun(
  target: string,
  count: number,
  concurrency: number,
  batchSize: number,
  ca?: string,
): Promise<RawRun> {
  const bodies: Buffer[] = [];
  if (batchSize === 1) for (let i = 0; i < count; i++) bodies.push(Buffer.from(renderedBody(i)));
  // Prebuilt batches of a million customers would be half a gigabyte: ten different ones take turns.
  else
    for (let b = 0; b < 10; b++)
      bodies.push(
        Buffer.from(
          `{"messages":{"msg":[\n${Array.from({ length: batchSize }, (_, i) => renderedBody(b * batchSize + i)).join(',\n')}\n]}}`,
        ),
      );
  const requests = Math.ceil(count / batchSize);
  const pool = new Pool(target, { connections: concurrency, pipelining: 1, connect: { ca } });
  const headers = { 'content-type': 'application/json' };
  const cpu = process.cpuUsage();
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < requests) {
        const response = await pool.request({
          path: '/sms',
          method: 'POST',
          headers,
          body: bodies[next++ % bodies.length]!,
        });
        await response.body.text();
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  await pool.close();
  return { customersPerSecond: count / seconds, cpuPer100k: ((used.user + used.system) / 1e6 / count) * 1e5 };
}
