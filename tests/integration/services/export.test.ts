import { parse } from 'csv-parse/sync';
import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { exportCustomers, exportEvents } from '../../../lib/services/export.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';

freshDatabase();

let project: TestProject;
let marketer: Ctx;
beforeEach(async () => {
  project = await newProject();
  marketer = await project.as('marketer');
});

async function textOf({ lines }: { lines: AsyncGenerator<string> }): Promise<string> {
  let text = '';
  for await (const piece of lines) text += piece;
  return text;
}
const records = async (download: Promise<{ lines: AsyncGenerator<string> }>) =>
  parse(await textOf(await download), { bom: true, columns: true }) as Record<string, string>[];

const upsert = (...customers: object[]) => verbs['customer.upsert'](marketer, { customers });

describe('customers as CSV', () => {
  it('have a column for each kind of identifier and each property, newest first', async () => {
    await upsert(
      { customer_ids: { registered: 'a', cookie: 'k1' }, properties: { name: 'Eva "E", Nová', age: 7 } },
      { customer_ids: { registered: 'b' }, properties: { tags: ['x', 'y'], vip: false } },
    );
    await upsert({ customer_ids: { registered: 'a', cookie: 'k2' } });
    expect(await records(exportCustomers(marketer, {}))).toEqual([
      {
        internal_id: expect.any(String),
        cookie: '',
        registered: 'b',
        age: '',
        name: '',
        tags: '["x","y"]',
        vip: 'false',
      },
      {
        internal_id: expect.any(String),
        cookie: 'k1 k2',
        registered: 'a',
        age: '7',
        name: 'Eva "E", Nová',
        tags: '',
        vip: '',
      },
    ]);
  });

  it('are only those that a search finds', async () => {
    await upsert(
      { customer_ids: { registered: 'a' }, properties: { city: 'Brno' } },
      { customer_ids: { registered: 'b' }, properties: { city: 'Wien' } },
    );
    expect((await records(exportCustomers(marketer, { query: 'brno' }))).map(({ registered }) => registered)).toEqual([
      'a',
    ]);
  });

  it('run to their end over many pages', async () => {
    for (let part = 0; part < 3; part++)
      await upsert(...Array.from({ length: 900 }, (_, i) => ({ customer_ids: { registered: `${part}-${i}` } })));
    const all = await records(exportCustomers(marketer, {}));
    expect(new Set(all.map(({ registered }) => registered)).size).toBe(2700);
  });

  it('hold no formula, neither in a value nor in the name of a property', async () => {
    await upsert({
      customer_ids: { registered: '=1+1' },
      properties: { '@SUM(A1)': '=HYPERLINK("http://evil.test")' },
    });
    const text = await textOf(await exportCustomers(marketer, {}));
    expect(text).toContain(`"'@SUM(A1)"`);
    expect(text).toContain(`"'=1+1"`);
    expect(text).toContain(`"'=HYPERLINK(""http://evil.test"")"`);
  });
});

describe('events as CSV', () => {
  it('tell when, what, whose and the properties', async () => {
    const { results } = await upsert({ customer_ids: { registered: 'a' } });
    const id = results[0]?.ok ? results[0].customer_id : '';
    for (const [type, at] of [
      ['visit', '2026-01-01T00:00:00Z'],
      ['purchase', '2026-01-02T00:00:00Z'],
    ])
      await pool().query(
        `INSERT INTO event(project_id, customer_id, type, at, properties) VALUES ($1, $2, $3, $4, '{"total": 5}')`,
        [project.id, id, type, at],
      );
    expect(await records(exportEvents(marketer, {}))).toEqual([
      {
        event_type: 'purchase',
        timestamp: '2026-01-02T00:00:00.000Z',
        internal_id: id,
        registered: 'a',
        properties: '{"total":5}',
      },
      expect.objectContaining({ event_type: 'visit' }),
    ]);
    expect(await records(exportEvents(marketer, { type: 'visit' }))).toHaveLength(1);
  });
});

describe('an export', () => {
  it('is audited before its first line', async () => {
    await exportCustomers(marketer, { query: 'eva@example.com' });
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({ action: 'customer.export', after: { search: true } });
    await exportEvents(marketer, { type: 'visit' });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'event.export', after: { type: 'visit' } });
  });

  it('is refused to a viewer, to a stranger and to a key, and has nothing of another project', async () => {
    await upsert({ customer_ids: { registered: 'canary' } });
    const viewer = await project.as('viewer');
    await expect(exportCustomers(viewer, {})).rejects.toMatchObject({ code: 'forbidden' });
    await expect(exportEvents(viewer, {})).rejects.toMatchObject({ code: 'forbidden' });
    await expect(exportCustomers(await project.as(null), {})).rejects.toMatchObject({ code: 'not-found' });
    const key: Ctx = {
      ...marketer,
      role: null,
      actor: { kind: 'key', id: 'k', name: 'Shop', scopes: ['customers:read'] },
    };
    await expect(exportCustomers(key, {})).rejects.toMatchObject({ code: 'forbidden' });
    const foreign = await (await newProject()).as('admin');
    expect(await textOf(await exportCustomers(foreign, {}))).not.toContain('canary');
  });
});
