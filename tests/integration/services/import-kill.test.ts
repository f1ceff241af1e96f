import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { getImport, uploadImport } from '../../../lib/services/import.ts';
import { Mapping } from '../../../lib/services/import-mapping.ts';
import { previewImport, resumeImport } from '../../../lib/services/import-run.ts';
import { freshDatabase, projectWith } from '../../support/database.ts';

freshDatabase();

const ROWS = 60_000;

async function* people() {
  yield Buffer.from('registered,name,points\n');
  for (let i = 0; i < ROWS; i += 1000)
    yield Buffer.from(Array.from({ length: 1000 }, (_, k) => `c${i + k},Name ${i + k},${k}\n`).join(''));
}

it('an import whose process is killed says so, and after Resume nobody is missing and nobody is twice', async () => {
  const ctx = await projectWith('marketer');
  const { id } = await uploadImport(ctx, { fileName: 'people.csv', bytes: people() });
  const { delimiter, columns } = await previewImport(ctx, { id });
  const mapping = Mapping.parse({
    delimiter,
    header: columns.map(({ header }) => header),
    columns: columns.map(({ use }) => use),
  });
  await pool().query("UPDATE import SET state = 'running', mapping = $2 WHERE id = $1", [id, JSON.stringify(mapping)]);

  const job = new URL('../../../lib/services/import-job.ts', import.meta.url).href;
  const worker = spawn(
    process.execPath,
    ['--input-type=module', '-e', `await (await import('${job}')).runImport('${ctx.projectId}', '${id}');`],
    { env: process.env, stdio: 'ignore' },
  );
  const gone = once(worker, 'exit');
  const doneRows = async () => (await getImport(ctx, { id })).doneRows;
  while ((await doneRows()) < 3000) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await getImport(ctx, { id })).state).toBe('running');
  worker.kill('SIGKILL');
  await gone;

  let left = await getImport(ctx, { id });
  // The server notices the dead connection, and with it the lock goes.
  for (let tries = 0; left.state === 'running' && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    left = await getImport(ctx, { id });
  }
  expect(left.state).toBe('interrupted');
  expect(left.doneRows).toBeGreaterThanOrEqual(3000);
  expect(left.doneRows).toBeLessThan(ROWS);
  const stored = async () =>
    (await pool().query('SELECT count(*) AS n FROM customer WHERE project_id = $1', [ctx.projectId])).rows[0].n;
  expect(await stored()).toBe(left.doneRows);

  await resumeImport(ctx, { id });
  for (let tries = 0; (await getImport(ctx, { id })).state === 'running' && tries < 1000; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await getImport(ctx, { id })).toMatchObject({
    state: 'done',
    doneRows: ROWS,
    createdRows: ROWS,
    updatedRows: 0,
    refusedRows: 0,
  });
  expect(await stored()).toBe(ROWS);
});
