import { describe, expect, it } from 'vitest';
import { NO_SOURCES } from '../../../components/monaco/sources.ts';
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

  it('says which parameter’s value is at fault', () => {
    const { Payload } = judge({ payload: '"[[ a ]]"', parameters: { a: '{{ x' } });
    expect(Payload!.marks[0]!.message).toMatch(/^Parameter a: /);
  });

  it('judges the settings of a new webhook without complaint', () => {
    const { settings } = newNode(emptyDocument(), 'webhook', 'n', { x: 0, y: 0 });
    expect(Object.values(judge(settings)).flatMap(({ marks }) => marks)).toEqual([]);
  });
});
