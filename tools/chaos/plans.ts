// What is inflicted when: many faults at random times, or few at fixed places.

import { TURNS } from './faults.ts';
import type { ChaosOptions, Planned } from './harness.ts';
import { randomFrom } from './receiver.ts';

/** So many faults, each kind by turns, 0.7 to 1.6 s apart. @param database crash it, too; not where others share it */
export function manyFaults(count: number, seed: number, database: boolean): Planned[] {
  const random = randomFrom(seed + 2);
  return Array.from({ length: count }, (_, i) => {
    const kind = TURNS[i % TURNS.length]!;
    return { kind: kind === 'database' && !database ? 'connections' : kind, afterMs: 700 + 900 * random() };
  });
}

/** What the sound engine must stand without a report. */
export const CONTROL: { plan: readonly Planned[]; options: Partial<ChaosOptions> } = {
  plan: [
    { kind: 'SIGKILL', atRequests: 60 },
    { kind: 'SIGTERM', atRequests: 150 },
    { kind: 'partition', atRequests: 240 },
    { kind: 'connections', atRequests: 320 },
  ],
  options: { workers: 2, trouble: 'fixed' },
};

/** Small enough to be over within seconds, with something of everything. */
export const SMALL: Omit<ChaosOptions, 'plan'> = {
  customers: 400,
  stopCustomers: 60,
  concurrency: 8,
  batchSize: 50,
  workers: 1,
  seed: 1,
  latencyMs: 40,
  trouble: 'little',
  limitMs: 60_000,
};
