import { describe, expect, inject, it } from 'vitest';
import { chaos } from '../../../tools/chaos/harness.ts';
import { lineUp } from '../../../tools/chaos/lineup.ts';
import { manyFaults } from '../../../tools/chaos/plans.ts';
import { freshDatabase } from '../../support/database.ts';

freshDatabase();

describe('ten thousand customers and twenty faults', () => {
  it('lose nobody, send nothing twice without cause, and never exceed the limit', async () => {
    const report = await chaos({
      customers: 10_000,
      stopCustomers: 200,
      batchSize: 100,
      plan: manyFaults(20, 7, false),
      workers: 2,
      concurrency: 20,
      seed: 7,
      latencyMs: 60,
      trouble: 'chance',
      recoverWithinMs: 15_000,
      limitMs: 140_000,
    });
    expect(report.violations).toEqual([]);
    expect(report).toMatchObject({ lost: 0, unknown: 0 });
    const { sent = 0, acceptedAgain = 0 } = report.inDoubt.SIGKILL ?? {};
    expect(acceptedAgain).toBeLessThanOrEqual(sent);
    expect(report.peakConcurrency).toBeLessThanOrEqual(20);
    expect(Object.values(report.faults).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(10);
  }, 180_000);
});

describe('an engine that breaks one promise in one line', () => {
  it('is found out, each of them, and the sound one is not', async () => {
    const suspects = await lineUp(inject('postgres'));
    expect(suspects.filter(({ isCaught }) => !isCaught)).toEqual([]);
    expect(new Set(suspects.flatMap(({ invariant }) => invariant ?? []))).toEqual(
      new Set(Array.from({ length: 18 }, (_, i) => `I${i + 1}`)),
    );
  }, 400_000);
});
