// Faults on purpose: a run over many customers while workers are killed, stopped and paused, connections are cut and the
// database crashes. What must hold is judged by chaos-invariants.ts.
import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { compile } from '../lib/core/compile.ts';
import { type Document, emptyDocument, newNode } from '../lib/core/document.ts';
import type { Kind } from '../lib/core/node-kinds.ts';
import { apply } from '../lib/core/operations.ts';
import { pool, prisma, sqlOf } from '../lib/db/index.ts';
import { requestKeys, startRuns } from '../lib/engine/index.ts';
import { compileTemplate } from '../lib/template/index.ts';
import { type Evidence, type Received, type Recorded, type Violation, violations } from './chaos-invariants.ts';
import { type Child, startChild } from './stack.ts';

export interface ChaosOptions {
  customers: number;
  /** Faults in all; each kind of them comes by turns. */
  kills: number;
  workers: number;
  concurrency: number;
  /** Makes a run of faults repeatable, as far as the clock allows. */
  seed: number;
  latencyMs: number;
  /** Crash the database, too; not where others share it. */
  database?: boolean;
  say?: (text: string) => void;
}

export interface ChaosReport {
  customers: number;
  faults: Record<string, number>;
  requests: number;
  lost: number;
  duplicates: number;
  /** Requests that were in flight when something was taken away, all faults together. */
  inFlightAtFaults: number;
  unknown: number;
  /** From a fault to the next request that a worker sent, in milliseconds. */
  recoveryMs: { median: number; worst: number };
  peakConcurrency: number;
  limit: number;
  peakWorkerMb: number;
  seconds: number;
  violations: Violation[];
}

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

interface Receiver {
  url: string;
  received: Received[];
  /** Requests being served now. */
  inFlight(): number;
  close(): void;
}

/** A third party that fails now and then, and writes down everything. A key fails at most once, so that runs end. */
async function startReceiver(random: () => number, latencyMs: number): Promise<Receiver> {
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
    if (dice < 0.005) return void request.socket.destroy();
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

/** Now → webhook for each customer → webhook for batches of them → attribute. */
function scenario(url: string, policyId: string): Document {
  let document = emptyDocument();
  const add = (kind: Kind, settings: object, after?: [id: string, port: string]): string => {
    const id = `n${document.nextNumber}`;
    const node = newNode(document, kind, id, { x: 0, y: 0 });
    const edges = after ? [{ id: `e${id}`, from: after[0], port: after[1], to: id }] : [];
    document = apply(document, {
      type: 'add',
      nodes: [{ ...node, settings: { ...node.settings, ...settings } } as never],
      edges,
    }).document;
    return id;
  };
  const single = add(
    'webhook',
    { url: `${url}/single`, policyId, payload: '{"c":{{ customer.number }},"at":{{ time }}}' },
    [add('now', {}), 'out'],
  );
  const batch = add(
    'webhook',
    {
      url: `${url}/batch`,
      policyId,
      batch: true,
      batchSize: 100,
      root: '[{% output customers separated by "," %}]',
      customer: '{"c":{{ customer.number }},"id":{{ webhook.id }}}',
    },
    [single, 'sent'],
  );
  add('set-attribute', { attributes: [{ name: 'reached', value: '{{ webhook.id }}' }] }, [batch, 'sent']);
  return document;
}

async function begin(options: ChaosOptions, url: string): Promise<{ runId: string; audience: number[] }> {
  const project = await prisma().project.create({ data: { name: 'Chaos' } });
  const { rows } = await pool().query<{ id: number }>(
    `INSERT INTO customer (project_id, properties) SELECT $1::uuid, jsonb_build_object('number', n) FROM generate_series(1, $2) AS n RETURNING id`,
    [project.id, options.customers],
  );
  const policy = await prisma().policy.create({
    data: { projectId: project.id, name: 'Chaos', concurrency: options.concurrency },
  });
  const document = scenario(url, policy.id);
  const program = compile(document, (source) => {
    const { reads } = compileTemplate(source, { name: 'x', escape: 'raw' });
    return { event: reads.has('event'), webhook: reads.has('webhook') };
  });
  const runs = await prisma().$transaction(async (tx) => {
    const made = await tx.scenario.create({
      data: { projectId: project.id, name: 'Chaos', status: 'active', draft: document as object },
    });
    const version = await tx.version.create({
      data: {
        scenarioId: made.id,
        number: 1,
        reason: 'start',
        document: document as object,
        program: program as object,
      },
    });
    return startRuns(sqlOf(tx), {
      projectId: project.id,
      scenarioId: made.id,
      versionId: version.id,
      program,
      startedById: null,
    });
  });
  return { runId: runs[0]!.id, audience: rows.map(({ id }) => id) };
}

const startWorkerChild = (receiver: string): Promise<Child> =>
  startChild(
    'worker',
    'tools/start-worker.ts',
    {
      DATABASE_URL: process.env.DATABASE_URL!,
      EGRESS_ALLOW: new URL(receiver).host,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    },
    { nodeArgs: ['--max-semi-space-size=8', '--disallow-code-generation-from-strings'], quiet: true },
  );

type Fault = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'connections' | 'database';
/** Kills most often; a crash of the database is the rarest. */
const TURNS: readonly Fault[] = [
  'SIGKILL',
  'SIGKILL',
  'SIGSTOP',
  'SIGKILL',
  'connections',
  'SIGKILL',
  'SIGTERM',
  'SIGKILL',
  'SIGKILL',
  'database',
];

/** Runs the scenario under faults on the database of DATABASE_URL, and judges it. */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = randomFrom(options.seed);
  const receiver = await startReceiver(randomFrom(options.seed + 1), options.latencyMs);
  const workers = await Promise.all(Array.from({ length: options.workers }, () => startWorkerChild(receiver.url)));
  const faults: { kind: Fault; at: number; inFlight: number }[] = [];
  const memory = watchMemory(workers);
  const started = performance.now();
  try {
    const { runId, audience } = await begin(options, receiver.url);
    let over = false;
    const watching = untilOver(runId).then(() => {
      over = true;
    });
    for (let i = 0; i < options.kills && !over; i++) {
      await sleep(700 + 900 * random());
      if (over) break;
      const turn = TURNS[i % TURNS.length]!;
      const kind = turn === 'database' && options.database === false ? 'connections' : turn;
      faults.push({ kind, at: performance.now(), inFlight: receiver.inFlight() });
      options.say?.(`${kind} (${i + 1} of ${options.kills}), ${receiver.received.length} requests so far`);
      await inflict(kind, workers, Math.floor(random() * workers.length), receiver.url);
    }
    await watching;
    const evidence = await gather(options, runId, audience, receiver.received, faults);
    return {
      ...summarise(options, evidence, faults),
      peakWorkerMb: Math.round(memory.peak()),
      seconds: Math.round((performance.now() - started) / 100) / 10,
    };
  } finally {
    memory.stop();
    await Promise.all(workers.map((worker) => worker.stop(2000)));
    receiver.close();
  }
}

async function inflict(kind: Fault, workers: Child[], which: number, url: string): Promise<void> {
  const victim = workers[which]!;
  if (kind === 'SIGKILL') {
    victim.process.kill('SIGKILL');
    await victim.ended;
    workers[which] = await retried(() => startWorkerChild(url));
  } else if (kind === 'SIGTERM') {
    await victim.stop();
    workers[which] = await retried(() => startWorkerChild(url));
  } else if (kind === 'SIGSTOP') {
    victim.process.kill('SIGSTOP');
    await sleep(3000);
    victim.process.kill('SIGCONT');
  } else if (kind === 'connections') {
    await retried(() =>
      pool().query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hookline worker'"),
    );
  } else {
    // One backend killed makes the server drop every connection and recover from its log, as after a crash.
    const { rows } = await pool().query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'hookline worker' AND state = 'idle' LIMIT 1",
    );
    if (rows[0]) process.kill(rows[0].pid, 'SIGKILL');
    await sleep(500);
  }
}

/** While the database recovers, asking and starting fail; that is no fault of the run. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= 60) throw error;
      await sleep(500);
    }
  }
}

async function untilOver(runId: string): Promise<void> {
  for (;;) {
    const { rows } = await retried(() =>
      pool().query<{ state: string }>('SELECT state FROM run WHERE id = $1', [runId]),
    );
    if (rows[0]!.state === 'done') return;
    await sleep(200);
  }
}

async function gather(
  options: ChaosOptions,
  runId: string,
  audience: number[],
  received: Received[],
  faults: readonly { at: number; kind: Fault }[],
): Promise<Evidence> {
  const keys = await requestKeys(pool(), runId);
  const { rows: recorded } = await pool().query<Omit<Recorded, 'key'>>(
    `SELECT e.node, e.outcome, u.journey, u.customer::float8 AS customer
       FROM ledger_entry e CROSS JOIN LATERAL unnest(e.journeys, e.customers) AS u(journey, customer) WHERE e.run_id = $1`,
    [runId],
  );
  const { rows: counts } = await pool().query<{
    node: number;
    entered: number;
    delivered: number;
    rejected: number;
    unknown: number;
    skipped: number;
    standing: number;
  }>(
    `SELECT n.node, n.entered, n.delivered, n.rejected, n.unknown, n.skipped,
            coalesce((SELECT sum(size) FROM chunk c WHERE c.run_id = n.run_id AND c.node = n.node), 0)::float8 AS standing
       FROM run_node n WHERE n.run_id = $1`,
    [runId],
  );
  return {
    audience,
    trigger: 1,
    webhooks: [2, 3],
    received,
    recorded: recorded.map((one) => ({ ...one, key: keys.get(`${one.node}:${one.journey}`) ?? null })),
    faults: faults.map(({ at }) => at),
    // Four times the concurrency may be claimed or in flight, and half of the slots again settled but not yet committed.
    inDoubtPerFault: options.concurrency * 5,
    limit: options.concurrency,
    mostTries: 6,
    counts: new Map(counts.map(({ node, ...live }) => [node, live])),
  };
}

function summarise(
  options: ChaosOptions,
  evidence: Evidence,
  faults: readonly { kind: Fault; at: number; inFlight: number }[],
) {
  const { received, recorded } = evidence;
  const starts = received.map(({ start }) => start).sort((a, b) => a - b);
  const recovery = faults.map(({ at }) => (starts.find((start) => start > at + 1) ?? at) - at).sort((a, b) => a - b);
  const accepted = Map.groupBy(
    received.filter(({ status }) => status === 200),
    ({ key }) => key,
  );
  let most = 0;
  for (const request of received)
    most = Math.max(most, received.filter(({ start, end }) => start <= request.start && end > request.start).length);
  const reached = new Set(recorded.filter(({ node }) => node === 2).map(({ customer }) => customer));
  return {
    customers: options.customers,
    faults: Object.fromEntries(
      Map.groupBy(faults, ({ kind }) => kind)
        .entries()
        .map(([kind, all]) => [kind, all.length]),
    ),
    requests: received.length,
    lost: evidence.audience.filter((customer) => !reached.has(customer)).length,
    duplicates: [...accepted.values()].reduce((sum, all) => sum + all.length - 1, 0),
    inFlightAtFaults: faults.reduce((sum, { inFlight }) => sum + inFlight, 0),
    unknown: recorded.filter(({ outcome }) => outcome === 'unknown').length,
    recoveryMs: {
      median: Math.round(recovery[recovery.length >> 1] ?? 0),
      worst: Math.round(recovery.at(-1) ?? 0),
    },
    peakConcurrency: most,
    limit: options.concurrency,
    violations: violations(evidence),
  };
}

function watchMemory(workers: readonly Child[]) {
  let peak = 0;
  const timer = setInterval(async () => {
    const { memoryOf } = await import('../bench/processes.ts');
    for (const { process: child } of workers) peak = Math.max(peak, memoryOf(child.pid!));
  }, 250);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}
