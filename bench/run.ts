// npm run bench: ours between two raw runs on the same machine at the same time, several rounds, medians.
//   --mode single|batched|all   --customers N   --rounds N   --concurrency N   --latency MS   --json   --profile FOLDER
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../tools/postgres.ts';
import { type Child, installationKeys, openDatabase, run, startChild, WORKER_NODE_ARGS } from '../tools/stack.ts';
import { customer, scenario } from './job.ts';
import { cpuOfTree, median, peakMemory } from './processes.ts';
import { rawRun } from './raw.ts';

const { values: options } = parseArgs({
  options: {
    mode: { type: 'string', default: 'all' },
    customers: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string' },
    latency: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

interface Figures {
  mode: string;
  customers: number;
  batchSize: number;
  concurrency: number;
  latencyMs: number;
  rounds: number;
  rawPerSecond: number;
  oursPerSecond: number;
  ratio: number;
  workerCpuPer100k: number;
  databaseCpuPer100k: number;
  rawCpuPer100k: number;
  peakWorkerMb: number;
  firstRequestMs: number;
  peakConcurrency: number;
  lost: number;
  duplicates: number;
}

interface Books {
  requests: number;
  distinct: number;
  duplicates: number;
  peakConcurrency: number;
  firstAt: number;
}

const books = async (target: string): Promise<Books> => (await (await fetch(`${target}/stats`)).json()) as Books;
const reset = (target: string, latency: number) => fetch(`${target}/reset?latency=${latency}`, { method: 'POST' });

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
  await pool().query('VACUUM ANALYZE customer');
  return project.id;
}

async function measure(
  mode: 'single' | 'batched',
  worker: Child,
  databasePid: number,
  target: string,
): Promise<Figures> {
  const { prisma } = await import('../lib/db/index.ts');
  const { verbs } = await import('../lib/services/index.ts');
  const batchSize = mode === 'single' ? 1 : 1000;
  const customers = Number(options.customers ?? (mode === 'single' ? 20_000 : 200_000));
  const concurrency = Number(options.concurrency ?? (mode === 'single' ? 50 : 10));
  const latency = Number(options.latency);
  const projectId = await projectWith(customers);
  const policy = await prisma().policy.create({ data: { projectId, name: 'bench', concurrency } });
  const ctx = {
    projectId,
    actor: { kind: 'system' as const, id: null, name: 'bench' },
    role: null,
    requestId: 'bench',
    address: null,
  };
  const rounds: Omit<Figures, 'mode' | 'rounds'>[] = [];

  for (let round = 0; round < Number(options.rounds); round++) {
    await reset(target, latency);
    const before = await rawRun(target, customers, concurrency, batchSize);
    await reset(target, latency);
    const made = await prisma().scenario.create({
      data: { projectId, name: `bench ${round}`, draft: scenario(target, policy.id, batchSize) as object },
    });
    const cpu = { worker: cpuOfTree(worker.process.pid!), database: cpuOfTree(databasePid) };
    const started = Date.now();
    const { value: seconds, peakMb } = await peakMemory(worker.process.pid!, async () => {
      const { runs } = await verbs['scenario.start'](ctx, { id: made.id });
      for (;;) {
        const row = await prisma().run.findUniqueOrThrow({
          where: { id: BigInt(runs[0]!.id) },
          select: { state: true, endedAt: true },
        });
        if (row.state === 'done') return (row.endedAt!.getTime() - started) / 1000;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    });
    const seen = await books(target);
    const used = {
      worker: cpuOfTree(worker.process.pid!) - cpu.worker,
      database: cpuOfTree(databasePid) - cpu.database,
    };
    await reset(target, latency);
    const after = await rawRun(target, customers, concurrency, batchSize);
    const raw = (before.customersPerSecond + after.customersPerSecond) / 2;
    rounds.push({
      customers,
      batchSize,
      concurrency,
      latencyMs: latency,
      rawPerSecond: raw,
      oursPerSecond: customers / seconds,
      ratio: customers / seconds / raw,
      workerCpuPer100k: (used.worker / customers) * 1e5,
      databaseCpuPer100k: (used.database / customers) * 1e5,
      rawCpuPer100k: (before.cpuPer100k + after.cpuPer100k) / 2,
      peakWorkerMb: peakMb,
      firstRequestMs: seen.firstAt - started,
      peakConcurrency: seen.peakConcurrency,
      lost: customers - seen.distinct,
      duplicates: seen.duplicates,
    });
    if (!options.json)
      console.log(`  round ${round + 1}: ours ${Math.round(customers / seconds)}/s, raw ${Math.round(raw)}/s`);
  }
  const of = (key: keyof (typeof rounds)[0]) => Math.round(median(rounds.map((round) => round[key])) * 100) / 100;
  const worst = (key: keyof (typeof rounds)[0]) => Math.max(...rounds.map((round) => round[key]));
  return {
    mode,
    rounds: rounds.length,
    customers,
    batchSize,
    concurrency,
    latencyMs: latency,
    rawPerSecond: of('rawPerSecond'),
    oursPerSecond: of('oursPerSecond'),
    ratio: of('ratio'),
    workerCpuPer100k: of('workerCpuPer100k'),
    databaseCpuPer100k: of('databaseCpuPer100k'),
    rawCpuPer100k: of('rawCpuPer100k'),
    peakWorkerMb: worst('peakWorkerMb'),
    firstRequestMs: of('firstRequestMs'),
    peakConcurrency: worst('peakConcurrency'),
    lost: worst('lost'),
    duplicates: worst('duplicates'),
  };
}

await run(async () => {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-bench-'));
  fs.chmodSync(folder, 0o755);
  const database = await openDatabase(folder);
  const stops: (() => unknown)[] = [() => fs.rmSync(folder, { recursive: true, force: true }), () => database.stop()];
  try {
    const port = await freePort();
    const target = `http://127.0.0.1:${port}`;
    const env = {
      ...installationKeys(folder).keys,
      DATABASE_URL: database.url,
      EGRESS_ALLOW: `127.0.0.1:${port}`,
      LOG_LEVEL: 'warn',
    };
    Object.assign(process.env, env);
    const { closeDb, pool } = await import('../lib/db/index.ts');
    stops.push(closeDb);
    const sink = await startChild('target', 'bench/target.ts', env, { args: [String(port)] });
    stops.push(() => sink.stop());
    const worker = await startChild('worker', 'tools/start-worker.ts', env, {
      nodeArgs: [
        ...WORKER_NODE_ARGS,
        ...(options.profile ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(options.profile)}`] : []),
      ],
    });
    stops.push(() => worker.stop());
    const { rows } = await pool().query<{ pid: number }>(
      "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid",
    );
    const modes = options.mode === 'all' ? (['single', 'batched'] as const) : [options.mode as 'single' | 'batched'];
    const figures: Figures[] = [];
    for (const mode of modes) {
      if (!options.json) console.log(`\n${mode}`);
      figures.push(await measure(mode, worker, rows[0]!.pid, target));
      if (!options.json) console.table([figures.at(-1)]);
    }
    const machine = {
      cpu: os.cpus()[0]!.model,
      cores: os.cpus().length,
      memoryGb: Math.round(os.totalmem() / 2 ** 30),
      node: process.version,
    };
    if (options.json) console.log(JSON.stringify({ machine, figures }));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
});
