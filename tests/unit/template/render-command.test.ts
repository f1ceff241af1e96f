import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../../..');

/** Answers of the command to requests, one each. */
function ask(...requests: (object | string)[]): Record<string, unknown>[] {
  const input = requests.map((request) => (typeof request === 'string' ? request : JSON.stringify(request))).join('\n');
  const { stdout, status } = spawnSync('node', ['tools/render.ts'], {
    cwd: ROOT,
    input: `${input}\n`,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('npm run render', () => {
  it('answers each line with one line', () => {
    expect(
      ask(
        { source: 'Hi {{ customer.name }}', context: { customer: { name: 'Eva' } } },
        { source: '{{ x }} {{ y }}', context_json: '{"x": 1.0, "y": 12345678901234567890}', raw: true },
        { source: '{{ webhook.id }} {{ webhook(1).id }}', context: { __webhooks: [{ id: 1 }, { id: 2 }] } },
        { source: '{{ a.b.c }}', context: {} },
        { source: 'x\n{% if %}' },
      ),
    ).toEqual([
      { output: 'Hi Eva' },
      { output: '1.0 12345678901234567890' },
      { output: '2 1' },
      { error: { type: 'UndefinedError', message: "'a' is undefined", line: 1, column: 4 } },
      {
        error: {
          type: 'TemplateSyntaxError',
          message: "Expected an expression, got 'end of statement block'",
          line: 2,
          column: 7,
        },
      },
    ]);
  });

  it('escapes by format unless raw', () => {
    const source = '{"a": "{{ v }}"}';
    const context = { v: 'x"' };
    expect(
      ask(
        { source, context },
        { source, context, raw: true },
        { source: '<a>{{ v }}</a>', context },
        { source: 'q={{ v }}', context },
        { source: 'https://x.com/{{ v }}', context, format: 'url' },
      ).map(({ output }) => output),
    ).toEqual(['{"a": "x\\""}', '{"a": "x""}', '<a>x&#34;</a>', 'q=x"', 'https://x.com/x%22']);
  });

  it('renders Root and parameters', () => {
    expect(
      ask(
        { source: '[{% output customers separated by "," %}]', root: true, context: { customers: ['{"a":1}', '{}'] } },
        { source: '{"n": [[ n : number ]], "s": "[[ s ]]"}', parameters: { n: '5', s: 'a"' } },
      ),
    ).toEqual([{ output: '[{"a":1},{}]' }, { output: '{"n": 5, "s": "a\\""}' }]);
  });

  it('says what is wrong with a request, and goes on', () => {
    const [broken, noSource, badRaw, fine] = ask(
      'not json',
      { context: {} },
      { source: 'x', raw: 'yes' },
      { source: 'ok' },
    );
    expect(broken).toMatchObject({ error: { type: 'InputError' } });
    expect(noSource).toMatchObject({ error: { message: 'each line must be an object with a source' } });
    expect(badRaw).toMatchObject({ error: { message: 'raw must be true or false' } });
    expect(fine).toEqual({ output: 'ok' });
  });
});
