import { z } from 'zod';
import { describeFilter, Filter } from './filter.ts';
import { WebhookSettings } from './webhook.ts';

/**
 * Every kind of node, whole: its settings, its ports, its words and its faults. A node kind is one entry here, one in
 * components/scenario/node-kinds.tsx (card and panel) and one in lib/engine/handlers (what happens to a chunk); the
 * compiler names each place that a new kind must be added to.
 */

export const NowSettings = z.object({});
export type NowSettings = z.infer<typeof NowSettings>;

export const OnEventSettings = z.object({
  event: z.string().max(256).default(''),
  /** Read over the event's properties; only property criteria make sense here. */
  filter: Filter.default({ groups: [] }),
});
export type OnEventSettings = z.infer<typeof OnEventSettings>;

export const ConditionSettings = z.object({
  mode: z.enum(['filter', 'jinja']).default('filter'),
  filter: Filter.default({ groups: [] }),
  /** A Jinja expression; the customer takes "yes" when it is true in Python's sense. */
  expression: z.string().max(65_536).default(''),
});
export type ConditionSettings = z.infer<typeof ConditionSettings>;

export const WaitUnit = z.enum(['seconds', 'minutes', 'hours', 'days']);
export const WaitSettings = z.object({
  amount: z.number().min(0).max(100_000).default(1),
  unit: WaitUnit.default('hours'),
});
export type WaitSettings = z.infer<typeof WaitSettings>;

const NamedValue = z.object({ name: z.string().max(256), value: z.string().max(65_536) });

export const SetAttributeSettings = z.object({ attributes: z.array(NamedValue).max(50).default([]) });
export type SetAttributeSettings = z.infer<typeof SetAttributeSettings>;

export const AddEventSettings = z.object({
  event: z.string().max(256).default(''),
  properties: z.array(NamedValue).max(50).default([]),
  /** "Allow scenario triggering": the new event may start on-event scenarios. */
  triggers: z.boolean().default(false),
});
export type AddEventSettings = z.infer<typeof AddEventSettings>;

export type Family = 'trigger' | 'operator' | 'action';

/** A fault of one node; `field` is the path of the setting to focus. */
export interface Fault {
  severity: 'error' | 'warning';
  field: string;
  message: string;
}

export interface NodeKind<Settings> {
  family: Family;
  /** As the palette and new nodes say it. */
  title: string;
  /** One sentence for the palette and for the empty panel. */
  about: string;
  settings: z.ZodType<Settings>;
  /** What a new node starts with. */
  blank(): Settings;
  /** Named outputs, in the order in which they stand on the card. */
  ports: readonly string[];
  /** The card's second line. */
  summary(settings: Settings): string;
  faults(settings: Settings): Fault[];
}

interface SettingsOf {
  now: NowSettings;
  'on-event': OnEventSettings;
  condition: ConditionSettings;
  wait: WaitSettings;
  webhook: WebhookSettings;
  'set-attribute': SetAttributeSettings;
  'add-event': AddEventSettings;
}

export type Kind = keyof SettingsOf;
export type NodeSettings<K extends Kind> = SettingsOf[K];

export const NODE_KINDS: { [K in Kind]: NodeKind<SettingsOf[K]> } = {
  now: {
    family: 'trigger',
    title: 'Now',
    about: 'Every customer of the project enters once, at the moment of Start.',
    settings: NowSettings,
    blank: () => ({}),
    ports: ['out'],
    summary: () => 'all customers',
    faults: () => [],
  },
  'on-event': {
    family: 'trigger',
    title: 'On event',
    about: 'A customer enters each time the chosen event is tracked for them.',
    settings: OnEventSettings,
    blank: () => OnEventSettings.parse({}),
    ports: ['out'],
    summary: (s) =>
      s.event ? `${s.event}${s.filter.groups.length ? ` where ${describeFilter(s.filter)}` : ''}` : 'choose an event',
    faults: (s) => [
      ...(s.event ? [] : [fault('event', 'Choose the event that lets customers in.')]),
      ...filterFaults(s.filter),
    ],
  },
  condition: {
    family: 'operator',
    title: 'Condition',
    about: 'Customers who match go on by Yes, all others by No.',
    settings: ConditionSettings,
    blank: () => ConditionSettings.parse({}),
    ports: ['yes', 'no'],
    summary: (s) => (s.mode === 'jinja' ? s.expression.trim() || 'write an expression' : describeFilter(s.filter)),
    faults: (s) =>
      s.mode === 'jinja'
        ? s.expression.trim()
          ? []
          : [fault('expression', 'Write the expression that decides between Yes and No.')]
        : s.filter.groups.length === 0
          ? [fault('filter', 'Add at least one criterion; an empty condition lets everyone through.', 'warning')]
          : filterFaults(s.filter),
  },
  wait: {
    family: 'operator',
    title: 'Wait',
    about: 'Customers stay here for a fixed time.',
    settings: WaitSettings,
    blank: () => WaitSettings.parse({}),
    ports: ['out'],
    summary: (s) => `${s.amount} ${s.amount === 1 ? s.unit.slice(0, -1) : s.unit}`,
    faults: () => [],
  },
  webhook: {
    family: 'action',
    title: 'Webhook',
    about: 'A personalised HTTP request for each customer, or one for up to 1000.',
    settings: WebhookSettings,
    blank: () => WebhookSettings.parse({}),
    ports: ['sent', 'failed'],
    summary: (s) =>
      [s.method, hostOf(s.url) || 'no URL yet', ...(s.batch ? [`batch ${s.batchSize}`] : [])]
        .join(' · ')
        .replace(' · ', ' '),
    faults: webhookFaults,
  },
  'set-attribute': {
    family: 'action',
    title: 'Set attribute',
    about: 'Writes values to the customer’s profile.',
    settings: SetAttributeSettings,
    blank: () => ({ attributes: [{ name: '', value: '' }] }),
    ports: ['out'],
    summary: (s) =>
      s.attributes
        .map((a) => a.name)
        .filter(Boolean)
        .join(', ') || 'choose an attribute',
    faults: (s) => [
      ...(s.attributes.length ? [] : [fault('attributes', 'Add the attribute to set.')]),
      ...s.attributes.flatMap((a, i) => (a.name ? [] : [fault(`attributes.${i}.name`, 'Name the attribute.')])),
    ],
  },
  'add-event': {
    family: 'action',
    title: 'Add event',
    about: 'Tracks an event for the customer.',
    settings: AddEventSettings,
    blank: () => AddEventSettings.parse({}),
    ports: ['out'],
    summary: (s) => s.event || 'name the event',
    faults: (s) => [
      ...(s.event ? [] : [fault('event', 'Name the event to track.')]),
      ...s.properties.flatMap((p, i) => (p.name ? [] : [fault(`properties.${i}.name`, 'Name the property.')])),
    ],
  },
};

export const KINDS = Object.keys(NODE_KINDS) as Kind[];

/** The label of a port on the card. */
export const PORT_LABELS: Record<string, string> = { out: '', yes: 'Yes', no: 'No', sent: 'Sent', failed: 'Failed' };

function fault(field: string, message: string, severity: Fault['severity'] = 'error'): Fault {
  return { severity, field, message };
}

function filterFaults(filter: Filter): Fault[] {
  return filter.groups.flatMap((group, g) =>
    group.criteria.flatMap((criterion, c) => {
      const field = `filter.groups.${g}.criteria.${c}`;
      if (criterion.kind === 'event')
        return criterion.event ? [] : [fault(field, 'Choose the event of this criterion.')];
      return criterion.property ? [] : [fault(field, 'Choose the property of this criterion.')];
    }),
  );
}

function webhookFaults(s: WebhookSettings): Fault[] {
  const faults: Fault[] = [];
  if (!s.url.trim()) faults.push(fault('url', 'Enter the URL to call.'));
  else if (!/^https?:\/\//i.test(s.url.trim()) && !/^\s*(\{\{|\{%|\[\[)/.test(s.url))
    faults.push(fault('url', 'The URL must start with https:// or http://.'));
  s.headers.forEach((header, i) => {
    if (!header.name.trim()) faults.push(fault(`headers.${i}.name`, 'Name the header, or remove its row.'));
  });
  if (s.batch && !s.customer.trim())
    faults.push(fault('customer', 'Write the Customer template: it is rendered once for each customer of the batch.'));
  if (s.batch && !/\bcustomers\b/.test(s.root))
    faults.push(
      fault(
        'root',
        "The Root template must place the customers, for example {% output customers separated by ',\\n ' %}.",
      ),
    );
  if (!s.batch && s.method === 'GET' && s.payload.trim())
    faults.push(fault('payload', 'Many servers ignore the body of a GET request.', 'warning'));
  return faults;
}

/** The host that a URL template shows before anything is rendered, or an empty text; never a user name or password. */
export function hostOf(url: string): string {
  return /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(url.trim())?.[1] ?? '';
}
