import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventCriterion } from '../../../lib/core/filter.ts';
import { inTransaction, pool } from '../../../lib/db/index.ts';
import { writeCampaignEvents } from '../../../lib/engine/campaign-events.ts';
import {
  countEvents,
  eraseFromCampaigns,
  moveInCampaigns,
  startWorker,
  type Worker,
} from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { draw, ended, policy, projectWithCustomers, start, withTarget } from '../../support/engine.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

const rowsOf = async (projectId: string) => {
  const { rows } = await pool().query<{ one: number; many: number }>(
    `SELECT (SELECT count(*) FROM event WHERE project_id = $1) AS one,
            (SELECT count(*) FROM campaign_event WHERE project_id = $1) AS many`,
    [projectId],
  );
  return rows[0]!;
};

const eventsOf = async (...customers: number[]) =>
  (
    await pool().query<{ id: number; customer_id: number; type: string; properties: Record<string, unknown> }>(
      'SELECT * FROM events_of($1::bigint[]) ORDER BY customer_id, id',
      [customers],
    )
  ).rows;

const write = (projectId: string, customers: number[], status = 'sent') =>
  inTransaction((sql) => writeCampaignEvents(sql, [{ projectId, customers, properties: JSON.stringify({ status }) }]));

async function batchFor(customers: number) {
  const made = await projectWithCustomers(customers);
  const { add, document } = draw();
  const now = add('now');
  const batch = { batch: true, batchSize: 1000, root: '{{ customers | tojson }}', customer: '{{ customer.number }}' };
  add('webhook', { url: target.url('batch'), policyId: await policy(made.projectId, 5), ...batch }, [now, 'out']);
  const run = await start(made.projectId, document());
  await ended(run.id);
  return made;
}

describe('campaign events', () => {
  it('of a batch are one row, and each customer has one of them', async () => {
    const { projectId, customers } = await batchFor(300);
    const { one, many } = await rowsOf(projectId);
    expect(one).toBe(0);
    expect(many).toBe(1);
    const events = await eventsOf(...customers);
    expect(events.map((event) => event.customer_id)).toEqual(customers);
    expect(new Set(events.map(({ id }) => id)).size).toBe(300);
    expect(events[0]).toMatchObject({ type: 'campaign', properties: { status: 'sent', action_type: 'webhook' } });
  });

  it('of few customers are rows of their own', async () => {
    const { projectId, customers } = await batchFor(3);
    expect(await rowsOf(projectId)).toEqual({ one: 3, many: 0 });
    expect(await eventsOf(...customers)).toHaveLength(3);
  });

  it('of more than a thousand are several rows, and nobody is left out', async () => {
    const { projectId } = await projectWithCustomers(1);
    const customers = Array.from({ length: 2500 }, (_, i) => 5_000_000 + i * 3);
    await write(projectId, customers);
    expect((await rowsOf(projectId)).many).toBe(3);
    expect(await eventsOf(...customers)).toHaveLength(2500);
    expect(await eventsOf(customers[1500]!, customers[2499]!)).toHaveLength(2);
    expect(await eventsOf(5_000_001)).toEqual([]);
  });

  it('are counted by a condition, together with those that are rows of their own', async () => {
    const { projectId, customers } = await projectWithCustomers(20);
    await write(projectId, customers);
    await write(projectId, customers.slice(0, 10), 'failed');
    await write(projectId, customers.slice(0, 2));
    const criterion = {
      kind: 'event',
      event: 'campaign',
      compare: 'at least',
      count: 1,
      withinDays: 1,
      where: [],
    } satisfies EventCriterion;
    const sent = { kind: 'property', property: 'status', operator: 'equals', value: 'sent', value2: '' } as const;
    const [all, sentOnly, others] = await countEvents(
      pool(),
      [criterion, { ...criterion, where: [sent] }, { ...criterion, event: 'visit' }],
      customers,
      Date.now(),
    );
    expect(customers.map((id) => all!.get(id))).toEqual([3, 3, ...Array(8).fill(2), ...Array(10).fill(1)]);
    expect(customers.map((id) => sentOnly!.get(id))).toEqual([2, 2, ...Array(18).fill(1)]);
    expect(others!.size).toBe(0);
  });

  it('lose a customer who is deleted, and go with the last one', async () => {
    const { projectId, customers } = await projectWithCustomers(20);
    await write(projectId, customers);
    await write(projectId, customers.slice(0, 8), 'failed');
    expect(await inTransaction((sql) => eraseFromCampaigns(sql, customers.slice(0, 3)))).toBe(6);
    expect(await eventsOf(...customers.slice(0, 3))).toEqual([]);
    expect((await eventsOf(...customers)).map((event) => event.customer_id)).toEqual([
      ...customers.slice(3, 8).flatMap((id) => [id, id]),
      ...customers.slice(8),
    ]);
    expect(await inTransaction((sql) => eraseFromCampaigns(sql, customers))).toBe(22);
    expect((await rowsOf(projectId)).many).toBe(0);
  });

  it('go along when a customer is merged into another', async () => {
    const { projectId, customers } = await projectWithCustomers(10);
    const [first, second, third] = customers as [number, number, number];
    const winner = third + 1_000_000;
    await write(projectId, customers);
    await inTransaction((sql) => moveInCampaigns(sql, [first, second], [winner, winner]));
    expect(await eventsOf(first, second)).toEqual([]);
    expect(await eventsOf(winner)).toHaveLength(2);
    expect(await eventsOf(...customers)).toHaveLength(8);
  });
});
