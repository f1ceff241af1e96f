import { describe, expect, it } from 'vitest';
import { Filter } from '../../../lib/core/filter.ts';
import {
  type Fault,
  hostOf,
  KINDS,
  type Kind,
  NODE_KINDS,
  type NodeSettings,
  PORT_LABELS,
} from '../../../lib/core/node-kinds.ts';

const settings = <K extends Kind>(kind: K, change: Partial<NodeSettings<K>> = {}): NodeSettings<K> => ({
  ...NODE_KINDS[kind].blank(),
  ...change,
});
const faults = <K extends Kind>(kind: K, change: Partial<NodeSettings<K>> = {}): Fault[] =>
  NODE_KINDS[kind].faults(settings(kind, change) as never);
const summary = <K extends Kind>(kind: K, change: Partial<NodeSettings<K>> = {}): string =>
  NODE_KINDS[kind].summary(settings(kind, change) as never);
const fields = (all: Fault[]) => all.map((fault) => fault.field);
const filter = (...criteria: object[]) => Filter.parse({ groups: [{ criteria }] });
const slovak = { kind: 'property', property: 'country', operator: 'equals', value: 'SK' };

describe.each(KINDS.map((kind) => [kind, NODE_KINDS[kind]] as const))('the kind %s', (_, kind) => {
  it('starts with settings that its schema takes, new ones each time', () => {
    expect(kind.settings.safeParse(kind.blank())).toEqual({ success: true, data: kind.blank() });
    expect(kind.blank()).not.toBe(kind.blank());
  });

  it('has a title, a sentence and a summary in words', () => {
    expect(kind.title).toMatch(/^(API|[A-Z][a-z]+)[a-z -]*$/);
    expect(kind.about).toMatch(/^[A-Z].*\.$/);
    expect(kind.summary(kind.blank() as never)).not.toBe('');
  });

  it('has ports with labels, each once', () => {
    expect(kind.ports.length).toBeGreaterThan(0);
    expect(new Set(kind.ports).size).toBe(kind.ports.length);
    for (const port of kind.ports) expect(PORT_LABELS).toHaveProperty(port);
  });

  it('finds faults only at settings that exist, in sentences', () => {
    const blank = kind.blank() as Record<string, unknown>;
    for (const fault of kind.faults(blank as never)) {
      expect(Object.keys(blank)).toContain(fault.field.split('.')[0]);
      expect(fault.message).toMatch(/^[A-Z].*\.$/s);
    }
  });
});

describe('the families', () => {
  it('let customers in by one way, and only conditions and webhooks tell them apart', () => {
    for (const kind of KINDS) {
      const { family, ports } = NODE_KINDS[kind];
      if (family === 'trigger') expect(ports).toEqual(['out']);
      if (ports.length > 1) expect(['condition', 'webhook']).toContain(kind);
    }
  });

  it('are those that the palette shows', () => {
    expect(new Set(KINDS.map((kind) => NODE_KINDS[kind].family))).toEqual(new Set(['trigger', 'operator', 'action']));
  });
});

describe('On event', () => {
  it('needs an event and whole criteria', () => {
    expect(fields(faults('on-event'))).toEqual(['event']);
    expect(faults('on-event', { event: 'purchase', filter: filter({ ...slovak, property: '' }) })).toEqual([
      { severity: 'error', field: 'filter.groups.0.criteria.0', message: 'Choose the property of this criterion.' },
    ]);
    expect(faults('on-event', { event: 'purchase', filter: filter(slovak) })).toEqual([]);
  });

  it('is summed up by its event and filter', () => {
    expect(summary('on-event')).toBe('choose an event');
    expect(summary('on-event', { event: 'purchase' })).toBe('purchase');
    expect(summary('on-event', { event: 'purchase', filter: filter(slovak) })).toBe('purchase where country equals SK');
  });
});

describe('API trigger', () => {
  it('needs a trigger, and lets everybody in at each call', () => {
    expect(fields(faults('api-trigger'))).toEqual(['triggerId']);
    expect(faults('api-trigger', { triggerId: 't' })).toEqual([]);
    expect(summary('api-trigger')).toBe('choose an API trigger');
    expect(summary('api-trigger', { triggerId: 't' })).toBe('all customers, at each call');
  });
});

describe('Condition', () => {
  it('only warns when it is empty, because everyone goes by Yes then', () => {
    expect(faults('condition')).toMatchObject([{ severity: 'warning', field: 'filter' }]);
  });

  it('names the criterion that is not whole', () => {
    const asked = filter(slovak, { kind: 'event', event: '' });
    expect(faults('condition', { filter: asked })).toEqual([
      { severity: 'error', field: 'filter.groups.0.criteria.1', message: 'Choose the event of this criterion.' },
    ]);
  });

  it('needs an expression in Jinja mode, and does not look at its filter then', () => {
    expect(fields(faults('condition', { mode: 'jinja', expression: '  ' }))).toEqual(['expression']);
    const half = filter({ ...slovak, property: '' });
    expect(faults('condition', { mode: 'jinja', expression: 'customer.age > 18', filter: half })).toEqual([]);
  });

  it('is summed up by what it asks', () => {
    expect(summary('condition', { filter: filter(slovak) })).toBe('country equals SK');
    expect(summary('condition', { mode: 'jinja', expression: ' customer.age > 18 ' })).toBe('customer.age > 18');
    expect(summary('condition', { mode: 'jinja' })).toBe('write an expression');
  });
});

describe('Wait', () => {
  it('is summed up in singular and plural', () => {
    expect(summary('wait')).toBe('1 hour');
    expect(summary('wait', { amount: 2, unit: 'days' })).toBe('2 days');
    expect(summary('wait', { amount: 0.5, unit: 'minutes' })).toBe('0.5 minutes');
  });

  it('takes no negative time and no unknown unit', () => {
    const parse = (value: object) => NODE_KINDS.wait.settings.safeParse(value).success;
    expect(parse({ amount: 0, unit: 'seconds' })).toBe(true);
    expect(parse({ amount: -1, unit: 'seconds' })).toBe(false);
    expect(parse({ amount: 1, unit: 'months' })).toBe(false);
  });
});

describe('Set attribute and Add event', () => {
  it('need names', () => {
    expect(fields(faults('set-attribute'))).toEqual(['attributes.0.name']);
    expect(fields(faults('set-attribute', { attributes: [] }))).toEqual(['attributes']);
    expect(faults('set-attribute', { attributes: [{ name: 'vip', value: '' }] })).toEqual([]);
    expect(fields(faults('add-event', { properties: [{ name: '', value: 'x' }] }))).toEqual([
      'event',
      'properties.0.name',
    ]);
    expect(faults('add-event', { event: 'reminded' })).toEqual([]);
  });

  it('are summed up by those names', () => {
    expect(summary('set-attribute')).toBe('choose an attribute');
    expect(summary('set-attribute', { attributes: ['a', '', 'b'].map((name) => ({ name, value: '' })) })).toBe('a, b');
    expect(summary('add-event')).toBe('name the event');
    expect(summary('add-event', { event: 'reminded' })).toBe('reminded');
  });
});

describe('Webhook', () => {
  const url = 'https://api.example.com/v1/messages';

  it('needs a URL that is one, or begins as a template or parameter', () => {
    expect(faults('webhook')).toMatchObject([{ severity: 'error', message: 'Enter the URL to call.' }]);
    for (const bad of ['api.example.com', 'ftp://api.example.com', 'javascript:alert(1)', '//api.example.com'])
      expect(faults('webhook', { url: bad })).toMatchObject([{ field: 'url' }]);
    for (const good of [
      url,
      'HTTP://a.example',
      ' https://a.example',
      '{{ customer.url }}',
      '[[ base ]]/x',
      '{% if a %}',
    ])
      expect(faults('webhook', { url: good })).toEqual([]);
  });

  it('needs a name for every header', () => {
    const headers = ['X-A', ' '].map((name) => ({ name, value: '', secretId: null }));
    expect(fields(faults('webhook', { url, headers }))).toEqual(['headers.1.name']);
  });

  it('needs both templates when it is batched, and the Root must place the customers', () => {
    expect(fields(faults('webhook', { url, batch: true }))).toEqual(['customer', 'root']);
    const root = '{ "to": [{% output customers separated by \',\\n \' %}] }';
    expect(faults('webhook', { url, batch: true, customer: '{}', root })).toEqual([]);
    expect(fields(faults('webhook', { url, batch: true, customer: '{}', root: '{{ customersX }}' }))).toEqual(['root']);
  });

  it('warns of a body that many servers ignore', () => {
    expect(faults('webhook', { url, method: 'GET', payload: '{}' })).toMatchObject([{ severity: 'warning' }]);
    expect(faults('webhook', { url, method: 'GET', payload: ' ' })).toEqual([]);
  });

  it('is summed up by method, host and batch size', () => {
    expect(summary('webhook')).toBe('POST no URL yet');
    expect(summary('webhook', { url })).toBe('POST api.example.com');
    expect(summary('webhook', { url, batch: true, batchSize: 500 })).toBe('POST api.example.com · batch 500');
  });
});

describe('the host of a URL template', () => {
  it.each([
    ['https://api.example.com/v1', 'api.example.com'],
    [' https://api.example.com:8443?x=1', 'api.example.com:8443'],
    ['https://{{ customer.shop }}.example.com/x', '{{ customer.shop }}.example.com'],
    ['https://user:secret@api.example.com/x', 'api.example.com'],
    ['{{ customer.url }}', ''],
    ['api.example.com', ''],
    ['', ''],
  ])('%s → %s', (template, host) => expect(hostOf(template)).toBe(host));
});
