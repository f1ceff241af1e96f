import { describe, expect, it } from 'vitest';
import { type Document, newNode } from '../../../lib/core/document.ts';
import type { Operation } from '../../../lib/core/operations.ts';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const create = (ctx: Ctx, name = 'Spring SMS', start: 'empty' | 'now' | 'event' = 'empty') =>
  verbs['scenario.create'](ctx, { name, start });

/** A wait that stands alone: the smallest edit there is. */
function addWait(document: Document, id: string): Operation {
  return { type: 'add', nodes: [newNode(document, 'wait', id, { x: 0, y: 0 }) as never], edges: [] };
}

/** Applies operations to whatever the draft is now. */
async function edit(ctx: Ctx, id: string, ...operations: Operation[]) {
  const { revision } = await verbs['scenario.open'](ctx, { id });
  return verbs['scenario.edit'](ctx, { id, revision, operations });
}

async function setStatus(id: string, status: 'active' | 'finishing' | 'inactive') {
  await prisma().scenario.update({ where: { id }, data: { status } });
}

describe('a new scenario', () => {
  it('is an empty draft, and its making is audited', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id } = await create(ctx);
    expect(await verbs['scenario.open'](ctx, { id })).toMatchObject({
      name: 'Spring SMS',
      status: 'draft',
      archived: false,
      revision: 0,
      document: { nodes: [], edges: [] },
      runs: [],
      versions: 0,
      live: null,
    });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.create',
      objectId: id,
      objectName: 'Spring SMS',
      actorId: ctx.actor.id,
    });
  });

  it.each([
    ['now', 'now'],
    ['event', 'on-event'],
  ] as const)('that starts with %s has its trigger connected to a webhook', async (start, kind) => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx, 'Offers', start);
    const { document } = await verbs['scenario.open'](ctx, { id });
    expect(document.nodes.map((node) => [node.number, node.kind])).toEqual([
      [1, kind],
      [2, 'webhook'],
    ]);
    expect(document.edges).toMatchObject([{ from: document.nodes[0]!.id, port: 'out', to: document.nodes[1]!.id }]);
    expect(document.nextNumber).toBe(3);
  });

  it('needs a name', async () => {
    const ctx = await (await newProject()).as('marketer');
    await expect(create(ctx, '   ')).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'name' }] });
  });
});

describe('the list of scenarios', () => {
  it('shows the last changed first, with what is on the canvas and who made it', async () => {
    const ctx = await (await newProject()).as('marketer');
    const first = await create(ctx, 'First', 'now');
    await create(ctx, 'Second');
    await verbs['scenario.rename'](ctx, { id: first.id, name: 'First again' });
    const { scenarios } = await verbs['scenario.list'](ctx, {});
    expect(scenarios).toMatchObject([
      {
        id: first.id,
        name: 'First again',
        nodes: 2,
        kinds: ['now', 'webhook'],
        createdBy: ctx.actor.name,
        lastRun: null,
      },
      { name: 'Second', nodes: 0, kinds: [] },
    ]);
    expect(scenarios[0]!.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('is narrowed by status, name, tag and owner', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id: sms } = await create(ctx, 'SMS 100% off');
    const { id: mail } = await create(await project.as('marketer'), 'Mail 100 off');
    const { id: old } = await create(ctx, 'Old');
    await verbs['scenario.tag'](ctx, { id: sms, tags: ['spring'] });
    await verbs['scenario.archive'](ctx, { id: old });
    await setStatus(mail, 'active');
    const names = async (input: Parameters<(typeof verbs)['scenario.list']>[1]) =>
      (await verbs['scenario.list'](ctx, input)).scenarios.map(({ name }) => name).sort();
    expect(await names({})).toEqual(['Mail 100 off', 'SMS 100% off']);
    expect(await names({ status: 'archived' })).toEqual(['Old']);
    expect(await names({ status: 'active' })).toEqual(['Mail 100 off']);
    expect(await names({ query: '100% O' })).toEqual(['SMS 100% off']);
    expect(await names({ tag: 'spring' })).toEqual(['SMS 100% off']);
    expect(await names({ mine: true })).toEqual(['SMS 100% off']);
    expect((await verbs['scenario.list'](ctx, { query: 'none' })).tags).toEqual(['spring']);
  });

  it('shows the latest run', async () => {
    const project = await newProject();
    const ctx = await project.as('viewer');
    const scenario = await prisma().scenario.create({
      data: { projectId: project.id, name: 'Runs', draft: { schema: 1, nextNumber: 1, nodes: [], edges: [] } },
    });
    const version = await prisma().version.create({
      data: { scenarioId: scenario.id, number: 1, document: scenario.draft as object, reason: 'start' },
    });
    for (const number of [1, 2])
      await prisma().run.create({
        data: {
          projectId: project.id,
          scenarioId: scenario.id,
          versionId: version.id,
          number,
          kind: 'now',
          entered: 7,
        },
      });
    // A firing that lies ahead is not the latest run.
    await prisma().run.create({
      data: { projectId: project.id, scenarioId: scenario.id, versionId: version.id, number: 3, kind: 'repeat' },
    });
    const [row] = (await verbs['scenario.list'](ctx, {})).scenarios;
    expect(row!.lastRun).toMatchObject({ number: 2, kind: 'now', state: 'running', endedAt: null, entered: 7 });
    expect(row!.lastRun!.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect((await verbs['scenario.open'](ctx, { id: scenario.id })).live).toMatchObject({ version: 1, differs: false });
  });
});

describe('editing', () => {
  it('applies operations, grows the revision by one and is audited without the texts', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    const { document } = await verbs['scenario.open'](ctx, { id });
    const webhook = document.nodes[1]!;
    const answer = await verbs['scenario.edit'](ctx, {
      id,
      revision: 0,
      operations: [
        { type: 'set', node: webhook.id, settings: { url: 'https://api.example.com/hidden-words' } },
        addWait(document, 'pause'),
      ],
    });
    expect(answer.revision).toBe(1);
    expect(answer.problems.map((problem) => problem.nodeId)).toContain('pause');
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({ action: 'scenario.edit', objectId: id, after: { revision: 1 } });
    expect(JSON.stringify(entry!.after)).not.toContain('hidden-words');
    expect(JSON.stringify(entry!.after)).toContain('"url"');
  });

  it('of somebody who came second is a conflict that carries what there is now', async () => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx);
    const { document } = await verbs['scenario.open'](ctx, { id });
    const both = await Promise.allSettled(
      ['a', 'b'].map((name) => verbs['scenario.edit'](ctx, { id, revision: 0, operations: [addWait(document, name)] })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((result) => result.status === 'rejected')!.reason;
    expect(refused).toMatchObject({
      code: 'conflict',
      details: { revision: 1, document: { nodes: [{ kind: 'wait' }] } },
    });
  });

  it('that does not fit the document changes nothing, also when earlier operations fit', async () => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx);
    const { document } = await verbs['scenario.open'](ctx, { id });
    await expect(
      verbs['scenario.edit'](ctx, {
        id,
        revision: 0,
        operations: [addWait(document, 'a'), { type: 'rename', node: 'nobody', name: 'X' }],
      }),
    ).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('no longer there') });
    expect(await verbs['scenario.open'](ctx, { id })).toMatchObject({ revision: 0, document: { nodes: [] } });
  });

  it('refuses a setting that its schema refuses', async () => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    const { document } = await verbs['scenario.open'](ctx, { id });
    await expect(
      edit(ctx, id, { type: 'set', node: document.nodes[1]!.id, settings: { batchSize: 1001 } }),
    ).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('batchSize') });
  });

  it('of an archived scenario is refused until it is restored', async () => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    const { document } = await verbs['scenario.open'](ctx, { id });
    await verbs['scenario.archive'](ctx, { id });
    await expect(edit(ctx, id, addWait(document, 'a'))).rejects.toMatchObject({ code: 'conflict' });
    await verbs['scenario.restore'](ctx, { id });
    expect(await edit(ctx, id, addWait(document, 'a'))).toMatchObject({ revision: 1 });
  });
});

describe('versions', () => {
  it('keep the state before an edit when the last one is older than ten minutes', async () => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    const { document } = await verbs['scenario.open'](ctx, { id });
    await edit(ctx, id, addWait(document, 'a'));
    expect(await verbs['scenario.versions'](ctx, { id })).toEqual([]);
    await prisma().scenario.update({ where: { id }, data: { createdAt: new Date(Date.now() - 11 * 60_000) } });
    await edit(ctx, id, addWait(document, 'b'));
    await edit(ctx, id, addWait(document, 'c'));
    expect(await verbs['scenario.versions'](ctx, { id })).toMatchObject([
      { number: 1, reason: 'edit', createdBy: ctx.actor.name, isLive: false },
    ]);
    const version = await verbs['scenario.version'](ctx, { id, number: 1 });
    expect(version.document.nodes.map((node) => node.id)).toContain('a');
    expect(version.document.nodes.map((node) => node.id)).not.toContain('b');
  });

  it('can be gone back to: what was there is kept, and numbers of nodes are not used again', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    const first = (await verbs['scenario.open'](ctx, { id })).document;
    await prisma().version.create({ data: { scenarioId: id, number: 1, document: first as object, reason: 'start' } });
    await edit(ctx, id, addWait(first, 'a'));
    const reverted = await verbs['scenario.revert'](ctx, { id, number: 1, revision: 1 });
    expect(reverted).toMatchObject({ revision: 2, document: { nodes: first.nodes, nextNumber: 4 } });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'scenario.revert', after: { version: 1 } });
    expect(await verbs['scenario.versions'](ctx, { id })).toMatchObject([
      { number: 2, reason: 'revert' },
      { number: 1 },
    ]);
    await expect(verbs['scenario.revert'](ctx, { id, number: 1, revision: 1 })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(verbs['scenario.revert'](ctx, { id, number: 9, revision: 2 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('renaming, tagging, copying, archiving and deleting', () => {
  it('are audited', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id } = await create(ctx);
    const told = async (work: Promise<unknown>) => {
      await work;
      return lastAudit(project.id);
    };
    expect(await told(verbs['scenario.rename'](ctx, { id, name: 'Autumn' }))).toMatchObject({
      action: 'scenario.rename',
      before: { name: 'Spring SMS' },
      after: { name: 'Autumn' },
    });
    expect(await told(verbs['scenario.tag'](ctx, { id, tags: ['a', 'b', 'a'] }))).toMatchObject({
      action: 'scenario.tag',
      before: { tags: [] },
      after: { tags: ['a', 'b'] },
    });
    expect(await told(verbs['scenario.weigh'](ctx, { id, weight: 3 }))).toMatchObject({
      action: 'scenario.weigh',
      before: { weight: 1 },
      after: { weight: 3 },
    });
    expect(await told(verbs['scenario.archive'](ctx, { id }))).toMatchObject({ action: 'scenario.archive' });
    expect(await told(verbs['scenario.restore'](ctx, { id }))).toMatchObject({ action: 'scenario.restore' });
    expect(await told(verbs['scenario.delete'](ctx, { id }))).toMatchObject({
      action: 'scenario.delete',
      objectName: 'Autumn',
    });
    await expect(verbs['scenario.open'](ctx, { id })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('a copy is a draft of its own with the same document and tags', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    await verbs['scenario.tag'](ctx, { id, tags: ['spring'] });
    await setStatus(id, 'active');
    const copy = await verbs['scenario.duplicate'](ctx, { id });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.duplicate',
      objectId: copy.id,
      after: { from: id },
    });
    const [was, is] = [await verbs['scenario.open'](ctx, { id }), await verbs['scenario.open'](ctx, { id: copy.id })];
    expect(is).toMatchObject({ name: 'Offers (copy)', status: 'draft', tags: ['spring'], document: was.document });
    await edit(ctx, copy.id, { type: 'remove', nodes: [is.document.nodes[0]!.id], edges: [] });
    expect((await verbs['scenario.open'](ctx, { id })).document.nodes).toHaveLength(2);
  });

  it.each([0, 11, 1.5])('refuses a weight of %s', async (weight) => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx);
    await expect(verbs['scenario.weigh'](ctx, { id, weight })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'weight' }],
    });
  });

  it('of a scenario that runs are refused', async () => {
    const ctx = await (await newProject()).as('marketer');
    const { id } = await create(ctx);
    for (const status of ['active', 'finishing'] as const) {
      await setStatus(id, status);
      await expect(verbs['scenario.delete'](ctx, { id })).rejects.toMatchObject({ code: 'conflict' });
      await expect(verbs['scenario.archive'](ctx, { id })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('Stop it'),
      });
    }
    await setStatus(id, 'inactive');
    await verbs['scenario.delete'](ctx, { id });
  });

  it('deleting takes versions and runs along', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id } = await create(ctx, 'Offers', 'now');
    const { document } = await verbs['scenario.open'](ctx, { id });
    const version = await prisma().version.create({
      data: { scenarioId: id, number: 1, document: document as object, reason: 'start' },
    });
    await prisma().run.create({
      data: {
        projectId: project.id,
        scenarioId: id,
        versionId: version.id,
        number: 1,
        kind: 'now',
        endedAt: new Date(),
      },
    });
    await verbs['scenario.delete'](ctx, { id });
    expect(await prisma().run.count({ where: { scenarioId: id } })).toBe(0);
    expect(await prisma().version.count({ where: { scenarioId: id } })).toBe(0);
  });
});

describe('who may', () => {
  it('a viewer opens and lists, and changes nothing', async () => {
    const project = await newProject();
    const { id } = await create(await project.as('marketer'), 'Offers', 'now');
    const viewer = await project.as('viewer');
    await verbs['scenario.open'](viewer, { id });
    await verbs['scenario.versions'](viewer, { id });
    const refused = [
      create(viewer),
      verbs['scenario.edit'](viewer, { id, revision: 0, operations: [] }),
      verbs['scenario.rename'](viewer, { id, name: 'X' }),
      verbs['scenario.tag'](viewer, { id, tags: [] }),
      verbs['scenario.weigh'](viewer, { id, weight: 2 }),
      verbs['scenario.duplicate'](viewer, { id }),
      verbs['scenario.archive'](viewer, { id }),
      verbs['scenario.restore'](viewer, { id }),
      verbs['scenario.delete'](viewer, { id }),
      verbs['scenario.revert'](viewer, { id, number: 1, revision: 0 }),
    ];
    for (const call of refused) await expect(call).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('another project sees none of it', async () => {
    const { id } = await create(await (await newProject()).as('marketer'), 'Offers', 'now');
    const ctx = await (await newProject()).as('admin');
    expect((await verbs['scenario.list'](ctx, {})).scenarios).toEqual([]);
    const strange = [
      () => verbs['scenario.open'](ctx, { id }),
      () => verbs['scenario.edit'](ctx, { id, revision: 0, operations: [{ type: 'move', positions: {} }] }),
      () => verbs['scenario.rename'](ctx, { id, name: 'X' }),
      () => verbs['scenario.tag'](ctx, { id, tags: [] }),
      () => verbs['scenario.weigh'](ctx, { id, weight: 2 }),
      () => verbs['scenario.duplicate'](ctx, { id }),
      () => verbs['scenario.archive'](ctx, { id }),
      () => verbs['scenario.restore'](ctx, { id }),
      () => verbs['scenario.delete'](ctx, { id }),
      () => verbs['scenario.versions'](ctx, { id }),
      () => verbs['scenario.version'](ctx, { id, number: 1 }),
      () => verbs['scenario.revert'](ctx, { id, number: 1, revision: 0 }),
    ];
    for (const call of strange) await expect(call()).rejects.toMatchObject({ code: 'not-found' });
    expect(await prisma().scenario.count({ where: { id } })).toBe(1);
  });
});
