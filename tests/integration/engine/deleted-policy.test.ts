import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pool, prisma, sqlOf } from '../../../lib/db/index.ts';
import { policyQueue, replacePolicy, startWorker, type Worker } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { draw, ended, policy, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

/** A running campaign that sends to a target of that name under a policy of so many at once. */
async function campaign(name: string, customers: number, concurrency: number) {
  await target.behave(name, { latencyMs: 50 });
  const { projectId } = await projectWithCustomers(customers);
  const policyId = await policy(projectId, concurrency);
  const { add, document } = draw();
  add('webhook', { url: target.url(name), policyId, payload: '{"n": {{ customer.number }}}' }, [add('now'), 'out']);
  const run = await start(projectId, document(), name);
  await until('it is under way', async () => (await target.books(name)).requests > concurrency);
  return { projectId, policyId, run };
}

const remove = (scenarioId: string, policyId: string, instead: string | null) =>
  prisma().$transaction(async (tx) => {
    await replacePolicy(sqlOf(tx), scenarioId, policyId, instead);
    await tx.policy.delete({ where: { id: policyId } });
  });
const inFlight = async (projectId: string, policyId: string) =>
  (await policyQueue(pool(), projectId, policyId))?.inFlight ?? 0;

describe('a policy that is deleted while its webhook sends', () => {
  it('gives everybody who waits to the one that takes its place, whose limit holds', async () => {
    const { projectId, policyId, run } = await campaign('smaller', 400, 10);
    const smaller = await policy(projectId, 3, { name: 'smaller' });
    await remove(run.scenarioId, policyId, smaller);
    await until('it goes by the other policy', async () => (await inFlight(projectId, smaller)) > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { requests } = await target.books('smaller');
    const seconds = 2;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const sent = (await target.books('smaller')).requests - requests;
    // Three at once of 50 ms each: 60 a second at most, where ten would have been 200.
    expect(sent).toBeGreaterThan(40);
    expect(sent).toBeLessThanOrEqual(60 * seconds + 3);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 400 });
    expect(await target.books('smaller')).toMatchObject({ customers: 400 });
  });

  it('lets those who come later go by it too, also when it is replaced once more', async () => {
    const { projectId, policyId, run } = await campaign('twice', 6000, 200);
    const second = await policy(projectId, 150, { name: 'second' });
    const third = await policy(projectId, 100, { name: 'third' });
    await remove(run.scenarioId, policyId, second);
    await until('it goes by the second', async () => (await inFlight(projectId, second)) > 0);
    await remove(run.scenarioId, second, third);
    await until('it goes by the third', async () => (await inFlight(projectId, third)) > 0);
    expect((await ended(run.id)).get(2)).toMatchObject({ entered: 6000, delivered: 6000 });
  });

  it('leaves them to the default of the project, or to none', async () => {
    const { projectId, policyId, run } = await campaign('default', 400, 5);
    const standard = await policy(projectId, 20, { name: 'standard', isDefault: true });
    await remove(run.scenarioId, policyId, null);
    await until('it goes by the default', async () => (await inFlight(projectId, standard)) > 0);
    await prisma().policy.delete({ where: { id: standard } });
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 400 });
    expect(await target.books('default')).toMatchObject({ customers: 400 });
  });
});
