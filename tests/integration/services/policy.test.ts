import { describe, expect, it } from 'vitest';
import { emptyDocument, newNode } from '../../../lib/core/document.ts';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const settings = { name: 'SMS gateway', concurrency: 5, rate: null, isDefault: false };
const create = (ctx: Ctx, more: Partial<typeof settings> = {}) => verbs['policy.create'](ctx, { ...settings, ...more });

/** A scenario with one webhook that selects a policy; with `running`, also a run of it that has not ended. */
async function scenarioWith(projectId: string, policyId: string, options: { running?: boolean; name?: string } = {}) {
  const node = newNode(emptyDocument(), 'webhook', 'send', { x: 0, y: 0 });
  const document = {
    ...emptyDocument(),
    nextNumber: 2,
    nodes: [{ ...node, settings: { ...node.settings, policyId } }],
  };
  const scenario = await prisma().scenario.create({
    data: { projectId, name: options.name ?? 'Spring SMS', draft: document },
  });
  if (!options.running) return scenario;
  const version = await prisma().version.create({
    data: { scenarioId: scenario.id, number: 1, document, reason: 'start' },
  });
  await prisma().run.create({
    data: { projectId, scenarioId: scenario.id, versionId: version.id, number: 1, kind: 'event' },
  });
  return scenario;
}

describe('throughput policies', () => {
  it('keep what was set, and the change is audited', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await verbs['policy.create'](ctx, { ...settings, rate: { requests: 300, per: 'minute' } });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'policy.create', objectId: id, actorId: ctx.actor.id });
    await verbs['policy.update'](ctx, { ...settings, id, name: 'SMS', concurrency: 9 });
    expect(await verbs['policy.list'](ctx, {})).toMatchObject([
      { id, name: 'SMS', concurrency: 9, rate: null, uses: [] },
    ]);
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'policy.update',
      before: { concurrency: 5, rate: { requests: 300, per: 'minute' } },
      after: { concurrency: 9, rate: null },
    });
  });

  it('allow 1 to 1000 requests at once', async () => {
    const ctx = await (await newProject()).as('developer');
    for (const concurrency of [0, 1001, 1.5, Number.NaN])
      await expect(create(ctx, { concurrency })).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ path: 'concurrency' }],
      });
    await create(ctx, { concurrency: 1000 });
  });

  it('with a rate have a burst from 1 to 1000, and one request at a time when it is not said', async () => {
    const ctx = await (await newProject()).as('developer');
    const rate = { requests: 300, per: 'minute' as const };
    const make = (burst?: number) =>
      verbs['policy.create'](ctx, { ...settings, name: `Burst ${burst}`, rate: { ...rate, burst } });
    for (const burst of [0, 1001, 2.5])
      await expect(make(burst)).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'rate.burst' }] });
    const [plain, twenty] = [await make(), await make(20)];
    const rates = new Map((await verbs['policy.list'](ctx, {})).map((policy) => [policy.id, policy.rate]));
    expect(rates.get(plain.id)).toEqual({ ...rate, burst: 1 });
    expect(rates.get(twenty.id)).toEqual({ ...rate, burst: 20 });
    await verbs['policy.update'](ctx, { ...settings, id: twenty.id });
    expect(await prisma().policy.findUniqueOrThrow({ where: { id: twenty.id } })).toMatchObject({
      rate: null,
      burst: 1,
    });
  });

  it('have different names within a project', async () => {
    const ctx = await (await newProject()).as('developer');
    await create(ctx);
    await expect(create(ctx)).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'name' }] });
    await create(await (await newProject()).as('developer'));
  });

  it('have one default at most', async () => {
    const ctx = await (await newProject()).as('developer');
    const first = await create(ctx, { isDefault: true });
    const second = await create(ctx, { name: 'CRM', isDefault: true });
    const defaults = (await verbs['policy.list'](ctx, {})).filter((policy) => policy.isDefault).map(({ id }) => id);
    expect(defaults).toEqual([second.id]);
    expect(first.id).not.toBe(second.id);
  });

  it('are seen by a viewer, changed by a developer only, and unknown to strangers', async () => {
    const project = await newProject();
    const { id } = await create(await project.as('developer'));
    const viewer = await project.as('viewer');
    expect(await verbs['policy.list'](viewer, {})).toHaveLength(1);
    await expect(create(viewer, { name: 'Other' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verbs['policy.delete'](await project.as('marketer'), { id })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(verbs['policy.list'](await project.as(null), {})).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are not reachable from another project, not even as a replacement', async () => {
    const theirs = await newProject();
    const { id } = await create(await theirs.as('developer'));
    const ctx = await (await newProject()).as('admin');
    await expect(verbs['policy.update'](ctx, { ...settings, id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['policy.delete'](ctx, { id })).rejects.toMatchObject({ code: 'not-found' });
    const mine = await create(ctx);
    await expect(verbs['policy.delete'](ctx, { id: mine.id, answers: { [mine.id]: id } })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await prisma().policy.count({ where: { id: { in: [id, mine.id] } } })).toBe(2);
  });

  it('that scenarios select are deleted only with an answer for each, which the scenarios then select', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const [old, next] = [await create(ctx), await create(ctx, { name: 'CRM' })];
    const first = await scenarioWith(project.id, old.id);
    const second = await scenarioWith(project.id, old.id, { name: 'Autumn SMS' });
    expect((await verbs['policy.list'](ctx, {})).find(({ id }) => id === old.id)?.uses).toMatchObject([
      { scenarioId: second.id, name: 'Autumn SMS', isRunning: false },
      { scenarioId: first.id, name: 'Spring SMS', isRunning: false },
    ]);
    const remove = (answers: Record<string, string | null>) => verbs['policy.delete'](ctx, { id: old.id, answers });
    await expect(remove({})).rejects.toMatchObject({ code: 'conflict', details: { uses: [{}, {}] } });
    await expect(remove({ [first.id]: next.id })).rejects.toMatchObject({
      code: 'conflict',
      message: 'Choose what Autumn SMS uses instead of this policy.',
    });
    await expect(remove({ [first.id]: old.id, [second.id]: null })).rejects.toMatchObject({ code: 'invalid' });
    await expect(remove({ [first.id]: 'stop', [second.id]: null })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Spring SMS does not run any more'),
    });
    expect(await remove({ [first.id]: next.id, [second.id]: null })).toEqual({ switched: 2 });
    const after = await prisma().scenario.findUniqueOrThrow({ where: { id: first.id } });
    expect(after.revision).toBe(1);
    expect(after.draft).toMatchObject({ nodes: [{ settings: { policyId: next.id } }] });
    expect((await prisma().scenario.findUniqueOrThrow({ where: { id: second.id } })).draft).toMatchObject({
      nodes: [{ settings: { policyId: null } }],
    });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'policy.delete',
      objectName: 'SMS gateway',
      before: { answers: { [first.id]: next.id, [second.id]: null } },
    });
  });

  it('that run are replaced in what runs, and whoever replaces them is used by it from then on', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const [a, b, c] = [await create(ctx), await create(ctx, { name: 'B' }), await create(ctx, { name: 'C' })];
    const { id } = await scenarioWith(project.id, a.id, { running: true });
    await verbs['policy.delete'](ctx, { id: a.id, answers: { [id]: b.id } });
    expect((await verbs['policy.list'](ctx, {})).find((policy) => policy.id === b.id)?.uses).toMatchObject([
      { scenarioId: id, isRunning: true },
    ]);
    await expect(verbs['policy.delete'](ctx, { id: b.id })).rejects.toMatchObject({ code: 'conflict' });
    await verbs['policy.delete'](ctx, { id: b.id, answers: { [id]: c.id } });
    const { replacedPolicies } = await prisma().scenario.findUniqueOrThrow({ where: { id } });
    expect(replacedPolicies).toEqual({ [a.id]: c.id, [b.id]: c.id });
    await verbs['policy.delete'](ctx, { id: c.id, answers: { [id]: null } });
    expect(await verbs['policy.list'](ctx, {})).toEqual([]);
  });

  it('that run may be stopped with their scenarios, and the audit log tells of both', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx);
    const scenario = await scenarioWith(project.id, id, { running: true });
    await verbs['policy.delete'](ctx, { id, answers: { [scenario.id]: 'stop' } });
    expect(await prisma().run.findFirstOrThrow({ where: { scenarioId: scenario.id } })).toMatchObject({
      state: 'stopped',
    });
    expect(await prisma().auditEntry.count({ where: { projectId: project.id, action: 'scenario.stop' } })).toBe(1);
    expect(await lastAudit(project.id)).toMatchObject({ before: { answers: { [scenario.id]: 'stop' } } });
  });
});
