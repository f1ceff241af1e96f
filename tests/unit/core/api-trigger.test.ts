import { describe, expect, it } from 'vitest';
import {
  exampleCall,
  exampleValues,
  MAX_CALL_BYTES,
  readCall,
  secondsBetweenCalls,
  TriggerParameter,
  TriggerParameters,
} from '../../../lib/core/api-trigger.ts';

const parameter = (name: string, type: TriggerParameter['type'], more: object = {}) =>
  TriggerParameter.parse({ name, type, ...more });
const messagesOf = (parameters: TriggerParameter[], given: Record<string, unknown>) => {
  const read = readCall(parameters, given);
  return read.ok ? [] : read.faults.map(({ path, message }) => `${path}: ${message}`);
};

describe('the parameters of a trigger', () => {
  it.each(['city', 'City2', 'a_b', 'x'.repeat(64)])('may be called %s', (name) => {
    expect(TriggerParameter.safeParse({ name, type: 'text' }).success).toBe(true);
  });

  it.each(['', '2city', '_city', 'two words', 'city-name', '__proto__', 'x'.repeat(65), 'items', 'get', 'values'])(
    'may not be called “%s”, which templates could not read',
    (name) => {
      expect(TriggerParameter.safeParse({ name, type: 'text' }).success).toBe(false);
    },
  );

  it('are different', () => {
    const twice = TriggerParameters.safeParse([
      { name: 'city', type: 'text' },
      { name: 'city', type: 'number' },
    ]);
    expect(twice.error?.issues).toMatchObject([{ path: [1, 'name'], message: 'city is there twice.' }]);
  });

  it.each(['example', 'default'])('have an %s of their own type', (field) => {
    const wrong = TriggerParameter.safeParse({ name: 'level', type: 'number', [field]: 'three' });
    expect(wrong.error?.issues).toMatchObject([
      { path: [field], message: `The ${field} must be a number, without quotes.` },
    ]);
    expect(TriggerParameter.safeParse({ name: 'level', type: 'number', [field]: 3 }).success).toBe(true);
    expect(TriggerParameter.safeParse({ name: 'level', type: 'number', [field]: null }).success).toBe(true);
  });
});

describe('a call', () => {
  it.each([
    ['text', 'Brno', 'Brno'],
    ['text', '', ''],
    ['number', -1.5, -1.5],
    ['boolean', false, false],
    ['list', [1, 'a', null], [1, 'a', null]],
    ['object', { a: { b: 1 } }, { a: { b: 1 } }],
    ['date', '2026-01-31', 1769817600],
    ['date', '2026-01-31T01:00:00+01:00', 1769817600],
    ['date', '2026-01-31T00:00:00.5Z', 1769817600.5],
    ['date', 1769817600, 1769817600],
  ] as const)('gives a %s as it is sent, dates as unix seconds: %j', (type, sent, seen) => {
    expect(readCall([parameter('value', type)], { value: sent })).toEqual({ ok: true, values: { value: seen } });
  });

  it.each([
    ['text', 5, 'must be a text'],
    ['text', 'x'.repeat(16_385), 'must have at most 16384 characters'],
    ['number', '5', 'must be a number, without quotes'],
    ['number', Number.NaN, 'must be a number, without quotes'],
    ['boolean', 'true', 'must be true or false, without quotes'],
    ['boolean', 1, 'must be true or false, without quotes'],
    ['list', { 0: 'a' }, 'must be a list: [ … ]'],
    ['object', [1], 'must be an object: { … }'],
    ['object', 'text', 'must be an object: { … }'],
    ['date', 'tomorrow', 'must be a date'],
    ['date', '2026-02-30', 'must be a date'],
    ['date', '2026-01-31T08:30:00', 'must be a date'],
    ['date', 1_769_817_600_000, 'must be a date'],
    ['date', true, 'must be a date'],
  ] as const)('of the wrong kind is refused by name: %s as %j', (type, sent, message) => {
    const [first, ...rest] = messagesOf([parameter('value', type)], { value: sent });
    expect(first).toContain(`parameters.value: ${message}`);
    expect(rest).toEqual([]);
  });

  it('leaves out what is not required: the default stands for it, or nothing', () => {
    const parameters = [
      parameter('city', 'text', { default: 'Brno' }),
      parameter('since', 'date', { default: '2026-01-31' }),
      parameter('level', 'number'),
    ];
    expect(readCall(parameters, {})).toEqual({ ok: true, values: { city: 'Brno', since: 1769817600 } });
    expect(readCall(parameters, { city: null, level: 0 })).toEqual({
      ok: true,
      values: { city: 'Brno', since: 1769817600, level: 0 },
    });
  });

  it('says which of the required ones is missing, unless it has a default', () => {
    expect(messagesOf([parameter('city', 'text', { required: true })], {})).toEqual(['parameters.city: is required']);
    expect(messagesOf([parameter('city', 'text', { required: true })], { city: null })).toEqual([
      'parameters.city: is required',
    ]);
    expect(messagesOf([parameter('city', 'text', { required: true, default: 'Brno' })], {})).toEqual([]);
  });

  it('is refused for what the trigger does not know, so that a slip of the pen is no silence', () => {
    expect(messagesOf([parameter('city', 'text')], { citty: 'Brno' })).toEqual([
      'parameters.citty: unknown; there is city',
    ]);
    expect(messagesOf([], { city: 'Brno' })).toEqual(['parameters.city: this trigger has no parameters']);
    expect(messagesOf([parameter('city', 'text')], JSON.parse('{"__proto__": 1}'))).toEqual([
      'parameters.__proto__: unknown; there is city',
    ]);
  });

  it('takes nothing from the prototype of an object', () => {
    expect(messagesOf([parameter('constructor', 'text', { required: true })], {})).toEqual([
      'parameters.constructor: is required',
    ]);
  });

  it('names every fault at once', () => {
    const parameters = [parameter('city', 'text', { required: true }), parameter('level', 'number')];
    expect(messagesOf(parameters, { level: 'three', other: 1 })).toHaveLength(3);
  });

  it('has a size, because its values are held in memory with the run', () => {
    const parameters = [parameter('rows', 'list')];
    const rows = (count: number) => ({ rows: Array.from({ length: count }, () => 'x'.repeat(1000)) });
    expect(messagesOf(parameters, rows(60))).toEqual([]);
    expect(messagesOf(parameters, rows(70))[0]).toContain(`the limit is ${MAX_CALL_BYTES}`);
  });
});

describe('the example of a trigger', () => {
  const parameters = [
    parameter('city', 'text', { example: 'Brno', default: 'Praha' }),
    parameter('level', 'number', { default: 2 }),
    parameter('until', 'date'),
    parameter('tags', 'list'),
    parameter('more', 'object'),
    parameter('test', 'boolean'),
    parameter('note', 'text'),
  ];

  it('is what a sender may write: the example, else the default, else a blank of the type', () => {
    expect(exampleCall(parameters)).toEqual({
      city: 'Brno',
      level: 2,
      until: '2026-12-24T08:30:00Z',
      tags: [],
      more: {},
      test: false,
      note: '',
    });
    expect(readCall(parameters, exampleCall(parameters)).ok).toBe(true);
  });

  it('gives previews what a call with it would give', () => {
    expect(exampleValues(parameters)).toMatchObject({ city: 'Brno', until: 1798101000 });
    expect(exampleValues([])).toEqual({});
  });
});

describe('the time between two calls', () => {
  it.each([
    [0, 1],
    [10_000_000, 1],
    [10_000_001, 10],
    [100_000_000, 10],
    [100_000_001, 100],
  ])('of a project with %i customers is %i s', (customers, seconds) => {
    expect(secondsBetweenCalls(customers)).toBe(seconds);
  });
});
