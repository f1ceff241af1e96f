// Faults on purpose: a run over many customers while workers are killed, stopped and paused, connections are cut and the
// database crashes. What must hold is judged by chaos-invariants.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { compile } from '../lib/core/compile.ts';
import { type Document, emptyDocument, newNode } from '../lib/core/document.ts';
import type { Kind } from '../lib/core/node-kinds.ts';
import { apply } from '../lib/core/operations.ts';
import { pool, prisma, sqlOf } from '../lib/db/index.ts';
import { requestKeys, startRuns } from '../lib/engine/index.ts';
import { compileTemplate } from '../lib/template/index.ts';
import { type Evidence, type Received, type Recorded, type Violation, violations } from './chaos-invariants.ts';
import { type Receiver, randomFrom, startReceiver } from './chaos-receiver.ts';
import { type Fault, inflict, retried, TURNS, Workers } from './chaos-workers.ts';
import type { Child } from './stack.ts';

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
  /** Without an end by then, it fails and says what stands where. */
  limitMs?: number;
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
  recoveryMs: { median: number; worst: number; worstAfter: string };
  peakConcurrency: number;
  limit: number;
  peakWorkerMb: number;
  seconds: number;
  violations: Violation[];
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

/**
 * Runs the scenario under faults on the database of DATABASE_URL, and judges it.
 * @throws when a worker ends by itself, or the run does not end within `limitMs` (default 30 minutes)
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const receiver = await startReceiver(randomFrom(options.seed + 1), options.latencyMs);
  const workers = new Workers(receiver.url);
  const memory = watchMemory(workers.children);
  try {
    for (let place = 0; place < options.workers; place++) await workers.start(place);
    const started = performance.now();
    const { runId, audience } = await begin(options, receiver.url);
    const faults: Happened[] = [];
    await Promise.race([workers.broken, underFaults(options, runId, workers, receiver, faults)]);
    const evidence = await gather(options, runId, audience, receiver.received, faults);
    return {
      ...summarise(options, evidence, faults),
      peakWorkerMb: Math.round(memory.peak()),
      seconds: Math.round((performance.now() - started) / 100) / 10,
    };
  } finally {
    memory.stop();
    await workers.stop();
    receiver.close();
  }
}

interface Happened {
  kind: Fault;
  at: number;
  inFlight: number;
}

/** Inflicts one fault after the other, and waits for the end of the run. */
async function underFaults(
  options: ChaosOptions,
  runId: string,
  workers: Workers,
  receiver: Receiver,
  faults: Happened[],
): Promise<void> {
  const random = randomFrom(options.seed);
  let isOver = false;
  const over = untilOver(runId, options.limitMs ?? 1_800_000).then(() => {
    isOver = true;
  });
  const inflicting = async () => {
    for (let i = 0; i < options.kills; i++) {
      await sleep(700 + 900 * random());
      if (isOver) return;
      const turn = TURNS[i % TURNS.length]!;
      const kind = turn === 'database' && options.database === false ? 'connections' : turn;
      faults.push({ kind, at: performance.now(), inFlight: receiver.inFlight() });
      options.say?.(`${kind} (${i + 1} of ${options.kills}), ${receiver.received.length} requests so far`);
      await inflict(kind, workers, Math.floor(random() * options.workers));
    }
  };
  await Promise.all([over, inflicting()]);
}

async function untilOver(runId: string, limitMs: number): Promise<void> {
  const latest = performance.now() + limitMs;
  while (performance.now() < latest) {
    const { rows } = await retried(() =>
      pool().query<{ state: string }>('SELECT state FROM run WHERE id = $1', [runId]),
    );
    if (rows[0]!.state === 'done') return;
    await sleep(200);
  }
  const { rows } = await retried(() =>
    pool().query(
      `SELECT node, state, owner, deaths, claimed, count(*)::int AS chunks, sum(size)::int AS customers, min(due_at) AS due
         FROM chunk WHERE run_id = $1 GROUP BY node, state, owner, deaths, claimed`,
      [runId],
    ),
  );
  throw new Error(`the run did not end within ${limitMs / 1000} s; what stands: ${JSON.stringify(rows)}`);
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
  const recovery = faults
    .map(({ at, kind }) => ({ kind, ms: (starts.find((start) => start > at + 1) ?? at) - at }))
    .sort((a, b) => a.ms - b.ms);
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
      median: Math.round(recovery[recovery.length >> 1]?.ms ?? 0),
      worst: Math.round(recovery.at(-1)?.ms ?? 0),
      worstAfter: recovery.at(-1)?.kind ?? 'none',
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
