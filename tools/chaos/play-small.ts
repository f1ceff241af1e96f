// A small run under faults with the mutant HOOKLINE_MUTANT, or without one; prints the report as JSON. Started by lineup.ts.
import path from 'node:path';
import { closeDb } from '../../lib/db/index.ts';
import { run } from '../stack.ts';
import { chaos } from './harness.ts';
import { mutantOf } from './mutants.ts';
import { CONTROL, SMALL } from './plans.ts';

await run(async () => {
  const name = process.env.HOOKLINE_MUTANT;
  const { plan = [], options = {} } = name ? mutantOf(name) : CONTROL;
  try {
    const nodeArgs = ['--import', path.join(import.meta.dirname, 'mutate.ts')];
    console.log(JSON.stringify(await chaos({ ...SMALL, plan, nodeArgs, ...options })));
  } finally {
    await closeDb();
  }
});
