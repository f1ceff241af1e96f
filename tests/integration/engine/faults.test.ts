import { describe, expect, it } from 'vitest';
import { chaos } from '../../../tools/chaos-harness.ts';
import { freshDatabase } from '../../support/database.ts';

freshDatabase();

describe('ten thousand customers and twenty faults', () => {
  it('lose nobody, send nothing twice without cause, and never exceed the limit', async () => {
    const report = await chaos({
      customers: 10_000,
      kills: 20,
      workers: 2,
      concurrency: 20,
      seed: 7,
      latencyMs: 60,
      database: false,
      limitMs: 140_000,
    });
    expect(report.violations).toEqual([]);
    expect(report).toMatchObject({ lost: 0, unknown: 0 });
    expect(report.peakConcurrency).toBeLessThanOrEqual(20);
    expect(report.peakWorkerMb).toBeLessThan(512);
    expect(Object.values(report.faults).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(10);
  }, 180_000);
});
