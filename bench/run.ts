// npm run bench: ours between two raw runs on the same machine at the same time, several rounds, medians.
//   --mode single|batched|all   --customers N   --rounds N   --concurrency N   --latency MS   --nodes N   --workers N
//   --events PER_SECOND   --tls   --json   --profile FOLDER
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { newAuthority } from '../tests/support/certificates.ts';
import { freePort } from '../tools/postgres.ts';
import { type Child, installationKeys, openDatabase, run, startChild, WORKER_NODE_ARGS } from '../tools/stack.ts';
import { type Bench, type Figures, type Job, measure } from './measure.ts';

const { values: options } = parseArgs({
  options: {
    mode: { type: 'string', default: 'all' },
    customers: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string' },
    latency: { type: 'string', default: '0' },
    nodes: { type: 'string', default: '4' },
    workers: { type: 'string', default: '1' },
    events: { type: 'string', default: '0' },
    tls: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

const say = (line: string) => {
  if (!options.json) console.log(line);
};

const jobOf = (mode: Job['mode']): Job => ({
  mode,
  customers: Number(options.customers ?? (mode === 'single' ? 20_000 : 200_000)),
  concurrency: Number(options.concurrency ?? (mode === 'single' ? 50 : 10)),
  latencyMs: Number(options.latency),
  rounds: Number(options.rounds),
  nodes: Number(options.nodes),
  events: Number(options.events),
});

/** A certificate for the target, and the files that its process and the worker are given. */
function certificate(folder: string): { ca: string; files: string[]; env: Record<string, string> } {
  const authority = newAuthority('Hookline bench');
  const { cert, key } = authority.issue({ name: 'target', hosts: ['127.0.0.1'] });
  const write = (name: string, text: string) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  };
  return {
    ca: authority.cert,
    files: [write('target.pem', cert), write('target-key.pem', key)],
    env: { EGRESS_CA_FILE: write('authority.pem', authority.cert) },
  };
}

await run(async () => {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-bench-'));
  fs.chmodSync(folder, 0o755);
  const database = await openDatabase(folder);
  const stops: (() => unknown)[] = [() => fs.rmSync(folder, { recursive: true, force: true }), () => database.stop()];
  try {
    const port = await freePort();
    const tls = options.tls ? certificate(folder) : null;
    const target = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    const env = {
      ...installationKeys(folder).keys,
      ...tls?.env,
      DATABASE_URL: database.url,
      EGRESS_ALLOW: `127.0.0.1:${port}`,
      LOG_LEVEL: 'warn',
    };
    Object.assign(process.env, env);
    const { closeDb, pool } = await import('../lib/db/index.ts');
    stops.push(closeDb);
    const sink = await startChild('target', 'bench/target.ts', env, { args: [String(port), ...(tls?.files ?? [])] });
    stops.push(() => sink.stop());
    const workers: Child[] = [];
    for (let i = 0; i < Number(options.workers); i++) {
      const profile = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(options.profile)}`] : [];
      const nodeArgs = [...WORKER_NODE_ARGS, ...profile];
      const worker = await startChild('worker', 'tools/start-worker.ts', env, { nodeArgs });
      workers.push(worker);
      stops.push(() => worker.stop());
    }
    const { rows } = await pool().query<{ pid: number }>(
      "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid",
    );
    const bench: Bench = { target, ca: tls?.ca, workers, databasePid: rows[0]!.pid };
    const modes = options.mode === 'all' ? (['single', 'batched'] as const) : [options.mode as Job['mode']];
    const figures: Figures[] = [];
    for (const mode of modes) {
      say(`\n${mode}`);
      figures.push(await measure(bench, jobOf(mode), (line) => say(`  ${line}`)));
      if (!options.json) console.table(figures.at(-1));
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
