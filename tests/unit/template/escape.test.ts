import { describe, expect, it } from 'vitest';
import { compileTemplate, type Escape, renderRoot } from '@/lib/template';
import { fault, rendered } from '../../support/template.ts';

const json = (source: string, context: Record<string, unknown> = {}) => rendered(source, context, 'json');
const xml = (source: string, context: Record<string, unknown> = {}) => rendered(source, context, 'xml');
const url = (source: string, context: Record<string, unknown> = {}) => rendered(source, context, 'url');
const header = (source: string, context: Record<string, unknown> = {}) => rendered(source, context, 'header');
const EVIL = 'x","vip":true,"y":"';

describe('in a JSON payload', () => {
  it('a value inside quotes cannot leave them', () => {
    const text = json('{"name":"{{ v }}"}', { v: EVIL });
    expect(JSON.parse(text)).toEqual({ name: EVIL });
  });

  it.each([
    ['a quote', '"'],
    ['a backslash', '\\'],
    ['a backslash at the end', 'a\\'],
    ['a line break', 'a\nb\r\n'],
    ['control characters', '\u0000\u001f\u007f'],
    ['line separators', '\u2028\u2029'],
    ['a lone surrogate', 'a\ud800b'],
    ['an emoji', '🎉'],
    ['template marks', '{{ 7*7 }}{% if %}'],
    ['a closing script tag', '</script>'],
  ])('%s survives inside quotes', (_name, v) => {
    expect(JSON.parse(json('{"a": "{{ v }}"}', { v }))).toEqual({ a: v.toWellFormed() });
    expect(JSON.parse(json('{"a": "before {{ v }} after"}', { v }))).toEqual({ a: `before ${v.toWellFormed()} after` });
  });

  it.each([
    ['a text', 'a"b', 'a"b'],
    ['a number', 1.5, 1.5],
    ['a whole number', 7, 7],
    ['true', true, true],
    ['null', null, null],
    ['a list', [1, 'a"', null], [1, 'a"', null]],
    ['an object', { b: { c: '"' } }, { b: { c: '"' } }],
  ])('%s outside quotes is a JSON value', (_name, v, expected) => {
    expect(JSON.parse(json('{"a": {{ v }}}', { v }))).toEqual({ a: expected });
  });

  it('a missing value outside quotes is null, inside quotes empty', () => {
    expect(json('{"a": {{ nope }}, "b": "{{ nope }}"}')).toBe('{"a": null, "b": ""}');
  });

  it('numbers and truth inside quotes are written as Jinja does', () => {
    expect(json('"{{ 1.0 }} {{ true }} {{ none }} {{ 5 }}"')).toBe('"1.0 True None 5"');
  });

  it('keys are escaped like values', () => {
    expect(JSON.parse(json('{ {{ k }}: 1, "{{ k }}2": 2 }', { k: 'a"b' }))).toEqual({ 'a"b': 1, 'a"b2': 2 });
  });

  it('an escaped quote in the template does not end the string', () => {
    expect(JSON.parse(json('{"a": "say \\"{{ v }}\\"", "b": {{ v }}}', { v: '"' }))).toEqual({ a: 'say """', b: '"' });
  });

  it('the author’s own text is template, not a value', () => {
    expect(json('[{% for i in [1, 2] %}{{ i }}{{ "," if not loop.last }}{% endfor %}]')).toBe('[1,2]');
    expect(json('[1{{ ", " ~ "2" }}]')).toBe('[1, 2]');
  });

  it('a joiner’s separator is the author’s text too', () => {
    expect(json('[{% set c = joiner(", ") %}{% for i in [1, 2, 3] %}{{ c() }}{{ i }}{% endfor %}]')).toBe('[1, 2, 3]');
  });

  it('JSON that stands in for a missing value is JSON, other text a string', () => {
    expect(json('{"a": {{ x | default("null") }}, "b": {{ x | default("none yet") }}}')).toBe(
      '{"a": null, "b": "none yet"}',
    );
    expect(json('{"a": {{ x | default("[]") }}}', { x: 'a"' })).toBe('{"a": "a\\""}');
  });

  it('tojson is recognised outside quotes, and is text inside them', () => {
    expect(json('{"a": {{ v | tojson }}}', { v: { b: 'ž"' } })).toBe('{"a": {"b": "\\u017e\\""}}');
    const nested = json('{"a": "{{ v | tojson }}"}', { v: { b: '"' } });
    expect(JSON.parse(JSON.parse(nested).a)).toEqual({ b: '"' });
  });

  it('nothing is escaped twice', () => {
    expect(json('{"a": {{ v | to_json }}, "b": "{{ v | json_string }}"}', { v: 'a"b' })).toBe(
      '{"a": "a\\"b", "b": "a\\"b"}',
    );
    expect(JSON.parse(json('{"u": "https://x/?q={{ v | urlencode }}"}', { v: 'a "b' }))).toEqual({
      u: 'https://x/?q=a%20%22b',
    });
  });

  it('HTML escaping does not spare a string its JSON escaping', () => {
    expect(JSON.parse(json('{"a": "{{ v | e }}", "b": {{ v | e }}}', { v: '<\n"' }))).toEqual({
      a: '&lt;\n&#34;',
      b: '&lt;\n&#34;',
    });
  });

  it('safe opts out, inside and outside quotes', () => {
    expect(json('{{ v | safe }}|"{{ v | safe }}"', { v: '"' })).toBe('"|"""');
  });

  it('the state of quotes is followed through conditions and loops', () => {
    const source = '{"a": {% if x %}"{{ v }}"{% else %}{{ v }}{% endif %}, "b": "{% for i in l %}{{ i }}{% endfor %}"}';
    expect(JSON.parse(json(source, { x: true, v: '"', l: ['"', '\\'] }))).toEqual({ a: '"', b: '"\\' });
    expect(JSON.parse(json(source, { x: false, v: '"', l: [] }))).toEqual({ a: '"', b: '' });
  });

  it('a macro that writes JSON escapes inside, and is not escaped again', () => {
    const source = '{% macro field(k, v) %}"{{ k }}": {{ v }}{% endmacro %}{ {{ field("a", v) }}, {{ field(v, 1) }} }';
    expect(JSON.parse(json(source, { v: 'q"' }))).toEqual({ a: 'q"', 'q"': 1 });
  });

  it('a macro or block that writes plain text is escaped where it is used', () => {
    const source =
      '{% set hello %}Hello {{ v }}{% endset %}{% macro up(t) %}{{ t | upper }}!{% endmacro %}{"a": "{{ hello }}", "b": {{ up(v) }}}';
    expect(JSON.parse(json(source, { v: 'q"' }))).toEqual({ a: 'Hello q"', b: 'Q"!' });
  });

  it('a call block writes its piece for the place of the macro', () => {
    const source = '{% macro wrap() %}{"in": "{{ caller() }}"}{% endmacro %}{% call wrap() %}say {{ v }}{% endcall %}';
    expect(JSON.parse(json(source, { v: '"' }))).toEqual({ in: 'say "' });
  });

  it('a filter block is written as one value of its place', () => {
    expect(json('"{% filter upper %}a {{ v }}{% endfilter %}"', { v: '"' })).toBe('"A \\""');
  });
});

describe('in Root', () => {
  const root = (source: string, customers: string[], escape: Escape = 'json') =>
    renderRoot(compileTemplate(source, { name: 'Root', escape }), { total: 'a"b' }, customers);
  const PARTS = ['{"a":"\\""}', '{"b":2}'];

  it('rendered customers are inserted as they are, whatever inserts them', () => {
    const wanted = '[{"a":"\\""},{"b":2}]';
    expect(root('[{% output customers separated by "," %}]', PARTS).join('')).toBe(wanted);
    expect(root('[{{ customers | join(",") }}]', PARTS).join('')).toBe(wanted);
    expect(root('[{% for c in customers %}{{ c }}{{ "," if not loop.last }}{% endfor %}]', PARTS).join('')).toBe(
      wanted,
    );
    expect(root('[{{ customers[0] }},{{ customers | last }}]', PARTS).join('')).toBe(wanted);
  });

  it('other values are escaped as in every payload', () => {
    expect(root('{"t": "{{ total }}", "n": {{ customers | length }}}', PARTS).join('')).toBe('{"t": "a\\"b", "n": 2}');
  });

  it('from_json reads a customer’s fragment back', () => {
    expect(root('{% for c in customers %}{{ (c | from_json).b | default(0) }}{% endfor %}', PARTS).join('')).toBe('02');
  });

  it('the output tag gives each customer a piece of its own', () => {
    expect(root("[{% output customers separated by ',\\n ' %}]", PARTS)).toEqual([
      '[',
      PARTS[0],
      ',\n ',
      PARTS[1],
      ']',
    ]);
  });

  it('the output tag inside a loop or a macro still writes everything', () => {
    expect(
      root('{% macro all() %}[{% output customers separated by "," %}]{% endmacro %}{"m": {{ all() }}}', PARTS).join(
        '',
      ),
    ).toBe('{"m": [{"a":"\\""},{"b":2}]}');
  });

  it('the output tag escapes what is not a finished fragment', () => {
    expect(json('[{% output l separated by "," %}]', { l: ['a"', 1] })).toBe('["a\\"",1]');
  });

  it('without customers there is nothing between the brackets', () => {
    expect(root('[{% output customers separated by "," %}]', []).join('')).toBe('[]');
  });

  it('its output is limited as a whole', () => {
    const template = compileTemplate('{% output customers separated by "" %}', { name: 'Root', escape: 'json' });
    const limits = { steps: 1000, output: 10, timeMs: 1000 };
    expect(() => renderRoot(template, {}, ['123456', '78901'], limits)).toThrow('the output is too long');
  });
});

describe('in XML', () => {
  it('markup characters and both quotes are escaped', () => {
    expect(xml('<a b="{{ v }}">{{ v }}</a>', { v: `<&>"'` })).toBe(
      '<a b="&lt;&amp;&gt;&#34;&#39;">&lt;&amp;&gt;&#34;&#39;</a>',
    );
  });

  it('what XML cannot hold is left out', () => {
    expect(xml('{{ v }}', { v: 'a\u0000\u0008\u000b\ufffe\ud800b\t\n' })).toBe('ab\t\n');
    expect(xml('{{ v }}', { v: '🎉' })).toBe('🎉');
  });

  it('e is recognised, and safe opts out', () => {
    expect(xml('{{ v | e }}|{{ v | safe }}', { v: '<' })).toBe('&lt;|<');
  });

  it('JSON inside XML is escaped like any text', () => {
    expect(xml('<j>{{ v | tojson }}</j>', { v: { a: '"' } })).toBe('<j>{&#34;a&#34;: &#34;\\&#34;&#34;}</j>');
  });

  it('a macro that writes tags is finished, one that writes text is not', () => {
    expect(xml('{% macro b(t) %}<b>{{ t }}</b>{% endmacro %}{{ b(v) }}', { v: '<' })).toBe('<b>&lt;</b>');
    expect(xml('{% macro b(t) %}{{ t }}!{% endmacro %}{{ b(v) }}', { v: '<' })).toBe('&lt;!');
  });
});

describe('in a URL', () => {
  it('a value in path or query is percent-encoded as a whole', () => {
    expect(url('https://x.com/a/{{ v }}?q={{ v }}', { v: 'a/b?c&d=é #%' })).toBe(
      'https://x.com/a/a%2Fb%3Fc%26d%3D%C3%A9%20%23%25?q=a%2Fb%3Fc%26d%3D%C3%A9%20%23%25',
    );
  });

  it('a value cannot add a query, a fragment or a path step', () => {
    const { pathname, search, hash, hostname } = new URL(url('https://x.com/u/{{ v }}', { v: '../../admin?x=1#y' }));
    expect([hostname, pathname, search, hash]).toEqual(['x.com', '/u/..%2F..%2Fadmin%3Fx%3D1%23y', '', '']);
  });

  it('a value in the host may hold only what a host can', () => {
    expect(url('https://{{ v }}.example.com/', { v: 'eu-1' })).toBe('https://eu-1.example.com/');
    expect(url('https://{{ v }}/x', { v: 'evil.com/a@b' })).toBe('https://evil.com%2Fa%40b/x');
  });

  it('a value that begins the URL is the URL', () => {
    expect(url('{{ base }}/x?y={{ v }}', { base: 'https://x.com/api', v: '&' })).toBe('https://x.com/api/x?y=%26');
  });

  it('urlencode is recognised, and safe opts out', () => {
    expect(url('https://x.com/?a={{ v | urlencode }}&b={{ v | safe }}', { v: 'a b' })).toBe(
      'https://x.com/?a=a%20b&b=a b',
    );
  });

  it('the characters that encodeURIComponent leaves are encoded too', () => {
    expect(url('https://x.com/{{ v }}', { v: "!'()*" })).toBe('https://x.com/%21%27%28%29%2A');
  });
});

describe('in a header', () => {
  it('printable ASCII passes', () => {
    expect(header('Bearer {{ v }}', { v: 'abc-~ 123\t' })).toBe('Bearer abc-~ 123\t');
  });

  it.each([
    ['a line break', 'a\r\nX-Evil: 1'],
    ['a NUL', 'a\u0000'],
    ['a letter outside ASCII', 'Nová'],
    ['an emoji', '🎉'],
  ])('%s is refused with the place', (_name, v) => {
    const error = fault('X {{ v }}', { v }, 'header');
    expect([error.type, error.line, error.column]).toEqual(['EscapeError', 1, 3]);
    expect(error.message).toContain('cannot carry');
  });
});

describe('raw and text', () => {
  it.each(['raw', 'text'] as const)('%s writes values as Jinja does', (escape) => {
    expect(rendered('"{{ v }}" {{ v | e }} {{ none }} {{ nope }}', { v: '"<' }, escape)).toBe('""<" &#34;&lt; None ');
  });
});
