import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject, type TestProject } from '../../support/members.ts';

freshDatabase();

let project: TestProject;
let viewer: Ctx;
let eva: string;
let adam: string;
beforeEach(async () => {
  project = await newProject();
  viewer = await project.as('viewer');
  const marketer = await project.as('marketer');
  const create = async (registered: string, first_name: string) =>
    (await verbs['customer.create'](marketer, { identifiers: { registered }, properties: { first_name } })).id;
  eva = await create('eva', 'Eva');
  adam = await create('adam', 'Adam');
});

const add = (customerId: string, type: string, at: string, properties = {}) =>
  pool().query('INSERT INTO event(project_id, customer_id, type, at, properties) VALUES ($1, $2, $3, $4, $5)', [
    project.id,
    customerId,
    type,
    at,
    properties,
  ]);
const together = (customers: string[], at: string) =>
  pool().query(
    `INSERT INTO campaign_event (project_id, at, properties, customers, size, span)
     SELECT $1, $3, '{"status": "sent"}', $2::bigint[], cardinality($2::bigint[]), int8range(min(c), max(c), '[]')
       FROM unnest($2::bigint[]) AS c`,
    [project.id, customers, at],
  );
const now = Date.now();
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

describe('the latest events', () => {
  it('come over all types in the order in which they happened, with the names of their customers', async () => {
    await add(eva, 'visit', ago(3));
    await add(adam, 'purchase', ago(1), { total: 5 });
    await add(eva, 'visit', ago(2));
    const { events, next } = await verbs['event.list'](viewer, {});
    expect(events.map(({ type, customerName }) => [type, customerName])).toEqual([
      ['purchase', 'Adam'],
      ['visit', 'Eva'],
      ['visit', 'Eva'],
    ]);
    expect(events[0]).toMatchObject({ customerId: adam, properties: { total: 5 }, at: ago(1) });
    expect(next).toBeNull();
  });

  it('page through without losing or repeating one, also over types', async () => {
    for (let i = 0; i < 9; i++) await add(eva, `type-${i % 3}`, ago(i % 2), { i });
    const seen = new Set<unknown>();
    let before: string | null = null;
    do {
      const page: Awaited<ReturnType<(typeof verbs)['event.list']>> = await verbs['event.list'](viewer, {
        before,
        limit: 2,
      });
      for (const event of page.events) seen.add(event.properties.i);
      before = page.next;
    } while (before);
    expect(seen.size).toBe(9);
  });

  it('page through campaign events of many customers at once, among all others', async () => {
    await add(eva, 'visit', ago(5));
    // Nobody has these numbers any more.
    await together(['999', '998', '997', adam, eva], ago(4));
    await together([eva, '997', adam], ago(4));
    await add(adam, 'campaign', ago(4));
    await add(adam, 'visit', ago(1));
    const seen: string[] = [];
    for (const type of [null, 'campaign']) {
      let before: string | null = null;
      seen.length = 0;
      do {
        const page: Awaited<ReturnType<(typeof verbs)['event.list']>> = await verbs['event.list'](viewer, {
          type,
          before,
          limit: 2,
        });
        for (const event of page.events) seen.push(`${event.id} ${event.customerId} ${event.type}`);
        before = page.next;
      } while (before);
      expect(new Set(seen).size).toBe(type === null ? 7 : 5);
      expect(seen.filter((text) => text.endsWith(` ${eva} campaign`))).toHaveLength(2);
    }
    const { events } = await verbs['event.list'](viewer, { customer: 'eva' });
    expect(events.map(({ type }) => type)).toEqual(['campaign', 'campaign', 'visit']);
  });

  it('are filtered by type and by whatever names a customer', async () => {
    await add(eva, 'visit', ago(1));
    await add(adam, 'visit', ago(2));
    await add(eva, 'purchase', ago(3));
    const types = async (input: { type?: string; customer?: string }) =>
      (await verbs['event.list'](viewer, input)).events.map(({ type, customerName }) => `${customerName} ${type}`);
    expect(await types({ type: 'visit' })).toEqual(['Eva visit', 'Adam visit']);
    expect(await types({ customer: 'eva' })).toEqual(['Eva visit', 'Eva purchase']);
    expect(await types({ customer: 'eva', type: 'purchase' })).toEqual(['Eva purchase']);
    expect(await types({ customer: 'nobody' })).toEqual([]);
  });
});

describe('the types of events', () => {
  it('are counted over the last 30 days and tell when each last happened', async () => {
    await add(eva, 'visit', ago(1));
    await add(eva, 'visit', ago(2));
    await add(eva, 'purchase', ago(60 * 24 * 40));
    expect(await verbs['event.types'](viewer, {})).toEqual({
      days: 30,
      types: [
        { type: 'visit', count: 2, lastAt: ago(1) },
        { type: 'purchase', count: 0, lastAt: ago(60 * 24 * 40) },
      ],
    });
  });

  it('count campaign events of many customers at once', async () => {
    await add(eva, 'visit', ago(1));
    await together([eva, adam], ago(3));
    await add(eva, 'campaign', ago(4));
    await add(eva, 'abandoned', ago(5));
    const { types } = await verbs['event.types'](viewer, {});
    expect(types).toEqual([
      { type: 'campaign', count: 3, lastAt: ago(3) },
      { type: 'abandoned', count: 1, lastAt: ago(5) },
      { type: 'visit', count: 1, lastAt: ago(1) },
    ]);
    const { eventTypes } = await verbs['customer.get'](viewer, { id: eva });
    expect(eventTypes[0]).toEqual({ type: 'campaign', count: 2, lastAt: ago(3) });
  });

  it('are none in an empty project', async () => {
    expect(await verbs['event.types'](viewer, {})).toEqual({ days: 30, types: [] });
  });
});
