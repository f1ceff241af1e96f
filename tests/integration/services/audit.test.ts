import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { pool, prisma } from '../../../lib/db/index.ts';
import { exportAudit } from '../../../lib/services/audit.ts';
import { audit, type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject } from '../../support/members.ts';

freshDatabase();

const write = (ctx: Ctx, action: string, more: { objectName?: string; before?: unknown; after?: unknown } = {}) =>
  audit(prisma(), ctx, { action, objectType: action.split('.')[0]!, ...more });

const list = (ctx: Ctx, filters: Parameters<(typeof verbs)['audit.list']>[1] = {}) => verbs['audit.list'](ctx, filters);

async function csvOf(ctx: Ctx, filters: Parameters<typeof exportAudit>[1] = {}): Promise<string> {
  const { lines } = await exportAudit(ctx, filters);
  let text = '';
  for await (const line of lines) text += line;
  return text;
}

describe('the audit log', () => {
  it('tells actor, object, before and after, request and address, the latest first', async () => {
    const ctx = await (await newProject()).as('admin');
    await write(ctx, 'policy.create', { objectName: 'SMS', after: { concurrency: 5 } });
    await write(ctx, 'policy.update', { objectName: 'SMS', before: { concurrency: 5 }, after: { concurrency: 9 } });
    const { entries, next, areas, actors } = await list(ctx);
    expect(entries.map(({ action }) => action)).toEqual(['policy.update', 'policy.create']);
    expect(entries[0]).toMatchObject({
      actorKind: 'user',
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      objectName: 'SMS',
      before: { concurrency: 5 },
      after: { concurrency: 9 },
      requestId: ctx.requestId,
      address: '192.0.2.1',
    });
    expect([next, areas, actors]).toEqual([null, ['policy'], [{ id: ctx.actor.id, name: ctx.actor.name }]]);
  });

  it('is seen by admins only', async () => {
    const project = await newProject();
    for (const role of ['viewer', 'marketer', 'developer'] as const) {
      const ctx = await project.as(role);
      await expect(list(ctx)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(exportAudit(ctx, {})).rejects.toMatchObject({ code: 'forbidden' });
    }
    await expect(list(await project.as(null))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('shows nothing of another project', async () => {
    const [mine, theirs] = [await (await newProject()).as('admin'), await (await newProject()).as('admin')];
    await write(theirs, 'policy.create', { objectName: 'canary-5f2c' });
    await write(mine, 'policy.create', { objectName: 'Mine' });
    for (const filters of [{}, { query: 'canary' }, { actor: theirs.actor.id! }, { area: 'policy' }]) {
      const { entries, actors } = await list(mine, filters);
      expect(JSON.stringify([entries, actors])).not.toContain('canary');
      expect(actors.map(({ id }) => id)).not.toContain(theirs.actor.id);
    }
    expect(await csvOf(mine)).not.toContain('canary');
  });

  it('includes the sign-ins of members, and of nobody else', async () => {
    const project = await newProject();
    const [admin, stranger] = [await project.as('admin'), await project.as(null)];
    for (const { actor } of [admin, stranger])
      await prisma().auditEntry.create({
        data: { actorKind: 'user', actorId: actor.id, actorName: actor.name, action: 'sign-in', objectType: 'session' },
      });
    expect((await list(admin, { area: 'sign-in' })).entries.map(({ actorId }) => actorId)).toEqual([admin.actor.id]);
  });

  it('is filtered by area, person, text and time, and the filters mean what they say', async () => {
    const project = await newProject();
    const [ann, bob] = [await project.as('admin'), await project.as('admin')];
    await write(ann, 'policy.create', { objectName: '100% of a_b' });
    await write(bob, 'integration.create', { objectName: 'CM.com' });
    const found = async (filters: Parameters<typeof list>[1]) =>
      (await list(ann, filters)).entries.map(({ action }) => action);
    expect(await found({ area: 'policy' })).toEqual(['policy.create']);
    expect(await found({ area: 'pol' })).toEqual([]);
    expect(await found({ actor: bob.actor.id! })).toEqual(['integration.create']);
    expect(await found({ query: 'cm.COM' })).toEqual(['integration.create']);
    expect(await found({ query: '100%' })).toEqual(['policy.create']);
    expect(await found({ query: 'a%b' })).toEqual([]);
    expect(await found({ query: "' OR true --" })).toEqual([]);
    expect(await found({ from: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
    expect(await found({ to: new Date(Date.now() - 60_000).toISOString() })).toEqual([]);
  });

  it('is read page by page without gaps or repetitions, while new entries come in', async () => {
    const ctx = await (await newProject()).as('admin');
    for (let n = 0; n < 120; n++) await write(ctx, 'policy.update', { objectName: `n${n}` });
    const seen: (string | null)[] = [];
    for (let before: string | null = null; ; ) {
      const { entries, next }: Awaited<ReturnType<typeof list>> = await list(ctx, { before });
      seen.push(...entries.map(({ objectName }) => objectName));
      await write(ctx, 'policy.update', { objectName: 'meanwhile' });
      if (next === null) break;
      before = next;
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_, n) => `n${119 - n}`));
  });
});

describe('its export', () => {
  it('holds what the filters find, and is itself audited', async () => {
    const ctx = await (await newProject()).as('admin');
    await write(ctx, 'policy.create', { objectName: 'SMS', after: { concurrency: 5 } });
    await write(ctx, 'integration.create', { objectName: 'CM.com' });
    const csv = await csvOf(ctx, { area: 'policy' });
    const [head, ...rows] = csv.trimEnd().split('\r\n');
    expect(head).toBe(
      '\ufeffid,at,actor_kind,actor,actor_id,action,object_type,object,object_id,before,after,address,request_id',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(',policy.create,policy,SMS,,,"{""concurrency"":5}",192.0.2.1,');
    const [latest] = (await list(ctx)).entries;
    expect(latest).toMatchObject({ action: 'audit.export', after: { area: 'policy' } });
  });

  it('gives a spreadsheet nothing to run', async () => {
    const ctx = await (await newProject()).as('admin');
    for (const objectName of ['=cmd|calc!A1', '+1', '-1+1', '@SUM(A1)', '\t=1', '＝1', ' =1'])
      await write(ctx, 'policy.create', { objectName });
    const cells = (await csvOf(ctx)).split('\r\n').flatMap((line) => line.split(','));
    for (const cell of cells) expect(cell).not.toMatch(/^"?\s*[=+@＝]|^"?-\d.*\D$/);
  });

  it('of more than a page is whole', async () => {
    const ctx = await (await newProject()).as('admin');
    await prisma().auditEntry.createMany({
      data: Array.from({ length: 2500 }, (_, n) => ({
        projectId: ctx.projectId,
        actorKind: 'system',
        actorName: 'x',
        action: 'policy.update',
        objectType: 'policy',
        objectName: `n${n}`,
      })),
    });
    const names = (await csvOf(ctx, { area: 'policy' })).match(/,n\d+,/g);
    expect(new Set(names).size).toBe(2500);
  });
});

describe('an entry', () => {
  it('is neither changed nor removed by the application, one by one or all at once', async () => {
    const ctx = await (await newProject()).as('admin');
    await write(ctx, 'policy.create');
    for (const statement of [
      'UPDATE audit_entry SET actor_name = $1',
      'DELETE FROM audit_entry WHERE actor_name <> $1',
    ])
      await expect(pool().query(statement, ['x'])).rejects.toThrow('append-only');
    await expect(pool().query('TRUNCATE audit_entry')).rejects.toThrow('append-only');
    await expect(prisma().auditEntry.deleteMany()).rejects.toThrow('append-only');
    expect((await list(ctx)).entries).toHaveLength(1);
  });

  it('stays when its project goes', async () => {
    const project = await newProject();
    await write(await project.as('admin'), 'policy.create');
    await prisma().project.delete({ where: { id: project.id } });
    expect(await prisma().auditEntry.count({ where: { projectId: project.id } })).toBe(1);
  });

  it('cannot be touched by the role that the documentation sets up for the application', async () => {
    const database = new URL(process.env.DATABASE_URL!).pathname.slice(1);
    const file = path.join(import.meta.dirname, '../../../docs/database-roles.sql');
    await pool().query(fs.readFileSync(file, 'utf8').replace(':"database"', `"${database}"`));
    const url = new URL(process.env.DATABASE_URL!);
    url.username = 'hookline_app';
    const client = new pg.Client({ connectionString: url.toString() });
    await client.connect();
    try {
      await client.query(
        `INSERT INTO audit_entry (actor_kind, actor_name, action, object_type, request_id) VALUES ('system','x','x','x',$1)`,
        [randomUUID()],
      );
      for (const statement of [
        "UPDATE audit_entry SET actor_name = 'x'",
        'DELETE FROM audit_entry',
        'TRUNCATE audit_entry',
        'ALTER TABLE audit_entry DISABLE TRIGGER ALL',
        'DROP TRIGGER audit_entry_append_only ON audit_entry',
        'DROP TABLE audit_entry',
      ])
        await expect(client.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
      // The rest of the application works under it.
      await client.query(`INSERT INTO project (id, name) VALUES (gen_random_uuid(), 'by the app')`);
      await client.query(`DELETE FROM project WHERE name = 'by the app'`);
    } finally {
      await client.end();
    }
  });
});
