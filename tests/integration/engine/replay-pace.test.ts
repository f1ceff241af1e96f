import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool } from '../../../lib/db/index.ts';
import { type ReplayProgress, replay, runProgress, stopRuns } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { allow, draw, ended, policy, projectWithCustomers, start, until } from '../../support/engine.ts';
import { withWorkerProcesses } from '../../support/worker-process.ts';

const receiver = withReceiver();
freshDatabase();

const workers = withWorkerProcesses();

/** A receiver that refuses until it is told to accept, and writes down when each request came. */
function withReceiver() {
  let server: http.Server;
  const state = { url: '', accepts: false, latencyMs: 0, came: [] as number[], peak: 0 };
  let serving = 0;
  beforeAll(async () => {
    server = http.createServer((request, response) => {
      state.came.push(performance.now());
      serving++;
      state.peak = Math.max(state.peak, serving);
      const status = state.accepts ? 200 : 422;
      request.resume().on('end', () => {
        setTimeout(() => {
          serving--;
          response.writeHead(status, { 'content-type': 'application/json' }).end('{"success":true}');
        }, state.latencyMs);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    allow(state.url);
  });
  afterAll(() => server.closeAllConnections());
  return state;
}

/** A run of so many customers that were all refused; from here on the receiver accepts. */
async function refused(customers: number, settings: object = {}) {
  Object.assign(receiver, { accepts: false, latencyMs: 0 });
  const made = await projectWithCustomers(customers);
  const { add, document } = draw();
  add('webhook', { url: receiver.url, payload: '{"n": {{ customer.number }}}', ...settings }, [add('now'), 'out']);
  const run = await start(made.projectId, document());
  expect((await ended(run.id)).get(2)).toMatchObject({ rejected: customers });
  Object.assign(receiver, { accepts: true, came: [], peak: 0 });
  return { ...made, run };
}

const again = (runId: string, count: number, periodSeconds: number) =>
  inTransaction((sql) => replay(sql, { runId, nodeNumber: 2, as: 'same', rate: { count, periodSeconds } }));

/** The most that came within any time so long. */
function mostWithin(ms: number): number {
  const came = receiver.came.toSorted((a, b) => a - b);
  return Math.max(...came.map((first, i) => came.slice(i).filter((at) => at < first + ms).length));
}

describe('a replay with a rate of its own', () => {
  it('goes no faster than that over two workers, evenly, and tells how far it is', async () => {
    await workers.start(2);
    const { run } = await refused(60);
    expect(await again(run.id, 20, 1)).toEqual({ requests: 60, customers: 60 });
    const seen: ReplayProgress[] = [];
    await until('half of it came', async () => {
      seen.push(...(await runProgress(pool(), run.id)).replays);
      return receiver.came.length >= 30;
    });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 60, rejected: 0 });
    expect(receiver.came).toHaveLength(60);
    expect(mostWithin(1000)).toBeLessThanOrEqual(25);
    const tookMs = Math.max(...receiver.came) - Math.min(...receiver.came);
    expect(tookMs).toBeGreaterThan(2850);
    expect(tookMs).toBeLessThan(12_000);
    expect(seen[0]).toMatchObject({
      nodeNumber: 2,
      asNew: false,
      requests: 60,
      customers: 60,
      rate: { count: 20, periodSeconds: 1 },
    });
    expect(seen.at(-1)!.left).toBeLessThan(seen[0]!.left);
    expect((await runProgress(pool(), run.id)).replays).toEqual([]);
  });

  it('goes no faster than its policy either', async () => {
    await workers.start(1);
    const { run, projectId } = await refused(30);
    await policy(projectId, 5, { rate: 10, ratePeriodSeconds: 1, isDefault: true });
    await again(run.id, 1000, 1);
    await ended(run.id);
    expect(receiver.came).toHaveLength(30);
    expect(mostWithin(1000)).toBeLessThanOrEqual(12);
  });

  it('holds nobody up who waits for the same policy, and keeps few requests claimed', async () => {
    await workers.start(1);
    const { run, projectId } = await refused(40);
    const shared = await policy(projectId, 2, { isDefault: true });
    await again(run.id, 1, 60);
    await until('the first came', async () => receiver.came.length === 1);
    const { add, document } = draw();
    add('webhook', { url: receiver.url, payload: '{}', policyId: shared }, [add('now'), 'out']);
    const other = await start(projectId, document(), 'Other');
    expect((await ended(other.id, 10_000)).get(2)).toMatchObject({ delivered: 40 });
    const { rows } = await pool().query<{ claimed: number }>(
      'SELECT coalesce(sum(size - done), 0)::int AS claimed FROM request_window WHERE run_id = $1 AND open',
      [run.id],
    );
    expect(rows[0]!.claimed).toBeLessThanOrEqual(2);
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
    await ended(run.id);
    expect(receiver.came.length).toBeLessThanOrEqual(42);
  });
});

describe('a replay of a webhook that chooses no policy', () => {
  it('stays within the default policy of its project', async () => {
    await workers.start(1);
    const { run, projectId } = await refused(20);
    await policy(projectId, 1, { isDefault: true });
    receiver.latencyMs = 10;
    await inTransaction((sql) => replay(sql, { runId: run.id, nodeNumber: 2, as: 'same' }));
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 20 });
    expect(receiver.peak).toBe(1);
  });
});
