import { describe, expect, it } from 'vitest';
import type { Document } from '../../../lib/core/document.ts';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { scenarioProblems } from '../../../lib/services/scenario-problems.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject } from '../../support/members.ts';
import { rowOf as row, webhookStep as webhook } from '../../support/scenarios.ts';

freshDatabase();

async function problemsIn(document: Document, projectId?: string) {
  return scenarioProblems(prisma(), projectId ?? (await newProject()).id, document);
}

describe('the problems of a scenario', () => {
  it('are none when it is ready to start', async () => {
    expect(await problemsIn(row(['now', {}], webhook({ payload: '{"name": "{{ customer.name }}"}' })))).toEqual([]);
  });

  it('place a fault of a template at its field, line and column, and name the template', async () => {
    const faults = await problemsIn(
      row(
        ['now', {}],
        webhook({
          url: 'https://api.example.com/{{ customer.id',
          headers: [
            { name: 'X-Secret', value: '', secretId: 'kept' },
            { name: 'X-Id', value: '{% if %}', secretId: null },
          ],
          batch: true,
          root: '[\n  {% output customers separated by ", " %}\n]{{ }}',
          customer: '{\n  "a": {{ customer.a | }}\n}',
        }),
      ),
    );
    expect(faults.filter(({ severity }) => severity === 'error')).toMatchObject([
      { nodeId: 'n2', field: 'url', message: expect.stringMatching(/^URL, line 1, column \d+: /), line: 1 },
      { nodeId: 'n2', field: 'headers.1.value', message: expect.stringMatching(/^Header X-Id, line 1/) },
      { nodeId: 'n2', field: 'root', message: expect.stringMatching(/^Root, line 3/), line: 3 },
      { nodeId: 'n2', field: 'customer', message: expect.stringMatching(/^Customer, line 2/), line: 2 },
      { nodeId: 'n2', field: 'headers.0.value', message: 'Enter the value of the secret header X-Secret.' },
    ]);
  });

  it('come from every kind of node that has templates', async () => {
    const faults = await problemsIn(
      row(
        ['now', {}],
        ['condition', { mode: 'jinja', expression: 'customer.age >' }],
        ['set-attribute', { attributes: [{ name: 'a', value: '{{ 1 +' }] }],
        ['add-event', { event: 'e', properties: [{ name: 'p', value: '{% for %}' }] }],
        webhook({ tracked: [{ name: 't', value: '{{ }' }] }),
      ),
    );
    expect(faults.map(({ nodeId, field }) => [nodeId, field])).toEqual([
      ['n2', 'expression'],
      ['n3', 'attributes.0.value'],
      ['n4', 'properties.0.value'],
      ['n5', 'tracked.0.value'],
    ]);
  });

  it('tell an empty expression once', async () => {
    const faults = await problemsIn(row(['now', {}], ['condition', { mode: 'jinja', expression: '  ' }], webhook({})));
    expect(faults.map(({ field, message }) => [field, message])).toEqual([
      ['expression', 'Write the expression that decides between Yes and No.'],
    ]);
  });

  it('tell of webhook and event where nothing on the way can have given them', async () => {
    const payload = '{"id": "{{ webhook.id }}", "order": "{{ event.order_id }}"}';
    const alone = await problemsIn(row(['now', {}], webhook({ payload })));
    expect(alone.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', 'Payload, line 1, column 12: There is no webhook before this one, so there is no response to read.'],
      [
        'error',
        'Payload, line 1, column 41: There is no "event": no trigger before this node lets customers in by an event.',
      ],
    ]);
    expect(await problemsIn(row(['on-event', { event: 'purchase' }], webhook({}), webhook({ payload })))).toEqual([]);
  });

  it('tell what would fail for everybody: unknown filters, and responses that are not on the path', async () => {
    const faults = await problemsIn(
      row(
        ['now', {}],
        webhook({ payload: '"{{ customer.name | uper }}"' }),
        webhook({ payload: '"{{ webhook(2).id }} {{ webhook("Nobody").id }} {{ webhook.id }}"' }),
      ),
    );
    expect(faults.map(({ severity, nodeId, message }) => [severity, nodeId, message])).toEqual([
      ['error', 'n2', expect.stringContaining('There is no filter "uper". Did you mean "upper"?')],
      ['error', 'n3', expect.stringContaining('webhook(2) is not on the path to this node')],
      ['error', 'n3', expect.stringContaining('"Nobody"')],
    ]);
  });

  it('know what Root, the URL and the headers of a batch may read', async () => {
    const batch = { batch: true, root: '{{ customers | join(",") }} {{ customer.id }}', customer: '{{ customer.id }}' };
    const url = 'https://api.example.com/{{ customer.id }}/{{ scenario.name }}';
    const faults = await problemsIn(row(['now', {}], webhook({ ...batch, url })));
    expect(faults.map(({ severity, field, message }) => [severity, field, message])).toEqual([
      ['error', 'url', expect.stringContaining('rendered once for all customers')],
      ['error', 'root', expect.stringContaining('Write it in the Customer template')],
    ]);
    expect(await problemsIn(row(['now', {}], webhook({ url, payload: '{}' })))).toEqual([]);
  });

  it('warn of names that nothing has, with what was probably meant', async () => {
    const faults = await problemsIn(row(['now', {}], webhook({ payload: '"{{ custmer.name }}"' })));
    expect(faults).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('Did you mean "customer"?') },
    ]);
  });

  it('check the values of parameters by their types, and mention those without a value', async () => {
    const settings = {
      payload: '{"n": [[ count : number ]], "to": "[[ to ]]", "how": "[[ how : enum(sms, mail) = "sms" ]]"}',
      parameters: { count: 'many' },
    };
    const faults = await problemsIn(row(['now', {}], webhook(settings)));
    expect(faults.map(({ severity, field, message }) => [severity, field, message])).toEqual([
      ['error', 'parameters.count', 'Parameter count must be a number.'],
      ['warning', 'parameters.to', 'Parameter to has no value: it stays empty.'],
    ]);
  });

  it('place a fault inside the value of a parameter at the parameter, once for all templates', async () => {
    const settings = { payload: '"[[ a ]]"', parameters: { a: 'Hi {{ customer. }}' } };
    const faults = await problemsIn(row(['now', {}], webhook(settings)));
    expect(faults).toMatchObject([{ field: 'parameters.a', message: expect.stringMatching(/^Parameter a, line 1/) }]);
  });

  it('name policies and integrations that are gone or of another project', async () => {
    const [mine, theirs] = [await newProject(), await newProject()];
    const policy = (projectId: string) => prisma().policy.create({ data: { projectId, name: 'SMS', concurrency: 5 } });
    const [here, there] = [await policy(mine.id), await policy(theirs.id)];
    const integration = await prisma().integration.create({
      data: { projectId: theirs.id, name: 'CM.com', kind: 'http', prefix: 'https://api.example.com/' },
    });
    const faults = await problemsIn(
      row(
        ['now', {}],
        webhook({ policyId: here.id }),
        webhook({ policyId: there.id, integrationId: integration.id }),
        webhook({ policyId: 'not-an-id' }),
      ),
      mine.id,
    );
    expect(faults.map(({ nodeId, field, severity }) => [nodeId, field, severity])).toEqual([
      ['n3', 'policyId', 'error'],
      ['n3', 'integrationId', 'error'],
      ['n4', 'policyId', 'error'],
    ]);
  });

  it('ask for what an import left open by the name that it had, and mention presets that are gone', async () => {
    const faults = await problemsIn(
      row(
        ['now', {}],
        webhook({
          policyId: 'missing:SMS gateway',
          integrationId: 'missing:CM.com',
          preset: { id: '00000000-0000-4000-8000-000000000000', version: 1 },
        }),
      ),
    );
    expect(faults.map(({ severity, field, message }) => [severity, field, message])).toEqual([
      ['error', 'policyId', 'Choose the throughput policy that stands here for “SMS gateway” of the imported file.'],
      [
        'error',
        'integrationId',
        'Choose the authentication integration that stands here for “CM.com” of the imported file.',
      ],
      ['warning', 'preset', 'The preset of this webhook no longer exists; the webhook stays as it is.'],
    ]);
  });

  it.each([
    ['https://api.example.com/v1/send', true],
    ['https://api.example.com/v2/send', false],
    ['https://api.example.com/v1/{{ customer.id }}/send', true],
    ['https://api.example.com/{{ customer.version }}/send', true],
    ['https://api.example.com/v2/{{ customer.id }}', false],
    ['https://other.example.com/v1/{{ customer.id }}', false],
    ['https://{{ customer.host }}/v1/send', true],
    ['{{ customer.url }}', true],
    ['https://api.example.com/v1x/{{ customer.id }}', false],
    ['https://api.example.com/v1/send?to={{ customer.phone }}', true],
  ])('judge the fixed part of %s against the prefix of its integration', async (url, ok) => {
    const project = await newProject();
    const integration = await prisma().integration.create({
      data: { projectId: project.id, name: 'CM.com', kind: 'http', prefix: 'https://api.example.com/v1' },
    });
    const faults = await problemsIn(row(['now', {}], webhook({ url, integrationId: integration.id })), project.id);
    expect(faults.map(({ field }) => field)).toEqual(ok ? [] : ['url']);
    if (!ok) expect(faults[0]!.message).toContain('endpoint prefix of CM.com');
  });

  it('warn of a header of the webhook that its integration sets too, and of credentials beside one', async () => {
    const { id: projectId } = await newProject();
    const integration = async (name: string, kind: string, settings: object) =>
      (
        await prisma().integration.create({
          data: { projectId, name, kind, prefix: 'https://api.example.com/', public: { kind, ...settings } },
        })
      ).id;
    const basic = await integration('Gateway', 'http', { scheme: 'basic' });
    const named = await integration('Partner', 'http', {
      scheme: 'headers',
      headers: [{ name: 'X-Key', value: 'public' }],
    });
    const certificate = await integration('Bank', 'certificate', {});
    const headers = ['authorization', 'x-key', 'X-Other'].map((name) => ({ name, value: 'v', secretId: null }));
    const faults = await problemsIn(
      row(
        ['now', {}],
        ...[basic, named, certificate, null].map((integrationId) => webhook({ headers, integrationId })),
      ),
      projectId,
    );
    expect(faults.map(({ severity, nodeId, field, message }) => [severity, nodeId, field, message])).toEqual([
      ['warning', 'n2', 'headers.0.name', expect.stringMatching(/Gateway sets authorization itself.* is not sent/)],
      ['warning', 'n3', 'headers.0.name', expect.stringMatching(/of its own beside the integration Partner/)],
      ['warning', 'n3', 'headers.1.name', expect.stringMatching(/Partner sets x-key itself/)],
      ['warning', 'n4', 'headers.0.name', expect.stringMatching(/of its own beside the integration Bank/)],
    ]);
  });

  it('say where the value of a secret header may go when the URL leads elsewhere', async () => {
    const project = await newProject();
    const { id: secretId } = await verbs['secret.store'](await project.as('marketer'), {
      value: 'hunter2-of-the-header',
      url: 'https://api.example.com/v1',
    });
    const to = (url: string) => webhook({ url, headers: [{ name: 'X-Key', value: '', secretId }] });
    const faults = await problemsIn(
      row(
        ['now', {}],
        to('https://api.example.com/{{ customer.id }}'),
        to('https://{{ customer.host }}/'),
        to('https://evil.test/v1'),
      ),
      project.id,
    );
    expect(faults.map(({ severity, nodeId, field, message }) => [severity, nodeId, field, message])).toEqual([
      [
        'error',
        'n4',
        'headers.0.value',
        'The value of the secret header X-Key was stored for https://api.example.com and does not go to https://evil.test. Enter it again.',
      ],
    ]);
  });

  it('say that the value of a secret header without a host is not sent', async () => {
    const project = await newProject();
    const { id: secretId } = await prisma().secret.create({
      data: { projectId: project.id, origin: null, sealed: Buffer.from('sealed') },
    });
    const faults = await problemsIn(
      row(
        ['now', {}],
        webhook({ url: 'https://{{ customer.host }}/', headers: [{ name: 'X-Key', value: '', secretId }] }),
      ),
      project.id,
    );
    expect(faults).toMatchObject([
      { severity: 'error', nodeId: 'n2', field: 'headers.0.value', message: expect.stringContaining('without a host') },
    ]);
  });

  it('stand with errors first, then by the number of the node', async () => {
    const faults = await problemsIn(
      row(['now', {}], webhook({ payload: '{{ other.id }}' }), webhook({ url: '' }), ['add-event', { event: '' }]),
    );
    expect(faults.map(({ severity, nodeId }) => [severity, nodeId])).toEqual([
      ['error', 'n3'],
      ['error', 'n4'],
      ['warning', 'n2'],
    ]);
  });
});
