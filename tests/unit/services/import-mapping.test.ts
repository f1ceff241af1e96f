import { describe, expect, it } from 'vitest';
import {
  type ColumnUse,
  faultOfMapping,
  guessDelimiter,
  guessType,
  guessUse,
  Mapping,
  readRow,
  type ValueType,
} from '../../../lib/services/import-mapping.ts';

describe('guessing', () => {
  it('finds the delimiter outside of quotes', () => {
    expect(guessDelimiter('"a,b,c";d;e\n1,2,3,4')).toBe(';');
    expect(guessDelimiter('a\tb')).toBe('\t');
    expect(guessDelimiter('one column')).toBe(',');
  });

  it('keeps telephone numbers and codes as text', () => {
    expect(guessType(['+421903000000', ''])).toBe('text');
    expect(guessType(['007', '12'])).toBe('text');
    expect(guessType(['12345678901234567890'])).toBe('text');
  });

  it('knows numbers, booleans and dates', () => {
    expect(guessType(['1', '-2.50', ''])).toBe('number');
    expect(guessType(['true', 'FALSE'])).toBe('boolean');
    expect(guessType(['2026-01-31', '31. 1. 2026', '2026-01-31T10:00:00+01:00'])).toBe('date');
    expect(guessType(['2026-02-31'])).toBe('text');
    expect(guessType(['', ''])).toBe('text');
  });

  it('takes a column of e-mail addresses for what it is', () => {
    expect(guessType(['eva@example.com', 'a.b@c.example'])).toBe('email');
    expect(guessType(['eva@example.com', 'eva'])).toBe('text');
  });

  it('finds type and time in a file of events only', () => {
    expect(guessUse('event_type', ['visit'], 'events')).toEqual({ as: 'type' });
    expect(guessUse('timestamp', ['1'], 'events')).toEqual({ as: 'time' });
    expect(guessUse('timestamp', ['1'])).toEqual({ as: 'property', name: 'timestamp', type: 'number' });
  });

  it('takes customer_id for the hard identifier', () => {
    expect(guessUse('Customer ID', ['1'])).toEqual({ as: 'identifier', kind: 'registered' });
    expect(guessUse('cookie', ['x'])).toEqual({ as: 'identifier', kind: 'cookie' });
    expect(guessUse(' ', ['x'])).toEqual({ as: 'skip' });
    expect(guessUse('internal_id', ['7'])).toEqual({ as: 'skip' });
  });
});

describe('a mapping', () => {
  const given = { delimiter: ',' as const, header: ['a', 'b'] };
  const fault = (columns: ColumnUse[], more: object = {}) =>
    faultOfMapping(Mapping.parse({ ...given, columns, ...more }));
  const id: ColumnUse = { as: 'identifier', kind: 'registered' };
  const city: ColumnUse = { as: 'property', name: 'city', type: 'text' };

  it('needs an identifier and a place for every column', () => {
    expect(fault([id, city])).toBeNull();
    expect(fault([city, { as: 'skip' }])).toMatch(/at least one column that identifies/);
    expect(fault([id])).toMatch(/does not fit/);
  });

  it('names both columns that go to one place', () => {
    expect(fault([id, id])).toMatch(/^Columns 1 and 2 both go to the identifier registered/);
    expect(fault([{ as: 'skip' }, id, city, city], { header: ['a', 'b', 'c', 'd'] })).toMatch(
      /^Columns 3 and 4 both go to the property city/,
    );
  });

  it('needs a type for events, and has none for customers', () => {
    expect(fault([id, city], { kind: 'events' })).toMatch(/Name the type of the events/);
    expect(fault([id, city], { kind: 'events', eventType: 'visit' })).toBeNull();
    expect(fault([id, { as: 'type' }], { kind: 'events' })).toBeNull();
    expect(fault([id, { as: 'time' }])).toMatch(/belong to events/);
  });

  it('has at most 500 columns, and no name that could not be stored', () => {
    const many = Array.from({ length: 501 }, () => ({ as: 'skip' }));
    expect(Mapping.safeParse({ ...given, header: many.map(() => 'x'), columns: many }).success).toBe(false);
    expect(Mapping.safeParse({ ...given, header: ['a\0'], columns: [id] }).success).toBe(false);
    expect(Mapping.safeParse({ ...given, columns: [{ ...city, name: '\ud800' }] }).success).toBe(false);
  });
});

describe('reading a row', () => {
  const mapping = Mapping.parse({
    delimiter: ',',
    header: ['id', 'age', 'vip', 'born', 'note', 'x'],
    columns: [
      { as: 'identifier', kind: 'registered' },
      { as: 'property', name: 'age', type: 'number' },
      { as: 'property', name: 'vip', type: 'boolean' },
      { as: 'property', name: 'born', type: 'date' },
      { as: 'property', name: 'note', type: 'text' },
      { as: 'skip' },
    ],
  });
  const now = Date.parse('2026-06-01T00:00:00Z');
  const row = (...cells: string[]) => readRow(cells, mapping, now);

  it('converts by type and leaves out empty cells', () => {
    expect(row('7', '41.5', 'yes', '31.01.2026', ' as is ', 'no')).toEqual({
      identifiers: [{ kind: 'registered', value: '7' }],
      set: { age: 41.5, vip: true, born: '2026-01-31', note: ' as is ' },
      remove: [],
      event: null,
    });
    expect(row('7', '', ' ', '', '', '').set).toEqual({});
  });

  it.each([
    [['', '1', '', '', '', ''], 'has no identifier'],
    [['7', '1,5', '', '', '', ''], 'age: “1,5” is not a number (write 1234.5)'],
    [['7', '', 'perhaps', '', '', ''], 'vip: “perhaps” is neither true nor false'],
    [
      ['7', '', '', '2026-02-31', '', ''],
      'born: “2026-02-31” is not a date (write 2026-01-31 or 2026-01-31T08:00:00Z)',
    ],
    [['7\0', '', '', '', '', ''], 'id: has characters that cannot be stored'],
    [['7', '', '', '', 'x\0', ''], 'note: has characters that cannot be stored'],
    [['7', '1'], 'has 2 values where the header has 6'],
  ])('refuses %j: %s', (cells, message) => {
    expect(() => row(...cells)).toThrow(message);
  });
});

describe('reading a row of events', () => {
  const now = Date.parse('2026-06-01T00:00:00Z');
  const mapping = Mapping.parse({
    delimiter: ',',
    kind: 'events',
    eventType: 'visit',
    header: ['id', 'kind', 'at', 'total'],
    columns: [
      { as: 'identifier', kind: 'registered' },
      { as: 'type' },
      { as: 'time' },
      { as: 'property', name: 'total', type: 'number' },
    ],
  });
  const event = (...cells: string[]) => readRow(cells, mapping, now).event;

  it('takes type, time and properties, and changes no profile', () => {
    const row = readRow(['7', 'purchase', '2026-01-31T08:00:00Z', '5'], mapping, now);
    expect(row).toMatchObject({ identifiers: [{ value: '7' }], set: {}, remove: [] });
    expect(row.event).toEqual({ type: 'purchase', at: new Date('2026-01-31T08:00:00Z'), properties: { total: 5 } });
  });

  it('falls back to the type of the file and to the time of the upload', () => {
    expect(event('7', '', '', '')).toEqual({ type: 'visit', at: new Date(now), properties: {} });
  });

  it('reads unix seconds, and refuses what is no time or lies in the future', () => {
    expect(event('7', '', '1769846400', '')!.at).toEqual(new Date('2026-01-31T08:00:00Z'));
    expect(() => event('7', '', 'yesterday', '')).toThrow('at: “yesterday” is not a time');
    expect(() => event('7', '', '2027-01-01', '')).toThrow('at: lies more than a day in the future');
  });
});

describe('a value by its type', () => {
  const only = (type: ValueType, cell: string) =>
    readRow(
      ['1', cell],
      Mapping.parse({
        delimiter: ',',
        header: ['id', 'x'],
        columns: [
          { as: 'identifier', kind: 'registered' },
          { as: 'property', name: 'x', type },
        ],
      }),
      0,
    ).set.x;

  it('is stored as it is when it is text, a formula too', () => {
    expect(only('text', '=HYPERLINK("http://evil.test","x")')).toBe('=HYPERLINK("http://evil.test","x")');
    expect(only('text', "'+421 903")).toBe('+421 903');
  });

  it('is one e-mail address, never two', () => {
    expect(only('email', ' eva@example.com ')).toBe('eva@example.com');
    for (const cell of ['a@b.test,c@d.test', 'a@b.test;c@d.test', 'a@b.test c@d.test', 'Eva <a@b.test>', 'a@b'])
      expect(() => only('email', cell)).toThrow(/is not one e-mail address/);
  });

  it('is at most 16 kB', () => {
    expect(() => only('text', 'x'.repeat(20_000))).toThrow('x: is larger than 16 kB');
  });
});

describe('identifiers', () => {
  it('keep what a spreadsheet would take for a number', () => {
    const mapping = Mapping.parse({
      delimiter: ',',
      header: ['id'],
      columns: [{ as: 'identifier', kind: 'registered' }],
    });
    for (const value of ['1e5', '00123', '12345678901234567890'])
      expect(readRow([value], mapping, 0).identifiers).toEqual([{ kind: 'registered', value }]);
  });
});
