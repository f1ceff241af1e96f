import { describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { runProgress } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { draw, projectWithCustomers, start } from '../../support/engine.ts';

// No worker: the run stands still, and enters by hand.
freshDatabase();

describe('how many are expected in a run', () => {
  it('is the audience at its start, however far it has come in, and whatever comes later', async () => {
    const { projectId, customers } = await projectWithCustomers(30);
    const { add, document } = draw();
    add('wait', { amount: 1, unit: 'days' }, [add('now'), 'out']);
    const run = await start(projectId, document());
    const expected = async () => (await runProgress(pool(), run.id)).expected;
    const enter = (n: number) =>
      pool().query('UPDATE run SET cursor = $2, entered = $3, expanded = $4 WHERE id = $1', [
        run.id,
        customers[n - 1],
        n,
        n === 30,
      ]);
    expect(await expected()).toBe(30);
    await pool().query("INSERT INTO customer (project_id, properties) VALUES ($1, '{}')", [projectId]);
    for (const n of [10, 11, 29]) {
      await enter(n);
      expect(await expected()).toBe(30);
    }
    await enter(30);
    expect(await expected()).toBe(30);
  });

  it('is counted anew when a run is looked at from before where it was', async () => {
    const { projectId, customers } = await projectWithCustomers(5);
    const { add, document } = draw();
    add('wait', { amount: 1, unit: 'days' }, [add('now'), 'out']);
    const run = await start(projectId, document());
    const at = (cursor: number) => pool().query('UPDATE run SET cursor = $2 WHERE id = $1', [run.id, cursor]);
    await at(customers[3]!);
    expect((await runProgress(pool(), run.id)).expected).toBe(1);
    await at(customers[1]!);
    expect((await runProgress(pool(), run.id)).expected).toBe(3);
  });
});
