import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CommitUnknown, closeDb, inTransaction, pool } from '../../lib/db/index.ts';
import { freshDatabase } from '../support/database.ts';
import { lineThatLosesCommits } from '../support/lost-commits.ts';

freshDatabase();

describe('a transaction', () => {
  it('that loses its connection between two statements fails, and the process goes on', async () => {
    const work = inTransaction(async (sql) => {
      const { rows } = await sql.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await pool().query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
      await sleep(200);
      await sql.query('SELECT 1');
    });
    await expect(work).rejects.toThrow();
    expect((await pool().query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('says that it may have happened when its connection breaks after COMMIT', async () => {
    await pool().query('CREATE TABLE IF NOT EXISTS mark (value int)');
    const line = await lineThatLosesCommits(process.env.DATABASE_URL!, () => true);
    const direct = process.env.DATABASE_URL!;
    await closeDb();
    process.env.DATABASE_URL = line.url;
    try {
      const work = inTransaction((sql) => sql.query('INSERT INTO mark VALUES (1)'));
      await expect(work).rejects.toBeInstanceOf(CommitUnknown);
    } finally {
      await closeDb();
      process.env.DATABASE_URL = direct;
      line.close();
    }
    expect((await pool().query('SELECT value FROM mark')).rows).toEqual([{ value: 1 }]);
  });

  it('that the database refuses to commit has not happened', async () => {
    await pool().query('CREATE TABLE IF NOT EXISTS late (value int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    const work = inTransaction((sql) => sql.query('INSERT INTO late VALUES (1), (1)'));
    await expect(work).rejects.toMatchObject({ code: '23505' });
    await expect(work).rejects.not.toBeInstanceOf(CommitUnknown);
  });

  it('leaves no listener behind on the connection that it used', async () => {
    const listeners = () =>
      inTransaction(async (sql) => (sql as unknown as NodeJS.EventEmitter).listenerCount('error'));
    const first = await listeners();
    for (let i = 0; i < 20; i++) await listeners();
    expect(await listeners()).toBe(first);
  });
});
