import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../../../lib/core/document.ts';
import type { WebhookSettings } from '../../../lib/core/webhook.ts';
import { prisma } from '../../../lib/db/index.ts';
import { startWorker, type Worker } from '../../../lib/engine/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { ended, until, withTarget } from '../../support/engine.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, type Step, storeScenario, webhookStep } from '../../support/scenarios.ts';

const target = withTarget();
freshDatabase();

async function projectOf(count: number, properties: (i: number) => Record<string, unknown>): Promise<TestProject> {
  const project = await newProject();
  for (let from = 0; from < count; from += 5000)
    await addCustomers(
      project.id,
      Array.from({ length: Math.min(5000, count - from) }, (_, i) => properties(from + i)),
    );
  return project;
}

/** Checks a node to its end. */
async function checked(ctx: Ctx, scenario: string, node = 'n2') {
  const { check } = await verbs['webhook.check'](ctx, { scenario, node });
  return until('the check has ended', async () => {
    const view = await verbs['webhook.check-open'](ctx, { check });
    return view.state !== 'running' && view;
  });
}

/** The report of a webhook for the customers of a project. */
async function reportOf(project: TestProject, settings: Partial<WebhookSettings>, ...before: Step[]) {
  const id = await storeScenario(project.id, rowOf(['now', {}], ...before, webhookStep(settings)));
  const view = await checked(await project.as('marketer'), id, `n${before.length + 2}`);
  expect(view).toMatchObject({ state: 'done', message: null });
  return view.report!;
}

describe('a check of ten thousand customers', () => {
  it('finds planted faults, groups them by their place, and sends nothing', async () => {
    // 12 have no phone, 9 have a name that the payload does not quote, 3 go to a path outside the prefix.
    const project = await projectOf(10_000, (i) => ({
      email: `c${i}@example.com`,
      ...(i % 1000 === 7 || i === 1 || i === 2 ? {} : { phone: '+421' }),
      number: i < 9 ? 'not a number' : i,
      path: i >= 9000 && i < 9003 ? '../admin' : 'send',
    }));
    const integration = await prisma().integration.create({
      data: { projectId: project.id, name: 'Gateway', kind: 'http', prefix: target.url('check') },
    });
    const report = await reportOf(project, {
      url: `${target.url('check')}/{{ customer.path | safe }}`,
      integrationId: integration.id,
      payload: '{\n  "to": "{{ customer.phone }}",\n  "n": {{ customer.number | string | safe }}\n}',
    });
    expect(report).toMatchObject({ customers: 10_000, fine: 10_000 - 9 - 3, requests: 10_000 - 9 - 3 });
    expect(report.faults).toMatchObject([
      {
        severity: 'error',
        template: 'Payload',
        message: 'what it renders is not valid JSON',
        count: 9,
        example: expect.stringContaining('not a num'),
      },
      {
        severity: 'error',
        template: 'URL',
        message: 'leaves the endpoint prefix of the integration',
        count: 3,
        example: expect.stringContaining('../admin'),
      },
      {
        severity: 'warning',
        template: 'Payload',
        line: 2,
        message: 'phone is empty',
        property: 'phone',
        count: 12,
        customer: { name: 'c1@example.com' },
      },
    ]);
    expect(report.bytes!.min).toBeGreaterThan(20);
    expect(report.bytes!.max).toBeGreaterThanOrEqual(report.bytes!.median);
    expect(await target.books('check')).toMatchObject({ requests: 0 });
  });

  it('of a batch counts requests, and a bad customer costs only itself', async () => {
    const project = await projectOf(2500, (i) => ({ email: `c${i}@example.com`, age: i === 5 ? 'x' : i }));
    const report = await reportOf(project, {
      batch: true,
      batchSize: 1000,
      root: '{"all": [{% output customers separated by "," %}]}',
      customer: '{\n"n": {{ customer.age + 1 }}}',
    });
    expect(report).toMatchObject({ customers: 2500, fine: 2499, requests: 3 });
    expect(report.faults).toMatchObject([{ severity: 'error', template: 'Customer', line: 2, count: 1 }]);
    expect(report.bytes!.max).toBeGreaterThan(report.bytes!.min);
  });

  it('whose Root fails is an error for everybody', async () => {
    const project = await projectOf(30, () => ({}));
    const report = await reportOf(project, { batch: true, root: '[{{ customers | nonsense_ }}', customer: '{}' }).catch(
      (error: Error) => error,
    );
    // An unknown filter does not even compile: the check says so by itself.
    expect(report).toBeInstanceOf(Error);
    const broken = await reportOf(project, {
      batch: true,
      batchSize: 20,
      root: '[{{ customers | join(",") }}',
      customer: '{}',
    });
    expect(broken).toMatchObject({ customers: 30, fine: 0, requests: 0, bytes: null });
    expect(broken.faults).toMatchObject([{ severity: 'error', template: 'Root', count: 30 }]);
  });
});

describe('a URL that is none', () => {
  it('is told whole, with what was rendered', async () => {
    const project = await projectOf(3, (i) => ({ host: i === 0 ? 'https://a.example' : '' }));
    const report = await reportOf(project, { url: '{{ customer.host }}/v1' });
    expect(report).toMatchObject({ customers: 3, fine: 1 });
    expect(report.faults[0]).toMatchObject({
      template: 'URL',
      message: 'is not an absolute http:// or https:// URL',
      count: 2,
      example: '/v1',
    });
  });
});

describe('the audience of a check', () => {
  it('are those whom the conditions before the webhook let through', async () => {
    const project = await projectOf(10, (i) => ({ vip: i < 4 }));
    const report = await reportOf(project, {}, ['condition', { mode: 'jinja', expression: 'customer.vip' }]);
    expect(report.customers).toBe(4);
  });

  it('is the latest events with their customers where only events bring them', async () => {
    const project = await projectOf(2, (i) => ({ email: `c${i}@example.com` }));
    const customers = await prisma().customer.findMany({ where: { projectId: project.id } });
    await prisma().event.createMany({
      data: customers.map(({ id }, i) => ({
        projectId: project.id,
        customerId: id,
        type: 'purchase',
        at: new Date(),
        properties: i === 0 ? { total: 12 } : {},
      })),
    });
    const document = rowOf(
      ['on-event', { event: 'purchase' }],
      webhookStep({ payload: '{"total": {{ event.total + 0 }}}' }),
    );
    const view = await checked(await project.as('marketer'), await storeScenario(project.id, document));
    expect(view.report).toMatchObject({ customers: 2, fine: 1, faults: [{ template: 'Payload', line: 1, count: 1 }] });
  });

  it('sees the latest delivered response where a template reads one', async () => {
    const worker: Worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
    const project = await projectOf(3, (i) => ({ email: `c${i}@example.com` }));
    const document: Document = rowOf(
      ['now', {}],
      webhookStep({ url: target.url('first') }),
      webhookStep({
        url: target.url('second'),
        payload: '{"ok": {{ webhook.success | tojson }}, "id": {{ webhook.result.status | tojson }}}',
      }),
    );
    const id = await storeScenario(project.id, document);
    const ctx = await project.as('marketer');
    const unknown = await checked(ctx, id, 'n3');
    expect(unknown.report).toMatchObject({ fine: 0 });
    const { runs } = await verbs['scenario.start'](ctx, { id });
    await ended(runs[0]!.id);
    await worker.stop();
    expect((await checked(ctx, id, 'n3')).report).toMatchObject({ fine: 3, faults: [] });
  });
});

describe('a check', () => {
  let project: TestProject;
  let ctx: Ctx;
  let id: string;
  beforeAll(async () => {
    project = await projectOf(150, (i) => (i < 120 ? {} : { phone: '1' }));
    ctx = await project.as('marketer');
    id = await storeScenario(project.id, rowOf(['now', {}], webhookStep({ payload: '{"p": "{{ customer.phone }}"}' })));
  });
  afterAll(() => prisma().scenario.deleteMany({ where: { id } }));

  it('is audited, kept with who made it and when, and gives way to the next', async () => {
    const first = await checked(ctx, id);
    expect(await lastAudit(project.id)).toMatchObject({ action: 'webhook.check', objectId: id, after: { node: 2 } });
    expect(first).toMatchObject({ node: 'n2', isCurrent: true, startedBy: ctx.actor.name, total: 150, done: 150 });
    const second = await checked(ctx, id);
    const { checks, required } = await verbs['webhook.checks'](ctx, { scenario: id });
    expect(checks.map(({ check }) => check)).toEqual([second.check]);
    expect(required).toBe(false);
    await expect(verbs['webhook.check-open'](ctx, { check: first.check })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('names the first hundred customers of a group', async () => {
    const { check } = await checked(ctx, id);
    const group = await verbs['webhook.check-people'](await project.as('viewer'), { check, fault: 0 });
    expect(group.count).toBe(120);
    expect(group.people).toHaveLength(100);
    expect(group.people[0]).toMatchObject({ customerId: expect.stringMatching(/^\d+$/), name: expect.any(String) });
    await expect(verbs['webhook.check-people'](ctx, { check, fault: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is no longer current when the scenario is edited, and still is when a node only moved', async () => {
    const { check } = await checked(ctx, id);
    const isCurrent = async () => (await verbs['webhook.check-open'](ctx, { check })).isCurrent;
    const edit = async (operation: Parameters<(typeof verbs)['scenario.edit']>[1]['operations'][number]) => {
      const { revision } = await verbs['scenario.open'](ctx, { id });
      await verbs['scenario.edit'](ctx, { id, revision, operations: [operation] });
    };
    await edit({ type: 'move', positions: { n2: { x: 9, y: 9 } } });
    await edit({ type: 'rename', node: 'n2', name: 'Other' });
    expect(await isCurrent()).toBe(true);
    await edit({ type: 'set', node: 'n2', settings: { payload: '{"p": "{{ customer.phone }} "}' } });
    expect(await isCurrent()).toBe(false);
  });

  it('that nobody works on any more is interrupted, and one that was cancelled stays so', async () => {
    const row = await prisma().audienceCheck.create({
      data: {
        projectId: project.id,
        scenarioId: id,
        nodeId: 'n2',
        fingerprint: 'x',
        seenAt: new Date(Date.now() - 20_000),
      },
    });
    expect((await verbs['webhook.check-open'](ctx, { check: row.id })).state).toBe('interrupted');
    await verbs['webhook.check-cancel'](ctx, { check: row.id });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'webhook.check-cancel' });
    expect((await verbs['webhook.check-open'](ctx, { check: row.id })).state).toBe('cancelled');
    await expect(verbs['webhook.check-cancel'](ctx, { check: row.id })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of a template that does not compile says so', async () => {
    const broken = await storeScenario(project.id, rowOf(['now', {}], webhookStep({ payload: '{{ ' })));
    expect(await checked(ctx, broken)).toMatchObject({ state: 'failed', message: expect.stringMatching(/^Payload: /) });
  });

  it('is started and cancelled by whoever may build, and unknown to other projects', async () => {
    const { check } = await checked(ctx, id);
    const viewer = await project.as('viewer');
    await expect(verbs['webhook.check'](viewer, { scenario: id, node: 'n2' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(verbs['webhook.check-cancel'](viewer, { check })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verbs['project.require-checks'](ctx, { required: true })).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await (await newProject()).as('admin');
    for (const call of [
      () => verbs['webhook.check'](stranger, { scenario: id, node: 'n2' }),
      () => verbs['webhook.check-open'](stranger, { check }),
      () => verbs['webhook.check-people'](stranger, { check, fault: 0 }),
      () => verbs['webhook.check-cancel'](stranger, { check }),
      () => verbs['webhook.checks'](stranger, { scenario: id }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a project that requires clean checks', () => {
  it('starts a scenario only after each of its webhooks was checked without errors as it is', async () => {
    const project = await projectOf(3, (i) => ({ age: i }));
    const [admin, ctx] = [await project.as('admin'), await project.as('marketer')];
    const id = await storeScenario(
      project.id,
      rowOf(
        ['now', {}],
        webhookStep({ payload: '{"a": {{ customer.age }}}' }),
        webhookStep({ payload: '{"a": {{ customer.missing + 1 }}}' }),
      ),
    );
    expect(await verbs['project.get'](ctx, {})).toMatchObject({ requiresChecks: false });
    await verbs['project.require-checks'](admin, { required: true });
    expect(await verbs['project.get'](ctx, {})).toMatchObject({ requiresChecks: true });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'project.require-checks',
      before: { required: false },
      after: { required: true },
    });
    await checked(ctx, id, 'n2');
    await checked(ctx, id, 'n3');
    await expect(verbs['scenario.start'](ctx, { id })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Webhook (#3)'),
      details: { unchecked: ['n3'] },
    });
    await verbs['scenario.edit'](ctx, {
      id,
      revision: 0,
      operations: [{ type: 'set', node: 'n3', settings: { payload: '{}' } }],
    });
    await checked(ctx, id, 'n3');
    // The edit was behind the other webhook, whose check still holds; one before both makes both stale.
    await verbs['scenario.edit'](ctx, {
      id,
      revision: 1,
      operations: [{ type: 'set', node: 'n2', settings: { timeoutSeconds: 5 } }],
    });
    await expect(verbs['scenario.start'](ctx, { id })).rejects.toMatchObject({ details: { unchecked: ['n2', 'n3'] } });
    await checked(ctx, id, 'n2');
    await checked(ctx, id, 'n3');
    expect((await verbs['scenario.start'](ctx, { id })).runs).toHaveLength(1);
  });
});
