import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { findCustomersSoon } from '../../../lib/services/customer-search.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';

freshDatabase();

let project: TestProject;
let marketer: Ctx;
let viewer: Ctx;
beforeEach(async () => {
  project = await newProject();
  marketer = await project.as('marketer');
  viewer = await project.as('viewer');
});

const create = async (registered: string, properties: Record<string, unknown> = {}) =>
  (await verbs['customer.create'](marketer, { identifiers: { registered }, properties })).id;
const addEvent = (customerId: string, type: string, at: string, properties = {}) =>
  pool().query('INSERT INTO event(project_id, customer_id, type, at, properties) VALUES ($1, $2, $3, $4, $5)', [
    project.id,
    customerId,
    type,
    at,
    properties,
  ]);
const names = async (query: string) =>
  (await verbs['customer.list'](viewer, { query })).customers.map(({ name }) => name);

describe('the list of customers', () => {
  it('pages from the newest on, with the total on the first page', async () => {
    for (let i = 1; i <= 5; i++) await create(`c${i}`);
    const first = await verbs['customer.list'](viewer, { limit: 2 });
    expect(first.customers.map(({ name }) => name)).toEqual(['c5', 'c4']);
    expect(first.total).toBe(5);
    const second = await verbs['customer.list'](viewer, { limit: 2, before: first.next });
    expect(second.customers.map(({ name }) => name)).toEqual(['c3', 'c2']);
    const third = await verbs['customer.list'](viewer, { limit: 2, before: second.next });
    expect(third).toMatchObject({ customers: [{ name: 'c1' }], next: null, total: null });
  });

  it('finds by identifier, internal number and any value of a property, in any case', async () => {
    const eva = await create('cust-7', { first_name: 'Eva', last_name: 'Nová', tags: ['Gold 10%'] });
    await create('cust-8', { first_name: 'Adam', city: 'Košice', note: 'say "hi"' });
    expect(await names('CUST-7')).toEqual(['Eva Nová']);
    expect(await names(eva)).toContain('Eva Nová');
    expect(await names('koši')).toEqual(['Adam']);
    expect(await names('gold 10%')).toEqual(['Eva Nová']);
    expect(await names('say "hi"')).toEqual(['Adam']);
  });

  it('finds no names of properties, and takes wildcards for what they are', async () => {
    await create('cust-8', { city: 'Brno' });
    expect(await names('city')).toEqual([]);
    expect(await names('B_no')).toEqual([]);
    expect(await names('%')).toEqual([]);
  });

  it('cuts a search short that takes too long, and then finds whole identifiers and internal numbers only', async () => {
    const customers = Array.from({ length: 1000 }, (_, i) => ({
      customer_ids: { registered: `long-${i}` },
      properties: { note: 'x'.repeat(3000) },
    }));
    for (let part = 0; part < 5; part++)
      await verbs['customer.upsert'](marketer, {
        customers: customers.map((one) => ({
          ...one,
          customer_ids: { registered: `${one.customer_ids.registered}-${part}` },
        })),
      });
    const soon = (query: string) => findCustomersSoon(project.id, { query, before: null, limit: 10 }, 1);
    const [exact] = await soon('long-7-2');
    expect(await soon('long-7-2')).toHaveLength(1);
    expect(await soon(String(exact?.id))).toHaveLength(1);
    await expect(soon('nobody has this')).rejects.toMatchObject({ code: 'limited' });
  });

  it('tells when something last happened to each', async () => {
    const id = await create('a');
    await addEvent(id, 'visit', '2026-01-01T00:00:00Z');
    await addEvent(id, 'purchase', '2026-02-01T00:00:00Z');
    expect((await verbs['customer.list'](viewer, {})).customers[0]?.lastEventAt).toBe('2026-02-01T00:00:00.000Z');
  });

  it('refuses a page size outside 1 to 200 and a cursor that is none', async () => {
    for (const limit of [0, -1, 201, 1e9, 1.5])
      await expect(verbs['customer.list'](viewer, { limit })).rejects.toMatchObject({ code: 'invalid' });
    await expect(verbs['customer.list'](viewer, { before: 'zzz' })).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('a profile', () => {
  it('shows identifiers, hard ones first, and how often each type of event happened', async () => {
    const { results } = await verbs['customer.upsert'](marketer, {
      customers: [{ customer_ids: { cookie: 'k1', registered: 'r1' }, properties: { email: 'eva@example.com' } }],
    });
    const id = results[0]?.ok ? results[0].customer_id : '';
    await addEvent(id, 'visit', '2026-01-01T00:00:00Z');
    await addEvent(id, 'visit', '2026-01-02T00:00:00Z');
    await addEvent(id, 'purchase', '2026-01-03T00:00:00Z', { total: 5 });
    expect(await verbs['customer.get'](viewer, { id })).toMatchObject({
      name: 'eva@example.com',
      identifiers: [
        { kind: 'registered', value: 'r1', isHard: true },
        { kind: 'cookie', value: 'k1', isHard: false },
      ],
      eventTypes: [
        { type: 'visit', count: 2, lastAt: '2026-01-02T00:00:00.000Z' },
        { type: 'purchase', count: 1 },
      ],
    });
  });

  it('has a timeline that pages over events of the same moment without losing one', async () => {
    const id = await create('a');
    for (let i = 0; i < 5; i++) await addEvent(id, i % 2 ? 'odd' : 'even', '2026-01-01T00:00:00Z', { i });
    const seen: unknown[] = [];
    let before: string | null = null;
    do {
      const page: Awaited<ReturnType<(typeof verbs)['customer.events']>> = await verbs['customer.events'](viewer, {
        id,
        before,
        limit: 2,
      });
      seen.push(...page.events.map((event) => event.properties.i));
      before = page.next;
    } while (before);
    expect(seen).toEqual([4, 3, 2, 1, 0]);
    const odd = await verbs['customer.events'](viewer, { id, type: 'odd' });
    expect(odd.events.map(({ type }) => type)).toEqual(['odd', 'odd']);
    await expect(verbs['customer.events'](viewer, { id, before: 'x_y' })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('tells of the properties that profiles have, with type, share and an example', async () => {
    await create('a', { city: 'Brno', age: 7 });
    await create('b', { city: 'Wien' });
    expect(await verbs['customer.properties'](viewer, {})).toEqual([
      { name: 'city', type: 'string', share: 1, example: expect.stringMatching(/Brno|Wien/) },
      { name: 'age', type: 'number', share: 0.5, example: 7 },
    ]);
  });

  it('are found however many customers came later with others, and whoever came between', async () => {
    const other = await newProject();
    const bring = (projectId: string, property: string, count: number) =>
      pool().query(
        `INSERT INTO customer(project_id, properties)
         SELECT $1, jsonb_build_object($2::text, i) FROM generate_series(1, $3::int) AS i`,
        [projectId, property, count],
      );
    await bring(project.id, 'from_shop', 300);
    await bring(project.id, 'from_fair', 1500);
    await bring(other.id, 'not_ours', 5000);
    await bring(project.id, 'from_app', 1500);
    const found = await verbs['customer.properties'](viewer, {});
    expect(found.map(({ name }) => name).toSorted()).toEqual(['from_app', 'from_fair', 'from_shop']);
    expect(found.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('are all found among the first thousand, and none is counted twice', async () => {
    await pool().query(
      `INSERT INTO customer(project_id, properties)
       SELECT $1, jsonb_build_object('everybody', true, 'only_' || i / 2, 1) FROM generate_series(0, 899) AS i`,
      [project.id],
    );
    const found = await verbs['customer.properties'](viewer, {});
    expect(found[0]).toMatchObject({ name: 'everybody', share: 1 });
    expect(found.slice(1).map(({ share }) => share)).toEqual(Array(450).fill(2 / 900));
  });
});

describe('changing a customer', () => {
  it('sets and removes properties; null removes; the audit log keeps names but no personal value', async () => {
    const id = await create('a', { email: 'eva@example.com', city: 'Brno', old: 1 });
    await verbs['customer.update'](marketer, { id, set: { city: 'Praha', email: null, vip: true }, remove: ['old'] });
    expect((await verbs['customer.get'](viewer, { id })).properties).toEqual({ city: 'Praha', vip: true });
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({
      action: 'customer.update',
      objectId: id,
      after: { set: ['city', 'vip'], removed: ['old', 'email'] },
    });
    expect(JSON.stringify(entry, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
      /Praha|eva@/,
    );
  });

  it('takes properties called __proto__ and constructor for mere data', async () => {
    const hostile = JSON.parse('{"__proto__": {"role": "admin"}, "constructor": {"prototype": {"x": 1}}}');
    const { results } = await verbs['customer.upsert'](marketer, {
      customers: [{ customer_ids: { registered: 'a' }, properties: hostile }],
    });
    const id = results[0]?.ok ? results[0].customer_id : '';
    const { properties } = await verbs['customer.get'](viewer, { id });
    expect(Object.keys(properties).sort()).toEqual(['__proto__', 'constructor']);
    await verbs['customer.update'](marketer, { id, set: hostile });
    expect(({} as { role?: string; x?: number }).role ?? ({} as { x?: number }).x).toBeUndefined();
  });

  it('refuses to make a second customer of the same identifier and names the first', async () => {
    const id = await create('a');
    await expect(
      verbs['customer.create'](marketer, { identifiers: { registered: 'a' }, properties: { city: 'Brno' } }),
    ).rejects.toMatchObject({ code: 'conflict', details: { id } });
    expect((await verbs['customer.get'](viewer, { id })).properties).toEqual({});
  });

  it('says which field is wrong', async () => {
    await expect(verbs['customer.create'](marketer, { identifiers: {} })).rejects.toThrow(/identifiers: name the cust/);
    await expect(
      verbs['customer.create'](marketer, { identifiers: { registered: 'a' }, properties: { x: 'a\0b' } }),
    ).rejects.toThrow('properties.x: has characters that cannot be stored');
  });

  it('is audited, and refused to a viewer', async () => {
    const id = await create('a', { email: 'eva@example.com' });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'customer.create', objectId: id });
    await expect(verbs['customer.update'](viewer, { id, set: { x: 1 } })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verbs['customer.create'](viewer, { identifiers: { registered: 'b' } })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('many customers at once', () => {
  it('each have their own answer, and a bad one does not hold up the others', async () => {
    const answer = await verbs['customer.upsert'](marketer, {
      customers: [
        { customer_ids: { registered: 'a' }, properties: { n: 1 } },
        { customer_ids: {} },
        'text',
        { customer_ids: { registered: 'b' }, propertys: {} },
        { customer_ids: { registered: 'a' }, properties: { n: 2 } },
      ],
    });
    expect(answer).toMatchObject({ accepted: 2, refused: 3 });
    expect(answer.results).toMatchObject([
      { ok: true, created: true },
      { ok: false, error: 'customer_ids: name the customer by at least one identifier, e.g. registered' },
      { ok: false, error: 'give an object with customer_ids and properties' },
      { ok: false, error: expect.stringContaining('propertys: is not a field of a customer') },
      { ok: true, created: false },
    ]);
    expect((await verbs['customer.list'](viewer, {})).customers).toMatchObject([{ properties: { n: 2 } }]);
  });

  it('tell of a soft identifier that stays with another registered customer', async () => {
    await verbs['customer.upsert'](marketer, { customers: [{ customer_ids: { registered: 'a', cookie: 'k' } }] });
    const { results } = await verbs['customer.upsert'](marketer, {
      customers: [{ customer_ids: { registered: 'b', cookie: 'k' } }],
    });
    expect(results[0]).toMatchObject({
      ok: true,
      note: 'cookie belongs to another registered customer and stays there',
    });
  });

  it('are between 1 and 1000', async () => {
    await expect(verbs['customer.upsert'](marketer, { customers: [] })).rejects.toThrow(/at least one customer/);
    await expect(
      verbs['customer.upsert'](marketer, { customers: Array.from({ length: 1001 }, () => ({})) }),
    ).rejects.toThrow(/At most 1000/);
  });
});

describe('another project', () => {
  it('sees none of a project’s customers by any verb', async () => {
    const id = await create('canary', { secret: 'canary value' });
    await addEvent(id, 'visit', '2026-01-01T00:00:00Z');
    const foreign = await (await newProject()).as('admin');
    const missing = { code: 'not-found' };
    await expect(verbs['customer.get'](foreign, { id })).rejects.toMatchObject(missing);
    await expect(verbs['customer.events'](foreign, { id })).rejects.toMatchObject(missing);
    await expect(verbs['customer.update'](foreign, { id, set: { x: 1 } })).rejects.toMatchObject(missing);
    expect(await verbs['customer.list'](foreign, { query: 'canary' })).toMatchObject({ customers: [] });
    expect(await verbs['customer.properties'](foreign, {})).toEqual([]);
    expect(await verbs['event.list'](foreign, {})).toMatchObject({ events: [] });
    expect(await verbs['event.types'](foreign, {})).toMatchObject({ types: [] });
    const stranger = await project.as(null);
    await expect(verbs['customer.list'](stranger, {})).rejects.toMatchObject(missing);
  });

  it('may have a customer of the same identifier', async () => {
    const id = await create('same');
    const foreign = await (await newProject()).as('marketer');
    const other = await verbs['customer.create'](foreign, { identifiers: { registered: 'same' } });
    expect(other.id).not.toBe(id);
  });
});
