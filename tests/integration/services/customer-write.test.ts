import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { readIdentifiers, readProperties } from '../../../lib/services/customer-input.ts';
import { type Written, writeCustomers } from '../../../lib/services/customer-write.ts';
import { freshDatabase, projectWith } from '../../support/database.ts';

freshDatabase();

let projectId: string;
beforeEach(async () => {
  projectId = (await projectWith()).projectId;
});

type Item = [ids: Record<string, unknown>, properties?: Record<string, unknown>];

async function write(...items: Item[]): Promise<Written[]> {
  const client = await pool().connect();
  try {
    await client.query('BEGIN');
    const answers = await writeCustomers(
      client,
      projectId,
      items.map(([ids, properties]) => ({ identifiers: readIdentifiers(ids), ...readProperties(properties) })),
    );
    await client.query('COMMIT');
    return answers;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const idOf = (answer: Written | undefined) => (answer?.ok ? answer.customerId : null);

async function people() {
  const { rows } = await pool().query(
    `SELECT c.id, c.properties, array_agg(i.kind || '=' || i.value ORDER BY i.kind, i.value) AS ids
       FROM customer c JOIN customer_identifier i ON i.customer_id = c.id WHERE c.project_id = $1 GROUP BY c.id ORDER BY c.id`,
    [projectId],
  );
  return rows as { id: number; properties: Record<string, unknown>; ids: string[] }[];
}

async function eventFor(customerId: number): Promise<void> {
  await pool().query("INSERT INTO event(project_id, customer_id, type, at) VALUES ($1, $2, 'view', now())", [
    projectId,
    customerId,
  ]);
}

describe('writing customers', () => {
  it('creates an unknown customer, and finds it again by any of its identifiers', async () => {
    const [made] = await write([{ registered: 'a', cookie: 'c1' }, { first_name: 'Eva' }]);
    expect(made).toMatchObject({ ok: true, created: true });
    const [again] = await write([{ cookie: 'c1' }, { city: 'Brno' }]);
    expect(again).toMatchObject({ ok: true, created: false, customerId: idOf(made) });
    expect(await people()).toMatchObject([
      { properties: { first_name: 'Eva', city: 'Brno' }, ids: ['cookie=c1', 'registered=a'] },
    ]);
  });

  it('takes repeated customers of one call as one, the later value wins', async () => {
    const answers = await write([{ registered: 'a' }, { n: 1 }], [{ registered: 'a' }, { n: 2 }]);
    expect(answers.map((answer) => answer.ok && answer.created)).toEqual([true, false]);
    expect(await people()).toMatchObject([{ properties: { n: 2 } }]);
  });

  it('removes a property that is given as null', async () => {
    await write([{ registered: 'a' }, { n: 1, m: { deep: null } }]);
    await write([{ registered: 'a' }, { n: null }]);
    expect((await people())[0]!.properties).toEqual({ m: { deep: null } });
  });

  it('gives an anonymous profile its hard identifier when both come together for the first time', async () => {
    const [anonymous] = await write([{ cookie: 'c1' }, { seen: true }]);
    const [named] = await write([{ registered: 'a', cookie: 'c1' }]);
    expect(idOf(named)).toBe(idOf(anonymous));
    expect((await people())[0]!.ids).toEqual(['cookie=c1', 'registered=a']);
  });

  it('merges an anonymous profile into the registered one: events move, values of the registered one win', async () => {
    const [anonymous] = await write([{ cookie: 'c1' }, { city: 'Wien', seen: true }]);
    await eventFor(idOf(anonymous)!);
    const [registered] = await write([{ registered: 'a' }, { city: 'Brno' }]);
    const [both] = await write([{ registered: 'a', cookie: 'c1' }, { points: 3 }]);
    expect(both).toMatchObject({ ok: true, customerId: idOf(registered), merged: [idOf(anonymous)] });
    expect(await people()).toMatchObject([
      { id: idOf(registered), properties: { city: 'Brno', seen: true, points: 3 }, ids: ['cookie=c1', 'registered=a'] },
    ]);
    const { rows } = await pool().query('SELECT customer_id FROM event WHERE project_id = $1', [projectId]);
    expect(rows).toEqual([{ customer_id: idOf(registered) }]);
  });

  it('leaves a soft identifier with the registered customer that has it', async () => {
    const [first] = await write([{ registered: 'a', cookie: 'shared' }]);
    const [second] = await write([{ registered: 'b', cookie: 'shared' }]);
    expect(second).toMatchObject({ ok: true, created: true, left: ['cookie'] });
    expect(idOf((await write([{ cookie: 'shared' }]))[0])).toBe(idOf(first));
  });

  it('refuses soft identifiers of two registered customers, and stores the rest', async () => {
    await write([{ registered: 'a', cookie: 'ca' }], [{ registered: 'b', device: 'db' }]);
    const answers = await write([{ cookie: 'ca', device: 'db' }, { n: 1 }], [{ registered: 'c' }]);
    expect(answers[0]).toMatchObject({ ok: false, message: expect.stringContaining('different registered customers') });
    expect(answers[1]).toMatchObject({ ok: true, created: true });
    expect(await people()).toHaveLength(3);
  });

  it('merges within one call as it would one after the other', async () => {
    const answers = await write(
      [{ cookie: 'c1' }, { a: 1 }],
      [{ cookie: 'c2' }, { b: 2 }],
      [{ registered: 'x', cookie: 'c1' }],
      [{ registered: 'x', cookie: 'c2' }],
    );
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(await people()).toMatchObject([
      { properties: { a: 1, b: 2 }, ids: ['cookie=c1', 'cookie=c2', 'registered=x'] },
    ]);
  });

  it('never sees the customers of another project', async () => {
    const [mine] = await write([{ registered: 'a' }]);
    projectId = (await projectWith()).projectId;
    const [other] = await write([{ registered: 'a' }]);
    expect(other).toMatchObject({ ok: true, created: true });
    expect(idOf(other)).not.toBe(idOf(mine));
  });

  it('makes one customer when many ask for the same new one at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => write([{ registered: 'a', cookie: 'c' }])));
    expect(new Set(answers.map(([answer]) => idOf(answer))).size).toBe(1);
    expect(answers.filter(([answer]) => answer?.ok && answer.created)).toHaveLength(1);
  });

  it('keeps values whole: quotes, newlines, other scripts, numbers and lists', async () => {
    const values = { q: 'a"b\\u0000c\n', s: '日本語 ✓', n: 1.5, l: [1, 'x'], o: { __proto__x: 1 }, constructor: 'c' };
    await write([{ registered: 'q"\\,{}' }, values]);
    expect((await people())[0]!.properties).toEqual(values);
  });

  it('writes a thousand new customers in well under a second', async () => {
    const items = Array.from({ length: 1000 }, (_, i): Item => [{ registered: `r${i}`, cookie: `c${i}` }, { n: i }]);
    const started = performance.now();
    await write(...items);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await people()).toHaveLength(1000);
  });
});
