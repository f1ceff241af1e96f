import { beforeEach, describe, expect, it } from 'vitest';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { withTarget } from '../../support/engine.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

process.env.EGRESS_ALLOW = '10.0.0.5:8080,192.168.7.0/24';
const target = withTarget();
freshDatabase();

let project: TestProject;
let ctx: Ctx;
beforeEach(async () => {
  project = await newProject();
  ctx = await project.as('developer');
  await addCustomers(project.id, [{}]);
});

const noted = async () => (await lastAudit(project.id))?.after as { privateHosts?: string[] };
const scenarioTo = (...urls: string[]) =>
  storeScenario(project.id, rowOf(['now', {}], ...urls.map((url) => webhookStep({ url, payload: '{}' }))));

describe('a destination that only the operator has opened', () => {
  it('is told in the audit log when a scenario is started, and marked before that', async () => {
    const id = await scenarioTo(
      'http://10.0.0.5:8080/{{ customer.id }}',
      'https://93.184.215.14/',
      'https://192.168.7.20/x',
      'https://{{ customer.host }}/',
    );
    const { requests } = await verbs['scenario.forecast'](ctx, { id });
    expect(requests.map(({ isPrivate }) => isPrivate)).toEqual([true, false, true, false]);
    await verbs['scenario.start'](ctx, { id });
    expect((await noted()).privateHosts).toEqual(['10.0.0.5:8080', '192.168.7.20:443']);
  });

  it('is told when a change of a running scenario brings it', async () => {
    const id = await storeScenario(
      project.id,
      rowOf(['on-event', { event: 'x' }], webhookStep({ url: 'https://93.184.215.14/' })),
    );
    await verbs['scenario.start'](ctx, { id });
    expect(await noted()).not.toHaveProperty('privateHosts');
    const { revision } = await verbs['scenario.open'](ctx, { id });
    const document = rowOf(['on-event', { event: 'x' }], webhookStep({ url: 'http://10.0.0.5:8080/' }));
    const { settings } = document.nodes[1]!;
    const edited = await verbs['scenario.edit'](ctx, {
      id,
      revision,
      operations: [{ type: 'set', node: 'n2', settings } as never],
    });
    await verbs['scenario.publish'](ctx, { id, revision: edited.revision, version: 1, moves: {}, renew: [] });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.publish',
      after: { privateHosts: ['10.0.0.5:8080'] },
    });
  });

  it('is told when a webhook is tested', async () => {
    const settings = WebhookSettings.parse({ url: target.url('private'), payload: '{}' });
    await verbs['webhook.send'](ctx, { settings, subject: { kind: 'none' } });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'webhook.test',
      after: { privateHosts: [new URL(target.url('private')).host] },
    });
  });

  it('is told when an integration is made, changed and tested, the server of its tokens included', async () => {
    const integration = {
      name: 'Inner',
      prefix: 'http://10.0.0.5:8080/v1',
      settings: { kind: 'http' as const, scheme: 'basic' as const, test: { method: 'GET' as const, path: '/' } },
      secrets: { username: 'eva', password: 'hunter2' },
    };
    const { id } = await verbs['integration.create'](ctx, integration);
    expect((await noted()).privateHosts).toEqual(['10.0.0.5:8080']);
    await verbs['integration.update'](ctx, { ...integration, id, prefix: target.url('inner') });
    expect((await noted()).privateHosts).toEqual([new URL(target.url('inner')).host]);
    await verbs['integration.test'](ctx, { id });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'integration.test',
      after: { privateHosts: [new URL(target.url('inner')).host] },
    });
    await verbs['integration.create'](ctx, {
      name: 'Tokens',
      prefix: 'https://93.184.215.14/',
      settings: { kind: 'oauth2', tokenUrl: 'http://10.0.0.5:8080/token', clientId: 'us' },
      secrets: { clientSecret: 'hunter2-of-the-client' },
    });
    expect((await noted()).privateHosts).toEqual(['10.0.0.5:8080']);
  });

  it('is not told of what anybody may reach', async () => {
    await verbs['integration.create'](ctx, {
      name: 'Outer',
      prefix: 'https://93.184.215.14/v1',
      settings: { kind: 'http', scheme: 'basic' },
      secrets: { username: 'eva', password: 'hunter2' },
    });
    expect(await noted()).not.toHaveProperty('privateHosts');
  });
});
