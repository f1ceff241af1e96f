import { describe, expect, it } from 'vitest';
import {
  blankDraft,
  blankParameter,
  type Draft,
  draftOf,
  faultsOf,
  inputOf,
  readValue,
  type Stored,
} from '../../../components/api-triggers/draft.ts';
import { TriggerParameters } from '../../../lib/core/api-trigger.ts';

const draft = (...parameters: Partial<Draft['parameters'][number]>[]): Draft => ({
  ...blankDraft,
  name: 'Storm',
  parameters: parameters.map((one) => ({ ...blankParameter, name: 'value', ...one })),
});

describe('a typed value', () => {
  it.each([
    ['text', ' Brno ', ' Brno '],
    ['number', ' 3.5 ', 3.5],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['date', '2026-12-24', '2026-12-24'],
    ['date', '1769817600', 1769817600],
    ['list', '["a", 1]', ['a', 1]],
    ['object', '{"a": {}}', { a: {} }],
  ] as const)('of the type %s is read: %s', (type, text, value) => {
    expect(readValue(type, text)).toEqual({ ok: true, value });
  });

  it.each(['text', 'number', 'boolean', 'date', 'list', 'object'] as const)(
    'that is empty is nothing, also of the type %s',
    (type) => {
      expect(readValue(type, '  ')).toEqual({ ok: true, value: null });
    },
  );

  it.each([
    ['number', 'three', 'It must be a number, without quotes.'],
    ['boolean', 'yes', 'It must be true or false, without quotes.'],
    ['list', '["a"', 'It must be JSON.'],
    ['list', '{}', 'It must be a list: [ … ].'],
    ['object', '[]', 'It must be an object: { … }.'],
  ] as const)('that is no %s is told while it is typed: %s', (type, text, message) => {
    expect(readValue(type, text)).toEqual({ ok: false, message });
  });
});

describe('a draft', () => {
  const stored: Stored = {
    id: 't',
    name: 'Storm',
    enabled: true,
    updatedAt: '2026-01-01T00:00:00.000Z',
    uses: [],
    secondsBetweenCalls: 1,
    parameters: TriggerParameters.parse([
      { name: 'city', type: 'text', required: true, example: 'Brno' },
      { name: 'level', type: 'number', default: 0 },
      { name: 'test', type: 'boolean', default: false },
      { name: 'tags', type: 'list', example: ['a'] },
      { name: 'more', type: 'object', example: { a: 1 } },
      { name: 'until', type: 'date', example: 1769817600 },
    ]),
  };

  it('of a stored trigger says the same when it is stored again', () => {
    expect(inputOf(draftOf(stored))).toEqual({ name: 'Storm', enabled: true, parameters: stored.parameters });
    expect(faultsOf(draftOf(stored)).size).toBe(0);
  });

  it('names the fields that cannot be read as the server would, and leaves their values out of the example', () => {
    const wrong = draft({ type: 'number', example: 'three' }, { type: 'list', default: '[' });
    expect([...faultsOf(wrong).keys()]).toEqual(['parameters.0.example', 'parameters.1.default']);
    expect(inputOf(wrong).parameters).toMatchObject([{ example: null }, { default: null }]);
  });
});
