import { describe, expect, it } from 'vitest';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { missingProperties } from '../../../lib/engine/missing-properties.ts';

const found = (settings: Partial<WebhookSettings>) =>
  missingProperties(WebhookSettings.parse(settings)).map(({ property, template, line, column }) => [
    property,
    template,
    line,
    column,
  ]);

describe('the properties that a webhook counts on', () => {
  it('are told once, at their first place', () => {
    expect(
      found({
        url: 'https://a.example/{{ customer.id }}',
        headers: [{ name: 'X-Id', value: '{{ customer.id }}', secretId: null }],
        payload: '{\n  "to": "{{ customer.phone }}",\n  "name": "{{ customer["first name"] | upper }}"\n}',
      }),
    ).toEqual([
      ['id', 'URL', 1, 22],
      ['phone', 'Payload', 2, 13],
      ['first name', 'Payload', 3, 15],
    ]);
  });

  it.each([
    ['a default', '{{ customer.phone | default("none") }}'],
    ['a default behind other filters', '{{ customer.phone | replace(" ", "") | d("none") }}'],
    ['a condition', '{% if customer.phone %}{{ customer.phone }}{% endif %}'],
    ['an inline condition', '{{ customer.phone if customer.phone else "none" }}'],
    ['a condition on another name', '{{ customer.phones }}{% if customer.phone is defined %}{% endif %}'],
  ])('are taken care of by %s', (_how, payload) => {
    expect(found({ payload }).map(([property]) => property)).not.toContain('phone');
  });

  it('are told when only some of their places are taken care of', () => {
    expect(found({ payload: '{{ customer.phone | default("") }}\n{{ customer.phone }}' })).toEqual([
      ['phone', 'Payload', 2, 4],
    ]);
  });

  it('are looked for in the values of parameters that the templates declare', () => {
    const parameters = { text: 'Hi {{ customer.name }}', unused: '{{ customer.other }}' };
    expect(found({ payload: '"[[ text ]]"', parameters })).toEqual([['name', 'Parameter text', 1, 7]]);
  });

  it('are none when the whole customer is taken', () => {
    expect(found({ payload: '{{ customer | tojson }}' })).toEqual([]);
  });
});
