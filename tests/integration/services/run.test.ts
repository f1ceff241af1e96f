import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../../../lib/core/document.ts';
import { pool, prisma } from '../../../lib/db/index.ts';
import { startWorker, type Worker } from '../../../lib/engine/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, allow, ended, until, withTarget } from '../../support/engine.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';
import { closeServers, httpServer } from '../../support/servers.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
/** A receiver that says about whom it refuses a request. */
let refusing = '';
beforeAll(async () => {
  const { origin } = await httpServer((response, { body }) => {
    const { id } = JSON.parse(body.toString()) as { id: string };
    response.end(JSON.stringify({ success: false, errors: [{ description: `${id} is blocked` }] }));
  });
  allow(origin);
  refusing = origin;
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(async () => {
  await worker.stop();
  await closeServers();
});

const hasPhone = {
  groups: [
    {
      negate: false,
      criteria: [
        { kind: 'property' as const, property: 'phone', operator: 'has value' as const, value: '', value2: '' },
      ],
    },
  ],
};

interface Started {
  project: TestProject;
  ctx: Ctx;
  scenario: string;
  run: string;
  customers: string[];
}

async function started(
  document: Document,
  people: Record<string, unknown>[],
  role: 'marketer' = 'marketer',
): Promise<Started> {
  const project = await newProject();
  const customers = await addCustomers(project.id, people);
  await prisma().policy.create({ data: { projectId: project.id, name: 'All', concurrency: 5, isDefault: true } });
  const scenario = await storeScenario(project.id, document);
  const ctx = await project.as(role);
  const { runs } = await verbs['scenario.start'](ctx, { id: scenario });
  return { project, ctx, scenario, run: runs[0]!.id, customers };
}

const send = (name: string, settings = {}) => webhookStep({ url: target.url(name), ...settings });

/** Ten people of whom eight have a phone, and a webhook for those. */
async function smsRun(name: string): Promise<Started> {
  const people = Array.from({ length: 10 }, (_, i) => ({
    first_name: `P${i}`,
    email: `p${i}@example.com`,
    ...(i < 8 ? { phone: '+421' } : {}),
  }));
  const made = await started(rowOf(['now', {}], ['condition', { filter: hasPhone }], send(name)), people);
  await ended(made.run);
  return made;
}

describe('a run that is over', () => {
  it('shows numbers that add up, and leaves its scenario inactive', async () => {
    const { project, ctx, scenario, run } = await smsRun('over');
    const view = await verbs['run.open'](await project.as('viewer'), { run });
    expect(view.run).toMatchObject({
      id: run,
      number: 1,
      kind: 'now',
      state: 'done',
      scenarioId: scenario,
      scenarioName: 'Spring SMS',
      version: 1,
      entered: 10,
      delivered: 8,
      rejected: 0,
      unknown: 0,
      startedBy: ctx.actor.name,
      document: { nodes: [{ kind: 'now' }, { kind: 'condition' }, { kind: 'webhook' }] },
    });
    expect(view.run.endedAt).not.toBeNull();
    expect(addsUp(view.counts)).toBe(true);
    expect(view.counts.map(({ node, entered, delivered }) => [node, entered, delivered])).toEqual([
      ['n1', 10, 10],
      ['n2', 10, 10],
      ['n3', 8, 8],
    ]);
    expect(view.counts[1]!.ports).toMatchObject({ yes: 8, no: 2 });
    expect((await verbs['scenario.open'](ctx, { id: scenario })).status).toBe('inactive');
  });

  it('shows what was told before the start beside what came of it', async () => {
    const { ctx, scenario, run } = await smsRun('forecast');
    expect((await verbs['run.open'](ctx, { run })).run.forecast).toBeNull();
    const forecast = { customers: 10, requests: 8, seconds: 1.5 };
    const { runs } = await verbs['scenario.start'](ctx, { id: scenario, forecast });
    expect((await verbs['run.open'](ctx, { run: runs[0]!.id })).run.forecast).toEqual(forecast);
    await ended(runs[0]!.id);
  });

  it('teaches forecasts how long answers take, also those of other scenarios that send to the same host', async () => {
    const { project, ctx, scenario } = await smsRun('learned');
    const secondsOf = async (id: string) => (await verbs['scenario.forecast'](ctx, { id })).requests[0]!;
    expect(await secondsOf(scenario)).toMatchObject({ boundBy: 'latency', averageMs: expect.any(Number) });
    const alike = await storeScenario(project.id, rowOf(['now', {}], send('elsewhere')));
    expect(await secondsOf(alike)).toMatchObject({ boundBy: 'latency', averageMs: expect.any(Number) });
    const strange = await storeScenario(project.id, rowOf(['now', {}], webhookStep()));
    expect(await secondsOf(strange)).toMatchObject({ boundBy: null, seconds: null, averageMs: null });
  });

  it('is in the lists of runs, newest first and page by page', async () => {
    const { ctx, scenario, run } = await smsRun('lists');
    await verbs['scenario.start'](ctx, { id: scenario });
    const { runs, next } = await verbs['run.list'](ctx, { scenario });
    expect(runs.map(({ number }) => number)).toEqual([2, 1]);
    expect(runs[1]).toMatchObject({ id: run, entered: 10, delivered: 8, rejected: 0, unknown: 0 });
    expect(next).toBeNull();
    const first = await verbs['run.list'](ctx, { limit: 1 });
    expect(first.runs).toHaveLength(1);
    const second = await verbs['run.list'](ctx, { limit: 1, before: first.next });
    expect(second).toMatchObject({ runs: [{ number: 1 }], next: null });
  });

  it('shows its requests with the names of customers, and one with all that is known of it', async () => {
    const { ctx, run } = await smsRun('requests');
    const { requests } = await verbs['run.requests'](ctx, { run, node: 'n3' });
    expect(requests).toHaveLength(8);
    expect(requests.map(({ customerName }) => customerName).sort()).toEqual(
      Array.from({ length: 8 }, (_, i) => `P${i}`),
    );
    expect(requests[0]).toMatchObject({ outcome: 'delivered', status: 200, attempts: 1, customers: 1, nodeNumber: 3 });
    const detail = await verbs['run.reveal'](ctx, { run, request: requests[0]!.id });
    expect(detail).toMatchObject({
      method: 'POST',
      url: target.url('requests'),
      customerName: requests[0]!.customerName,
      response: { status: 200 },
      people: [{ customerId: requests[0]!.customerId, name: requests[0]!.customerName }],
    });
    expect((await verbs['run.requests'](ctx, { run, outcome: 'rejected' })).requests).toEqual([]);
  });

  it('hides the values of a request from everybody, and shows its names and its shape', async () => {
    const { project, ctx, run } = await smsRun('masked');
    const { requests } = await verbs['run.requests'](ctx, { run });
    const { id: request, customerName } = requests[0]!;
    const before = await prisma().auditEntry.count({ where: { projectId: project.id } });
    const saying = async (role: 'viewer' | 'marketer') =>
      (await verbs['run.requests'](await project.as(role), { run, text: 'success' })).requests.length;
    expect(await Promise.all([saying('marketer'), saying('viewer')])).toEqual([8, 0]);
    for (const role of ['viewer', 'marketer', 'admin'] as const) {
      const masked = await verbs['run.request'](await project.as(role), { run, request });
      expect(masked).toMatchObject({ isMasked: true, mayReveal: role !== 'viewer', customerName, status: 200 });
      expect(JSON.parse(masked.body!)).toEqual({ id: '•••' });
      expect(masked.response).toMatchObject({ status: 200, body: expect.stringContaining('"success": "•••"') });
      expect(JSON.stringify([masked.url, masked.headers, masked.body, masked.response])).not.toMatch(
        /example\.com|\/masked/,
      );
    }
    expect(await prisma().auditEntry.count({ where: { projectId: project.id } })).toBe(before);
  });

  it('reveals the values of one request to those who build, with an entry in the audit log each time', async () => {
    const { project, ctx, run } = await smsRun('revealed');
    const { requests } = await verbs['run.requests'](ctx, { run });
    const { id: request, customerId } = requests[0]!;
    for (let i = 1; i <= 2; i++) {
      const seen = await verbs['run.reveal'](ctx, { run, request });
      expect(seen).toMatchObject({ isMasked: false, body: expect.stringContaining('@example.com') });
      const entries = await prisma().auditEntry.findMany({ where: { projectId: project.id, action: 'run.reveal' } });
      expect(entries).toHaveLength(i);
      expect(entries.at(-1)).toMatchObject({
        objectId: request,
        objectName: 'Spring SMS · run 1',
        actorId: ctx.actor.id,
        requestId: ctx.requestId,
        after: { run, key: seen.key, customers: 1, firstCustomer: customerId },
      });
      expect(JSON.stringify(entries.at(-1)!.after)).not.toContain('@example.com');
    }
    await expect(verbs['run.reveal'](await project.as('viewer'), { run, request })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('hides values of the customer in what the receiver said of them, in lists, drawer and journey', async () => {
    const { ctx, run } = await started(rowOf(['now', {}], webhookStep({ url: refusing })), [
      { email: 'canary-eva@example.com', name: 'Eva' },
    ]);
    await ended(run);
    const { requests } = await verbs['run.requests'](ctx, { run });
    const { people } = await verbs['run.people'](ctx, { run, node: 'n2', group: 'rejected' });
    const told = [
      requests,
      people,
      await verbs['run.request'](ctx, { run, request: requests[0]!.id }),
      await verbs['run.journey'](ctx, { run, journey: people[0]!.journey }),
    ];
    expect(requests[0]!.message).toMatch(/••• is blocked/);
    for (const one of told) expect(JSON.stringify(one)).not.toContain('canary');
    expect(JSON.stringify(await verbs['run.reveal'](ctx, { run, request: requests[0]!.id }))).toContain(
      'canary-eva@example.com is blocked',
    );
  });

  it('names the people behind a number, page by page, and tells the way of each', async () => {
    const { ctx, run, customers } = await smsRun('people');
    const { people } = await verbs['run.people'](ctx, { run, node: 'n2', group: 'no' });
    expect(people.map(({ name }) => name).sort()).toEqual(['P8', 'P9']);
    const page = await verbs['run.people'](ctx, { run, node: 'n3', group: 'delivered', limit: 5 });
    const rest = await verbs['run.people'](ctx, { run, node: 'n3', group: 'delivered', limit: 5, before: page.next! });
    expect(new Set([...page.people, ...rest.people].map(({ customerId }) => customerId))).toEqual(
      new Set(customers.slice(0, 8)),
    );
    const { journey, customerId } = page.people[0]!;
    const way = await verbs['run.journey'](ctx, { run, journey });
    expect(way).toMatchObject({ customerId, name: page.people[0]!.name });
    expect(way.steps.map(({ node, outcome, port }) => [node, outcome, port])).toEqual([
      ['n1', 'delivered', 'out'],
      ['n2', 'delivered', 'yes'],
      ['n3', 'delivered', 'sent'],
    ]);
    const { journeys } = await verbs['customer.journeys'](ctx, { id: customerId });
    expect(journeys).toMatchObject([{ run, journey, state: 'done', scenarioName: 'Spring SMS' }]);
  });

  it('cannot be stopped, paused or resumed', async () => {
    const { ctx, run } = await smsRun('ended');
    for (const call of [
      () => verbs['run.stop'](ctx, { run, mode: 'now' }),
      () => verbs['run.pause'](ctx, { run }),
      () => verbs['run.resume'](ctx, { run }),
      () => verbs['run.resume-webhook'](ctx, { run, node: 'n3' }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'conflict', message: 'This run has ended.' });
  });
});

describe('sending again', () => {
  const keys = async (name: string) =>
    (await target.requests(name)).map(({ headers }) => headers['idempotency-key']).sort();

  it('takes what was not delivered, with the same keys, and the run ends anew', async () => {
    await target.behave('again', { errorRate: 1, errorStatus: 422 });
    const made = await started(rowOf(['now', {}], send('again')), [{ first_name: 'Eva' }, { first_name: 'Adam' }]);
    const { project, ctx, run, scenario } = made;
    expect((await ended(run)).get(2)).toMatchObject({ delivered: 0, rejected: 2 });
    const first = await keys('again');
    await target.behave('again', {});
    const ask = { run, node: 'n2' };
    await expect(verbs['run.replay'](ctx, { ...ask, status: 500 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(verbs['run.replay'](ctx, { ...ask, node: 'n9' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['run.replay'](ctx, { ...ask, node: 'n1' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await verbs['run.replay'](ctx, { ...ask, status: 422 })).toEqual({ requests: 2, customers: 2 });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'run.replay',
      objectId: run,
      before: { delivered: 0, rejected: 2, unknown: 0 },
      after: { node: 2, status: 422, as: 'same', rate: null, requests: 2 },
    });
    const counts = await ended(run);
    expect(counts.get(2)).toMatchObject({ entered: 2, delivered: 2, rejected: 0 });
    expect(addsUp(counts.values())).toBe(true);
    expect(await keys('again')).toEqual([...first, ...first].sort());
    expect((await verbs['scenario.open'](ctx, { id: scenario })).status).toBe('inactive');
    await expect(verbs['run.replay'](ctx, ask)).rejects.toMatchObject({ code: 'conflict' });
    await expect(verbs['run.replay'](await project.as('viewer'), ask)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('takes what was answered in a time, by the clocks of the project or with an offset', async () => {
    await target.behave('again-in-time', { errorRate: 1, errorStatus: 422 });
    const { project, ctx, run } = await started(rowOf(['now', {}], send('again-in-time')), [{}]);
    await ended(run);
    // Half an hour off the full hours of everybody else.
    await prisma().project.update({ where: { id: project.id }, data: { timeZone: 'Asia/Kolkata' } });
    const clock = (minutes: number) => new Date(Date.now() + (minutes + 330) * 60_000).toISOString().slice(0, 16);
    const moment = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const again = (time: { since?: string; until?: string }) => verbs['run.replay'](ctx, { run, node: 'n2', ...time });
    for (const time of [{ since: clock(5) }, { until: clock(-5) }, { since: moment(5) }, { until: moment(-5) }])
      await expect(again(time), JSON.stringify(time)).rejects.toMatchObject({ code: 'conflict' });
    for (const since of ['2026-02-31T10:00', 'yesterday', '2026-02-31T10:00:00Z'])
      await expect(again({ since }), since).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'since' }] });
    expect(await again({ since: clock(-5), until: clock(5) })).toMatchObject({ requests: 1 });
    const { after } = (await lastAudit(project.id))!;
    expect(Math.abs(Date.parse((after as { since: string }).since) - Date.now())).toBeLessThan(400_000);
    await ended(run);
    expect(await again({ since: moment(-5), until: moment(5) })).toMatchObject({ requests: 1 });
  });

  it('may have a rate of its own, which the run shows while it goes on, and the audit log tells', async () => {
    await target.behave('again-slowly', { errorRate: 1, errorStatus: 422 });
    const { project, ctx, run } = await started(rowOf(['now', {}], send('again-slowly')), [{}, {}, {}]);
    await ended(run);
    await target.behave('again-slowly', {});
    const ask = { run, node: 'n2', rate: { requests: 2, per: 'second' as const } };
    const none = { ...ask, rate: { requests: 0, per: 'second' as const } };
    await expect(verbs['run.replay'](ctx, none)).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'rate.requests' }],
    });
    await verbs['run.replay'](ctx, ask);
    expect(await lastAudit(project.id)).toMatchObject({ after: { rate: { requests: 2, per: 'second' } } });
    const { replays } = await verbs['run.open'](await project.as('viewer'), { run });
    expect(replays).toMatchObject([
      { nodeNumber: 2, requests: 3, customers: 3, asNew: false, rate: { count: 2, periodSeconds: 1 } },
    ]);
    expect((await ended(run)).get(2)).toMatchObject({ delivered: 3 });
    expect((await verbs['run.open'](ctx, { run })).replays).toEqual([]);
  });
});

describe('a scenario that is deleted', () => {
  it('takes everything along that is known of its runs', async () => {
    const { project, ctx, run, scenario } = await smsRun('deleted');
    const left = async () => {
      const { rows } = await pool().query<{ name: string }>(
        `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
          WHERE c.table_schema = 'public' AND c.column_name = 'run_id' AND t.table_type = 'BASE TABLE'`,
      );
      let count = 0;
      for (const { name } of rows)
        count += Number((await pool().query(`SELECT count(*) AS n FROM ${name} WHERE run_id = $1`, [run])).rows[0].n);
      return count;
    };
    expect(await left()).toBeGreaterThan(3);
    await verbs['scenario.delete'](ctx, { id: scenario });
    expect(await left()).toBe(0);
    expect(await lastAudit(project.id)).toMatchObject({ action: 'scenario.delete', before: { runs: 1 } });
  });
});

describe('a run that goes on', () => {
  const waiting = () => rowOf(['now', {}], ['wait', { amount: 1, unit: 'hours' }], send('later'));
  const people = [{ first_name: 'Eva' }, { first_name: 'Adam' }];
  const everybodyWaits = ({ ctx, run }: Started) =>
    until('all wait', async () => (await verbs['run.open'](ctx, { run })).counts[1]!.waiting === 2);

  it('is paused, resumed and stopped, each time with an entry in the audit log', async () => {
    const made = await started(waiting(), people);
    const { project, ctx, run, scenario } = made;
    await everybodyWaits(made);
    await verbs['run.pause'](ctx, { run });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'run.pause',
      objectId: run,
      before: { state: 'running' },
    });
    expect((await verbs['run.open'](ctx, { run })).run.state).toBe('paused');
    await expect(verbs['run.pause'](ctx, { run })).rejects.toMatchObject({ code: 'conflict' });
    await verbs['run.resume'](ctx, { run });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'run.resume', before: { state: 'paused' } });
    await expect(verbs['run.resume'](ctx, { run })).rejects.toMatchObject({ code: 'conflict' });
    await verbs['run.stop'](ctx, { run, mode: 'finish' });
    expect((await verbs['scenario.open'](ctx, { id: scenario })).status).toBe('finishing');
    await verbs['run.stop'](ctx, { run, mode: 'now' });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'run.stop', after: { mode: 'now' } });
    const counts = await ended(run);
    expect(addsUp(counts.values())).toBe(true);
    expect(counts.get(2)).toMatchObject({ entered: 2, skipped: 2 });
    expect((await verbs['scenario.open'](ctx, { id: scenario })).status).toBe('inactive');
  });

  it('shows who waits where', async () => {
    const made = await started(waiting(), people);
    await everybodyWaits(made);
    const { people: there } = await verbs['run.people'](made.ctx, { run: made.run, node: 'n2', group: 'waiting' });
    expect(there.map(({ name }) => name).sort()).toEqual(['Adam', 'Eva']);
    await verbs['run.stop'](made.ctx, { run: made.run, mode: 'now' });
  });

  it('whose webhook was stopped by the receiver says so, and goes on when it is resumed', async () => {
    await target.behave('gone', { errorRate: 1, errorStatus: 410 });
    const many = Array.from({ length: 300 }, (_, i) => ({ first_name: `P${i}` }));
    const made = await started(rowOf(['now', {}], send('gone'), ['wait', {}]), many);
    const { project, ctx, run } = made;
    const stopped = await until('the webhook is stopped', async () =>
      (await verbs['run.open'](ctx, { run })).counts.find(({ stopped }) => stopped),
    );
    expect(stopped).toMatchObject({ node: 'n2', stopped: { reason: expect.stringContaining('410') } });
    await expect(verbs['run.resume-webhook'](ctx, { run, node: 'n3' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(verbs['run.resume-webhook'](ctx, { run, node: 'n9' })).rejects.toMatchObject({ code: 'not-found' });
    await target.behave('gone', {});
    await verbs['run.resume-webhook'](ctx, { run, node: 'n2' });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'run.resume-webhook', after: { node: 'n2' } });
    const rest = await until('the rest is sent', async () => {
      const [, webhook] = (await verbs['run.open'](ctx, { run })).counts;
      return webhook!.waiting + webhook!.inFlight === 0 && webhook;
    });
    expect(rest).toMatchObject({ entered: 300, stopped: null });
    expect(rest.delivered).toBeGreaterThan(0);
    expect(rest.delivered + rest.rejected).toBe(300);
    await verbs['run.stop'](ctx, { run, mode: 'now' });
  });
});

describe('who may', () => {
  it('a viewer looks at runs and does nothing about them', async () => {
    const { project, run } = await smsRun('viewer');
    const viewer = await project.as('viewer');
    await verbs['run.open'](viewer, { run });
    for (const call of [
      () => verbs['run.stop'](viewer, { run, mode: 'now' }),
      () => verbs['run.pause'](viewer, { run }),
      () => verbs['run.resume'](viewer, { run }),
      () => verbs['run.resume-webhook'](viewer, { run, node: 'n3' }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('another project finds none of it', async () => {
    const { ctx: own, run, customers, scenario } = await smsRun('foreign');
    const { requests } = await verbs['run.requests'](own, { run });
    const { people } = await verbs['run.people'](own, { run, node: 'n3', group: 'delivered' });
    const ctx = await (await newProject()).as('admin');
    expect((await verbs['run.list'](ctx, {})).runs).toEqual([]);
    expect((await verbs['run.list'](ctx, { scenario })).runs).toEqual([]);
    for (const call of [
      () => verbs['run.open'](ctx, { run }),
      () => verbs['run.requests'](ctx, { run }),
      () => verbs['run.request'](ctx, { run, request: requests[0]!.id }),
      () => verbs['run.reveal'](ctx, { run, request: requests[0]!.id }),
      () => verbs['run.people'](ctx, { run, node: 'n3', group: 'delivered' }),
      () => verbs['run.journey'](ctx, { run, journey: people[0]!.journey }),
      () => verbs['run.stop'](ctx, { run, mode: 'now' }),
      () => verbs['run.pause'](ctx, { run }),
      () => verbs['run.resume'](ctx, { run }),
      () => verbs['run.resume-webhook'](ctx, { run, node: 'n3' }),
      () => verbs['customer.journeys'](ctx, { id: customers[0]! }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not-found' });
  });
});
