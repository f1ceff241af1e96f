/** Two Customer templates as webhooks have them, and the customers they are rendered for. */

/** Template A: 600 bytes of JSON, 8 expressions, 2 filters, 1 condition. */
export const TEMPLATE_A = `{
  "recipient": {
    "id": "{{ customer.registered }}",
    "phone": "{{ customer.phone }}",
    "email": "{{ customer.email | lower }}",
    "name": "{{ customer.first_name }} {{ customer.last_name }}"
  },
  "message": {
    "template": "abandoned_cart_reminder_v2",
    "language": "{{ customer.language | upper }}",
    "text": "Hello {{ customer.first_name }}, your basket is waiting for you. Come back and finish your order.",
    {% if customer.vip %}"priority": "high"{% else %}"priority": "normal"{% endif %},
    "points": {{ customer.points }},
    "sender": "Acme Shop", "channel": "sms", "callback": "https://example.com/callbacks/delivery-report"
  }
}`;

/** Template B: 22 expressions a customer, with a loop over five items, tojson, round, default and or. */
export const TEMPLATE_B = `{
  "id": {{ customer.registered | tojson }},
  "name": {{ (customer.first_name ~ ' ' ~ customer.last_name) | tojson }},
  "email": {{ customer.email | lower | tojson }},
  "phone": {{ (customer.phone or customer.mobile) | tojson }},
  "language": "{{ customer.language | default('en') | upper }}",
  "points": {{ customer.points }},
  "balance": {{ customer.balance | round(2) }},
  "segment": "{% if customer.points > 1000 %}gold{% elif customer.points > 100 %}silver{% else %}basic{% endif %}",
  "nickname": "{{ customer.nickname | default('friend') }}",
  "items": [{% for item in customer.items_seen %}
    {"sku": {{ item.sku | tojson }}, "price": {{ item.price | round(2) }}}{% if not loop.last %},{% endif %}{% endfor %}
  ],
  "city": {{ customer.address.city | tojson }},
  "tags": "{{ customer.tags | join(',') }}",
  "count": {{ customer.tags | length }},
  "vip": {{ customer.vip | tojson }}
}`;

const NAMES = ['Eva', 'Jan', 'Petra', 'Tomáš', 'Anna', 'Lukáš', 'Marie', 'Jiří'];
const CITIES = ['Brno', 'Praha', 'Ostrava', 'Plzeň'];

/** So many customers, all different, the same each time. */
export function customersOf(count: number): { customer: Record<string, unknown> }[] {
  return Array.from({ length: count }, (_, i) => ({
    customer: {
      registered: `c-${100_000 + i}`,
      phone: `+420777${String(100_000 + i)}`,
      mobile: null,
      email: `Customer.${i}@Example.com`,
      first_name: NAMES[i % NAMES.length],
      last_name: `Novák${i}`,
      language: i % 3 === 0 ? 'cs' : 'en',
      vip: i % 5 === 0,
      points: (i * 37) % 2000,
      balance: ((i * 7919) % 100_000) / 100 + 0.005,
      tags: ['vip', 'shoes', 'sale'],
      address: { city: CITIES[i % CITIES.length], zip: '602 00' },
      items_seen: Array.from({ length: 5 }, (_item, k) => ({
        sku: `SKU-${i}-${k}`,
        quantity: (k % 3) + 1,
        price: 19.99 + k * 3.333,
      })),
    },
  }));
}

/** What template A gives, written by hand: the floor under every engine. */
export function plainA({ customer: c }: { customer: Record<string, unknown> }): string {
  return `{
  "recipient": {
    "id": "${c.registered}",
    "phone": "${c.phone}",
    "email": "${String(c.email).toLowerCase()}",
    "name": "${c.first_name} ${c.last_name}"
  },
  "message": {
    "template": "abandoned_cart_reminder_v2",
    "language": "${String(c.language).toUpperCase()}",
    "text": "Hello ${c.first_name}, your basket is waiting for you. Come back and finish your order.",
    ${c.vip ? '"priority": "high"' : '"priority": "normal"'},
    "points": ${c.points},
    "sender": "Acme Shop", "channel": "sms", "callback": "https://example.com/callbacks/delivery-report"
  }
}`;
}
