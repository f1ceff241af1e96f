import crypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { compileExpression, compileTemplate, decide, evaluate, isTruthy, readJson, webhookValue } from '@/lib/template';
import { fault, outcome, raw } from '../../support/template.ts';

const TEXTS = [
  '',
  'a',
  'abc',
  'Nová 🎉',
  'x'.repeat(55),
  'x'.repeat(56),
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(111),
  'x'.repeat(112),
  'x'.repeat(1000),
];

describe('digests', () => {
  it.each(['md5', 'sha1', 'sha256', 'sha512'])('%s agrees with Node for texts of every padding', (name) => {
    for (const text of TEXTS)
      expect(raw(`{{ text | ${name} }}`, { text })).toBe(crypto.createHash(name).update(text).digest('hex'));
  });

  it.each(['sha1', 'sha256', 'sha512'])('hmac_%s agrees with Node, for short and long keys', (name) => {
    for (const text of TEXTS)
      for (const key of ['', 'k', 'k'.repeat(64), 'k'.repeat(65), 'k'.repeat(200), 'žluťoučký'])
        expect(raw(`{{ text | hmac_${name}(key) }}`, { text, key })).toBe(
          crypto.createHmac(name, key).update(text).digest('hex'),
        );
  });

  it('take numbers as their text', () => {
    expect(raw('{{ 5 | md5 }}')).toBe(raw('{{ "5" | md5 }}'));
  });

  it('of a missing value are a fault: they would look like digests of something', () => {
    expect(fault('{{ nope | sha256 }}').type).toBe('UndefinedError');
    expect(fault('{{ "a" | hmac_sha256 }}').message).toContain("'key'");
  });
});

describe('base64', () => {
  it.each(['', 'a', 'ab', 'abc', 'Nová 🎉', 'user:secret'])('of "%s" goes there and back', (text) => {
    const encoded = Buffer.from(text).toString('base64');
    expect(raw('{{ text | b64encode }}', { text })).toBe(encoded);
    expect(raw('{{ text | b64decode }}', { text: encoded })).toBe(text);
    expect(raw('{{ text | b64decode }}', { text: Buffer.from(text).toString('base64url') })).toBe(text);
  });

  it('that is none is a fault', () => {
    expect(fault('{{ "a!b" | b64decode }}').message).toBe('the text is not valid base64');
    expect(fault('{{ "abcde" | b64decode }}').type).toBe('ValueError');
  });
});

describe('JSON', () => {
  it.each([
    ['1', '1'],
    ['1.0', '1.0'],
    ['1e3', '1000.0'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['12345678901234567890', '12345678901234567890'],
    ['0.1', '0.1'],
    ['true', 'True'],
    ['null', 'None'],
    ['"a\\u00e9\\n"', 'aé\n'],
    ['[1, 1.0, "x", []]', "[1, 1.0, 'x', []]"],
    ['{"b": 1, "a": {"c": null}}', "{'b': 1, 'a': {'c': None}}"],
    ['{"10": 1, "9": 2}', "{'10': 1, '9': 2}"],
    ['  [ ]  ', '[]'],
    ['NaN', 'nan'],
    ['{"a": 1, "a": 2}', "{'a': 2}"],
  ])('%s is read as Python reads it', (text, shown) => {
    expect(raw('{{ text | from_json }}', { text })).toBe(shown);
  });

  it.each([
    ['', 'Expecting value: line 1 column 1 (char 0)'],
    ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
    ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
    ['"a\nb"', 'Invalid control character at: line 1 column 3 (char 2)'],
    ['"\\x"', 'Invalid \\escape: line 1 column 2 (char 1)'],
    ['1\n2', 'Extra data: line 2 column 1 (char 2)'],
    ["{'a': 1}", 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ])('%s is refused in Python’s words', (text, message) => {
    expect(fault('{{ text | from_json }}', { text })).toMatchObject({ type: 'JSONDecodeError', message });
  });

  it('nested without end is refused, not a crash', () => {
    expect(fault('{{ text | from_json }}', { text: '['.repeat(100_000) }).type).toMatch(
      /JSONDecodeError|RecursionError/,
    );
    expect(() => readJson('[1.0'.repeat(5000))).toThrow();
  });

  it('a key called __proto__ is data', () => {
    const value = readJson('{"__proto__": {"x": 1.0}}') as Record<string, unknown>;
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('to_json keeps order and letters, and writes nothing twice', () => {
    expect(raw('{{ v | to_json }}', { v: { b: 'ž"', a: [1.5, null, true] } })).toBe('{"b":"ž\\"","a":[1.5,null,true]}');
    expect(raw('{{ nope | to_json }}')).toBe('null');
    expect(raw('{{ 1.0 | to_json }}')).toBe('1.0');
  });

  it('json_string is the inside of a string', () => {
    expect(raw('"{{ v | json_string }}"', { v: 'a"\\\n\u0001' })).toBe('"a\\"\\\\\\n\\u0001"');
  });

  it('what contains itself has no JSON', () => {
    expect(fault('{% set l = [] %}{% set _ = l.append(l) %}{{ l | tojson }}').message).toBe(
      'Circular reference detected',
    );
  });
});

describe('times', () => {
  const AT = Date.UTC(2026, 10, 24, 8, 5, 9) / 1000;

  it.each([
    ['%Y-%m-%d', '2026-11-24'],
    ['%d.%m.%y', '24.11.26'],
    ['%H:%M:%S', '08:05:09'],
    ['%I:%M %p', '08:05 AM'],
    ['%A %a %B %b', 'Tuesday Tue November Nov'],
    ['%j %u %w', '328 2 2'],
    ['%F %T %D %R', '2026-11-24 08:05:09 11/24/26 08:05'],
    ['%e|%%|%Z|%z|%s', `24|%|UTC|+0000|${AT}`],
    ['%f', '000000'],
    ['%c', 'Tue Nov 24 08:05:09 2026'],
    ['%Q ü', '%Q ü'],
  ])('%s', (format, shown) => {
    expect(raw('{{ at | from_timestamp(format) }}', { at: AT, format })).toBe(shown);
  });

  it('may be given as a number, its text, or ISO 8601', () => {
    for (const at of [
      AT,
      String(AT),
      '2026-11-24T08:05:09Z',
      '2026-11-24 08:05:09',
      '2026-11-24T09:05:09+01:00',
      '2026-11-24T03:05:09-0500',
    ])
      expect(raw('{{ at | to_timestamp }}', { at })).toBe(String(AT));
    expect(raw('{{ "2026-11-24" | to_timestamp }}')).toBe(String(Date.UTC(2026, 10, 24) / 1000));
    expect(raw('{{ "2026-11-24T08:05:09.5Z" | to_timestamp }}')).toBe(`${AT}.5`);
  });

  it('fractions of a second are kept', () => {
    expect(raw('{{ 1.25 | from_timestamp("%S.%f") }}')).toBe('01.250000');
    expect(raw('{{ 0 | to_iso }} {{ 1.5 | to_iso }}')).toBe('1970-01-01T00:00:00Z 1970-01-01T00:00:01.500Z');
  });

  it('days can be added and taken away', () => {
    expect(raw('{{ "2026-02-27" | add_days(2) | to_iso }}')).toBe('2026-03-01T00:00:00Z');
    expect(raw('{{ "2026-03-01" | add_days(-1) | from_timestamp("%d") }}')).toBe('28');
  });

  it.each(['soon', '2026-13-01', '2026-02-30', '24.11.2026', '2026-11-24T25:00'])('%s is refused', (at) => {
    expect(fault('{{ at | to_iso }}', { at }).type).toBe('ValueError');
  });

  it('a missing one is a fault with its name', () => {
    expect(fault('{{ customer.born | from_timestamp }}', { customer: {} }).message).toBe(
      "'dict object' has no attribute 'born'",
    );
    expect(fault('{{ [] | to_iso }}').type).toBe('TypeError');
    expect(fault('{{ 1e20 | to_iso }}').type).toBe('ValueError');
  });
});

describe('webhook', () => {
  const answer = (data: unknown, more = {}) => ({
    name: 'CRM',
    data,
    isText: false,
    statusCode: 200,
    success: true,
    ...more,
  });
  const first = answer({ id: 1, status: 'old' }, { name: 'Score' });
  const last = answer({ id: 2, nested: { a: [10, 20] }, data: 'own', items: [1] });
  const context = { webhook: webhookValue([first, last]) };

  it.each([
    ['{{ webhook.id }}', '2'],
    ['{{ webhook["id"] }}', '2'],
    ['{{ webhook(1).id }} {{ webhook(2).id }}', '1 2'],
    ['{{ webhook("Score").status }}', 'old'],
    ['{{ webhook().id }}', '2'],
    ['{{ webhook.nested.a[1] }}', '20'],
    ['{{ webhook.data }}', 'own'],
    ['{{ webhook(1).data.status }}', 'old'],
    ['{{ webhook.status_code }} {{ webhook.success }}', '200 True'],
    ['{{ webhook.nope }}|{{ webhook.nope | default("d") }}', '|d'],
    ['{{ webhook.items }}', '[1]'],
    ['{{ webhook is callable }} {{ webhook is defined }} {{ webhook(9) is defined }}', 'True True False'],
    ['{% if webhook.id > 1 %}yes{% endif %}', 'yes'],
  ])('%s', (source, shown) => {
    expect(raw(source, context)).toBe(shown);
  });

  it('a text response is its data', () => {
    const text = {
      webhook: webhookValue([answer('plain {"id": 1}', { isText: true, statusCode: 404, success: false })]),
    };
    expect(raw('{{ webhook.data }}|{{ webhook.id }}|{{ webhook.status_code }}|{{ webhook.success }}', text)).toBe(
      'plain {"id": 1}||404|False',
    );
  });

  it('a list response is read by its numbers', () => {
    expect(
      raw('{{ webhook[1].a }} {{ webhook[-1].a }}', { webhook: webhookValue([answer([{ a: 1 }, { a: 2 }])]) }),
    ).toBe('2 2');
  });

  it('what is not there is undefined, and complains when more is asked of it', () => {
    expect(outcome('{{ webhook(3).id }}', context)).toBe('UndefinedError: there is no such webhook before this place');
    expect(outcome('{{ webhook(0).id }}', context)).toContain('UndefinedError');
    expect(outcome('{{ webhook("Nope").id }}', context)).toContain('UndefinedError');
    expect(raw('{{ webhook.id }}|{{ webhook(1) is defined }}', { webhook: webhookValue([]) })).toBe('|False');
    expect(fault('{{ webhook([]) }}', context).type).toBe('TypeError');
  });

  it('a null field is none', () => {
    expect(raw('{{ webhook.a }} {{ webhook.a is none }}', { webhook: webhookValue([answer({ a: null })]) })).toBe(
      'None True',
    );
  });

  it('inherited names of the response are not there', () => {
    expect(raw('{{ webhook.constructor }}{{ webhook.__proto__ }}{{ webhook.toString }}', context)).toBe('');
  });
});

describe('expressions', () => {
  const value = (source: string, context = {}) => evaluate(compileExpression(source, { name: 'Value' }), context);

  it.each([
    ['1 + 1', 2],
    ['{{ 1 + 1 }}', 2],
    ['  {{ "a" ~ 1 }}  ', 'a1'],
    ['1.0', 1],
    ['nope', null],
    ['none', null],
    ['[1, (2, 3), {"a": none}]', [1, [2, 3], { a: null }]],
    ['range(3)', [0, 1, 2]],
    ['{"a": 1}.items()', [['a', 1]]],
    ['["a"] | map("upper")', ['A']],
    ['10 ** 20', 1e20],
    ['"<" | e', '&lt;'],
    ['range', null],
    ['"{{ x }}"', '{{ x }}'],
  ])('%s keeps its type', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  it('decide in Python’s sense', () => {
    const yes = (source: string, context = {}) => decide(compileExpression(source, { name: 'If' }), context);
    expect([yes('[]'), yes('[0]'), yes('""'), yes('"0"'), yes('nope'), yes('0.0'), yes('{}')]).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(yes('customer.n > 3 and "a" in customer.tags', { customer: { n: 4, tags: ['a'] } })).toBe(true);
    expect([isTruthy(null), isTruthy('a'), isTruthy([])]).toEqual([false, true, false]);
  });

  it('say where they are wrong', () => {
    expect(() => compileExpression('a b', { name: 'Condition' })).toThrow(
      expect.objectContaining({ template: 'Condition', line: 1, column: 3 }),
    );
    expect(() => compileExpression('', { name: 'Condition' })).toThrow();
    expect(() => compileExpression('{{ a }} {{ b }}', { name: 'Condition' })).toThrow();
    expect(() => value('\n  x.y.z')).toThrow(expect.objectContaining({ line: 2, column: 3 }));
  });

  it('know what they read', () => {
    const { reads } = compileExpression('customer.a > event["b c"] and time', { name: 'If' });
    expect([...reads].map(([root, steps]) => [root, [...steps]])).toEqual([
      ['customer', ['a']],
      ['event', ['b c']],
      ['time', ['*']],
    ]);
  });
});

describe('a compiled template', () => {
  it('is made once for a source and its options', () => {
    const options = { name: 'T', escape: 'raw' } as const;
    expect(compileTemplate('{{ a }}', options)).toBe(compileTemplate('{{ a }}', { ...options }));
    expect(compileTemplate('{{ a }}', options)).not.toBe(compileTemplate('{{ a }}', { ...options, escape: 'json' }));
  });

  it('says whether everybody gets the same', () => {
    const isStatic = (source: string) => compileTemplate(source, { name: 'T', escape: 'raw' }).isStatic;
    expect(isStatic('text {{ 1 + 1 }} {% for i in range(2) %}{{ i }}{% endfor %}')).toBe(true);
    expect(isStatic('{{ customer }}')).toBe(false);
    expect(isStatic('{{ [1, 2] | random }}')).toBe(false);
    expect(isStatic('{{ lipsum() }}')).toBe(false);
  });

  it('has errors with template, line, column and excerpt', () => {
    const error = fault('first\n  say {{ customer.name.first }} now', { customer: {} });
    expect(error).toMatchObject({
      template: 'Test',
      line: 2,
      column: 10,
      excerpt: '  say {{ customer.name.first }} now',
      message: "'dict object' has no attribute 'name'",
    });
  });

  it('shortens an excerpt around its place', () => {
    const { excerpt } = fault(`${'x'.repeat(500)}{{ a.b }}${'y'.repeat(500)}`);
    expect(excerpt.length).toBeLessThan(130);
    expect(excerpt).toContain('{{ a.b }}');
  });
});
