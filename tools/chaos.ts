// npm run chaos: kills, pauses and cuts while campaigns are under way, and says whether anything was lost, sent twice or exceeded.
//   --customers N   --kills N   --workers N   --concurrency N   --latency MS   --seed N   --json
//   --mutants   --mutant NAME   instead: small runs with broken engines, which must be found out
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chaos } from './chaos/harness.ts';
import { lineUp } from './chaos/lineup.ts';
import { MUTANTS, mutantOf } from './chaos/mutants.ts';
import { manyFaults } from './chaos/plans.ts';
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
    mutants: { type: 'boolean', default: false },
    mutant: { type: 'string', multiple: true, default: [] },
  },
});

/** @returns whether everything was as it should be */
async function underFaults(): Promise<boolean> {
  const seed = Number(options.seed);
  const report = await chaos({
    customers: Number(options.customers),
    stopCustomers: 200,
    batchSize: 100,
    plan: manyFaults(Number(options.kills), seed, true),
    workers: Number(options.workers),
    concurrency: Number(options.concurrency),
    latencyMs: Number(options.latency),
    seed,
    trouble: 'chance',
    ...(options.json ? {} : { say: (text: string) => console.log(`  ${text}`) }),
  });
  if (options.json) console.log(JSON.stringify(report));
  else console.log(report);
  return report.violations.length === 0;
}

/** @returns whether every mutant was found out, and nothing was reported of the sound engine */
async function withMutants(url: string): Promise<boolean> {
  const chosen = options.mutants ? MUTANTS : options.mutant.map(mutantOf);
  const suspects = await lineUp(url, chosen, 4, ({ name, invariant, isCaught, violations, error, seconds }) => {
    if (options.json) return;
    const found = error ?? violations.map((one) => `${one.invariant}: ${one.what}`).join('\n    ');
    console.log(
      `  ${isCaught ? 'as it should be' : 'NOT AS IT SHOULD BE'}: ${name} (${invariant ?? 'none'}), ${seconds} s`,
    );
    if (found) console.log(`    ${found}`);
  });
  if (options.json) console.log(JSON.stringify(suspects));
  return suspects.every(({ isCaught }) => isCaught);
}

await run(async () => {
  const folder = fs.mkdtempSync(path.join('/var/tmp', 'hookline-chaos-'));
  fs.chmodSync(folder, 0o755);
  const database = await openDatabase(folder);
  Object.assign(process.env, installationKeys(folder).keys, { DATABASE_URL: database.url });
  const { closeDb } = await import('../lib/db/index.ts');
  try {
    const isFine = options.mutants || options.mutant.length > 0 ? await withMutants(database.url) : await underFaults();
    process.exitCode = isFine ? 0 : 1;
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
