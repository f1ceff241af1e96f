import { describe, expect, it } from 'vitest';
import { compileTemplate, findParameters, isTemplate, refuseParameter, render } from '@/lib/template';
import { outcome, rendered } from '../../support/template.ts';

const one = (source: string) => findParameters(source)[0]!;

describe('declarations', () => {
  it('a name alone is a one-line text', () => {
    expect(one('x [[ name ]] y')).toEqual({
      name: 'name',
      type: 'string',
      options: [],
      default: '',
      order: null,
      category: '',
    });
  });

  it.each(['string', 'text', 'number', 'boolean', 'color', 'date', 'time', 'datetime', 'image'])(
    'may be a %s',
    (type) => {
      expect(one(`[[ x : ${type} ]]`).type).toBe(type);
      expect(one(`[[x:${type}]]`).type).toBe(type);
    },
  );

  it('an enum has its choices, quoted or not', () => {
    expect(one('[[ size : enum(S, M, "X L") ]]')).toMatchObject({ type: 'enum', options: ['S', 'M', 'X L'] });
  });

  it('carries default, order and category', () => {
    expect(one('[[ rate : number = "5" | 2 | "Money" ]]')).toMatchObject({
      type: 'number',
      default: '5',
      order: 2,
      category: 'Money',
    });
    expect(one('[[ a = "b ]] c" ]]').default).toBe('b ]] c');
  });

  it('an unknown type is a text, and what follows it is kept as it is', () => {
    expect(one('[[ x : recommendation(foo) | whatever ]]')).toMatchObject({ name: 'x', type: 'string' });
    expect(rendered('a [[ x : metric ?? = "m" ]] b', {}, 'raw')).toBe('a m b');
  });

  it('one name is one parameter; the first that says more than its name counts', () => {
    expect(findParameters('[[ a ]] [[ a : number ]]', '[[ a : text ]]')).toMatchObject([{ name: 'a', type: 'number' }]);
  });

  it('are sorted by their order, then by first use', () => {
    expect(findParameters('[[ a ]] [[ b = "" | 2 ]] [[ c = "" | 1 ]] [[ d ]]').map(({ name }) => name)).toEqual([
      'c',
      'b',
      'a',
      'd',
    ]);
  });

  it.each([
    '[[ 1, 2 ]]',
    '[[1]]',
    '[[ "a" ]]',
    '[[]]',
    '[[ true ]]',
    '[[ null ]]',
    '[[ a, b ]]',
    '"to": [[',
    '[[ a\n]]',
  ])('JSON is not one: %s', (text) => {
    expect(findParameters(text)).toEqual([]);
    expect(rendered(text, {}, 'raw')).toBe(text);
  });

  it('a list of a list inside an expression is not one', () => {
    expect(findParameters('{{ [[a]] }}')).toEqual([]);
    expect(rendered('{{ [[a]] }}', { a: 1 }, 'raw')).toBe('[[1]]');
  });

  it('names may have letters of every script and hyphens', () => {
    expect(findParameters('[[ název ]] [[ first-name ]] [[ _x ]]').map(({ name }) => name)).toEqual([
      'název',
      'first-name',
      '_x',
    ]);
  });

  it('many brackets take no time', () => {
    const start = performance.now();
    findParameters('[['.repeat(50_000));
    findParameters('[[ a'.repeat(20_000));
    findParameters(`[[ a : ${'('.repeat(100_000)}`);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});

describe('values', () => {
  const put = (source: string, parameters: Record<string, string>, escape: 'raw' | 'json' = 'raw', context = {}) =>
    rendered(source, context, escape, parameters);

  it('stand where the parameter stands, in text and in expressions', () => {
    expect(put('Hi [[ who ]], {{ [[ who ]] | upper }}', { who: 'Eva' })).toBe('Hi Eva, EVA');
  });

  it('fall back to the default, and to nothing', () => {
    expect(put('[[ a = "x" ]]|[[ b ]]', {})).toBe('x|');
    expect(put('[[ a = "x" ]]', { a: '' })).toBe('x');
  });

  it('have the type that was declared', () => {
    expect(put('{{ [[ n : number ]] + 1 }}', { n: '4' })).toBe('5');
    expect(put('{% if [[ b : boolean ]] %}yes{% else %}no{% endif %}', { b: 'false' })).toBe('no');
    expect(put('{{ [[ d : datetime ]] | from_timestamp("%Y") }}', { d: '2026-11-24T08:30:00Z' })).toBe('2026');
  });

  it('are data, never template text', () => {
    expect(put('[[ a ]]', { a: '[[ b ]]' })).toBe('[[ b ]]');
    expect(put('{{ "[[ a ]]" }}', { a: '" ~ secret ~ "' }, 'raw', { secret: 'S' })).not.toContain('S');
  });

  it('are escaped for their place', () => {
    expect(put('{"a": "[[ a ]]", "b": [[ a ]]}', { a: 'q"' }, 'json')).toBe('{"a": "q\\"", "b": "q\\""}');
    expect(put('{"n": [[ n : number ]], "b": [[ b : boolean ]]}', { n: '5', b: 'true' }, 'json')).toBe(
      '{"n": 5, "b": true}',
    );
  });

  it('may hold Jinja, which is rendered in the same context and then is data', () => {
    expect(put('{"a": "[[ a ]]"}', { a: 'Dear {{ name }}' }, 'json', { name: 'E"' })).toBe('{"a": "Dear E\\""}');
    expect(put('[[ a ]]', { a: '{{ name }}' }, 'raw', { name: '{{ 7 * 7 }}' })).toBe('{{ 7 * 7 }}');
  });

  it('with Jinja do not see the variables of the template around them', () => {
    expect(put('{% set x = 1 %}[[ a ]]', { a: '{{ x }}' }, 'raw')).toBe('');
  });

  it('with a mistake name the parameter', () => {
    expect(() => put('x\n[[ a ]]', { a: '\n{{ nope.x }}' })).toThrow(
      expect.objectContaining({ template: 'Parameter a', line: 2, column: 4 }),
    );
    expect(() => put('[[ a ]]', { a: '{% if %}' })).toThrow(expect.objectContaining({ template: 'Parameter a' }));
  });

  it('count among what the template reads', () => {
    const template = compileTemplate('[[ a ]]', {
      name: 'T',
      escape: 'raw',
      parameters: { a: '{{ customer.email }}' },
    });
    expect([...template.reads.get('customer')!]).toEqual(['email']);
    expect(template.isStatic).toBe(false);
    expect(compileTemplate('[[ a ]]', { name: 'T', escape: 'raw', parameters: { a: 'x' } }).isStatic).toBe(true);
  });

  it('are known by the template that was compiled with them only', () => {
    const first = compileTemplate('[[ a ]]', { name: 'T', escape: 'raw', parameters: { a: '1' } });
    const second = compileTemplate('[[ a ]]', { name: 'T', escape: 'raw', parameters: { a: '2' } });
    expect([render(first, {}), render(second, {})]).toEqual(['1', '2']);
  });

  it('a name that is given a value is a parameter inside expressions too', () => {
    expect(outcome('{{ [[ a ]] }}', { a: 1 })).toBe('[[1]]');
    expect(put('{{ [[ a ]] }}', { a: 'x' })).toBe('x');
  });
});

describe('refusing values', () => {
  it.each([
    ['number', '5', null],
    ['number', '-1.5e3', null],
    ['number', 'five', 'must be a number'],
    ['boolean', 'true', null],
    ['boolean', 'yes', 'must be true or false'],
    ['color', '#1a7f37', null],
    ['color', 'green', 'must be a HEX colour such as #1a7f37'],
    ['date', '2026-11-24', null],
    ['date', '24.11.2026', 'must be a date such as 2026-11-24'],
    ['time', '08:30', null],
    ['time', '25:00', 'must be a time such as 08:30'],
    ['datetime', '2026-11-24T08:30', null],
    ['datetime', 'soon', 'must be a date and time such as 2026-11-24T08:30'],
    ['image', 'https://x.com/a.png', null],
    ['image', 'a.png', 'must be the address of an image'],
    ['string', 'anything', null],
  ] as const)('%s %s', (type, value, reason) => {
    expect(refuseParameter({ ...one('[[ x ]]'), type }, value)).toBe(reason);
  });

  it('an enum takes only its choices', () => {
    const size = one('[[ size : enum(S, M) ]]');
    expect(refuseParameter(size, 'M')).toBeNull();
    expect(refuseParameter(size, 'L')).toBe('must be one of S, M');
  });

  it('an empty value and one with Jinja are judged later', () => {
    expect(refuseParameter(one('[[ n : number ]]'), '')).toBeNull();
    expect(refuseParameter(one('[[ n : number ]]'), '{{ customer.n }}')).toBeNull();
    expect(isTemplate('a {{ b }}')).toBe(true);
    expect(isTemplate('a { b }')).toBe(false);
  });
});
