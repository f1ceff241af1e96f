import { describe, expect, it } from 'vitest';
import { isJson } from '../../../lib/engine/is-json.ts';

const says = (text: string): boolean => isJson(Buffer.from(text));
const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const RIGHT = [
  '{}',
  '[]',
  ' [ ] ',
  '{ }',
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-12.5e+10',
  '1E5',
  '1e-05',
  '""',
  '"\\u00e9\\n\\"\\\\\\/"',
  '"Žluťoučký 🐎"',
  '{"a":{"b":[1,{"c":null}]},"d":"x"}',
  '\t\r\n[1 , 2]\n',
  '[[[[[]]]],{}]',
  '{"__proto__":1,"":2}',
];
const WRONG = [
  '',
  ' ',
  '{',
  '[',
  ']',
  '}',
  '[}',
  '{]',
  '[1,]',
  '[,1]',
  '{"a":1,}',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{a:1}',
  "{'a':1}",
  '{"a":1 "b":2}',
  '[1 2]',
  '01',
  '-',
  '+1',
  '1.',
  '.5',
  '1e',
  '1e+',
  '-01',
  'NaN',
  'Infinity',
  'undefined',
  'True',
  'nul',
  'nulll',
  'tru',
  '"a',
  '"\n"',
  '"\\x"',
  '"\\u12g4"',
  '"\\u12"',
  '"\\',
  '1 1',
  '{} {}',
  '[] x',
  '\ufeff{}',
  '\u00a0{}',
  '[1\u000b]',
  'é',
  '{"a":1}}',
  '[[]',
  '// no\n1',
];

describe('whether bytes are JSON', () => {
  it.each([...RIGHT, ...WRONG])('is judged as JSON.parse does: %j', (text) => {
    expect(says(text)).toBe(parses(text));
  });

  it('has the right mixture of cases', () => {
    expect(RIGHT.filter(parses)).toEqual(RIGHT);
    expect(WRONG.filter(parses)).toEqual([]);
  });

  it('is judged as JSON.parse does for whatever one wrong byte makes of a document', () => {
    const document =
      '{"msg":[{"to":"+42190","n":-1.5e+3,"ok":true,"no":false,"x":null},{"é":"a\\u00e9\\n"}],"z":[0,{}]}';
    const letters = [...'{}[],:"\\ \n\t0123456789-+.eEtfnu/é\u0001x'];
    for (let at = 0; at <= document.length; at++)
      for (const letter of [...letters, '']) {
        const replaced = document.slice(0, at) + letter + document.slice(at + 1);
        const inserted = document.slice(0, at) + letter + document.slice(at);
        for (const text of [replaced, inserted, document.slice(0, at), document.slice(at)])
          if (says(text) !== parses(text)) expect.fail(`${JSON.stringify(text)}: ${says(text)}`);
      }
  });

  it('is judged as JSON.parse does for texts of random pieces', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.',
      'e',
      'null',
      'true',
      ' ',
      '\\u00e9',
      '\\',
    ];
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >> 8) % below;
    };
    let right = 0;
    for (let i = 0; i < 60_000; i++) {
      const text = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]).join('');
      if (says(text) !== parses(text)) expect.fail(`${JSON.stringify(text)}: ${says(text)}`);
      if (parses(text)) right++;
    }
    expect(right).toBeGreaterThan(500);
  });

  it('stands any depth', () => {
    const depth = 200_000;
    expect(says('['.repeat(depth) + ']'.repeat(depth))).toBe(true);
    expect(says('['.repeat(depth))).toBe(false);
    expect(says('{"a":'.repeat(depth))).toBe(false);
  });
});
