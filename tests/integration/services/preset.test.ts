import { describe, expect, it } from 'vitest';
import type { PresetGroup } from '../../../lib/core/preset.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { rowOf, storeScenario } from '../../support/scenarios.ts';

freshDatabase();

const webhook = WebhookSettings.parse({
  url: 'https://api.example.com/v1/[[ list ]]',
  payload: '{"to": "{{ customer.email }}", "text": "[[ text ]]"}',
  parameters: { list: 'spring' },
});

const create = (ctx: Ctx, more: { name?: string; open?: PresetGroup[]; webhook?: Partial<WebhookSettings> } = {}) =>
  verbs['preset.create'](ctx, {
    name: more.name ?? 'Newsletter',
    description: 'Adds somebody to a list.',
    webhook: { ...webhook, ...more.webhook },
    ...(more.open ? { open: more.open } : {}),
  });

/** A scenario with one webhook made from the newest version of a preset. */
async function scenarioWith(project: TestProject, presetId: string) {
  const marketer = await project.as('marketer');
  const { settings } = await verbs['preset.settings'](marketer, { id: presetId });
  const id = await storeScenario(project.id, rowOf(['now', {}], ['webhook', settings]));
  const set = async (ctx: Ctx, change: Partial<WebhookSettings>) => {
    const { revision } = await verbs['scenario.open'](ctx, { id });
    return verbs['scenario.edit'](ctx, { id, revision, operations: [{ type: 'set', node: 'n2', settings: change }] });
  };
  const settingsNow = async () => {
    const { document } = await verbs['scenario.open'](marketer, { id });
    return document.nodes[1]!.settings as WebhookSettings;
  };
  return { id, marketer, set, settingsNow };
}

describe('a preset', () => {
  it('is made by a developer and seen by everybody, with its parameters', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx);
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'preset.create',
      objectId: id,
      objectName: 'Newsletter',
    });
    const viewer = await project.as('viewer');
    expect(await verbs['preset.list'](viewer, {})).toMatchObject([
      {
        id,
        name: 'Newsletter',
        version: 1,
        open: ['parameters', 'settings'],
        method: 'POST',
        host: 'api.example.com',
        parameters: [{ name: 'list' }, { name: 'text' }],
        integration: null,
        uses: [],
      },
    ]);
    expect(await verbs['preset.open'](viewer, { id })).toMatchObject({
      webhook,
      problems: [],
      versions: [{ version: 1 }],
    });
  });

  it('tells the errors of its webhook, not what only a scenario could give it', async () => {
    const ctx = await (await newProject()).as('developer');
    const { id } = await create(ctx, {
      webhook: { payload: '{{ webhook.id }} {{ event. }}', policyId: 'missing:SMS' },
    });
    expect((await verbs['preset.open'](ctx, { id })).problems.map(({ field }) => field)).toEqual([
      'payload',
      'policyId',
    ]);
  });

  it('has a name of its own within the project', async () => {
    const ctx = await (await newProject()).as('developer');
    await create(ctx);
    await expect(create(ctx)).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'name' }] });
    await create(await (await newProject()).as('developer'));
  });

  it('takes pictures as icons, and nothing that a browser would run', async () => {
    const ctx = await (await newProject()).as('developer');
    const withIcon = (icon: string) => verbs['preset.create'](ctx, { name: icon.slice(0, 50), icon, webhook });
    await withIcon('data:image/png;base64,iVBORw0KGgo=');
    await withIcon('message-circle');
    for (const icon of ['data:image/svg+xml;base64,PHN2Zz4=', 'javascript:alert(1)', 'https://a.example/i.png'])
      await expect(withIcon(icon)).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'icon' }] });
  });

  it('gets a new version when its webhook or its open fields change, and none for another name', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx);
    const update = (more: object) => verbs['preset.update'](ctx, { id, name: 'Newsletter', webhook, ...more });
    expect(await update({ name: 'Letters' })).toEqual({ version: 1 });
    expect(await update({ webhook: { ...webhook, method: 'PUT', timeoutSeconds: 5 } })).toEqual({ version: 2 });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'preset.update',
      before: { version: 1 },
      after: { version: 2, changed: ['timeoutSeconds', 'method'] },
    });
    expect(await update({ webhook: { ...webhook, method: 'PUT', timeoutSeconds: 5 }, open: ['url'] })).toEqual({
      version: 3,
    });
    expect(await verbs['preset.diff'](ctx, { id, from: 1, to: 3 })).toEqual({
      changes: [
        { field: 'timeoutSeconds', group: 'settings', before: 15, after: 5 },
        { field: 'method', group: 'url', before: 'POST', after: 'PUT' },
      ],
      opened: ['url'],
      locked: ['parameters', 'settings'],
    });
    await expect(verbs['preset.diff'](ctx, { id, from: 1, to: 9 })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that scenarios use is deleted only when their webhooks are detached', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx);
    const scenario = await scenarioWith(project, id);
    expect((await verbs['preset.list'](ctx, {}))[0]!.uses).toEqual([
      { scenarioId: scenario.id, name: 'Spring SMS', status: 'draft', versions: [1] },
    ]);
    await expect(verbs['preset.delete'](ctx, { id })).rejects.toMatchObject({
      code: 'conflict',
      details: { uses: [{ scenarioId: scenario.id }] },
    });
    expect(await verbs['preset.delete'](ctx, { id, detach: true })).toEqual({ detached: 1 });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'preset.delete', before: { detached: [scenario.id] } });
    expect(await scenario.settingsNow()).toEqual({ ...webhook, preset: null });
    expect(await verbs['preset.list'](ctx, {})).toEqual([]);
  });

  it('is changed by developers only, and unknown to other projects', async () => {
    const project = await newProject();
    const { id } = await create(await project.as('developer'));
    const marketer = await project.as('marketer');
    const content = { name: 'X', webhook };
    await expect(create(marketer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verbs['preset.update'](marketer, { id, ...content })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(verbs['preset.delete'](marketer, { id })).rejects.toMatchObject({ code: 'forbidden' });
    const stranger = await (await newProject()).as('admin');
    expect(await verbs['preset.list'](stranger, {})).toEqual([]);
    for (const call of [
      () => verbs['preset.open'](stranger, { id }),
      () => verbs['preset.diff'](stranger, { id, from: 1, to: 1 }),
      () => verbs['preset.settings'](stranger, { id }),
      () => verbs['preset.update'](stranger, { id, ...content }),
      () => verbs['preset.delete'](stranger, { id, detach: true }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a webhook made from a preset', () => {
  it('lets a marketer fill in parameters and settings, and nothing that is locked', async () => {
    const project = await newProject();
    const { id } = await create(await project.as('developer'));
    const { marketer, set, settingsNow } = await scenarioWith(project, id);
    await set(marketer, { parameters: { list: 'autumn', text: 'Hi' }, timeoutSeconds: 5 });
    const locked: Partial<WebhookSettings>[] = [
      { url: 'https://evil.example/' },
      { method: 'GET' },
      { headers: [{ name: 'X', value: '1', secretId: null }] },
      { payload: '{}' },
      { batch: true },
      { integrationId: 'other' },
      { response: 'text' },
    ];
    for (const change of locked)
      await expect(set(marketer, change)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('is set by its preset'),
      });
    await expect(set(marketer, { preset: null })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('role developer'),
    });
    expect(await settingsNow()).toMatchObject({
      url: webhook.url,
      parameters: { list: 'autumn', text: 'Hi' },
      timeoutSeconds: 5,
      preset: { id, version: 1 },
    });
  });

  it('opens what the developer opened', async () => {
    const project = await newProject();
    const { id } = await create(await project.as('developer'), { open: ['payload'] });
    const { marketer, set } = await scenarioWith(project, id);
    await set(marketer, { payload: '{"a": 1}' });
    await expect(set(marketer, { parameters: { list: 'x' } })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('cannot be put onto the canvas by a marketer with locked fields changed beforehand', async () => {
    const project = await newProject();
    const { id: preset } = await create(await project.as('developer'));
    const { id, marketer } = await scenarioWith(project, preset);
    const { settings } = await verbs['preset.settings'](marketer, { id: preset });
    const { revision, document } = await verbs['scenario.open'](marketer, { id });
    const add = (change: Partial<WebhookSettings>) =>
      verbs['scenario.edit'](marketer, {
        id,
        revision,
        operations: [
          {
            type: 'add',
            nodes: [
              {
                id: 'n9',
                number: document.nextNumber,
                kind: 'webhook',
                name: 'Copy',
                position: { x: 0, y: 0 },
                settings: { ...settings, ...change },
              },
            ],
            edges: [],
          },
        ],
      });
    await expect(add({ url: 'https://evil.example/' })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await add({ parameters: { list: 'other' } })).revision).toBe(1);
  });

  it('cannot be linked to a preset of another project', async () => {
    const project = await newProject();
    const { id } = await create(await project.as('developer'));
    const theirs = await create(await (await newProject()).as('developer'));
    const { marketer, set } = await scenarioWith(project, id);
    const free = await storeScenario(project.id, rowOf(['now', {}], ['webhook', webhook]));
    await expect(set(marketer, { preset: { id: theirs.id, version: 1 } })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      verbs['scenario.edit'](marketer, {
        id: free,
        revision: 0,
        operations: [{ type: 'set', node: 'n2', settings: { preset: { id: theirs.id, version: 1 } } }],
      }),
    ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('goes to a new version when a marketer accepts it, keeping what was filled in', async () => {
    const project = await newProject();
    const developer = await project.as('developer');
    const { id } = await create(developer);
    const { marketer, set, settingsNow } = await scenarioWith(project, id);
    await set(marketer, { parameters: { list: 'autumn' }, timeoutSeconds: 5 });
    await verbs['preset.update'](developer, {
      id,
      name: 'Newsletter',
      webhook: {
        ...webhook,
        url: 'https://api.example.com/v2/[[ list ]]',
        parameters: { list: 'spring', text: 'Hello' },
      },
    });
    expect((await settingsNow()).url).toBe(webhook.url);
    const { settings } = await verbs['preset.settings'](marketer, { id, current: await settingsNow() });
    expect(settings).toMatchObject({
      url: 'https://api.example.com/v2/[[ list ]]',
      parameters: { list: 'autumn', text: 'Hello' },
      timeoutSeconds: 5,
      preset: { id, version: 2 },
    });
    await expect(set(marketer, { ...settings, url: 'https://evil.example/' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await set(marketer, settings);
    expect(await settingsNow()).toEqual(settings);
  });

  it('is free for a developer, who may also detach it', async () => {
    const project = await newProject();
    const developer = await project.as('developer');
    const { id } = await create(developer);
    const { marketer, set, settingsNow } = await scenarioWith(project, id);
    await set(developer, { url: 'https://api.example.com/v3' });
    // A marketer may still fill in parameters of a webhook that a developer changed here.
    await set(marketer, { parameters: { list: 'winter' } });
    await set(developer, { preset: null });
    await set(marketer, { url: 'https://api.example.com/v4' });
    expect(await settingsNow()).toMatchObject({ url: 'https://api.example.com/v4', preset: null });
  });
});

describe('the history of a preset', () => {
  it('is kept whatever statement changes it', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx);
    await prisma().$executeRaw`
      UPDATE preset SET webhook = jsonb_set(webhook, '{integrationId}', '"new"'), version = version + 1 WHERE id = ${id}::uuid`;
    expect(await verbs['preset.diff'](ctx, { id, from: 1, to: 2 })).toMatchObject({
      changes: [{ field: 'integrationId', before: null, after: 'new' }],
    });
  });
});
