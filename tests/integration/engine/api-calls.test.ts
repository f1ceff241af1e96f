import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, pool, prisma } from '../../../lib/db/index.ts';
import { keepHouse } from '../../../lib/engine/housekeeping.ts';
import {
  acceptCall,
  listRuns,
  pauseRun,
  resumeRun,
  startWorker,
  stopRuns,
  type Worker,
} from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, draw, ended, projectWithCustomers, start, until, withTarget } from '../../support/engine.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

const newTrigger = async (projectId: string, name = 'Storm') =>
  (await prisma().apiTrigger.create({ data: { projectId, name } })).id;

const call = (projectId: string, triggerId: string, values: Record<string, unknown> = {}) =>
  inTransaction((sql) => acceptCall(sql, { projectId, triggerId, values }));

const runsOf = (projectId: string, scenarioId: string) => listRuns(pool(), { projectId, scenarioId, limit: 50 });

/** A scenario that asks the target for everybody at each call, and what waits for the first one. */
async function listening(name: string, customers: number, settings: object = {}) {
  const { projectId } = await projectWithCustomers(customers);
  const triggerId = await newTrigger(projectId);
  const { add, document } = draw();
  const trigger = add('api-trigger', { triggerId });
  add('webhook', { url: target.url(name), payload: '{"n": {{ customer.number }}}', ...settings }, [trigger, 'out']);
  const run = await start(projectId, document(), name);
  return { projectId, triggerId, run };
}

describe('an API trigger', () => {
  it('waits for its call, and lets the whole audience into a run of its own at each', async () => {
    const { projectId, triggerId, run } = await listening('each-call', 25);
    expect(run.kind).toBe('api');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await target.books('each-call')).requests).toBe(0);
    const [first] = await call(projectId, triggerId);
    expect(first).toMatchObject({ id: run.id, number: 1, scenarioId: run.scenarioId, scenarioName: 'each-call' });
    expect(addsUp((await ended(first!.id)).values())).toBe(true);
    const [second] = await call(projectId, triggerId);
    expect(second!.number).toBe(2);
    const counts = await ended(second!.id);
    expect(counts.get(1)).toMatchObject({ entered: 25, delivered: 25 });
    expect(counts.get(2)).toMatchObject({ entered: 25, delivered: 25 });
    expect((await target.books('each-call')).requests).toBe(50);
    const runs = await runsOf(projectId, run.scenarioId);
    expect(runs.map(({ number, kind, state, entered }) => ({ number, kind, state, entered }))).toEqual([
      { number: 3, kind: 'api', state: 'running', entered: 0 },
      { number: 2, kind: 'api', state: 'done', entered: 25 },
      { number: 1, kind: 'api', state: 'done', entered: 25 },
    ]);
  });

  it('counts in whoever came between the start and the call', async () => {
    const { projectId, triggerId } = await listening('newcomers', 3);
    await pool().query('INSERT INTO customer (project_id, properties) VALUES ($1, \'{"number": 3}\')', [projectId]);
    const [run] = await call(projectId, triggerId);
    expect((await ended(run!.id)).get(1)).toMatchObject({ entered: 4 });
  });

  it('gives every template of the run what the call gave: conditions, attributes, payloads, Root and headers', async () => {
    const { projectId } = await projectWithCustomers(10, (i) => ({ city: i < 4 ? 'Brno' : 'Praha' }));
    const triggerId = await newTrigger(projectId);
    const { add, document } = draw();
    const trigger = add('api-trigger', { triggerId });
    const condition = add('condition', { mode: 'jinja', expression: 'customer.city == trigger.city' }, [
      trigger,
      'out',
    ]);
    const set = add('set-attribute', { attributes: [{ name: 'storm', value: '{{ trigger.level }}' }] }, [
      condition,
      'yes',
    ]);
    const wait = add('wait', { amount: 1, unit: 'seconds' }, [set, 'out']);
    add(
      'webhook',
      {
        url: target.url('values'),
        headers: [{ name: 'X-City', value: '{{ trigger.city }}', secretId: null }],
        batch: true,
        root: '{"city": "{{ trigger.city }}", "to": [{% output customers separated by "," %}]}',
        customer: '{"n": {{ customer.number }}, "level": {{ trigger.level }}, "storm": {{ customer.storm }}}',
      },
      [wait, 'out'],
    );
    await start(projectId, document());
    const [run] = await call(projectId, triggerId, { city: 'Brno', level: 3 });
    const counts = await ended(run!.id);
    expect(counts.get(2)).toMatchObject({ entered: 10, ports: { yes: 4, no: 6 } });
    const [request] = await target.requests('values');
    expect(request!.headers['x-city']).toBe('Brno');
    const body = JSON.parse(request!.body);
    expect(body.city).toBe('Brno');
    expect(body.to).toHaveLength(4);
    expect(body.to[0]).toEqual({ n: 0, level: 3, storm: 3 });
  });

  it('carries what a call gave once with its run, not with the customers, and runs of two calls keep theirs apart', async () => {
    const { projectId, triggerId } = await listening('apart', 2, { payload: '{"city": "{{ trigger.city }}"}' });
    const [one] = await call(projectId, triggerId, { city: 'Brno' });
    const [two] = await call(projectId, triggerId, { city: 'Praha' });
    await Promise.all([ended(one!.id), ended(two!.id)]);
    const cities = (await target.requests('apart')).map(({ body }) => JSON.parse(body).city);
    expect(cities.toSorted()).toEqual(['Brno', 'Brno', 'Praha', 'Praha']);
    const { rows } = await pool().query('SELECT called_with FROM run WHERE id = $1', [one!.id]);
    expect(rows[0]).toEqual({ called_with: { city: 'Brno' } });
  });

  it('sets every scenario going that waits for it, and none of another trigger or project', async () => {
    const { projectId, triggerId, run } = await listening('fan-out', 1);
    const other = await newTrigger(projectId, 'Calm');
    const stranger = await listening('stranger', 1);
    const { add, document } = draw();
    const [a, b, c] = [
      add('api-trigger', { triggerId }),
      add('api-trigger', { triggerId }),
      add('api-trigger', { triggerId: other }),
    ];
    for (const node of [a, b, c]) add('webhook', { url: target.url('fan-out-2'), payload: '{}' }, [node, 'out']);
    const second = await start(projectId, document(), 'second');
    const runs = await call(projectId, triggerId);
    expect(runs.map(({ scenarioName }) => scenarioName).toSorted()).toEqual(['fan-out', 'second', 'second']);
    await Promise.all(runs.map(({ id }) => ended(id)));
    expect((await target.books('fan-out-2')).requests).toBe(2);
    expect(await call(stranger.projectId, triggerId)).toEqual([]);
    expect((await runsOf(stranger.projectId, stranger.run.scenarioId))[0]!.entered).toBe(0);
    expect(second.scenarioId).not.toBe(run.scenarioId);
  });

  it.each(['finish', 'now'] as const)(
    'hears no call after Stop (%s), and the scenario is inactive then',
    async (mode) => {
      const { projectId, triggerId, run } = await listening(`stopped-${mode}`, 2);
      const [called] = await call(projectId, triggerId);
      await ended(called!.id);
      await inTransaction((sql) => stopRuns(sql, { scenarioId: run.scenarioId }, mode));
      await until('the scenario is inactive', async () => {
        const scenario = await prisma().scenario.findUniqueOrThrow({ where: { id: run.scenarioId } });
        return scenario.status === 'inactive';
      });
      expect(await call(projectId, triggerId)).toEqual([]);
      expect((await pool().query('SELECT FROM api_listener WHERE trigger_id = $1', [triggerId])).rows).toEqual([]);
    },
  );

  it('lets those in whose call came before Stop, when they may finish', async () => {
    const { projectId, triggerId, run } = await listening('called-then-stopped', 30);
    const [called] = await inTransaction(async (sql) => {
      const runs = await acceptCall(sql, { projectId, triggerId, values: {} });
      await stopRuns(sql, { scenarioId: run.scenarioId }, 'finish');
      return runs;
    });
    expect((await ended(called!.id)).get(2)).toMatchObject({ delivered: 30 });
  });

  it('hears no call while it is paused, and hears it again afterwards', async () => {
    const { projectId, triggerId, run } = await listening('paused', 1);
    await inTransaction((sql) => pauseRun(sql, run.id));
    expect(await call(projectId, triggerId)).toEqual([]);
    await inTransaction((sql) => resumeRun(sql, run.id));
    expect(await call(projectId, triggerId)).toHaveLength(1);
  });

  it('is heard once when a call and a Stop come at the same moment: no run waits behind the back of the Stop', async () => {
    for (let round = 0; round < 10; round++) {
      const { projectId, triggerId, run } = await listening(`race-${round}`, 1);
      const stop = inTransaction(async (sql) => {
        await sql.query('SELECT FROM scenario WHERE id = $1 FOR NO KEY UPDATE', [run.scenarioId]);
        await stopRuns(sql, { scenarioId: run.scenarioId }, 'finish');
      });
      await Promise.all([call(projectId, triggerId), call(projectId, triggerId), stop]);
      expect(await call(projectId, triggerId)).toEqual([]);
      const { rows } = await pool().query("SELECT FROM run WHERE scenario_id = $1 AND state = 'running'", [
        run.scenarioId,
      ]);
      expect(rows, `round ${round}`).toEqual([]);
    }
  });
});

describe('what a call gave', () => {
  it('is forgotten with the bodies of requests, and the log with the outcomes', async () => {
    const { projectId, triggerId } = await listening('forgotten', 1);
    const [run] = await call(projectId, triggerId, { city: 'Vienna' });
    await ended(run!.id);
    const [waiting] = await call(projectId, triggerId, { city: 'Graz' });
    await prisma().apiTriggerCall.create({
      data: {
        projectId,
        triggerId,
        outcome: 'started',
        callerName: 'Shop',
        requestId: 'r',
        payload: { city: 'Vienna' },
      },
    });
    const age = async (time: string) => {
      await pool().query('UPDATE run SET ended_at = ended_at - $1::interval WHERE id = $2', [time, run!.id]);
      await pool().query('UPDATE api_trigger_call SET last_at = last_at - $1::interval WHERE trigger_id = $2', [
        time,
        triggerId,
      ]);
      await keepHouse();
    };
    const kept = async () => ({
      log: (await prisma().apiTriggerCall.findMany({ where: { triggerId } })).map(({ payload }) => payload),
      run: (await prisma().run.findUniqueOrThrow({ where: { id: BigInt(run!.id) } })).calledWith,
    });
    await age('29 days');
    expect(await kept()).toEqual({ log: [{ city: 'Vienna' }], run: { city: 'Vienna' } });
    await age('2 days');
    expect(await kept()).toEqual({ log: [null], run: {} });
    await age('13 months');
    expect(await kept()).toEqual({ log: [], run: {} });
    const other = await prisma().run.findUniqueOrThrow({ where: { id: BigInt(waiting!.id) } });
    expect(other.calledWith).toEqual({ city: 'Graz' });
  });
});
