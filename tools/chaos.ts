// npm run chaos: kills, pauses and cuts while a run is under way, and says whether anything was lost, sent twice or exceeded.
//   --customers N   --kills N   --workers N   --concurrency N   --latency MS   --seed N   --json
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './chaos-harness.ts';
import { installationKeys, openDatabase, run } from './stack.ts';

const { values: options } = parseArgs({
  options: {
    customers: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    concurrency: { type: 'string', default: '20' },
    latency: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

await run(async () => {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-chaos-'));
  fs.chmodSync(folder, 0o755);
  const database = await openDatabase(folder);
  Object.assign(process.env, installationKeys(folder).keys, { DATABASE_URL: database.url });
  const { closeDb } = await import('../lib/db/index.ts');
  try {
    const report = await chaos({
      customers: Number(options.customers),
      kills: Number(options.kills),
      workers: Number(options.workers),
      concurrency: Number(options.concurrency),
      latencyMs: Number(options.latency),
      seed: Number(options.seed),
      ...(options.json ? {} : { say: (text: string) => console.log(`  ${text}`) }),
    });
    if (options.json) console.log(JSON.stringify(report));
    else console.log(report);
    process.exitCode = report.violations.length === 0 ? 0 : 1;
  } catch (error) {
    // At once: tidying up after a fault may fail, too.
    console.error(error);
    process.exitCode = 1;
  } finally {
    await closeDb();
    database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
