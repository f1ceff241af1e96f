import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTransaction, pool } from '../../lib/db/index.ts';
import { freshDatabase } from '../support/database.ts';

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

  it('leaves no listener behind on the connection that it used', async () => {
    const listeners = () =>
      inTransaction(async (sql) => (sql as unknown as NodeJS.EventEmitter).listenerCount('error'));
    const first = await listeners();
    for (let i = 0; i < 20; i++) await listeners();
    expect(await listeners()).toBe(first);
  });
});
