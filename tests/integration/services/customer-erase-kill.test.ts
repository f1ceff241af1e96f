import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { pool, prisma } from '../../../lib/db/index.ts';
import { freeze } from '../../../lib/engine/frozen.ts';
import { keepDeleting } from '../../../lib/services/customer-erase-job.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase, projectWith } from '../../support/database.ts';
import { deleted, rowsWith } from '../../support/deletions.ts';
import { until } from '../../support/engine.ts';
import { addCustomers, rowOf, storeScenario } from '../../support/scenarios.ts';

freshDatabase();

const WINDOWS = 3000;
const VALUE = 'canary-of-the-killed@example.com';

/** Requests to the customer and to somebody else, window by window, with answers to both. */
async function requests(projectId: string, customers: string[]): Promise<void> {
  const scenario = await storeScenario(projectId, rowOf(['now', {}]));
  const version = await prisma().version.create({
    data: { scenarioId: scenario, number: 1, document: {}, reason: 'start' },
  });
  const run = await prisma().run.create({
    data: { projectId, scenarioId: scenario, versionId: version.id, number: 1, kind: 'now', state: 'done' },
  });
  const request = (to: string) => ({
    url: 'https://api.example.com/',
    headers: null,
    key: 'k',
    body: Buffer.from(to),
    members: null,
    resultKeys: null,
    tracked: null,
  });
  const frozen = freeze({ method: 'POST', headers: [], requests: [request(VALUE), request('somebody else')] });
  await pool().query(
    `INSERT INTO request_window(run_id, node, chunk_id, batch, size, journeys, customers, frozen, attempt, open)
     SELECT $1, 2, 0, false, 2, '{1,2}', $2::bigint[], $3, 1, false FROM generate_series(1, $4::int)`,
    [run.id, customers, frozen, WINDOWS],
  );
  await pool().query(
    `INSERT INTO ledger_entry(run_id, node, outcome, size, journeys, customers, low, high, sent, status, attempts, ms, answers, answer_of)
     SELECT $1, 2, 'delivered', 2, '{1,2}', $2::bigint[], ($2::bigint[])[1], ($2::bigint[])[2], 'each', 200, 1, '{1,1}', $3, '{0,1}'
       FROM generate_series(1, $4::int)`,
    [
      run.id,
      customers,
      JSON.stringify([
        { headers: {}, body: VALUE },
        { headers: {}, body: 'somebody else' },
      ]),
      WINDOWS,
    ],
  );
}

it('a deletion whose process is killed is gone on with by a worker, behind the last batch, and leaves nothing', async () => {
  const ctx = await projectWith('admin');
  const [eva = '', adam = ''] = await addCustomers(ctx.projectId, [{ email: VALUE }, {}]);
  await requests(ctx.projectId, [eva, adam]);
  const services = new URL('../../../lib/services/index.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { verbs } = await import('${services}'); await verbs['customer.delete'](${JSON.stringify(ctx)}, { id: '${eva}' });`,
    ],
    { env: process.env, stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  const job = () => verbs['customer.deletions'](ctx, {}).then(([first]) => first);
  const half = await until('it is at the requests', async () => {
    const now = await job();
    return now?.what === 'requests' && now.done >= 400 && now;
  });
  child.kill('SIGKILL');
  await gone;
  const left = (await job())!;
  expect(left).toMatchObject({ state: 'running', what: 'requests', total: WINDOWS });
  expect(left.done).toBeLessThan(WINDOWS);
  expect(await rowsWith([VALUE])).not.toEqual([]);

  const stop = keepDeleting();
  const done = await deleted(ctx, half.id);
  stop();
  expect(done.removed).toMatchObject({ requests: WINDOWS, answers: WINDOWS });
  expect(await rowsWith([VALUE])).toEqual([]);
  const { rows } = await pool().query('SELECT count(*) AS n FROM request_window WHERE frozen IS NOT NULL');
  expect(rows[0]).toEqual({ n: WINDOWS });
});

it('a deletion that the database refuses says so, and Resume goes on with it', async () => {
  const ctx = await projectWith('admin');
  const [eva = '', adam = ''] = await addCustomers(ctx.projectId, [{ email: VALUE }, {}]);
  await pool().query("INSERT INTO event(project_id, customer_id, type, at) VALUES ($1, $2, 'visit', now())", [
    ctx.projectId,
    eva,
  ]);
  await requests(ctx.projectId, [eva, adam]);
  await pool().query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space left'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse()`);
  const { id } = await verbs['customer.delete'](ctx, { id: eva });
  await until('it failed', async () => (await verbs['customer.deletion'](ctx, { id })).state === 'failed');
  expect(await verbs['customer.deletion'](ctx, { id })).toMatchObject({
    what: 'answers',
    message: 'The database answered “no space left”.',
    removed: { events: 1, requests: WINDOWS },
  });
  await pool().query('DROP TRIGGER refuse ON ledger_entry; DROP FUNCTION refuse');
  const viewer = await projectWith('viewer');
  await expect(verbs['customer.resume-deletion'](viewer, { id })).rejects.toMatchObject({ code: 'forbidden' });
  expect(await verbs['customer.resume-deletion'](ctx, { id })).toMatchObject({ state: 'running' });
  await deleted(ctx, id);
  expect(await rowsWith([VALUE])).toEqual([]);
  await expect(verbs['customer.resume-deletion'](ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
});
