import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

// Nothing works here, so that runs stay as Start made them.
freshDatabase();

const ready = () => rowOf(['now', {}], webhookStep());

async function startedScenario(document = ready()) {
  const project = await newProject();
  await addCustomers(project.id, [{ email: 'a@example.com' }]);
  const id = await storeScenario(project.id, document);
  const ctx = await project.as('marketer');
  const { runs } = await verbs['scenario.start'](ctx, { id });
  return { project, ctx, id, runs };
}

const statusOf = async (id: string) => (await prisma().scenario.findUniqueOrThrow({ where: { id } })).status;

describe('starting', () => {
  it('keeps the draft as a version with its program, begins a run and makes the scenario active', async () => {
    const { project, ctx, id, runs } = await startedScenario();
    expect(runs).toMatchObject([{ number: 1, kind: 'now' }]);
    const version = await prisma().version.findFirstOrThrow({ where: { scenarioId: id } });
    expect(version).toMatchObject({ number: 1, reason: 'start', createdById: ctx.actor.id });
    expect(version.program).toMatchObject({ schema: 1, entries: ['n1'] });
    expect(await verbs['scenario.open'](ctx, { id })).toMatchObject({
      status: 'active',
      runs: [{ id: runs[0]!.id, number: 1, kind: 'now', state: 'running', version: 1 }],
      live: { version: 1, differs: false },
    });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.start',
      objectId: id,
      after: { version: 1, runs: [{ id: runs[0]!.id, kind: 'now' }] },
    });
  });

  it('begins one run for each kind of trigger', async () => {
    const document = rowOf(['now', {}], webhookStep());
    const both = {
      ...document,
      nextNumber: 5,
      nodes: [
        ...document.nodes,
        ...rowOf(['on-event', { event: 'purchase' }]).nodes.map((node) => ({ ...node, id: 'n3', number: 3 })),
        { ...document.nodes[0]!, id: 'n4', number: 4 },
      ],
      edges: [
        ...document.edges,
        { id: 'e3', from: 'n3', port: 'out', to: 'n2' },
        { id: 'e4', from: 'n4', port: 'out', to: 'n2' },
      ],
    };
    const { runs } = await startedScenario(both);
    expect(runs.map(({ kind }) => kind).sort()).toEqual(['event', 'now']);
  });

  it('keeps a scheduled trigger waiting for its date, and refuses one whose date has passed', async () => {
    const { ctx, id, runs } = await startedScenario(rowOf(['on-date', { at: '2099-12-24T08:30' }], webhookStep()));
    expect(runs).toMatchObject([{ number: 1, kind: 'date' }]);
    expect(await statusOf(id)).toBe('active');
    await verbs['scenario.stop'](ctx, { id, mode: 'finish' });
    expect(await statusOf(id)).toBe('inactive');
    const project = await newProject();
    const late = await storeScenario(project.id, rowOf(['on-date', { at: '2020-12-24T08:30' }], webhookStep()));
    await expect(verbs['scenario.start'](await project.as('marketer'), { id: late })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('has passed'),
    });
    expect(await statusOf(late)).toBe('draft');
    expect(await prisma().version.count({ where: { scenarioId: late } })).toBe(0);
  });

  it('is refused while there are errors, which are given, and leaves nothing behind', async () => {
    const project = await newProject();
    const id = await storeScenario(project.id, rowOf(['now', {}], webhookStep({ url: '', payload: '{{' })));
    await expect(verbs['scenario.start'](await project.as('marketer'), { id })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/cannot start yet: .+ And 1 more\./),
      details: {
        problems: [
          { severity: 'error', field: 'url' },
          { severity: 'error', field: 'payload' },
        ],
      },
    });
    expect(await statusOf(id)).toBe('draft');
    expect(await prisma().version.count({ where: { scenarioId: id } })).toBe(0);
  });

  it('is refused while it runs, and while it is archived', async () => {
    const { ctx, id } = await startedScenario();
    await expect(verbs['scenario.start'](ctx, { id })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Stop it'),
    });
    await verbs['scenario.stop'](ctx, { id, mode: 'now' });
    await verbs['scenario.archive'](ctx, { id });
    await expect(verbs['scenario.start'](ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of two people at once happens once', async () => {
    const project = await newProject();
    const id = await storeScenario(project.id, ready());
    const [one, two] = [await project.as('marketer'), await project.as('marketer')];
    const both = await Promise.allSettled([one, two].map((ctx) => verbs['scenario.start'](ctx, { id })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await prisma().run.count({ where: { scenarioId: id } })).toBe(1);
  });

  it('again, when the earlier run is over, makes the next version and the next run', async () => {
    const { ctx, id } = await startedScenario();
    await verbs['scenario.stop'](ctx, { id, mode: 'now' });
    expect(await verbs['scenario.start'](ctx, { id })).toMatchObject({ runs: [{ number: 2, kind: 'now' }] });
    expect(
      (await verbs['scenario.versions'](ctx, { id })).map(({ number, reason, isLive }) => [number, reason, isLive]),
    ).toEqual([
      [2, 'start', true],
      [1, 'start', false],
    ]);
  });

  it('goes by the version while the draft changes', async () => {
    const { ctx, id } = await startedScenario();
    const { revision } = await verbs['scenario.open'](ctx, { id });
    await verbs['scenario.edit'](ctx, { id, revision, operations: [{ type: 'rename', node: 'n2', name: 'Other' }] });
    expect((await verbs['scenario.open'](ctx, { id })).live).toMatchObject({ version: 1, differs: true });
    const version = await prisma().version.findFirstOrThrow({ where: { scenarioId: id } });
    expect(version.program).toMatchObject({ nodes: { n2: { node: { name: 'Webhook' } } } });
  });
});

describe('stopping', () => {
  it('now ends the runs, and the scenario is inactive', async () => {
    const { project, ctx, id, runs } = await startedScenario();
    await verbs['scenario.stop'](ctx, { id, mode: 'now' });
    expect(await statusOf(id)).toBe('inactive');
    expect(await prisma().run.findUniqueOrThrow({ where: { id: BigInt(runs[0]!.id) } })).toMatchObject({
      state: 'stopped',
      endedAt: expect.any(Date),
    });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.stop',
      before: { status: 'active', runs: 1 },
      after: { mode: 'now' },
    });
  });

  it('by finishing keeps it finishing while somebody is inside', async () => {
    const { ctx, id } = await startedScenario();
    await verbs['scenario.stop'](ctx, { id, mode: 'finish' });
    expect(await statusOf(id)).toBe('finishing');
    await verbs['scenario.stop'](ctx, { id, mode: 'now' });
    expect(await statusOf(id)).toBe('inactive');
  });

  it('by finishing ends an on-event run that nobody is in', async () => {
    const { ctx, id } = await startedScenario(rowOf(['on-event', { event: 'purchase' }], webhookStep()));
    await verbs['scenario.stop'](ctx, { id, mode: 'finish' });
    expect(await statusOf(id)).toBe('inactive');
  });

  it('keeps a draft that has changed since the start as a version', async () => {
    const { ctx, id } = await startedScenario();
    await verbs['scenario.edit'](ctx, { id, revision: 0, operations: [{ type: 'rename', node: 'n2', name: 'Other' }] });
    await verbs['scenario.stop'](ctx, { id, mode: 'now' });
    expect((await verbs['scenario.versions'](ctx, { id })).map(({ reason }) => reason)).toEqual(['stop', 'start']);
  });

  it('is refused when nothing runs', async () => {
    const { ctx, id } = await startedScenario();
    await verbs['scenario.stop'](ctx, { id, mode: 'now' });
    await expect(verbs['scenario.stop'](ctx, { id, mode: 'now' })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('who may', () => {
  it('a viewer neither starts nor stops', async () => {
    const { project, id } = await startedScenario();
    const viewer = await project.as('viewer');
    await expect(verbs['scenario.start'](viewer, { id })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verbs['scenario.stop'](viewer, { id, mode: 'now' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('another project cannot', async () => {
    const { id } = await startedScenario();
    const stranger = await (await newProject()).as('admin');
    await expect(verbs['scenario.start'](stranger, { id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['scenario.stop'](stranger, { id, mode: 'now' })).rejects.toMatchObject({ code: 'not-found' });
    expect(await statusOf(id)).toBe('active');
  });
});
