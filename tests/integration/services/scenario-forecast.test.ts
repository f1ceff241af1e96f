import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

freshDatabase();

const inSlovakia = {
  groups: [
    {
      negate: false,
      criteria: [
        { kind: 'property' as const, property: 'country', operator: 'equals' as const, value: 'SK', value2: '' },
      ],
    },
  ],
};

async function projectOf(customers: number) {
  const project = await newProject();
  await addCustomers(
    project.id,
    Array.from({ length: customers }, (_, i) => ({ country: i % 4 === 0 ? 'SK' : 'CZ' })),
  );
  return project;
}

describe('the forecast of a scenario', () => {
  it('counts customers, interactions, batches and the time that the policy takes', async () => {
    const project = await projectOf(1000);
    const policy = await prisma().policy.create({
      data: { projectId: project.id, name: 'SMS', concurrency: 5, rate: 30, ratePeriodSeconds: 60 },
    });
    const document = rowOf(
      ['now', {}],
      ['condition', { filter: inSlovakia }],
      webhookStep({ policyId: policy.id, batch: true, batchSize: 100, root: '{{ customers }}', customer: '{}' }),
      ['add-event', { event: 'sent' }],
    );
    const id = await storeScenario(project.id, document);
    const forecast = await verbs['scenario.forecast'](await project.as('viewer'), { id });
    expect(forecast).toMatchObject({
      customers: 1000,
      interactions: 2000,
      exact: true,
      triggers: ['1,000 customers enter at once.'],
      problems: [],
      warnings: [],
      requests: [
        {
          nodeId: 'n3',
          number: 3,
          host: 'api.example.com',
          customers: 250,
          batchSize: 100,
          requests: 3,
          policy: { id: policy.id, name: 'SMS', concurrency: 5, rate: { requests: 30, per: 'minute' } },
          seconds: 6,
          boundBy: 'policy',
        },
      ],
    });
  });

  it('counts interactions for each trigger and each action behind it', async () => {
    const project = await projectOf(4);
    const document = rowOf(['now', {}], webhookStep(), webhookStep());
    const twice = {
      ...document,
      nodes: [...document.nodes, { ...document.nodes[0]!, id: 'n9', number: 9 }],
      edges: [...document.edges, { id: 'e9', from: 'n9', port: 'out', to: 'n2' }],
    };
    const id = await storeScenario(project.id, twice);
    expect(await verbs['scenario.forecast'](await project.as('viewer'), { id })).toMatchObject({
      customers: 4,
      interactions: 16,
    });
  });

  it('comes near from a sample when there are many customers, and says that it is one', async () => {
    const project = await projectOf(6000);
    const id = await storeScenario(
      project.id,
      rowOf(['now', {}], ['condition', { filter: inSlovakia }], webhookStep()),
    );
    const { requests, exact } = await verbs['scenario.forecast'](await project.as('viewer'), { id });
    expect(exact).toBe(false);
    expect(requests[0]!.customers).toBeGreaterThan(1200);
    expect(requests[0]!.customers).toBeLessThan(1800);
  });

  it('expects nobody at once behind an event, and tells how often it happens', async () => {
    const project = await projectOf(1);
    const [customer] = await prisma().customer.findMany({ where: { projectId: project.id } });
    await prisma().event.createMany({
      data: [1, 2, 20].map((days) => ({
        projectId: project.id,
        customerId: customer!.id,
        type: 'purchase',
        at: new Date(Date.now() - days * 86_400_000),
      })),
    });
    const id = await storeScenario(project.id, rowOf(['on-event', { event: 'purchase' }], webhookStep()));
    expect(await verbs['scenario.forecast'](await project.as('viewer'), { id })).toMatchObject({
      customers: 0,
      interactions: 0,
      requests: [{ customers: 0, requests: 0 }],
      triggers: ['Customers enter at each purchase, from Start until Stop; it happened 2 times in the last 7 days.'],
    });
  });

  it.each([
    ['on-date', { at: '2099-12-24T08:30' }, 'On 2099-12-24 08:30 everybody enters, 40 customers today.'],
    ['repeat', { every: 'day', time: '07:00' }, 'Everybody enters every day at 07:00, 40 customers today.'],
  ] as const)('counts the audience of %s as of today', async (kind, settings, text) => {
    const project = await projectOf(40);
    const document = rowOf([kind, settings] as never, ['condition', { filter: inSlovakia }], webhookStep());
    const id = await storeScenario(project.id, document);
    expect(await verbs['scenario.forecast'](await project.as('viewer'), { id })).toMatchObject({
      customers: 40,
      interactions: 40,
      triggers: [text],
      requests: [{ customers: 10, requests: 10 }],
    });
  });

  it('takes the default policy for a webhook that chooses none, and warns where there is no policy at all', async () => {
    const project = await projectOf(1);
    const ctx = await project.as('viewer');
    const id = await storeScenario(project.id, rowOf(['now', {}], webhookStep({ url: 'http://api.example.com/a' })));
    expect((await verbs['scenario.forecast'](ctx, { id })).warnings).toEqual([
      'Webhook (#2) sends to http:// without encryption.',
      'Webhook (#2) has no throughput policy: api.example.com gets requests as fast as it answers.',
    ]);
    await prisma().policy.create({ data: { projectId: project.id, name: 'All', concurrency: 3, isDefault: true } });
    expect((await verbs['scenario.forecast'](ctx, { id })).requests[0]!.policy).toMatchObject({ name: 'All' });
  });

  it('tells the problems that keep the scenario from starting', async () => {
    const project = await projectOf(1);
    const id = await storeScenario(project.id, rowOf(['now', {}], webhookStep({ url: '' })));
    expect((await verbs['scenario.forecast'](await project.as('viewer'), { id })).problems).toMatchObject([
      { severity: 'error', field: 'url', nodeId: 'n2' },
    ]);
  });

  it('is not given to other projects', async () => {
    const id = await storeScenario((await newProject()).id, rowOf(['now', {}], webhookStep()));
    const stranger = await (await newProject()).as('admin');
    await expect(verbs['scenario.forecast'](stranger, { id })).rejects.toMatchObject({ code: 'not-found' });
  });
});
