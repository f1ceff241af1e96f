import { describe, expect, it } from 'vitest';
import { compileTemplate, type Escape, render, renderWithProvenance } from '@/lib/template';

const trace = (source: string, context: Record<string, unknown> = {}, escape: Escape = 'raw') => {
  const { text, spans } = renderWithProvenance(compileTemplate(source, { name: 'Customer', escape }), context);
  return {
    text,
    pieces: spans.map((span) => [text.slice(span.start, span.end), span.expression, span.line, span.column]),
    spans,
  };
};

describe('a render with provenance', () => {
  it('gives the same text as one without', () => {
    const source = '{"a": "{{ v }}", {% for i in l %}{{ i }},{% endfor %}{% set x %}q{{ v }}{% endset %}{{ x }}}';
    const context = { v: 'a"', l: [1, 'b'] };
    const template = compileTemplate(source, { name: 'Customer', escape: 'json' });
    expect(renderWithProvenance(template, context).text).toBe(render(template, context));
  });

  it('names expression and place of every piece', () => {
    expect(trace('Hi {{ name }},\n you have {{ points | round(1) }}', { name: 'Eva', points: 1.26 }).pieces).toEqual([
      ['Eva', '{{ name }}', 1, 4],
      ['1.3', '{{ points | round(1) }}', 2, 11],
    ]);
  });

  it('covers what escaping added', () => {
    expect(trace('"{{ v }}"', { v: 'a"b' }, 'json').pieces).toEqual([['a\\"b', '{{ v }}', 1, 2]]);
  });

  it('one output of a loop writes one piece each time', () => {
    expect(trace('{% for i in [1, 2] %}{{ i }};{% endfor %}').pieces).toEqual([
      ['1', '{{ i }}', 1, 22],
      ['2', '{{ i }}', 1, 22],
    ]);
  });

  it('what a macro or a block wrote belongs to the output that placed it', () => {
    expect(
      trace('{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(1) }}{% set y %}{{ 2 }}{% endset %}{{ y }}').pieces,
    ).toEqual([
      ['<1>', '{{ m(1) }}', 1, 40],
      ['2', '{{ y }}', 1, 80],
    ]);
  });

  it('parameters have their place too', () => {
    const template = compileTemplate('a [[ p ]]', { name: 'URL', escape: 'raw', parameters: { p: 'x' } });
    expect(renderWithProvenance(template, {}).spans).toEqual([
      { start: 2, end: 3, expression: '[[ p ]]', line: 1, column: 3, template: 'URL' },
    ]);
  });

  it('pieces are in order and do not overlap', () => {
    const { spans } = trace('{% for a in [1, 2, 3] %}{% for b in "xy" %}{{ a }}{{ b }}{% endfor %}{% endfor %}');
    expect(spans).toHaveLength(12);
    for (let i = 1; i < spans.length; i++) expect(spans[i]!.start).toBeGreaterThanOrEqual(spans[i - 1]!.end);
  });

  it('an output that writes nothing is an empty piece', () => {
    expect(trace('a{{ nope }}b').pieces).toEqual([['', '{{ nope }}', 1, 2]]);
  });

  it('mistakes are told as in every render', () => {
    expect(() => trace('x\n{{ nope.y }}')).toThrow(expect.objectContaining({ line: 2, template: 'Customer' }));
  });
});
