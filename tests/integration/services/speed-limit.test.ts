import { beforeEach, describe, expect, it } from 'vitest';
import type { Document } from '../../../lib/core/document.ts';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

freshDatabase();

let project: TestProject;
let marketer: Ctx;
beforeEach(async () => {
  project = await newProject();
  marketer = await project.as('marketer');
});

const limited = (): Document => ({
  ...rowOf(['now', {}], webhookStep()),
  speedLimits: [{ node: 'n2', perMinute: 60, lifted: false }],
});
const open = (id: string) => verbs['scenario.open'](marketer, { id });
const edit = async (id: string, ...operations: object[]) =>
  verbs['scenario.edit'](marketer, { id, revision: (await open(id)).revision, operations: operations as never });
const imported = async (text: string) =>
  (await verbs['transfer.import'](marketer, { text })) as { kind: 'scenario'; id: string };

describe('a legacy speed limit', () => {
  it('comes with the import of a scenario, and goes with its export and with its duplicate', async () => {
    const first = await storeScenario(project.id, limited());
    const { text } = await verbs['scenario.export'](marketer, { id: first });
    const { id } = await imported(text);
    expect((await open(id)).document.speedLimits).toEqual(limited().speedLimits);
    const copy = await verbs['scenario.duplicate'](marketer, { id });
    expect((await open(copy.id)).document.speedLimits).toEqual(limited().speedLimits);
  });

  it('comes with the import of a webhook, as a scenario with that webhook', async () => {
    const first = await storeScenario(project.id, limited());
    const { text } = await verbs['webhook.export'](marketer, { scenario: first, node: 'n2' });
    expect(JSON.parse(text)).toMatchObject({ hookline: 'webhook', speedLimit: 60 });
    const made = await verbs['transfer.import'](marketer, { text, name: 'Old SMS' });
    expect(made.kind).toBe('scenario');
    const { document, name } = await open((made as { id: string }).id);
    expect(name).toBe('Old SMS');
    expect(document.nodes).toMatchObject([{ kind: 'webhook', name: 'Old SMS' }]);
    expect(document.speedLimits).toEqual([{ node: document.nodes[0]!.id, perMinute: 60, lifted: false }]);
    const { speedLimit: _none, ...plain } = JSON.parse(text);
    expect((await verbs['transfer.import'](marketer, { text: JSON.stringify(plain) })).kind).toBe('webhook');
  });

  it('can be lifted by who may edit, is audited, and comes back by undoing only', async () => {
    const id = await storeScenario(project.id, limited());
    await edit(id, { type: 'speed-limit', node: 'n2', lifted: true });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.edit',
      after: { operations: [{ type: 'lift speed limit', node: 2 }] },
    });
    await edit(id, { type: 'speed-limit', node: 'n2', lifted: false });
    expect((await open(id)).document.speedLimits).toEqual(limited().speedLimits);
    await expect(
      verbs['scenario.edit'](await project.as('viewer'), {
        id,
        revision: 2,
        operations: [{ type: 'speed-limit', node: 'n2', lifted: true }],
      }),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('can be set by nobody: not by an edit, a pasted webhook, a preset or the API', async () => {
    const id = await storeScenario(project.id, limited());
    const other = { ...limited().nodes[1]!, id: 'other', number: 3 };
    await edit(
      id,
      { type: 'add', nodes: [{ ...other, speedLimit: 9 }], edges: [], speedLimits: [{ node: 'other', perMinute: 9 }] },
      { type: 'set', node: 'other', settings: { speedLimit: 9 } },
    );
    const { document } = await open(id);
    expect(document.speedLimits).toEqual(limited().speedLimits);
    expect(JSON.stringify(document.nodes)).not.toContain('speedLimit');
    await expect(edit(id, { type: 'speed-limit', node: 'other', lifted: false })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Choose a throughput policy instead'),
    });
    const key = {
      ...marketer,
      role: null,
      actor: { kind: 'key', id: marketer.actor.id!, name: 'Shop', scopes: ['scenarios:write'] },
    };
    await expect(
      verbs['scenario.edit'](key as Ctx, {
        id,
        revision: 1,
        operations: [{ type: 'speed-limit', node: 'other', lifted: false }],
      }),
    ).rejects.toMatchObject({ code: 'invalid' });
    const developer = await project.as('developer');
    const settings = { ...(limited().nodes[1]!.settings as object), speedLimit: 9, perMinute: 9 };
    const preset = await verbs['preset.create'](developer, { name: 'Fast', webhook: settings as never });
    const stored = await prisma().preset.findUniqueOrThrow({ where: { id: preset.id } });
    expect(JSON.stringify(stored.webhook)).not.toMatch(/speedLimit|perMinute/);
  });

  it('stands in the version that runs and in the forecast', async () => {
    await addCustomers(project.id, [{}, {}, {}]);
    const id = await storeScenario(project.id, limited());
    expect((await verbs['scenario.forecast'](marketer, { id })).requests).toMatchObject([
      { requests: 3, seconds: 3, boundBy: 'speed-limit' },
    ]);
    await verbs['scenario.start'](marketer, { id });
    const version = await prisma().version.findFirstOrThrow({ where: { scenarioId: id } });
    expect(version.program).toMatchObject({ nodes: { n1: { speedLimit: null }, n2: { speedLimit: 60 } } });
  });
});
