import { describe, expect, it } from 'vitest';
import { NO_SOURCES, type Sources } from '../../../components/monaco/sources.ts';
import { analyseWebhook } from '../../../components/webhook/analysis.ts';
import { personalise } from '../../../components/webhook/personalise.ts';
import { prefixCover } from '../../../components/webhook/prefix.ts';
import { emptyDocument, newNode } from '../../../lib/core/document.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';

describe('taking a sample’s values for a customer’s', () => {
  const eva = { phone: '+421 903', language: 'sk', 'home town': 'Žilina', points: 12 };

  it('replaces whole JSON texts that are exactly a value', () => {
    const found = personalise({ payload: '{"to": "+421 903", "text": "Call +421 903", "city": "Žilina"}' }, eva);
    expect(found.count).toBe(2);
    expect(found.settings.payload).toBe(
      '{"to": "{{ customer.phone }}", "text": "Call +421 903", "city": "{{ customer["home town"] }}"}',
    );
  });

  it('leaves keys, short texts and what is a template already', () => {
    const found = personalise({ payload: '{"Žilina": "sk", "b": "{{ customer.phone }}"}' }, eva);
    expect(found).toEqual({ settings: {}, count: 0 });
  });

  it('gives only the fields that change', () => {
    const found = personalise({ root: '{"x": 1}', customer: '{"n": "+421 903"}' }, eva);
    expect(Object.keys(found.settings)).toEqual(['customer']);
  });
});

describe('whether credentials reach a URL that is still a template', () => {
  const integration = { name: 'CM.com', prefix: 'https://api.cm.com/v1' };

  it('is fine below the prefix, with Jinja in the path', () => {
    expect(prefixCover('https://api.cm.com/v1/{{ customer.id }}/send?x=[[ y ]]', integration)).toBeNull();
  });

  it('is refused beside it', () => {
    expect(prefixCover('https://api.cm.com/v10/send', integration)).toContain('CM.com does not reach this URL');
    expect(prefixCover('https://evil.example/v1', integration)).toContain('the prefix allows https://api.cm.com');
  });

  it('is left to the rendered URL where the host is a template', () => {
    expect(prefixCover('https://{{ host }}/v1', integration)).toBeNull();
    expect(prefixCover('', integration)).toBeNull();
  });
});

describe('judging the templates of a webhook', () => {
  const judge = (settings: Partial<WebhookSettings>) =>
    analyseWebhook({ settings: WebhookSettings.parse(settings), sources: NO_SOURCES });

  it('finds the place of a fault', () => {
    const { Payload } = judge({ url: 'https://a.example', payload: '{\n  "a": {{ b }\n}' });
    expect(Payload!.marks).toMatchObject([{ severity: 'error', line: 2 }]);
  });

  it('judges URL, headers, Root and Customer apart', () => {
    const found = judge({
      url: 'https://a.example/{{',
      headers: [{ name: 'X-A', value: '{% if %}', secretId: null }],
      batch: true,
      root: '{{ customers | length }}',
      customer: '{{ customer.',
    });
    expect(Object.fromEntries(Object.entries(found).map(([name, { marks }]) => [name, marks.length]))).toEqual({
      URL: 1,
      'Header X-A': 1,
      Root: 0,
      Customer: 1,
    });
  });

  it('judges the value of a parameter by itself', () => {
    const found = judge({ payload: '"[[ a ]]"', parameters: { a: '{{ x' } });
    expect(found['Parameter a']!.marks).toHaveLength(1);
    expect(found.Payload!.marks).toEqual([]);
  });

  const sources: Sources = {
    ...NO_SOURCES,
    customer: [{ name: 'email' }, { name: 'phone' }],
    webhooks: [{ position: 1, number: 2, name: 'Voucher', fields: [{ name: 'code' }] }],
  };
  const advice = (settings: Partial<WebhookSettings>, name = 'Payload') =>
    analyseWebhook({ settings: WebhookSettings.parse(settings), sources })[name]!;

  it('knows the customers’ properties, and offers what was probably meant', () => {
    const { marks, fixes } = advice({ payload: '{"a": "{{ customer.emial }}"}' });
    expect(marks[0]).toMatchObject({ severity: 'warning', line: 1 });
    expect(fixes[0]).toMatchObject({ text: 'email', line: 1, message: marks[0]!.message });
  });

  it('calls nothing unknown while nothing is known', () => {
    expect(judge({ payload: '{"a": "{{ customer.anything }}"}' }).Payload!.marks).toEqual([]);
  });

  it('finds webhooks that are not on the path', () => {
    expect(advice({ payload: '{{ webhook(1).code }}' }).marks).toEqual([]);
    expect(advice({ payload: '{{ webhook(3).code }}' }).marks[0]!.message).toContain('not on the path');
  });

  it('finds an event that never comes', () => {
    expect(advice({ payload: '{{ event.total }}' }).marks[0]!.message).toContain('no "event"');
  });

  it('finds customer in what is rendered once for a batch', () => {
    const batch = { batch: true, root: '{{ customer.email }}{{ customers | join }}', customer: '{{ customer.email }}' };
    expect(advice(batch, 'Root').marks).toHaveLength(1);
    expect(advice(batch, 'Customer').marks).toEqual([]);
    expect(advice({ ...batch, url: 'https://a.example/{{ customer.email }}' }, 'URL').marks).toHaveLength(1);
  });

  it('warns of values that raw writing leaves unescaped, with a fix', () => {
    const raw = { payload: '{"a": "{{ customer.email }}"}' };
    expect(advice(raw).marks).toEqual([]);
    const { marks, fixes } = advice({ ...raw, escaping: 'raw' });
    expect(marks[0]!.severity).toBe('warning');
    expect(fixes[0]!.text).toContain('tojson');
  });

  it('judges the settings of a new webhook without complaint', () => {
    const { settings } = newNode(emptyDocument(), 'webhook', 'n', { x: 0, y: 0 });
    expect(Object.values(judge(settings)).flatMap(({ marks }) => marks)).toEqual([]);
  });
});
