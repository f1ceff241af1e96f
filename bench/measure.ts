// One measurement: ours between two raw runs, several rounds, medians.
import { Agent, request } from 'undici';
import type { Child } from '../tools/stack.ts';
import { customer, eventScenario, scenario } from './job.ts';
import { cpuOfTree, median, memoryOf, peakMemory } from './processes.ts';
import { rawRun } from './raw.ts';

export interface Bench {
  target: string;
  /** Authority of the target's certificate, if it speaks TLS. */
  ca: string | undefined;
  workers: readonly Child[];
  databasePid: number;
}

export interface Job {
  mode: 'single' | 'batched';
  customers: number;
  concurrency: number;
  latencyMs: number;
  rounds: number;
  /** Nodes on everybody's way. */
  nodes: number;
  /** Events a second that come meanwhile, for a webhook of their own. */
  events: number;
}

interface Books {
  requests: number;
  distinct: number;
  duplicates: number;
  peakConcurrency: number;
  connections: number;
  firstAt: number;
  heldMs: number;
  answeredAt: number;
  delays: number[];
}

interface Round {
  rawPerSecond: number;
  oursPerSecond: number;
  ratio: number;
  workerCpuPer100k: number;
  databaseCpuPer100k: number;
  rawCpuPer100k: number;
  peakWorkerMb: number;
  firstRequestMs: number;
  /** Until the last customer had entered, in seconds. */
  enteredS: number;
  /** Share of the limit that was in use at the target between the first request and the last answer; null without a latency. */
  slotsBusy: number | null;
  rawSlotsBusy: number | null;
  /** What one look at the live numbers costs the database, in milliseconds. */
  lookMs: number;
  connections: number;
  peakConcurrency: number;
  lost: number;
  duplicates: number;
  /** From the call that gave an event to its request at the target, in milliseconds. */
  events: number;
  eventP50Ms: number | null;
  eventP95Ms: number | null;
}

export type Figures = Job & { batchSize: number; workers: number; tls: boolean } & Round;

async function ask(bench: Bench, path: string, method: 'GET' | 'POST'): Promise<Books> {
  const agent = new Agent({ connect: { ca: bench.ca } });
  try {
    const { body } = await request(`${bench.target}${path}`, { method, dispatcher: agent });
    return (await body.json()) as Books;
  } finally {
    await agent.close();
  }
}

const context = (projectId: string) => ({
  projectId,
  actor: { kind: 'system' as const, id: null, name: 'bench' },
  role: null,
  requestId: 'bench',
  address: null,
});

/** Customers of the job in a project of their own, inserted by the server itself from generated rows. */
async function projectWith(count: number): Promise<string> {
  const { prisma, pool } = await import('../lib/db/index.ts');
  const project = await prisma().project.create({ data: { name: `bench ${count}` } });
  for (let from = 0; from < count; from += 5000) {
    const rows = Array.from({ length: Math.min(5000, count - from) }, (_, i) => JSON.stringify(customer(from + i)));
    await pool().query('INSERT INTO customer(project_id, properties) SELECT $1, unnest($2::jsonb[])', [
      project.id,
      rows,
    ]);
  }
  // The first thousand are known by a name, so that events can be given for them.
  await pool().query(
    `INSERT INTO customer_identifier(project_id, kind, value, is_hard, customer_id)
     SELECT project_id, 'registered', properties->>'cid', true, id FROM customer WHERE project_id = $1 ORDER BY id LIMIT 1000`,
    [project.id],
  );
  await pool().query('VACUUM ANALYZE customer');
  return project.id;
}

/** Starts a stored scenario and gives the id of its run. */
async function startScenario(projectId: string, name: string, draft: object): Promise<string> {
  const { prisma } = await import('../lib/db/index.ts');
  const { verbs } = await import('../lib/services/index.ts');
  const made = await prisma().scenario.create({ data: { projectId, name, draft } });
  return (await verbs['scenario.start'](context(projectId), { id: made.id })).runs[0]!.id;
}

/** Gives events, evenly spread, until it is stopped. */
function giveEvents(projectId: string, perSecond: number): () => Promise<void> {
  let stopped = false;
  const giving = (async () => {
    const { verbs } = await import('../lib/services/index.ts');
    for (let i = 0; !stopped; i++) {
      const customer_ids = { registered: `c${String(i % 1000).padStart(7, '0')}` };
      const event = { customer_ids, event_type: 'order', properties: { sent_at: Date.now() } };
      const { refused, results } = await verbs['event.receive'](context(projectId), { events: [event] });
      if (refused > 0) throw new Error(`an event was refused: ${JSON.stringify(results)}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
    }
  })();
  return async () => {
    stopped = true;
    await giving;
  };
}

/** Waits for the end of a run while looking at its live numbers once a second, as an open page does. */
async function watch(runId: string, started: number): Promise<{ seconds: number; enteredS: number; lookMs: number }> {
  const { pool } = await import('../lib/db/index.ts');
  const { runCounts, runProgress } = await import('../lib/engine/index.ts');
  let enteredS = 0;
  let looks = 0;
  let spent = 0;
  let lookedAt = 0;
  for (;;) {
    const { rows } = await pool().query<{ state: string; expanded: boolean; endedAt: Date | null }>(
      'SELECT state, expanded, ended_at AS "endedAt" FROM run WHERE id = $1',
      [runId],
    );
    const { state, expanded, endedAt } = rows[0]!;
    if (expanded && enteredS === 0) enteredS = (Date.now() - started) / 1000;
    if (state === 'done') {
      const seconds = (endedAt!.getTime() - started) / 1000;
      return { seconds, enteredS, lookMs: looks === 0 ? 0 : spent / looks };
    }
    if (Date.now() - lookedAt >= 1000) {
      lookedAt = Date.now();
      const began = performance.now();
      await Promise.all([runCounts(pool(), runId), runProgress(pool(), runId)]);
      spent += performance.now() - began;
      looks++;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const share = (values: readonly number[], part: number): number | null =>
  values.length === 0 ? null : [...values].sort((a, b) => a - b)[Math.floor(values.length * part)]!;

/** Measures a job. @param say told of each round */
export async function measure(bench: Bench, job: Job, say: (line: string) => void): Promise<Figures> {
  const { prisma } = await import('../lib/db/index.ts');
  const { mode, customers, concurrency, latencyMs } = job;
  const batchSize = mode === 'single' ? 1 : 1000;
  const projectId = await projectWith(customers);
  const policy = await prisma().policy.create({ data: { projectId, name: 'bench', concurrency } });
  if (job.events > 0) {
    const own = await prisma().policy.create({ data: { projectId, name: 'events', concurrency: 10 } });
    await startScenario(projectId, 'bench events', eventScenario(bench.target, own.id));
  }
  const reset = () => ask(bench, `/reset?latency=${latencyMs}`, 'POST');
  const raw = async () => {
    await reset();
    const run = await rawRun(bench.target, customers, concurrency, batchSize, bench.ca);
    return { ...run, slotsBusy: busyIn(await ask(bench, '/stats', 'GET')) };
  };
  const busyIn = ({ heldMs, answeredAt, firstAt }: Books): number | null =>
    latencyMs > 0 ? heldMs / (concurrency * (answeredAt - firstAt)) : null;
  const workersCpu = () => bench.workers.reduce((sum, worker) => sum + cpuOfTree(worker.process.pid!), 0);
  const rounds: Round[] = [];
  for (let round = 0; round < job.rounds; round++) {
    const before = await raw();
    await reset();
    const cpu = { worker: workersCpu(), database: cpuOfTree(bench.databasePid) };
    const stopEvents = job.events > 0 ? giveEvents(projectId, job.events) : null;
    const started = Date.now();
    const { value: run, peakMb } = await peakMemory(
      () => Math.max(...bench.workers.map((worker) => memoryOf(worker.process.pid!))),
      async () => {
        const draft = scenario(bench.target, policy.id, batchSize, job.nodes);
        return watch(await startScenario(projectId, `bench ${round}`, draft), started);
      },
    );
    await stopEvents?.();
    const books = await ask(bench, '/stats', 'GET');
    const used = { worker: workersCpu() - cpu.worker, database: cpuOfTree(bench.databasePid) - cpu.database };
    const after = await raw();
    const rawPerSecond = (before.customersPerSecond + after.customersPerSecond) / 2;
    const oursPerSecond = customers / run.seconds;
    rounds.push({
      rawPerSecond,
      oursPerSecond,
      ratio: oursPerSecond / rawPerSecond,
      workerCpuPer100k: (used.worker / customers) * 1e5,
      databaseCpuPer100k: (used.database / customers) * 1e5,
      rawCpuPer100k: (before.cpuPer100k + after.cpuPer100k) / 2,
      peakWorkerMb: peakMb,
      firstRequestMs: books.firstAt - started,
      enteredS: run.enteredS,
      slotsBusy: busyIn(books),
      rawSlotsBusy: after.slotsBusy,
      lookMs: run.lookMs,
      connections: books.connections,
      peakConcurrency: books.peakConcurrency,
      lost: customers - books.distinct,
      duplicates: books.duplicates,
      events: books.delays.length,
      eventP50Ms: share(books.delays, 0.5),
      eventP95Ms: share(books.delays, 0.95),
    });
    say(`round ${round + 1}: ours ${Math.round(oursPerSecond)}/s, raw ${Math.round(rawPerSecond)}/s`);
  }
  return { ...job, batchSize, workers: bench.workers.length, tls: bench.ca !== undefined, ...together(rounds) };
}

/** Medians; of what must never happen, and of memory, the worst. */
function together(rounds: readonly Round[]): Round {
  const worst = new Set<keyof Round>(['peakWorkerMb', 'peakConcurrency', 'connections', 'lost', 'duplicates']);
  const names = Object.keys(rounds[0]!) as (keyof Round)[];
  return Object.fromEntries(
    names.map((name) => {
      const values = rounds.flatMap((round) => round[name] ?? []);
      const value = values.length === 0 ? null : worst.has(name) ? Math.max(...values) : median(values);
      return [name, value === null ? null : Math.round(value * 1000) / 1000];
    }),
  ) as unknown as Round;
}
