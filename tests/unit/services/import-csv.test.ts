import { describe, expect, it } from 'vitest';
import {
  csvLine,
  type Delimiter,
  guessDelimiter,
  guessType,
  guessUse,
  type Mapping,
  readCsv,
  readRow,
} from '../../../lib/services/import-csv.ts';

async function* bytes(text: string, size = 7) {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function records(text: string, delimiter: Delimiter = ',') {
  const found: { cells: string[]; line: number }[] = [];
  for await (const record of readCsv(bytes(text), delimiter)) found.push(record);
  return found;
}

describe('reading CSV', () => {
  it('tells the line of each record, over quoted newlines, empty lines and a byte order mark', async () => {
    expect(await records('\ufeffid,note\r\n1,"two\nlines"\r\n\r\n3,"say ""hi"""\r\n')).toEqual([
      { cells: ['id', 'note'], line: 1 },
      { cells: ['1', 'two\nlines'], line: 3 },
      { cells: ['3', 'say "hi"'], line: 5 },
    ]);
  });

  it('keeps characters whole that lie across chunks', async () => {
    expect((await records('id;name\n1;Žluťoučký kůň 日本\n', ';'))[1]!.cells).toEqual(['1', 'Žluťoučký kůň 日本']);
  });

  it('says at which line the file stops being CSV', async () => {
    await expect(records('id,n\n1,a\n2,"open\n3,c\n')).rejects.toThrow(
      /Line \d: a quote \("\) is opened and never closed/,
    );
    await expect(records('id,n\n1,"a"b\n')).rejects.toThrow(/Line 2: text follows a closing quote/);
  });
});

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

  it('takes customer_id for the hard identifier', () => {
    expect(guessUse('Customer ID', ['1'])).toEqual({ as: 'identifier', kind: 'registered' });
    expect(guessUse('cookie', ['x'])).toEqual({ as: 'identifier', kind: 'cookie' });
    expect(guessUse(' ', ['x'])).toEqual({ as: 'skip' });
  });
});

describe('reading a row', () => {
  const mapping: Mapping = {
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
  };
  const row = (...cells: string[]) => readRow(cells, mapping);

  it('converts by type and leaves out empty cells', () => {
    expect(row('7', '41.5', 'yes', '31.01.2026', ' as is ', 'no')).toEqual({
      identifiers: [{ kind: 'registered', value: '7' }],
      set: { age: 41.5, vip: true, born: '2026-01-31', note: ' as is ' },
      remove: [],
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
    [['7', '1'], 'has 2 values where the header has 6'],
  ])('refuses %j: %s', (cells, message) => {
    expect(() => row(...cells)).toThrow(message);
  });
});

describe('writing CSV', () => {
  it('disarms formulas, and leaves numbers alone', () => {
    expect(csvLine(['=1+1', '-5', '@x', '+421 903', 'a"b', 'c,d'])).toBe(`'=1+1,-5,'@x,'+421 903,"a""b","c,d"\r\n`);
  });

  it('is read back as it was', () => {
    const mapping: Mapping = {
      delimiter: ',',
      header: ['id', 'phone'],
      columns: [
        { as: 'identifier', kind: 'registered' },
        { as: 'property', name: 'phone', type: 'text' },
      ],
    };
    expect(readRow(['7', "'+421 903"], mapping).set).toEqual({ phone: '+421 903' });
  });
});
