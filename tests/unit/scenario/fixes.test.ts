import { describe, expect, it } from 'vitest';
import { conditionInFront, withDefault } from '@/components/scenario/fixes';
import { NODE_KINDS } from '@/lib/core/node-kinds';
import type { WebhookSettings } from '@/lib/core/webhook';
import { changed, smallScenario } from './drawing';

const webhook = (change: Partial<WebhookSettings>): WebhookSettings => ({ ...NODE_KINDS.webhook.blank(), ...change });

describe('a value to fall back on', () => {
  it('stands right behind the property, on the line of the fault only', () => {
    const payload = '{ "a": "{{ customer.phone }}",\n  "b": "{{ customer.phone | upper }}" }';
    expect(withDefault(webhook({ payload }), { template: 'Payload', line: 2 }, 'phone', '+421')).toEqual({
      payload: '{ "a": "{{ customer.phone }}",\n  "b": "{{ customer.phone | default(\'+421\', true) | upper }}" }',
    });
  });

  it('is quoted, whatever it is', () => {
    const settings = webhook({ url: 'https://api.example.com/{{ customer.city }}' });
    expect(withDefault(settings, { template: 'URL', line: 1 }, 'city', "O'Neill \\")).toEqual({
      url: "https://api.example.com/{{ customer.city | default('O\\'Neill \\\\', true) }}",
    });
  });

  it('goes into Root, Customer and the header that is named', () => {
    const settings = webhook({
      root: '{{ customer.x }}',
      customer: '{{ customer.x }}',
      headers: [
        { name: 'A', value: '{{ customer.x }}', secretId: null },
        { name: 'B', value: '{{ customer.x }}', secretId: null },
      ],
    });
    const fixed = "{{ customer.x | default('', true) }}";
    expect(withDefault(settings, { template: 'Root', line: null }, 'x', '')).toEqual({ root: fixed });
    expect(withDefault(settings, { template: 'Customer', line: null }, 'x', '')).toEqual({ customer: fixed });
    expect(withDefault(settings, { template: 'Header B', line: null }, 'x', '')).toEqual({
      headers: [settings.headers[0], { name: 'B', value: fixed, secretId: null }],
    });
  });

  it('is not offered where the property has one already, or is another one', () => {
    const at = { template: 'Payload', line: 1 };
    expect(withDefault(webhook({ payload: "{{ customer.x | default('a') }}" }), at, 'x', 'b')).toBeNull();
    expect(withDefault(webhook({ payload: '{{ customer.x_ray }}' }), at, 'x', 'b')).toBeNull();
    expect(withDefault(webhook({ payload: '{{ customer.x.y }}' }), at, 'x', 'b')).toBeNull();
    expect(
      withDefault(webhook({ payload: '{{ customer.x }}' }), { template: 'Payload', line: 2 }, 'x', 'b'),
    ).toBeNull();
    expect(withDefault(webhook({}), { template: 'Header Z', line: null }, 'x', 'b')).toBeNull();
  });
});

describe('a condition in front', () => {
  it('lets through those who have the property, by Yes', () => {
    const document = changed(smallScenario(), ...conditionInFront(smallScenario(), 'n3', 'phone')!);
    const added = document.nodes.at(-1)!;
    expect(added).toMatchObject({ kind: 'condition', name: 'Has phone' });
    expect(document.edges.map(({ from, port, to }) => [from, port, to])).toEqual(
      expect.arrayContaining([
        ['n2', 'yes', added.id],
        [added.id, 'yes', 'n3'],
      ]),
    );
  });

  it('is not offered when several ways lead into the node, or none', () => {
    const forked = changed(smallScenario(), {
      type: 'add',
      nodes: [],
      edges: [{ id: 'x', from: 'n2', port: 'no', to: 'n3' }],
    });
    expect(conditionInFront(forked, 'n3', 'phone')).toBeNull();
    expect(conditionInFront(smallScenario(), 'n1', 'phone')).toBeNull();
  });
});
