import { describe, expect, it } from 'vitest';
import { csvLine, readCsv, unguard } from '../../../lib/services/import-csv.ts';
import type { Delimiter } from '../../../lib/services/import-mapping.ts';

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

  it('takes carriage returns alone for ends of lines', async () => {
    expect(await records('id;n\r1;a\r2;b\r', ';')).toMatchObject([
      { cells: ['id', 'n'] },
      { cells: ['1', 'a'] },
      { cells: ['2', 'b'] },
    ]);
  });

  it('keeps characters whole that lie across chunks', async () => {
    expect((await records('id;name\n1;Žluťoučký kůň 日本\n', ';'))[1]!.cells).toEqual(['1', 'Žluťoučký kůň 日本']);
  });

  it('says at which line the file stops being CSV', async () => {
    await expect(records('id,n\n1,a\n2,"open\n3,c\n')).rejects.toThrow(
      /Line \d: a quote \("\) is opened and never closed/,
    );
    await expect(records(`id,n\n1,"${'x'.repeat(1_100_000)}\n`)).rejects.toThrow(/a row is larger than 1 MB/);
    await expect(records('id,n\n1,"a"b\n')).rejects.toThrow(/Line 2: text follows a closing quote/);
  });
});

describe('writing CSV', () => {
  it('quotes what needs it, and leaves numbers alone', () => {
    expect(csvLine(['plain', '-5', 12, 'a"b', 'c,d', 'two\nlines'])).toBe('plain,-5,12,"a""b","c,d","two\nlines"\r\n');
  });

  it.each([
    ['=1+1', `"'=1+1"`],
    ['-1+1', `"'-1+1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['+421 903', `"'+421 903"`],
    [' =1', `"' =1"`],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\0=1', `"'\0=1"`],
    ['＝1+1', `"'＝1+1"`],
    ['＠x', `"'＠x"`],
    ['|calc', `"'|calc"`],
    ['%0A=1', `"'%0A=1"`],
    [`=cmd|' /C calc'!A0`, `"'=cmd|' /C calc'!A0"`],
    ['=HYPERLINK("http://evil.test","x")', `"'=HYPERLINK(""http://evil.test"",""x"")"`],
  ])('disarms the formula %j, which is read back as it was', (cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`);
    expect(unguard(`'${cell}`)).toBe(cell);
    expect(unguard(cell)).toBe(cell);
  });

  it('keeps an apostrophe that guards nothing', () => {
    expect(unguard("'s-Hertogenbosch")).toBe("'s-Hertogenbosch");
  });
});
