import { describe, expect, it } from 'vitest';
import { splitBatch } from '../../../lib/core/split-batch.ts';
import { compileTemplate, renderRoot } from '../../../lib/template/index.ts';

/** Puts the Customer template, rendered `times` times, back into Root. */
function rejoin(value: unknown, times: number): unknown {
  const split = splitBatch(value)!;
  const root = compileTemplate(split.root, { name: 'Root', escape: 'json' });
  return JSON.parse(renderRoot(root, {}, Array(times).fill(split.customer)).join(''));
}

describe('a sample for many', () => {
  it('rendered with one customer for each entry is the sample again', () => {
    const message = { to: [{ number: '+421900000000' }], body: { content: 'It costs $1 & "more"' } };
    const sample = { messages: { authentication: { producttoken: 'x' }, msg: [message, message] } };
    expect(rejoin(sample, 2)).toEqual(sample);
  });

  it('may be a list itself', () => {
    expect(splitBatch([{ a: 1 }, { a: 2 }])).toMatchObject({ path: '', count: 2 });
    expect(rejoin([{ a: 1 }], 3)).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }]);
  });

  it('is divided at the least deep list, then at the longest', () => {
    expect(splitBatch({ deep: { list: [{ a: 1 }, { a: 2 }] }, list: [{ b: [{ c: 1 }] }] })?.path).toBe('list');
    expect(splitBatch({ short: [{ a: 1 }], long: [{ a: 1 }, { a: 2 }] })?.path).toBe('long');
  });

  it.each([
    ['no list', { a: 1 }],
    ['a list of texts', { tags: ['a', 'b'] }],
    [
      'objects that have little in common',
      {
        all: [
          { a: 1, b: 1, c: 1 },
          { a: 1, x: 1, y: 1 },
        ],
      },
    ],
    ['objects among other things', { all: [{ a: 1 }, null] }],
    ['an empty list', { all: [] }],
    ['empty objects', { all: [{}] }],
    ['plain text', 'x'],
  ])('is left whole when it has %s', (_what, value) => {
    expect(splitBatch(value)).toBeNull();
  });
});
