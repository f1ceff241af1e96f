// npm run demo: the main job, proven without a browser. Brings the database, the demo project, the rehearsal target and a
// worker up on free ports, runs the two demo scenarios over 10,000 customers, and exits 0 only if the ledger adds up.
//   --customers N   another number of customers      --json   the result as one JSON object on the last line
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { seedDemo } from '../prisma/seed.ts';
import { freePort } from './postgres.ts';
import { installationKeys, openDatabase, run, startChild, WORKER_NODE_ARGS } from './stack.ts';

const { values: options } = parseArgs({
  options: { customers: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
});
const CUSTOMERS = Number(options.customers);

interface Result {
  scenario: string;
  customers: number;
  requests: number;
  delivered: number;
  rejected: number;
  unknown: number;
  seconds: number;
  customersPerSecond: number;
  peakConcurrency: number;
  limit: number;
  addsUp: boolean;
}

interface Node {
  number: number;
  name: string;
  entered: number;
  waiting: number;
  inFlight: number;
  delivered: number;
  rejected: number;
  unknown: number;
  skipped: number;
}

const say = (text: string) => {
  if (!options.json) process.stdout.write(text);
};

/** Starts a scenario of the demo project, follows it to its end and compares our ledger with the target's own books. */
async function rehearse(
  projectId: string,
  scenarioName: string,
  target: string,
  rehearsalUrl: string,
): Promise<Result> {
  const { verbs } = await import('../lib/services/index.ts');
  const { prisma } = await import('../lib/db/index.ts');
  const ctx = {
    projectId,
    actor: { kind: 'system' as const, id: null, name: 'demo' },
    role: null,
    requestId: 'demo',
    address: null,
  };
  const scenario = await prisma().scenario.findFirstOrThrow({ where: { projectId, name: scenarioName } });
  const limit = await limitOf(scenario.draft);
  await fetch(`${rehearsalUrl}/_books/${target}`, { method: 'DELETE' });
  const started = performance.now();
  const { runs } = await verbs['scenario.start'](ctx, { id: scenario.id });
  const runId = runs[0]!.id;

  say(`\n  ${pc.bold(scenarioName)}\n`);
  const bar = new SingleBar({
    format: '  {bar} {value} / {total} customers',
    barsize: 40,
    hideCursor: true,
    clearOnComplete: false,
    stopOnComplete: true,
  });
  if (!options.json) bar.start(CUSTOMERS, 0);
  let nodes: Node[] = [];
  for (;;) {
    const view = await verbs['run.open'](ctx, { run: runId });
    nodes = view.counts as unknown as Node[];
    const webhook = webhookNode(nodes, scenario.draft);
    if (!options.json) bar.update(webhook.delivered + webhook.rejected + webhook.unknown);
    if (view.run.state === 'done' || view.run.state === 'stopped') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const seconds = (performance.now() - started) / 1000;
  if (!options.json) bar.stop();

  const webhook = webhookNode(nodes, scenario.draft);
  const books = (await (await fetch(`${rehearsalUrl}/_books/${target}`)).json()) as {
    requests: number;
    customers: number;
    peakConcurrency: number;
    duplicates: number;
  };
  const addsUp =
    nodes.every(
      (node) =>
        node.entered === node.waiting + node.inFlight + node.delivered + node.rejected + node.unknown + node.skipped,
    ) &&
    webhook.entered === CUSTOMERS &&
    webhook.delivered === CUSTOMERS &&
    books.customers === CUSTOMERS &&
    books.duplicates === 0 &&
    books.peakConcurrency <= limit;
  return {
    scenario: scenarioName,
    customers: webhook.entered,
    requests: books.requests,
    delivered: webhook.delivered,
    rejected: webhook.rejected,
    unknown: webhook.unknown,
    seconds: Math.round(seconds * 100) / 100,
    customersPerSecond: Math.round(webhook.entered / seconds),
    peakConcurrency: books.peakConcurrency,
    limit,
    addsUp,
  };
}

interface Draft {
  nodes: { kind: string; number: number; settings: { policyId?: string } }[];
}

function webhookNode(nodes: Node[], draft: unknown): Node {
  const { number } = (draft as Draft).nodes.find((node) => node.kind === 'webhook')!;
  return (
    nodes.find((node) => node.number === number) ?? {
      number,
      name: '',
      entered: 0,
      waiting: 0,
      inFlight: 0,
      delivered: 0,
      rejected: 0,
      unknown: 0,
      skipped: 0,
    }
  );
}

async function limitOf(draft: unknown): Promise<number> {
  const { prisma } = await import('../lib/db/index.ts');
  const id = (draft as Draft).nodes.find((node) => node.kind === 'webhook')!.settings.policyId!;
  return (await prisma().policy.findUniqueOrThrow({ where: { id } })).concurrency;
}

function table(results: Result[]): string {
  const columns: [string, (r: Result) => string | number][] = [
    ['scenario', (r) => r.scenario],
    ['customers', (r) => r.customers],
    ['requests', (r) => r.requests],
    ['delivered', (r) => r.delivered],
    ['rejected', (r) => r.rejected],
    ['unknown', (r) => r.unknown],
    ['customers/s', (r) => r.customersPerSecond],
    ['peak/limit', (r) => `${r.peakConcurrency}/${r.limit}`],
    ['adds up', (r) => (r.addsUp ? 'yes' : 'NO')],
  ];
  const cells = [
    columns.map(([title]) => title),
    ...results.map((result) =>
      columns.map(([, value]) =>
        typeof value(result) === 'number' ? value(result).toLocaleString('en') : String(value(result)),
      ),
    ),
  ];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map(
      (row) =>
        `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`,
    )
    .join('\n');
}

await run(async () => {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-demo-'));
  fs.chmodSync(folder, 0o755);
  say(`\n${pc.bold('Hookline demo')}\n  starting the database, the rehearsal target and a worker …\n`);
  const database = await openDatabase(folder);
  const stops: (() => unknown)[] = [() => fs.rmSync(folder, { recursive: true, force: true }), () => database.stop()];
  try {
    const port = await freePort();
    const rehearsalUrl = `http://127.0.0.1:${port}`;
    const env = {
      ...installationKeys(folder).keys,
      DATABASE_URL: database.url,
      REHEARSAL_URL: rehearsalUrl,
      EGRESS_ALLOW: `127.0.0.1:${port}`,
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    };
    Object.assign(process.env, env);
    const { closeDb } = await import('../lib/db/index.ts');
    stops.push(closeDb);
    const { projectId } = (await seedDemo(rehearsalUrl, CUSTOMERS))!;
    const rehearsal = await startChild('rehearsal', 'tools/start-rehearsal.ts', {
      ...env,
      REHEARSAL_PORT: String(port),
    });
    stops.push(() => rehearsal.stop());
    const worker = await startChild('worker', 'tools/start-worker.ts', env, {
      nodeArgs: WORKER_NODE_ARGS,
    });
    stops.push(() => worker.stop());

    const results = [
      await rehearse(projectId, 'Spring SMS', 'sms', rehearsalUrl),
      await rehearse(projectId, 'Spring offers, one by one', 'offers', rehearsalUrl),
    ];
    const ok = results.every((result) => result.addsUp);
    say(
      `\n\n${table(results)}\n\n  ${ok ? pc.green('The ledger adds up.') : pc.red('The ledger does not add up.')}\n\n`,
    );
    if (options.json) console.log(JSON.stringify({ ok, results }));
    process.exitCode = ok ? 0 : 1;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
});
