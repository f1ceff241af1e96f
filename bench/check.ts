// node bench/check.ts: how long "Check audience" takes over an audience that nobody is sent anything, and how long it keeps
// the process from anything else at a time.   --customers N   --json
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installationKeys, openDatabase, run } from '../tools/stack.ts';
import { customer, scenario } from './job.ts';

const { values: options } = parseArgs({
  options: { customers: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
});
const CUSTOMERS = Number(options.customers);

async function projectWithCustomers(): Promise<string> {
  const { prisma, pool } = await import('../lib/db/index.ts');
  const project = await prisma().project.create({ data: { name: 'check' } });
  for (let from = 0; from < CUSTOMERS; from += 5000) {
    const rows = Array.from({ length: Math.min(5000, CUSTOMERS - from) }, (_, i) => JSON.stringify(customer(from + i)));
    await pool().query('INSERT INTO customer(project_id, properties) SELECT $1, unnest($2::jsonb[])', [
      project.id,
      rows,
    ]);
  }
  await pool().query('VACUUM ANALYZE customer');
  return project.id;
}

/** Seconds of one check, and the longest time in milliseconds for which the process could do nothing else. */
async function measure(projectId: string, batchSize: number) {
  const { prisma } = await import('../lib/db/index.ts');
  const { verbs } = await import('../lib/services/index.ts');
  const ctx = {
    projectId,
    actor: { kind: 'system' as const, id: null, name: 'bench' },
    role: null,
    requestId: 'bench',
    address: null,
  };
  const document = scenario('http://127.0.0.1:1', '', batchSize);
  const { id } = await prisma().scenario.create({ data: { projectId, name: 'check', draft: document as object } });
  const node = document.nodes.find(({ kind }) => kind === 'webhook')!.id;
  const started = performance.now();
  let longestBlockMs = 0;
  let ticked = started;
  const ticker = setInterval(() => {
    const now = performance.now();
    longestBlockMs = Math.max(longestBlockMs, now - ticked - 5);
    ticked = now;
  }, 5);
  const { check } = await verbs['webhook.check'](ctx, { scenario: id, node });
  for (;;) {
    const view = await verbs['webhook.check-open'](ctx, { check });
    if (view.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    clearInterval(ticker);
    if (view.report?.fine !== CUSTOMERS) throw new Error(`the check ended ${view.state}: ${view.message}`);
    return {
      mode: batchSize === 1 ? 'single' : 'batched',
      customers: CUSTOMERS,
      seconds: Math.round((performance.now() - started) / 10) / 100,
      renderSeconds: Math.round(view.report.renderMs / 10) / 100,
      longestBlockMs: Math.round(longestBlockMs),
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  }
}

await run(async () => {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-check-'));
  fs.chmodSync(folder, 0o755);
  const database = await openDatabase(folder);
  try {
    Object.assign(process.env, { ...installationKeys(folder).keys, DATABASE_URL: database.url, LOG_LEVEL: 'warn' });
    const { closeDb } = await import('../lib/db/index.ts');
    const projectId = await projectWithCustomers();
    const figures = [await measure(projectId, 1), await measure(projectId, 1000)];
    if (options.json) console.log(JSON.stringify({ figures }));
    else console.table(figures);
    await closeDb();
  } finally {
    database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
