import { describe, expect, it } from 'vitest';
import { Packing, type ReadTransfer, readTransfer, referencesOf } from '../../../lib/core/transfer.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { rowOf, webhookStep } from '../../support/scenarios.ts';

const directory = {
  integrations: new Map([['int-id', { name: 'CM.com', prefix: 'https://gw.example/' }]]),
  policies: new Map([['pol-id', { name: 'SMS', concurrency: 5, rate: { requests: 300, per: 'minute' as const } }]]),
  triggers: new Map([['tri-id', { name: 'Storm', parameters: [] }]]),
  presets: new Map([['pre-id', { name: 'Newsletter' }]]),
};

const settings = WebhookSettings.parse({
  url: 'https://gw.example/send',
  headers: [
    { name: 'X-Public', value: '{{ customer.id }}', secretId: null },
    { name: 'X-Key', value: '', secretId: 'sec-id' },
  ],
  integrationId: 'int-id',
  policyId: 'pol-id',
  preset: { id: 'pre-id', version: 4 },
  payload: '{}',
});

/** A file as it is exported, changed in the given way. */
function fileWith(change: (file: Record<string, unknown> & { document: ReturnType<typeof rowOf> }) => void): string {
  const packing = new Packing(directory);
  const document = packing.document(rowOf(['now', {}], ['webhook', settings]));
  const file = { hookline: 'scenario', format: 1, name: 'Spring', tags: ['a'], needs: packing.needs, document };
  change(file);
  return JSON.stringify(file);
}

const refused = (text: string) => {
  const result = readTransfer(text) as Extract<ReadTransfer, { ok: false }>;
  expect(result.ok).toBe(false);
  return result;
};

describe('a packed webhook', () => {
  it('names what it needs by names of the file, and holds no id and no secret of the installation', () => {
    const packing = new Packing(directory);
    const packed = packing.webhook(settings);
    expect(packed).toEqual({
      ...settings,
      headers: [settings.headers[0], { name: 'X-Key', value: '', secretId: 'secret-1' }],
      integrationId: 'integration-1',
      policyId: 'policy-1',
      preset: { id: 'preset-1', version: 1 },
    });
    expect(packing.needs).toEqual([
      { id: 'integration-1', kind: 'integration', name: 'CM.com', prefix: 'https://gw.example/' },
      { id: 'policy-1', kind: 'policy', name: 'SMS', concurrency: 5, rate: { requests: 300, per: 'minute' } },
      { id: 'preset-1', kind: 'preset', name: 'Newsletter' },
      { id: 'secret-1', kind: 'secret', name: 'X-Key' },
    ]);
    expect(JSON.stringify([packed, packing.needs])).not.toMatch(/int-id|pol-id|pre-id|sec-id/);
  });

  it('shares needs with the other webhooks of its file, but each secret header is its own', () => {
    const packing = new Packing(directory);
    packing.document(rowOf(['webhook', settings], ['webhook', settings], webhookStep()));
    expect(packing.needs.map(({ id }) => id)).toEqual([
      'integration-1',
      'policy-1',
      'preset-1',
      'secret-1',
      'secret-2',
    ]);
  });

  it('does not need what is gone here already', () => {
    const packing = new Packing({
      integrations: new Map(),
      policies: new Map(),
      presets: new Map(),
      triggers: new Map(),
    });
    expect(packing.webhook(settings)).toMatchObject({ integrationId: null, policyId: null, preset: null });
  });
});

describe('a packed API trigger', () => {
  it('names what it needs by a name of the file, once for all nodes that wait for it', () => {
    const packing = new Packing({
      ...directory,
      triggers: new Map([
        ['tri-id', { name: 'Storm', parameters: [{ name: 'city', type: 'text' as const, required: true }] }],
      ]),
    });
    const pack = (triggerId: string) =>
      packing.document(rowOf(['api-trigger', { triggerId }], ['webhook', settings])).nodes[0]!.settings;
    expect(pack('tri-id')).toEqual({ triggerId: 'trigger-1' });
    expect(pack('tri-id')).toEqual({ triggerId: 'trigger-1' });
    expect(pack('gone')).toEqual({ triggerId: null });
    expect(packing.needs[0]).toEqual({
      id: 'trigger-1',
      kind: 'trigger',
      name: 'Storm',
      parameters: [{ name: 'city', type: 'text', required: true }],
    });
  });
});

describe('a file', () => {
  it('is refused when it names an API trigger that it does not list', () => {
    const text = fileWith((file) => {
      file.document = rowOf(['api-trigger', { triggerId: 'trigger-7' }], webhookStep());
    });
    expect(refused(text).fields).toEqual([
      { path: 'document.nodes.0.settings.triggerId', message: 'names trigger-7, which the file does not list' },
    ]);
  });

  it('is read as it was written', () => {
    const result = readTransfer(fileWith(() => {}));
    expect(result).toMatchObject({ ok: true, file: { hookline: 'scenario', name: 'Spring', tags: ['a'] } });
    if (result.ok && result.file.hookline === 'scenario')
      expect(referencesOf(result.file.document.nodes[1]!.settings as WebhookSettings)).toEqual([
        { field: 'integrationId', kind: 'integration', id: 'integration-1' },
        { field: 'policyId', kind: 'policy', id: 'policy-1' },
        { field: 'preset', kind: 'preset', id: 'preset-1' },
        { field: 'headers.1.secretId', kind: 'secret', id: 'secret-1' },
      ]);
  });

  it('of a newer version says so', () => {
    expect(refused(fileWith((file) => Object.assign(file, { format: 2 })))).toMatchObject({
      message: expect.stringContaining('newer Hookline (format 2'),
      fields: [{ path: 'format' }],
    });
  });

  it.each([
    ['{', 'not a JSON file'],
    ['[]', 'not a file of Hookline'],
    ['null', 'not a file of Hookline'],
    ['{"hookline": 1}', 'not a file of Hookline'],
    ['{"hookline": "campaign", "format": 1}', 'hookline'],
    ['{"hookline": "scenario", "format": 1, "name": ""}', 'name'],
  ])('%s is refused', (text, reason) => {
    expect(refused(text).message).toContain(reason);
  });

  it('that is broken names the field', () => {
    const { fields } = refused(
      fileWith(({ document }) => Object.assign(document.nodes[1]!.settings, { batchSize: 5000 })),
    );
    expect(fields).toMatchObject([{ path: 'document.nodes.1.settings.batchSize' }]);
  });

  it('with a kind of node that does not exist here is refused whole', () => {
    expect(
      refused(fileWith(({ document }) => Object.assign(document.nodes[1]!, { kind: 'teleport' }))).fields[0]!.path,
    ).toMatch(/^document\.nodes\.1/);
  });

  it('is refused when a webhook names what the file does not list', () => {
    expect(refused(fileWith((file) => Object.assign(file, { needs: [] }))).fields).toMatchObject([
      { path: 'document.nodes.1.settings.integrationId', message: 'names integration-1, which the file does not list' },
      { path: 'document.nodes.1.settings.policyId' },
      { path: 'document.nodes.1.settings.preset' },
      { path: 'document.nodes.1.settings.headers.1.secretId' },
    ]);
    const real = fileWith(({ document }) => Object.assign(document.nodes[1]!.settings, { integrationId: 'int-id' }));
    expect(refused(real).fields[0]!.message).toContain('int-id');
  });

  it.each([
    [
      'an edge into nowhere',
      (d: ReturnType<typeof rowOf>) => d.edges.push({ id: 'x', from: 'n1', port: 'out', to: 'n9' }),
    ],
    ['a circle', (d: ReturnType<typeof rowOf>) => d.edges.push({ id: 'x', from: 'n2', port: 'sent', to: 'n2' })],
    ['two nodes of one id', (d: ReturnType<typeof rowOf>) => d.nodes.push({ ...d.nodes[1]!, number: 3 })],
    ['two nodes of one number', (d: ReturnType<typeof rowOf>) => d.nodes.push({ ...d.nodes[1]!, id: 'n9' })],
    ['a number that would be given again', (d: ReturnType<typeof rowOf>) => Object.assign(d, { nextNumber: 2 })],
  ])('with %s is refused', (_what, spoil) => {
    expect(refused(fileWith(({ document }) => void spoil(document))).fields[0]!.path).toMatch(/^document/);
  });

  it('cannot reach the prototypes of anything', () => {
    const text = fileWith(() => {}).replace(
      '"parameters":{}',
      '"parameters":{"__proto__":"x","constructor":"y"},"__proto__":{"role":"admin"}',
    );
    expect(text).toContain('"role"');
    const result = readTransfer(text);
    expect(({} as Record<string, unknown>).role).toBeUndefined();
    expect(result.ok).toBe(true);
    if (result.ok && result.file.hookline === 'scenario') {
      const { parameters } = result.file.document.nodes[1]!.settings as WebhookSettings;
      expect(Object.getPrototypeOf(parameters)).toBe(Object.prototype);
    }
  });
});
