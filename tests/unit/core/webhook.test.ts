import { describe, expect, it } from 'vitest';
import {
  CONTENT_TYPE,
  effectiveBatchSize,
  PayloadFormat,
  WebhookSettings,
  webhookTemplates,
} from '../../../lib/core/webhook.ts';

const settings = (change: Partial<WebhookSettings> = {}): WebhookSettings => ({
  ...WebhookSettings.parse({}),
  ...change,
});

describe('a new webhook', () => {
  it('posts JSON for each customer, without credentials and without a limit of its own', () => {
    expect(WebhookSettings.parse({})).toMatchObject({
      method: 'POST',
      url: '',
      headers: [],
      integrationId: null,
      format: 'json',
      payload: '',
      batch: false,
      root: '',
      customer: '',
      batchSize: 1000,
      lingerSeconds: 2,
      parameters: {},
      escaping: 'format',
      response: 'json',
      successFalseFails: true,
      results: null,
      policyId: null,
      timeoutSeconds: 15,
      expiryMinutes: 360,
      inDoubt: 'send-again',
      tracked: [],
      preset: null,
    });
  });

  it('shares nothing with another new one', () => {
    expect(WebhookSettings.parse({}).headers).not.toBe(WebhookSettings.parse({}).headers);
  });
});

describe('the settings of a webhook', () => {
  it.each([
    ['batchSize', [1, 500, 1000], [0, 1001, 1.5]],
    ['lingerSeconds', [0, 2.5, 60], [-1, 61]],
    ['timeoutSeconds', [1, 60], [0, 61, 2.5]],
    ['expiryMinutes', [5, 4320], [4, 4321]],
    ['method', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], ['get', 'TRACE', 'CONNECT']],
    ['format', ['json', 'text', 'xml'], ['yaml']],
    ['response', ['json', 'text', 'discard'], ['stream']],
    ['url', ['x'.repeat(8192)], ['x'.repeat(8193)]],
    ['payload', ['x'.repeat(262_144)], ['x'.repeat(262_145)]],
    [
      'headers',
      [Array.from({ length: 50 }, () => ({ name: 'X' }))],
      [Array.from({ length: 51 }, () => ({ name: 'X' }))],
    ],
  ])('%s have their bounds', (name, good, bad) => {
    for (const value of good) expect(WebhookSettings.safeParse({ [name]: value }).success).toBe(true);
    for (const value of bad) expect(WebhookSettings.safeParse({ [name]: value }).success).toBe(false);
  });

  it('map results by position or by a value rendered for each customer', () => {
    const mapping = { path: 'results', successField: 'status', successValues: ['sent'] };
    const parse = (key: object) => WebhookSettings.safeParse({ results: { ...mapping, key } });
    expect(parse({ by: 'index' }).data?.results).toMatchObject({ messageField: '' });
    expect(parse({ by: 'value', field: 'to', template: '{{ customer.phone }}' }).success).toBe(true);
    expect(parse({ by: 'value', field: 'to' }).success).toBe(false);
    expect(parse({ by: 'magic' }).success).toBe(false);
  });
});

describe('the batch size', () => {
  it('is one without batching, whatever is set', () => {
    expect(effectiveBatchSize(settings({ batchSize: 500 }), false)).toBe(1);
    expect(effectiveBatchSize(settings({ batchSize: 500 }), true)).toBe(1);
  });

  it('is as set, but 200 at most where an event lets customers in', () => {
    const of = (batchSize: number, onEvent: boolean) =>
      effectiveBatchSize(settings({ batch: true, batchSize }), onEvent);
    expect([of(1, false), of(200, false), of(1000, false)]).toEqual([1, 200, 1000]);
    expect([of(1, true), of(200, true), of(201, true), of(1000, true)]).toEqual([1, 200, 200, 200]);
  });
});

describe('the templates of a webhook', () => {
  const headers = [
    { name: 'X-Key', value: '', secretId: 'sealed' },
    { name: 'X-Lang', value: '{{ customer.lang }}', secretId: null },
  ];

  it('are URL, headers and payload, in the order on screen', () => {
    expect(
      webhookTemplates(settings({ url: 'https://a.example', headers, payload: '{}', root: 'r', customer: 'c' })),
    ).toEqual([
      { field: 'url', name: 'URL', source: 'https://a.example', place: 'url' },
      { field: 'headers.1.value', name: 'Header X-Lang', source: '{{ customer.lang }}', place: 'header' },
      { field: 'payload', name: 'Payload', source: '{}', place: 'json' },
    ]);
  });

  it('are Root and Customer instead of the payload when it is batched', () => {
    const all = webhookTemplates(settings({ batch: true, payload: 'p', root: 'r', customer: 'c', format: 'xml' }));
    expect(all.slice(1)).toEqual([
      { field: 'root', name: 'Root', source: 'r', place: 'xml' },
      { field: 'customer', name: 'Customer', source: 'c', place: 'xml' },
    ]);
  });

  it('never include a secret header', () => {
    expect(webhookTemplates(settings({ headers })).map((t) => t.name)).not.toContain('Header X-Key');
  });
});

describe('the content type', () => {
  it('is known for each format', () => {
    expect(Object.keys(CONTENT_TYPE).sort()).toEqual([...PayloadFormat.options].sort());
    expect(CONTENT_TYPE.json).toBe('application/json');
  });
});
