import { describe, expect, it } from 'vitest';
import { inTransaction, prisma } from '../../../lib/db/index.ts';
import { policyQueue, receiveEvents } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { draw, ended, policy, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';
import { withWorkerProcesses } from '../../support/worker-process.ts';

const target = withTarget();
freshDatabase();

const workers = withWorkerProcesses();

/** A campaign of this weight that sends each customer of the project to a target of that name, under the policy. */
async function campaign(projectId: string, policyId: string, name: string, weight: number) {
  await target.behave(name, { latencyMs: 20 });
  const { add, document } = draw();
  add('webhook', { url: target.url(name), payload: '{"n": {{ customer.number }}}', policyId }, [add('now'), 'out']);
  const run = await start(projectId, document(), name);
  await weigh(run.scenarioId, weight);
  return run;
}
const weigh = (id: string, weight: number) => prisma().scenario.update({ where: { id }, data: { weight } });
const seen = async (...names: string[]) => Promise.all(names.map(async (name) => (await target.books(name)).requests));

/** How many requests each target gets while work for both is there. */
async function shareOf(heavy: string, light: string, requests: number): Promise<number> {
  const before = await seen(heavy, light);
  const total = async () => (await seen(heavy, light)).reduce((sum, n) => sum + n, 0);
  const enough = before[0]! + before[1]! + requests;
  await until(`${requests} more requests`, async () => (await total()) >= enough);
  const after = await seen(heavy, light);
  return (after[0]! - before[0]!) / (after[1]! - before[1]!);
}

describe('campaigns that wait for one policy', () => {
  it('of weights 3 and 1 are seen 3 to 1 by the receiver, and both come to their end', async () => {
    const { projectId } = await projectWithCustomers(1600);
    const policyId = await policy(projectId, 8);
    const heavy = await campaign(projectId, policyId, 'heavy', 3);
    const light = await campaign(projectId, policyId, 'light', 1);
    await workers.start(1);
    await until('both are under way', async () => (await seen('heavy', 'light')).every((n) => n > 100));
    const share = await shareOf('heavy', 'light', 800);
    expect(share).toBeGreaterThan(2.5);
    expect(share).toBeLessThan(3.6);
    expect((await ended(heavy.id)).get(2)).toMatchObject({ delivered: 1600 });
    expect((await ended(light.id)).get(2)).toMatchObject({ delivered: 1600 });
  });

  it('share anew within a second when a weight changes, and the queue of the policy tells the weights', async () => {
    const { projectId } = await projectWithCustomers(3000);
    const policyId = await policy(projectId, 6);
    const first = await campaign(projectId, policyId, 'first', 1);
    await campaign(projectId, policyId, 'second', 1);
    await workers.start(1);
    await until('both are under way', async () => (await seen('first', 'second')).every((n) => n > 100));
    expect(await shareOf('first', 'second', 300)).toBeLessThan(1.4);
    await weigh(first.scenarioId, 10);
    const queue = await inTransaction((sql) => policyQueue(sql, projectId, policyId));
    expect(queue!.campaigns.map(({ scenarioName, weight }) => [scenarioName, weight])).toEqual([
      ['first', 10],
      ['second', 1],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const share = await shareOf('first', 'second', 400);
    expect(share).toBeGreaterThan(6);
    expect(share).toBeLessThan(14);
  });

  it('all stand back for what events bring, whatever they weigh', async () => {
    const { projectId, customers } = await projectWithCustomers(3000);
    const policyId = await policy(projectId, 2);
    await campaign(projectId, policyId, 'bulk', 10);
    const { add, document } = draw();
    await target.behave('urgent', { latencyMs: 20 });
    add('webhook', { url: target.url('urgent'), payload: '{"n": {{ customer.number }}}', policyId }, [
      add('on-event', { event: 'purchase' }),
      'out',
    ]);
    await start(projectId, document(), 'urgent');
    await workers.start(1);
    await until('the bulk is under way', async () => (await seen('bulk'))[0]! > 50);
    const at = new Date();
    await inTransaction((sql) =>
      receiveEvents(
        sql,
        projectId,
        customers.slice(0, 60).map((customerId) => ({ customerId, type: 'purchase', at, properties: {} })),
      ),
    );
    await until('the first arrived', async () => (await seen('urgent'))[0]! >= 5);
    const [bulkBefore, urgentBefore] = await seen('bulk', 'urgent');
    await until('the others arrived', async () => (await seen('urgent'))[0]! >= 55);
    const [bulkAfter] = await seen('bulk');
    expect(bulkAfter! - bulkBefore!).toBeLessThan((55 - urgentBefore!) / 2);
  });
});
