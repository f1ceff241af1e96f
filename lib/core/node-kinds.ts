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

/** An IANA time zone; empty is the project's. */
const TimeZone = z.string().max(64).default('');

export const OnDateSettings = z.object({
  /** Local date and time, `2026-12-24T08:30`. */
  at: z.string().max(16).default(''),
  timeZone: TimeZone,
});
export type OnDateSettings = z.infer<typeof OnDateSettings>;

export const RepeatEvery = z.enum(['minutes', 'hours', 'day', 'week', 'month', 'cron']);
export const RepeatSettings = z.object({
  every: RepeatEvery.default('day'),
  /** Of minutes and hours: how many, counted from Start. */
  interval: z.number().int().min(1).max(10_000).default(1),
  /** Of days, weeks and months: the local time, `08:30`. */
  time: z.string().max(5).default('08:30'),
  /** Of weeks: 1 is Monday, 7 is Sunday. */
  weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([1]),
  /** Of months; a month without that day is left out, 31 is the last day of each. */
  monthDay: z.number().int().min(1).max(31).default(1),
  /** Five fields: minute, hour, day, month, weekday. */
  cron: z.string().max(100).default(''),
  timeZone: TimeZone,
});
export type RepeatSettings = z.infer<typeof RepeatSettings>;

export const ApiTriggerSettings = z.object({
  /** The trigger whose calls let customers in; its parameters are kept with it (core/api-trigger.ts). */
  triggerId: z.string().max(256).nullable().default(null),
});
export type ApiTriggerSettings = z.infer<typeof ApiTriggerSettings>;

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
  'on-date': OnDateSettings;
  repeat: RepeatSettings;
  'on-event': OnEventSettings;
  'api-trigger': ApiTriggerSettings;
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
  'on-date': {
    family: 'trigger',
    title: 'On date',
    about: 'Every customer of the project enters once, at a date and time that you choose.',
    settings: OnDateSettings,
    blank: () => OnDateSettings.parse({}),
    ports: ['out'],
    summary: (s) => (s.at ? s.at.replace('T', ' ') : 'choose a date'),
    faults: (s) => [
      ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(s.at) ? [] : [fault('at', 'Choose the date and time.')]),
      ...zoneFaults(s.timeZone),
    ],
  },
  repeat: {
    family: 'trigger',
    title: 'Repeat',
    about: 'Every customer of the project enters again and again, by a rule of time.',
    settings: RepeatSettings,
    blank: () => RepeatSettings.parse({}),
    ports: ['out'],
    summary: describeRepeat,
    faults: (s) => [
      ...(['day', 'week', 'month'].includes(s.every) && !/^([01]\d|2[0-3]):[0-5]\d$/.test(s.time)
        ? [fault('time', 'Enter the time as hours and minutes, 08:30.')]
        : []),
      ...(s.every === 'week' && s.weekdays.length === 0 ? [fault('weekdays', 'Choose at least one day.')] : []),
      ...(s.every === 'cron' && s.cron.trim().split(/\s+/).length !== 5
        ? [fault('cron', 'Write five fields: minute, hour, day, month, weekday.')]
        : []),
      ...zoneFaults(s.timeZone),
    ],
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
  'api-trigger': {
    family: 'trigger',
    title: 'API trigger',
    about: 'Every customer of the project enters each time another system calls the trigger.',
    settings: ApiTriggerSettings,
    blank: () => ApiTriggerSettings.parse({}),
    ports: ['out'],
    summary: (s) => (s.triggerId === null ? 'choose an API trigger' : 'all customers, at each call'),
    faults: (s) => (s.triggerId === null ? [fault('triggerId', 'Choose the API trigger that lets customers in.')] : []),
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

/** Days of the week from Monday, as `RepeatSettings.weekdays` counts them. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** The rule in words, for a card: "every Mon, Thu at 08:30". */
export function describeRepeat(s: RepeatSettings): string {
  if (s.every === 'minutes' || s.every === 'hours')
    return `every ${s.interval === 1 ? s.every.slice(0, -1) : `${s.interval} ${s.every}`}`;
  if (s.every === 'cron') return s.cron.trim() || 'write a rule';
  if (s.every === 'day') return `every day at ${s.time}`;
  if (s.every === 'week')
    return `every ${s.weekdays.map((day) => WEEKDAYS[day - 1]).join(', ') || 'week'} at ${s.time}`;
  return `${s.monthDay === 31 ? 'the last day' : `day ${s.monthDay}`} of every month at ${s.time}`;
}

function zoneFaults(timeZone: string): Fault[] {
  return timeZone === '' || /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(timeZone)
    ? []
    : [fault('timeZone', 'Write the time zone by its name, Europe/Bratislava.')];
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
