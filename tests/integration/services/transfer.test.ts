import { describe, expect, it } from 'vitest';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { rowOf, storeScenario } from '../../support/scenarios.ts';

freshDatabase();

const CANARY = 'canary-secret-value';

/** A project with an integration, a policy, a preset and a scenario whose webhook uses all of them and a secret header. */
async function furnished() {
  const project = await newProject();
  const developer = await project.as('developer');
  const integration = await prisma().integration.create({
    data: {
      projectId: project.id,
      name: 'CM.com',
      kind: 'http',
      prefix: 'https://gw.example/',
      public: { scheme: 'basic' },
    },
  });
  const policy = await verbs['policy.create'](developer, {
    name: 'SMS',
    concurrency: 5,
    rate: { requests: 300, per: 'minute' },
    isDefault: false,
  });
  const secret = await verbs['secret.store'](developer, { value: CANARY, url: 'https://gw.example/send' });
  const webhook = WebhookSettings.parse({
    url: 'https://gw.example/send',
    headers: [{ name: 'X-Key', value: '', secretId: secret.id }],
    integrationId: integration.id,
    policyId: policy.id,
    payload: '{"text": "[[ text ]]"}',
  });
  const preset = await verbs['preset.create'](developer, { name: 'Newsletter', webhook });
  const { settings } = await verbs['preset.settings'](developer, { id: preset.id });
  const scenario = await storeScenario(
    project.id,
    rowOf(['now', {}], ['webhook', { ...settings, parameters: { text: 'Hi' } }]),
  );
  await verbs['scenario.tag'](developer, { id: scenario, tags: ['spring'] });
  const ids = [project.id, integration.id, policy.id, secret.id, preset.id, scenario];
  return { project, developer, ids, integration: integration.id, policy: policy.id, preset: preset.id, scenario };
}

const exported = async (from: Awaited<ReturnType<typeof furnished>>) =>
  verbs['scenario.export'](await from.project.as('viewer'), { id: from.scenario });

const webhookOf = async (project: TestProject, id: string) => {
  const { document } = await verbs['scenario.open'](await project.as('viewer'), { id });
  return document.nodes[1]!.settings as WebhookSettings;
};

describe('an exported file', () => {
  it('is readable, is named after its scenario, and is audited', async () => {
    const from = await furnished();
    const { fileName, text } = await exported(from);
    expect(fileName).toBe('spring-sms.scenario.json');
    expect(JSON.parse(text)).toMatchObject({ hookline: 'scenario', format: 1, name: 'Spring SMS', tags: ['spring'] });
    expect(text).toContain('\n  "document": {');
    expect(await lastAudit(from.project.id)).toMatchObject({ action: 'scenario.export', objectId: from.scenario });
  });

  it('has no id and no secret of the installation in it', async () => {
    const from = await furnished();
    const files = [
      await exported(from),
      await verbs['webhook.export'](from.developer, { scenario: from.scenario, node: 'n2' }),
      await verbs['preset.export'](from.developer, { id: from.preset }),
    ];
    for (const { text } of files) for (const hidden of [CANARY, ...from.ids]) expect(text).not.toContain(hidden);
  });

  it('may be of an earlier version of the scenario', async () => {
    const from = await furnished();
    const old = rowOf(['now', {}], ['wait', {}]);
    await prisma().version.create({
      data: { scenarioId: from.scenario, number: 1, document: old as object, reason: 'edit' },
    });
    const { text } = await verbs['scenario.export'](from.developer, { id: from.scenario, version: 1 });
    expect(JSON.parse(text).document.nodes).toMatchObject([{ kind: 'now' }, { kind: 'wait' }]);
    await expect(verbs['scenario.export'](from.developer, { id: from.scenario, version: 2 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('importing a scenario', () => {
  it('lists first what it needs, with what could stand for it here', async () => {
    const { text } = await exported(await furnished());
    const there = await newProject();
    const integration = await prisma().integration.create({
      data: {
        projectId: there.id,
        name: 'Gateway',
        kind: 'http',
        prefix: 'https://gw.example/',
        public: { scheme: 'basic' },
      },
    });
    const policy = await prisma().policy.create({ data: { projectId: there.id, name: 'SMS', concurrency: 1 } });
    const plan = await verbs['transfer.read'](await there.as('viewer'), { text });
    expect(plan).toMatchObject({
      kind: 'scenario',
      name: 'Spring SMS',
      nodes: 2,
      needs: [
        { need: { kind: 'integration', name: 'CM.com' }, usedBy: ['Webhook'], suggestion: integration.id },
        { need: { kind: 'policy', name: 'SMS', concurrency: 5 }, suggestion: policy.id },
        { need: { kind: 'preset', name: 'Newsletter' }, suggestion: null },
        { need: { kind: 'secret', name: 'X-Key' }, suggestion: null },
      ],
    });
    expect(await prisma().scenario.count({ where: { projectId: there.id } })).toBe(0);
  });

  it('into another project keeps it from starting until everything that was left open is there', async () => {
    const { text } = await exported(await furnished());
    const there = await newProject();
    const marketer = await there.as('marketer');
    const imported = await verbs['transfer.import'](marketer, { text });
    if (imported.kind !== 'scenario') throw new Error(imported.kind);
    expect(await lastAudit(there.id)).toMatchObject({ action: 'scenario.import', objectId: imported.id });
    expect(imported.problems.map(({ field, message }) => [field, message])).toEqual([
      ['policyId', expect.stringContaining('“SMS”')],
      ['integrationId', expect.stringContaining('“CM.com”')],
      ['headers.0.value', 'Enter the value of the secret header X-Key.'],
    ]);
    expect(await verbs['scenario.open'](marketer, { id: imported.id })).toMatchObject({
      status: 'draft',
      tags: ['spring'],
    });
    await expect(verbs['scenario.start'](marketer, { id: imported.id })).rejects.toMatchObject({ code: 'invalid' });
    expect(await webhookOf(there, imported.id)).toMatchObject({ parameters: { text: 'Hi' }, preset: null });
  });

  it('maps what was chosen', async () => {
    const { text } = await exported(await furnished());
    const there = await newProject();
    const integration = await prisma().integration.create({
      data: {
        projectId: there.id,
        name: 'Gateway',
        kind: 'http',
        prefix: 'https://gw.example/',
        public: { scheme: 'basic' },
      },
    });
    const policy = await prisma().policy.create({ data: { projectId: there.id, name: 'Ours', concurrency: 1 } });
    const imported = await verbs['transfer.import'](await there.as('marketer'), {
      text,
      name: 'Autumn SMS',
      mapping: { 'integration-1': integration.id, 'policy-1': policy.id, 'preset-1': null },
    });
    if (imported.kind !== 'scenario') throw new Error(imported.kind);
    expect(imported.problems.map(({ field }) => field)).toEqual(['headers.0.value']);
    expect(await webhookOf(there, imported.id)).toMatchObject({ integrationId: integration.id, policyId: policy.id });
    expect((await verbs['scenario.open'](await there.as('viewer'), { id: imported.id })).name).toBe('Autumn SMS');
  });

  it('brings a webhook whose preset is mapped to what that preset locks', async () => {
    const { text } = await exported(await furnished());
    const there = await newProject();
    const webhook = WebhookSettings.parse({ url: 'https://own.example/', payload: '{"own": "[[ text ]]"}' });
    const preset = await verbs['preset.create'](await there.as('developer'), { name: 'Ours', webhook });
    const imported = await verbs['transfer.import'](await there.as('marketer'), {
      text,
      mapping: { 'preset-1': preset.id },
    });
    if (imported.kind !== 'scenario') throw new Error(imported.kind);
    expect(await webhookOf(there, imported.id)).toMatchObject({
      url: 'https://own.example/',
      headers: [],
      integrationId: null,
      parameters: { text: 'Hi' },
      preset: { id: preset.id, version: 1 },
    });
  });

  it('cannot reach into another project by its mapping', async () => {
    const from = await furnished();
    const { text } = await exported(from);
    const there = await newProject();
    for (const [need, id] of [
      ['integration-1', from.integration],
      ['policy-1', from.policy],
      ['preset-1', from.preset],
      ['secret-1', from.integration],
      ['policy-9', from.policy],
    ] as const)
      await expect(
        verbs['transfer.import'](await there.as('admin'), { text, mapping: { [need]: id } }),
      ).rejects.toMatchObject({ code: 'invalid', fields: [{ path: `mapping.${need}` }] });
    expect(await prisma().scenario.count({ where: { projectId: there.id } })).toBe(0);
  });

  it('again makes another one and changes nothing that is there', async () => {
    const from = await furnished();
    const { text } = await exported(from);
    const before = await webhookOf(from.project, from.scenario);
    const again = await verbs['transfer.import'](from.developer, { text });
    expect(again).not.toMatchObject({ id: from.scenario });
    expect(await webhookOf(from.project, from.scenario)).toEqual(before);
    expect(await prisma().scenario.count({ where: { projectId: from.project.id } })).toBe(2);
  });

  it('of a broken file is refused by field, and nothing is stored', async () => {
    const from = await furnished();
    const { text } = await exported(from);
    const broken = text.replace('"batchSize": 1000', '"batchSize": "many"');
    const there = await newProject();
    const refusal = { code: 'invalid', fields: [{ path: 'document.nodes.1.settings.batchSize' }] };
    await expect(verbs['transfer.read'](await there.as('viewer'), { text: broken })).rejects.toMatchObject(refusal);
    await expect(verbs['transfer.import'](await there.as('admin'), { text: broken })).rejects.toMatchObject(refusal);
    expect(await prisma().scenario.count({ where: { projectId: there.id } })).toBe(0);
  });

  it('needs the right to build', async () => {
    const { text } = await exported(await furnished());
    await expect(verbs['transfer.import'](await (await newProject()).as('viewer'), { text })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});

describe('importing a preset or a webhook', () => {
  it('makes a new preset beside one of the same name, for developers only', async () => {
    const from = await furnished();
    const { text } = await verbs['preset.export'](from.developer, { id: from.preset });
    await expect(verbs['transfer.import'](await from.project.as('marketer'), { text })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const made = await verbs['transfer.import'](from.developer, {
      text,
      mapping: { 'integration-1': from.integration, 'policy-1': from.policy },
    });
    expect(await lastAudit(from.project.id)).toMatchObject({ action: 'preset.import' });
    const presets = await verbs['preset.list'](from.developer, {});
    expect(presets.map(({ name, version, integration }) => [name, version, integration])).toEqual([
      ['Newsletter', 1, 'CM.com'],
      ['Newsletter (2)', 1, 'CM.com'],
    ]);
    expect(made).toMatchObject({ kind: 'preset', id: presets[1]!.id });
  });

  it('gives the settings of a webhook to the editor and stores nothing', async () => {
    const from = await furnished();
    const { text, fileName } = await verbs['webhook.export'](from.developer, { scenario: from.scenario, node: 'n2' });
    expect(fileName).toBe('webhook.webhook.json');
    const imported = await verbs['transfer.import'](from.developer, {
      text,
      mapping: { 'policy-1': from.policy, 'integration-1': from.integration },
    });
    expect(imported).toMatchObject({
      kind: 'webhook',
      settings: {
        url: 'https://gw.example/send',
        integrationId: from.integration,
        policyId: from.policy,
        headers: [{ name: 'X-Key', secretId: 'missing:X-Key' }],
        preset: null,
      },
    });
    expect(await prisma().scenario.count({ where: { projectId: from.project.id } })).toBe(1);
  });

  it('is not done from what another project has', async () => {
    const from = await furnished();
    const stranger = await (await newProject()).as('admin');
    for (const call of [
      () => verbs['scenario.export'](stranger, { id: from.scenario }),
      () => verbs['webhook.export'](stranger, { scenario: from.scenario, node: 'n2' }),
      () => verbs['preset.export'](stranger, { id: from.preset }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not-found' });
  });
});
