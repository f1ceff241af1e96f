// The scenarios of the demo project, built by the same operations as in the browser.
import { type Document, emptyDocument, newNode } from '../lib/core/document.ts';
import type { Kind, NodeSettings } from '../lib/core/node-kinds.ts';
import { apply } from '../lib/core/operations.ts';

/** Draws documents: each call adds a node to the right of the one it follows. */
function drawing() {
  let document: Document = emptyDocument();
  return {
    add<K extends Kind>(
      kind: K,
      name: string,
      at: [column: number, row: number],
      settings: Partial<NodeSettings<K>>,
      after?: [from: string, port: string],
    ): string {
      const id = `n${document.nextNumber}`;
      const node = newNode(document, kind, id, { x: at[0] * 300, y: at[1] * 160 });
      const edges = after ? [{ id: `e${document.nextNumber}`, from: after[0], port: after[1], to: id }] : [];
      document = apply(document, {
        type: 'add',
        nodes: [{ ...node, name, settings: { ...node.settings, ...settings } } as never],
        edges,
      }).document;
      return id;
    },
    done: () => document,
  };
}

const hasPhone = {
  groups: [
    {
      negate: false,
      criteria: [
        { kind: 'property' as const, property: 'phone', operator: 'has value' as const, value: '', value2: '' },
      ],
    },
  ],
};

/** Bulk SMS, one request for up to 1000 customers; the envelope is that of CM.com's business messaging API. */
export function bulkSms(gateway: string, policyId: string): Document {
  const draw = drawing();
  const now = draw.add('now', 'Now', [0, 1], {});
  const condition = draw.add('condition', 'Has a phone', [1, 1], { filter: hasPhone }, [now, 'out']);
  const webhook = draw.add(
    'webhook',
    'Send SMS',
    [2, 0],
    {
      url: `${gateway}/t/sms/v1.0/message`,
      format: 'json',
      batch: true,
      batchSize: 1000,
      policyId,
      root: `{
  "messages": {
    "authentication": { "producttoken": "[[ product_token ]]" },
    "msg": [
      {% output customers separated by ',\\n      ' %}
    ]
  }
}`,
      customer: `{
        "allowedChannels": ["SMS"],
        "from": "[[ sender ]]",
        "to": [{ "number": "{{ customer.phone | replace(' ', '') }}" }],
        "reference": "{{ customer.email }}",
        "body": {
          "type": "auto",
          "content": "Hi {{ customer.first_name }}, spring is here: {{ 20 if customer.loyalty_tier == 'gold' else 10 }} % off {{ customer.favourite_category }} until Sunday."
        }
      }`,
      parameters: { product_token: '00000000-0000-0000-0000-000000000000', sender: 'AcmeShop' },
    },
    [condition, 'yes'],
  );
  draw.add('set-attribute', 'Remember the SMS', [3, 0], { attributes: [{ name: 'last_sms', value: 'spring' }] }, [
    webhook,
    'sent',
  ]);
  return draw.done();
}

/** The same audience, one request for each customer, and a decision on what the receiver answered. */
export function singleSms(gateway: string, policyId: string): Document {
  const draw = drawing();
  const now = draw.add('now', 'Now', [0, 1], {});
  const condition = draw.add('condition', 'Has a phone', [1, 1], { filter: hasPhone }, [now, 'out']);
  const webhook = draw.add(
    'webhook',
    'Register offer',
    [2, 0],
    {
      url: `${gateway}/t/offers/v1/customers/{{ customer.email }}/offers`,
      format: 'json',
      policyId,
      payload: `{
  "name": "{{ customer.first_name }} {{ customer.last_name }}",
  "phone": "{{ customer.phone }}",
  "language": "{{ customer.language }}",
  "percent": {{ 20 if customer.loyalty_tier == 'gold' else 10 }},
  "store": "{{ customer.store | default('online') }}"
}`,
    },
    [condition, 'yes'],
  );
  const accepted = draw.add('condition', 'Accepted?', [3, 0], { mode: 'jinja', expression: 'webhook.success' }, [
    webhook,
    'sent',
  ]);
  draw.add(
    'add-event',
    'Track the offer',
    [4, 0],
    { event: 'offer_registered', properties: [{ name: 'status', value: '{{ webhook.result.status }}' }] },
    [accepted, 'yes'],
  );
  return draw.done();
}

/** Thanks for every purchase, as it happens. */
export function orderThanks(gateway: string): Document {
  const draw = drawing();
  const trigger = draw.add('on-event', 'On purchase', [0, 0], { event: 'purchase' });
  draw.add(
    'webhook',
    'Say thanks',
    [1, 0],
    {
      url: `${gateway}/t/thanks/v1/messages`,
      format: 'json',
      payload: `{
  "to": "{{ customer.email }}",
  "text": "Thank you, {{ customer.first_name }}. Your order {{ event.order_id }} over {{ event.total }} {{ event.currency | default('EUR') }} is on its way."
}`,
    },
    [trigger, 'out'],
  );
  return draw.done();
}
