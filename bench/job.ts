// The job of every measurement: customers with 13 properties → a condition, true for all → a personalised JSON body of
// about 570 bytes → the answer used by a later node.
import { type Document, emptyDocument, newNode } from '../lib/core/document.ts';
import { apply } from '../lib/core/operations.ts';

const FIRST = ['anna', 'petr', 'lucía', 'john', 'mei', 'olga', 'sam', 'zoë', 'ivan', 'nora'];
const CITY = ['Bratislava', 'Praha', 'London', 'Wien', 'Paris', 'Madrid', 'Oslo'];

/** Customer number `i`, from 0. */
export function customer(i: number) {
  return {
    cid: `c${String(i).padStart(7, '0')}`,
    first_name: FIRST[i % 10]!,
    last_name: `Test${i % 977}`,
    email: `user${i}@example.test`,
    phone: `004479${10_000_000 + i}`,
    city: CITY[i % 7]!,
    language: i % 3 ? 'en' : 'sk',
    tier: i % 5 ? 'silver' : 'gold',
    points: (i * 37) % 1000,
    ltv: ((i * 7919) % 100_000) / 100,
    consent: true,
    last_order: `2026-10-${String(1 + (i % 28)).padStart(2, '0')}`,
    store: i % 97,
  };
}

const TEMPLATE =
  '{"cid":"{{ customer.cid }}","channel":"sms","allowedChannels":["RCS","SMS"],"from":"SenderName","to":[{"number":"{{ customer.phone }}"}],' +
  '"body":{"type":"auto","content":"Hi {{ customer.first_name | capitalize }}, your {{ customer.tier }} balance is {{ customer.points }} points. ' +
  '{% if customer.points > 500 %}You can redeem a free delivery in our {{ customer.city }} store until the end of this month.{% else %}Only {{ 500 - customer.points }} points left until a free delivery from our {{ customer.city }} store.{% endif %}' +
  '"},"attributes":{"email":"{{ customer.email }}","last_name":"{{ customer.last_name }}","city":"{{ customer.city }}","language":"{{ customer.language }}","ltv":{{ customer.ltv }},"last_order":"{{ customer.last_order }}"},' +
  '"campaign":{"id":"64f1c0ffee00000000000042","name":"Autumn reactivation","variant":"A","node":"webhook-3"},"tracking":"https://track.example.test/r/{{ customer.cid }}"}';
const ROOT =
  '{"messages":{"authentication":{"producttoken":"00000000-0000-0000-0000-000000000000"},"msg":[\n{% output customers separated by \',\\n\' %}\n]}}';

/** The body that the template gives, written by hand: what the raw client sends. */
export function renderedBody(i: number): string {
  const c = customer(i);
  const name = c.first_name[0]!.toUpperCase() + c.first_name.slice(1);
  const offer =
    c.points > 500
      ? `You can redeem a free delivery in our ${c.city} store until the end of this month.`
      : `Only ${500 - c.points} points left until a free delivery from our ${c.city} store.`;
  return (
    `{"cid":"${c.cid}","channel":"sms","allowedChannels":["RCS","SMS"],"from":"SenderName","to":[{"number":"${c.phone}"}],` +
    `"body":{"type":"auto","content":"Hi ${name}, your ${c.tier} balance is ${c.points} points. ${offer}"},` +
    `"attributes":{"email":"${c.email}","last_name":"${c.last_name}","city":"${c.city}","language":"${c.language}","ltv":${c.ltv},"last_order":"${c.last_order}"},` +
    `"campaign":{"id":"64f1c0ffee00000000000042","name":"Autumn reactivation","variant":"A","node":"webhook-3"},"tracking":"https://track.example.test/r/${c.cid}"}`
  );
}

/**
 * Now → Condition → Webhook → Condition on the answer → Set attribute for the few that the answer refuses (none).
 * @param nodes on the way of everybody, at least 3: Now, Webhook, the condition behind it, and conditions that all satisfy
 */
export function scenario(target: string, policyId: string, batchSize: number, nodes = 4): Document {
  let document = emptyDocument();
  const add = (kind: 'now' | 'condition' | 'webhook' | 'set-attribute', settings: object, after?: [string, string]) => {
    const id = `n${document.nextNumber}`;
    const node = newNode(document, kind, id, { x: document.nextNumber * 300, y: 0 });
    const edges = after ? [{ id: `e${id}`, from: after[0], port: after[1], to: id }] : [];
    document = apply(document, {
      type: 'add',
      nodes: [{ ...node, settings: { ...node.settings, ...settings } } as never],
      edges,
    }).document;
    return id;
  };
  const property = (name: string, operator: string, value: string) => ({
    kind: 'property',
    property: name,
    operator,
    value,
    value2: '',
  });
  const everybody = {
    filter: { groups: [{ negate: false, criteria: [property('consent', 'is true', ''), property('ltv', '≥', '0')] }] },
  };
  let before: [string, string] = [add('now', {}), 'out'];
  for (let i = 3; i < nodes; i++) before = [add('condition', everybody, before), 'yes'];
  const batch = batchSize > 1;
  const webhook = add(
    'webhook',
    {
      url: `${target}/sms`,
      policyId,
      batch,
      batchSize: Math.max(1, batchSize),
      ...(batch ? { root: ROOT, customer: TEMPLATE } : { payload: TEMPLATE }),
    },
    before,
  );
  const accepted = add(
    'condition',
    { mode: 'jinja', expression: "webhook.success and webhook.result.status == 'sent'" },
    [webhook, 'sent'],
  );
  add('set-attribute', { attributes: [{ name: 'refused', value: 'yes' }] }, [accepted, 'no']);
  return document;
}

/** On event → Webhook, whose body tells the receiver when the event was given. */
export function eventScenario(target: string, policyId: string): Document {
  let document = emptyDocument();
  const trigger = newNode(document, 'on-event', 'n1', { x: 0, y: 0 });
  document = apply(document, {
    type: 'add',
    nodes: [{ ...trigger, settings: { ...trigger.settings, event: 'order' } }],
    edges: [],
  }).document;
  const webhook = newNode(document, 'webhook', 'n2', { x: 300, y: 0 });
  return apply(document, {
    type: 'add',
    nodes: [
      {
        ...webhook,
        settings: {
          ...webhook.settings,
          url: `${target}/sms`,
          policyId,
          payload: '{"who":"{{ customer.cid }}","sentAt":{{ event.sent_at }}}',
        },
      },
    ],
    edges: [{ id: 'e1', from: 'n1', port: 'out', to: 'n2' }],
  }).document;
}
