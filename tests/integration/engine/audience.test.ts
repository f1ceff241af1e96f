import { describe, expect, it } from 'vitest';
import { inTransaction, pool } from '../../../lib/db/index.ts';
import { stopRuns } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { countsOf, draw, ended, policy, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';
import { withWorkerProcesses } from '../../support/worker-process.ts';

const target = withTarget();
freshDatabase();

const workers = withWorkerProcesses();

/** A batched campaign to a target of that name, one request at a time. */
async function campaign(
  name: string,
  { customers, batchSize, latencyMs }: Record<'customers' | 'batchSize' | 'latencyMs', number>,
) {
  await target.behave(name, { latencyMs });
  const { projectId } = await projectWithCustomers(customers);
  const { add, document } = draw();
  add(
    'webhook',
    {
      url: target.url(name),
      policyId: await policy(projectId, 1),
      batch: true,
      batchSize,
      root: "[{% output customers separated by ',' %}]",
      customer: '{"n": {{ customer.number }}, "colour": "{{ customer.colour }}"}',
    },
    [add('now'), 'out'],
  );
  return { projectId, run: await start(projectId, document(), name) };
}

/** Chunks of a run at its webhook: who has them, and whether a job waits to be taken for them. */
async function standing(runId: string): Promise<{ owner: number | null; hasJob: boolean; claimed: number }[]> {
  const { rows } = await pool().query(
    `SELECT c.owner, j.id IS NOT NULL AS "hasJob", c.claimed FROM chunk c LEFT JOIN pgboss.job j ON j.id = c.job_id
      WHERE c.run_id = $1 AND c.node > 0 ORDER BY c.id`,
    [runId],
  );
  return rows;
}

const isKeptUnasked = async (runId: string): Promise<boolean> =>
  (await standing(runId)).some(({ owner, hasJob, claimed }) => owner !== null && !hasJob && claimed === 0);

describe('the audience of a batched webhook', () => {
  it('is in the hands of the only worker at once, as far as it has room; the rest waits in the queue', async () => {
    const { run } = await campaign('kept', { customers: 2000, batchSize: 100, latencyMs: 100 });
    await workers.start(1);
    await until('everybody came in', async () => (await countsOf(run.id)).get(2)?.entered === 2000);
    const chunks = await standing(run.id);
    const kept = chunks.filter(({ owner, hasJob }) => owner !== null && !hasJob);
    expect(kept.length).toBeGreaterThan(0);
    expect(chunks.every(({ owner, hasJob }) => owner !== null || hasJob)).toBe(true);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 2000 });
    expect(await target.books('kept')).toMatchObject({ requests: 20, customers: 2000 });
  });

  it('is shared with a peer, who is told of it', async () => {
    const { run } = await campaign('shared', { customers: 3000, batchSize: 20, latencyMs: 5 });
    await workers.start(2);
    const owners = new Set<number>();
    await until('both have some of it', async () => {
      for (const { owner } of await standing(run.id)) if (owner !== null) owners.add(owner);
      return owners.size === 2;
    });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 3000 });
    expect(await target.books('shared')).toMatchObject({ requests: 150, customers: 3000 });
  });

  it('loses nobody whom the worker had kept when it is killed', async () => {
    const { run } = await campaign('killed', { customers: 3000, batchSize: 250, latencyMs: 200 });
    await workers.start(1);
    await until('some are kept and not asked for', () => isKeptUnasked(run.id));
    await workers.running.pop()!.kill();
    await workers.start(1);
    expect((await ended(run.id)).get(2)).toMatchObject({ entered: 3000, delivered: 3000 });
  });

  it('gives back what was kept when the worker is stopped', async () => {
    const { run } = await campaign('drained', { customers: 3000, batchSize: 250, latencyMs: 200 });
    await workers.start(1);
    await until('some are kept and not asked for', () => isKeptUnasked(run.id));
    await workers.stopAll();
    expect((await standing(run.id)).every(({ owner, hasJob }) => owner === null && hasJob)).toBe(true);
    await workers.start(1);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 3000 });
    expect(await target.books('drained')).toMatchObject({ requests: 12, customers: 3000 });
  });

  it('is asked for with profiles as they are when its turn comes, also when they were read long before', async () => {
    const { projectId, run } = await campaign('repainted', { customers: 3000, batchSize: 250, latencyMs: 600 });
    await workers.start(1);
    await until('some are kept and not asked for', () => isKeptUnasked(run.id));
    await pool().query(
      `UPDATE customer SET properties = properties || '{"colour": "green"}' WHERE project_id = $1::uuid`,
      [projectId],
    );
    await ended(run.id);
    const colours = (await target.requests('repainted')).map(({ body }) => body.includes('"green"')).reverse();
    // What is in flight, and what waits for its slot, was made before.
    expect(colours.slice(3)).toEqual(Array(9).fill(true));
  });

  it('is skipped when the run is stopped, kept or not', async () => {
    const { run } = await campaign('stopped', { customers: 3000, batchSize: 250, latencyMs: 500 });
    await workers.start(1);
    await until('some are kept and not asked for', () => isKeptUnasked(run.id));
    await inTransaction((sql) => stopRuns(sql, { runId: run.id }, 'now'));
    const { entered, delivered, skipped } = (await ended(run.id)).get(2)!;
    expect(delivered).toBeLessThan(1500);
    expect(delivered + skipped).toBe(entered);
  });
});
