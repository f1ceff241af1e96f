import { describe, expect, it } from 'vitest';
import { type AnalyseOptions, analyse, type Known, type Problem } from '@/lib/template/analyse';

const known: Known = {
  roots: {
    customer: [
      { name: 'email', type: 'string', example: 'eva@example.com' },
      { name: 'first_name' },
      { name: 'address.city' },
      { name: 'two words' },
    ],
    event: null,
    params: null,
    project: null,
    scenario: null,
    action: null,
    time: null,
  },
  webhooks: [
    { position: 1, name: 'CRM', fields: [{ name: 'id' }, { name: 'items' }] },
    { position: 2, name: 'Score', fields: null },
  ],
};

const problems = (source: string, options: AnalyseOptions = {}) => analyse(source, { known, ...options }).problems;
const codes = (source: string, options: AnalyseOptions = {}) => problems(source, options).map(({ code }) => code);
const mended = (source: string, { fix }: Problem) => source.slice(0, fix!.from) + fix!.text + source.slice(fix!.to);

describe('mistakes of syntax', () => {
  it.each([
    ['{{ a b }}', 1, 6, "Expected token 'end of print statement', got 'b'."],
    ['x\n{{ a', 2, 4, "Unexpected end of template, expected 'end of print statement'."],
    ['{% if %}{% endif %}', 1, 7, "Expected an expression, got 'end of statement block'."],
    ['{% bogus %}', 1, 4, "Encountered unknown tag 'bogus'."],
    ['{{ a ? 1 }}', 1, 6, "Unexpected char '?' at 5."],
    ['{# never closed', 1, 1, 'Missing end of comment tag.'],
    ['{% raw %}x', 1, 1, 'Missing end of raw directive.'],
    ['{{ (1 }}', 1, 7, "Unexpected '}', expected ')'."],
  ])('%s', (source, line, column, message) => {
    const [first, ...rest] = analyse(source).problems;
    expect(first).toMatchObject({ severity: 'error', code: 'syntax', line, column, message });
    expect(rest).toEqual([]);
  });

  it('several are reported in one go', () => {
    const found = analyse('{{ a b }}\n{{ c | }}\n{{ "x }}\n{% nope %}\n{{ fine }}').problems;
    expect(found.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  it('a wrong head does not make the end tag a second mistake', () => {
    expect(analyse('{% if a = %}x{% else %}y{% endif %}{% for in %}z{% endfor %}').problems).toHaveLength(2);
    expect(analyse('{% if a ? b %}x{% endif %}').problems).toHaveLength(1);
    expect(analyse('{% for x in ( %}{{ x }}{% endfor %}').problems).toHaveLength(1);
  });

  it('what stands after a mistake is still looked at', () => {
    expect(codes('{{ a b }} {{ customer.emial }}')).toEqual(['syntax', 'unknown-attribute']);
  });

  it('blocks that are never closed are told once', () => {
    expect(analyse('{% if a %}{% for b in c %}x').problems).toHaveLength(1);
    expect(analyse('{% macro f() %}').problems[0]!.message).toContain("'endmacro'");
  });

  it('never throws, whatever it is given', () => {
    for (const source of [
      '',
      '{',
      '{{',
      '}}',
      '{%',
      '[[',
      '{{ [[',
      '\u0000',
      '{{ "',
      '{%-%}',
      '{{-}}',
      '{% set %}{% endset %}',
      'x'.repeat(300_000),
      '{{ '.repeat(5000),
      '('.repeat(5000),
      `{{ ${'('.repeat(5000)}`,
    ])
      expect(Array.isArray(analyse(source, { known, escape: 'raw', format: 'json' }).problems)).toBe(true);
  });

  it('a bare expression is judged as one', () => {
    expect(codes('customer.email == "a"', { isExpression: true })).toEqual([]);
    expect(problems('customer.emial >', { isExpression: true })[0]).toMatchObject({ code: 'syntax', line: 1 });
    expect(problems('customer.emial == 1', { isExpression: true })[0]).toMatchObject({ from: 9, to: 14 });
  });
});

describe('filters and tests', () => {
  it('an unknown filter is told with the one that was probably meant, and a fix', () => {
    const source = '{{ customer.email | uper }}';
    const [problem] = problems(source);
    expect(problem).toMatchObject({
      severity: 'error',
      code: 'unknown-filter',
      message: 'There is no filter "uper". Did you mean "upper"?',
      column: 21,
      endColumn: 25,
    });
    expect(mended(source, problem!)).toBe('{{ customer.email | upper }}');
  });

  it('an unknown test as well', () => {
    const source = '{% if customer.email is defned %}x{% endif %}';
    expect(problems(source)[0]).toMatchObject({ code: 'unknown-test' });
    expect(mended(source, problems(source)[0]!)).toContain('is defined');
  });

  it('without a likely word there is no guess', () => {
    expect(problems('{{ customer.email | qqqqqq }}')[0]!.message).toBe('There is no filter "qqqqqq".');
    expect(problems('{{ customer.email | qqqqqq }}')[0]!.fix).toBeUndefined();
  });

  it.each([
    '{% filter uper %}x{% endfilter %}',
    '{% set a | uper %}x{% endset %}',
    '{% for x in [1] | uper %}{% endfor %}',
    '{% if 1 %}{{ 1 | uper }}{% endif %}',
    '{% macro f(a=(1 | uper)) %}{% endmacro %}',
    '{{ f(1, b=[{"x": (1 | uper)}]) }}',
  ])('are found wherever they stand: %s', (source) => {
    expect(analyse(source).problems.map(({ code }) => code)).toEqual(['unknown-filter']);
  });

  it('arguments that do not fit are told', () => {
    expect(problems('{{ customer.email | truncate(1, 2, 3, 4, 5) }}')[0]).toMatchObject({ code: 'wrong-arguments' });
    expect(problems('{{ customer.email | replace("a") }}')[0]!.message).toContain("'new'");
    expect(problems('{{ customer.email | truncate(lenght=5) }}')[0]!.message).toContain("'lenght'");
    expect(codes('{{ customer.email | truncate(length=5, end="") | default(*a) }}')).toEqual(['unknown-name']);
  });
});

describe('names', () => {
  it('an unknown attribute is told with the one that was probably meant, and a fix', () => {
    const source = 'x\n  {{ customer.emial }}';
    const [problem] = problems(source);
    expect(problem).toMatchObject({
      severity: 'warning',
      code: 'unknown-attribute',
      message: 'No customer is known to have "emial". Did you mean "email"?',
      line: 2,
      column: 15,
      endColumn: 20,
    });
    expect(mended(source, problem!)).toBe('x\n  {{ customer.email }}');
  });

  it('in brackets too', () => {
    const source = "{{ customer['two wrods'] }}";
    expect(mended(source, problems(source)[0]!)).toBe("{{ customer['two words'] }}");
  });

  it.each([
    '{{ customer.email }}',
    '{{ customer.address.city }}',
    '{{ customer["two words"] }}',
    '{{ customer.items() }}',
    '{{ customer.get("x") }}',
    '{{ event.anything }}',
    '{{ time }}',
    '{{ range(3) }}',
    '{{ customer }}',
  ])('known ones pass: %s', (source) => {
    expect(problems(source)).toEqual([]);
  });

  it.each([
    '{% set x = 1 %}{{ x }}',
    '{% for x in [1] %}{{ x }}{{ loop.index }}{% endfor %}',
    '{% macro f(x) %}{{ x }}{{ varargs }}{% endmacro %}{{ f(1) }}',
    '{% with x = 1 %}{{ x }}{% endwith %}',
    '{% set x %}a{% endset %}{{ x }}',
    '{% macro f() %}{{ caller() }}{% endmacro %}{% call f() %}x{% endcall %}',
  ])('names of the template itself pass: %s', (source) => {
    expect(problems(source)).toEqual([]);
  });

  it('a name that is nowhere is told', () => {
    const source = '{{ custmer.email }}';
    expect(problems(source)[0]).toMatchObject({ code: 'unknown-name', severity: 'warning' });
    expect(mended(source, problems(source)[0]!)).toBe('{{ customer.email }}');
    expect(codes('{% for x in [1] %}{% endfor %}{{ x }}')).toEqual(['unknown-name']);
  });

  it('customers belongs to Root, customer does not', () => {
    expect(problems('{{ customers | length }}')[0]!.message).toContain('only in the Root template');
    const root: Known = { ...known, roots: { customers: null, project: null } };
    expect(analyse('{{ customer.email }}', { known: root }).problems[0]!.message).toContain('is not there in Root');
    expect(analyse('{% output customers separated by "," %}', { known: root }).problems).toEqual([]);
  });

  it('event needs a trigger on an event', () => {
    const { event: _event, ...roots } = known.roots;
    expect(analyse('{{ event.x }}', { known: { ...known, roots } }).problems[0]!.message).toContain(
      'no trigger before this node',
    );
  });

  it('without knowledge nothing is checked', () => {
    expect(analyse('{{ whatever.x }}').problems).toEqual([]);
    expect(analyse('{{ customer.x }}', { known: { roots: { customer: null }, webhooks: null } }).problems).toEqual([]);
    expect(analyse('{{ customer.x }}', { known: { roots: { customer: [] }, webhooks: null } }).problems).toEqual([]);
  });
});

describe('webhooks', () => {
  it('only those on the path can be read', () => {
    expect(problems('{{ webhook(3).id }}')[0]).toMatchObject({ severity: 'error', code: 'webhook-out-of-path' });
    expect(codes('{{ webhook(1).id }}{{ webhook(2).anything }}{{ webhook.anything }}{{ webhook("CRM").id }}')).toEqual(
      [],
    );
    expect(problems('{{ webhook("CRN").id }}')[0]!.message).toContain('Did you mean "CRM"?');
    expect(analyse('{{ webhook.id }}', { known: { ...known, webhooks: [] } }).problems[0]!.message).toContain(
      'no webhook before this one',
    );
  });

  it('their fields are checked where a response is known', () => {
    expect(problems('{{ webhook(1).idd }}')[0]).toMatchObject({ code: 'unknown-attribute' });
    expect(codes('{{ webhook(1).status_code }}{{ webhook(1).data }}{{ webhook(1).success }}')).toEqual([]);
  });

  it('a number that is worked out is not judged', () => {
    expect(codes('{% set n = 1 %}{{ webhook(n).id }}')).toEqual([]);
  });
});

describe('values in a format', () => {
  const raw: AnalyseOptions = { escape: 'raw', format: 'json' };

  it('an unescaped value that is a whole JSON string becomes tojson', () => {
    const source = '{"a": "{{ customer.email }}"}';
    const [problem] = problems(source, raw);
    expect(problem).toMatchObject({ code: 'unescaped', severity: 'warning' });
    expect(mended(source, problem!)).toBe('{"a": {{ customer.email | tojson }}}');
  });

  it('one among other text becomes json_string, in brackets where it needs them', () => {
    const source = '"Hi {{ customer.first_name or "you" }}!"';
    expect(mended(source, problems(source, raw)[0]!)).toBe('"Hi {{ (customer.first_name or "you") | json_string }}!"');
  });

  it.each([
    '{{ customer.email }}',
    '{"a": {{ customer.email | tojson }}}',
    '"{{ customer.email | json_string }}"',
    '"{{ customer.email | length }}"',
    '"{{ 5 }}{{ "plain" }}{{ customer.email == 1 }}"',
    '"{% for x in [1] %}{{ loop.index }}{% endfor %}"',
    '"{{ customer.email | sha256 }}{{ time }}"',
    '"[[ a ]]"',
  ])('no advice where nothing can break: %s', (source) => {
    expect(codes(source, raw)).toEqual([]);
  });

  it('the place of quotes is followed through tags', () => {
    expect(
      codes('{% if customer.email %}"{{ customer.email }}"{% else %}{{ customer.email }}{% endif %}', raw),
    ).toEqual(['unescaped']);
    expect(codes('"{% for x in [1] %}{{ customer.email }}{% endfor %}"', raw)).toEqual(['unescaped']);
  });

  it('escaping by format makes the advice needless', () => {
    expect(codes('"{{ customer.email }}"', { escape: 'json', format: 'json' })).toEqual([]);
  });

  it('XML gets e', () => {
    const source = '<a>{{ customer.email }}</a>';
    expect(mended(source, problems(source, { escape: 'raw', format: 'xml' })[0]!)).toBe(
      '<a>{{ customer.email | e }}</a>',
    );
    expect(codes('<a>{{ customer.email | e }}</a>', { escape: 'raw', format: 'xml' })).toEqual([]);
  });

  it('safe is shown where values are escaped', () => {
    expect(codes('"{{ customer.email | safe }}"', { escape: 'json' })).toEqual(['safe']);
    expect(codes('"{{ customer.email | safe }}"', { escape: 'raw' })).toEqual([]);
  });

  it('tags that need other templates are refused', () => {
    expect(codes('{% include "x" %}{% extends "y" %}{% import "a" as b %}{% from "a" import b %}')).toEqual([
      'no-loader',
      'no-loader',
      'no-loader',
      'no-loader',
    ]);
  });
});

describe('reads', () => {
  const reads = (source: string) =>
    analyse(source).reads.map(({ root, path, call }) => [root, ...path, ...(call ? [call] : [])]);

  it('are the places where something comes from the context', () => {
    expect(reads('{{ customer.address.city }} {{ event["total price"] }} {{ webhook(2).a.b }} {{ x }}')).toEqual([
      ['customer', 'address', 'city'],
      ['event', 'total price'],
      ['webhook', 'a', 'b', [2]],
      ['x'],
    ]);
  });

  it('have their places', () => {
    const [read] = analyse('a\n{{ customer.email }}').reads;
    expect(read).toMatchObject({ from: 5, to: 19, line: 2, column: 4 });
  });

  it('a method is not part of the path', () => {
    expect(reads('{{ customer.email.upper() }}{{ customer.tags.count("x") }}')).toEqual([
      ['customer', 'email'],
      ['customer', 'tags'],
    ]);
  });

  it('are found in conditions, arguments, loops and defaults', () => {
    expect(
      reads(
        '{% if a.b %}{% elif c %}{% endif %}{{ 1 | default(d) }}{% for x in e if f %}{% endfor %}{% macro m(y=g) %}{% endmacro %}',
      ).map(([root]) => root),
    ).toEqual(['a', 'c', 'd', 'e', 'f', 'g']);
  });

  it('a name that only a branch assigns still comes from the context behind it', () => {
    expect(reads('{% if a %}{% set b = 1 %}{% endif %}{{ b }}')).toEqual([['a'], ['b']]);
    expect(reads('{% set b = b %}{{ b }}')).toEqual([['b']]);
  });

  it('none means that everybody gets the same', () => {
    expect(analyse('{% set a = 1 %}{{ a }} text').isStatic).toBe(true);
    expect(analyse('{{ customer.x }}').isStatic).toBe(false);
  });

  it('parameters are listed', () => {
    expect(analyse('[[ a ]] [[ b : number ]]').parameters).toMatchObject([
      { name: 'a' },
      { name: 'b', type: 'number' },
    ]);
  });
});

describe('highlighting', () => {
  const roles = (source: string) =>
    analyse(source).tokens.map(({ type, from, to }) => `${type}:${source.slice(from, to)}`);

  it('each piece has its part', () => {
    expect(
      roles('a {% for x in customer.tags | sort(reverse=true) if x is not none %}{{ "y" ~ 1.5 }}{# c #}[[ p ]]'),
    ).toEqual([
      'delimiter:{%',
      'tag:for',
      'name:x',
      'keyword:in',
      'name:customer',
      'operator:.',
      'property:tags',
      'operator:|',
      'filter:sort',
      'operator:(',
      'argument:reverse',
      'operator:=',
      'constant:true',
      'operator:)',
      'keyword:if',
      'name:x',
      'keyword:is',
      'keyword:not',
      'test:none',
      'delimiter:%}',
      'delimiter:{{',
      'string:"y"',
      'operator:~',
      'number:1.5',
      'delimiter:}}',
      'comment:{# c #}',
      'parameter:[[ p ]]',
    ]);
  });

  it('a bare expression keeps its own offsets', () => {
    const source = 'customer.email';
    expect(analyse(source, { isExpression: true }).tokens.map(({ from, to }) => source.slice(from, to))).toEqual([
      'customer',
      '.',
      'email',
    ]);
  });
});

describe('completion', () => {
  /** The place is where the bar stands. */
  const at = (marked: string, options: AnalyseOptions = {}) => {
    const offset = marked.indexOf('¦');
    const source = marked.replace('¦', '');
    return { source, ...analyse(source, { known, ...options }).completionAt(offset) };
  };
  const labels = (marked: string) => at(marked).items.map(({ label }) => label);

  it.each([
    ['text ¦', 'text'],
    ['{{ cus¦', 'name'],
    ['{{ cus¦ }} more', 'name'],
    ['{{ customer.¦', 'attribute'],
    ['{{ x | ¦', 'filter'],
    ['{{ x | tru¦ }}', 'filter'],
    ['{{ x is ¦', 'test'],
    ['{{ x is not od¦', 'test'],
    ['{% ¦', 'tag'],
    ['{% fo¦ %}', 'tag'],
    ['{% if ¦', 'name'],
    ['{{ "in a string¦', 'none'],
    ['{{ a }} ¦', 'text'],
    ['{{ customer["¦', 'attribute'],
    ['{{ f(¦', 'name'],
  ])('%s is the place of %s', (marked, place) => {
    expect(at(marked).place).toBe(place);
  });

  it('the piece being written is replaced', () => {
    const { from, to, prefix } = at('{{ customer.ema¦il }}');
    expect([from, to, prefix]).toEqual([12, 15, 'ema']);
  });

  it('offers what is known of the customer, one level at a time', () => {
    expect(labels('{{ customer.¦')).toEqual(['email', 'first_name', 'address']);
    expect(labels('{{ customer.address.¦')).toEqual(['city']);
    expect(labels('{{ customer["¦')).toContain('two words');
    expect(at('{{ customer.¦').items[0]).toMatchObject({ detail: 'string', doc: 'For example eva@example.com' });
  });

  it('offers fields of the webhook that is meant', () => {
    expect(labels('{{ webhook(1).¦')).toEqual(['id', 'items', 'data', 'status_code', 'success']);
    expect(labels('{{ webhook("CRM").¦')).toContain('id');
    expect(labels('{{ webhook.¦')).toEqual(['data', 'status_code', 'success']);
  });

  it('offers methods where no names are known', () => {
    expect(labels('{{ "a".¦')).toContain('upper');
    expect(labels('{{ loop.¦')).toContain('last');
  });

  it('offers names of the template, of the context and of functions', () => {
    const found = labels('{% set mine = 1 %}{% for each in [1] %}{{ ¦');
    for (const name of ['mine', 'each', 'loop', 'customer', 'webhook', 'range']) expect(found).toContain(name);
    expect(found).not.toContain('customers');
  });

  it('offers every filter with signature and words', () => {
    const truncate = at('{{ x | ¦').items.find(({ label }) => label === 'truncate')!;
    expect(truncate.detail).toBe("truncate(length=255, killwords=False, end='...', leeway=None)");
    expect(truncate.doc).toContain('dots');
  });

  it('keeps its offsets where lines end in two characters', () => {
    const { from, to } = at('a\r\nb\r\n{{ customer.em¦');
    expect([from, to]).toEqual([18, 20]);
  });
});

describe('signature help', () => {
  const help = (marked: string) => analyse(marked.replace('¦', '')).signatureAt(marked.indexOf('¦'));

  it('shows the call and which argument it is', () => {
    expect(help('{{ x | truncate(¦')).toMatchObject({ kind: 'filter', name: 'truncate', active: 0 });
    expect(help('{{ x | truncate(5, ¦')).toMatchObject({ active: 1 });
    expect(help('{{ x | truncate(f(1, 2), ¦) }}')).toMatchObject({ name: 'truncate', active: 1 });
    expect(help('{{ x | replace("a", [1, 2¦')).toMatchObject({ name: 'replace', active: 1 });
  });

  it('knows functions, tests and methods', () => {
    expect(help('{{ range(1, ¦')).toMatchObject({ kind: 'global', active: 1, parameters: ['start', 'stop', 'step=1'] });
    expect(help('{{ x is divisibleby(¦')).toMatchObject({ kind: 'test' });
    expect(help('{{ x.split(¦')).toMatchObject({ kind: 'method', name: 'str.split' });
    expect(help('{{ x.append(¦')).toMatchObject({ name: 'list.append' });
  });

  it('is nothing outside of a call', () => {
    expect(help('{{ x ¦')).toBeNull();
    expect(help('text (¦')).toBeNull();
    expect(help('{{ unknown(¦')).toBeNull();
  });
});
