import { describe, expect, it } from 'vitest';
import { formatTemplate } from '../../../components/monaco/format.ts';
import { compileTemplate, render } from '../../../lib/template/index.ts';

const json = (source: string) => formatTemplate(source, 'json');

describe('formatting a JSON template', () => {
  it('breaks lines and indents by two', () => {
    expect(json('{"a":{"b":[1,true,null]},"c":{},"d":[]}')).toBe(
      '{\n  "a": {\n    "b": [\n      1,\n      true,\n      null\n    ]\n  },\n  "c": {},\n  "d": []\n}',
    );
  });

  it('leaves Jinja, parameters and texts as they are', () => {
    const source = '{"a":"{{ customer["x y"]  }} {","b":{{ a|length }},"c":"[[ p : enum(a, b) = "a" ]]"}';
    expect(json(source)).toBe(
      '{\n  "a": "{{ customer["x y"]  }} {",\n  "b": {{ a|length }},\n  "c": "[[ p : enum(a, b) = "a" ]]"\n}',
    );
  });

  it('keeps a statement in its line', () => {
    expect(json('[{% for c in x %}{"n":1}{% if not loop.last %},{% endif %}{% endfor %}]')).toBe(
      '[\n  {% for c in x %}\n  {\n    "n": 1\n  }{% if not loop.last %},{% endif %}{% endfor %}\n]',
    );
  });

  it('never changes what is rendered but for spaces between values', () => {
    const source =
      '{"to":[{% for n in customer.list %}{{ n }}{% if not loop.last %},{% endif %}{% endfor %}],"m":"{{ customer.m }}"}';
    const context = { customer: { list: [1, 2, 3], m: 'a, {b}: "c"' } };
    const rendered = (text: string) =>
      JSON.parse(render(compileTemplate(text, { name: 'Payload', escape: 'json' }), context)) as unknown;
    expect(rendered(json(source)!)).toEqual(rendered(source));
    expect(rendered(source)).toEqual({ to: [1, 2, 3], m: 'a, {b}: "c"' });
  });

  it('changes nothing the second time', () => {
    const once = json('{"a":[{"b":1},{{ x }}],"c":"d"}')!;
    expect(json(once)).toBe(once);
  });

  it('does not touch what is not well formed', () => {
    expect(json('{"a": [1, 2')).toBeNull();
    expect(json('{"a": "open')).toBeNull();
  });
});

describe('formatting an XML template', () => {
  const xml = (source: string) => formatTemplate(source, 'xml');

  it('breaks lines between elements and never inside a text', () => {
    expect(xml('<a x="{{ y }}"><b>Hi {{ name }}, <i>you</i></b><c/><d></d></a>')).toBe(
      '<a x="{{ y }}">\n  <b>Hi {{ name }}, <i>you</i></b>\n  <c/>\n  <d></d>\n</a>',
    );
  });

  it('keeps statements on lines of their own', () => {
    expect(xml('<a>{% for i in x %}<e>{{ i }}</e>{% endfor %}</a>')).toBe(
      '<a>\n  {% for i in x %}\n  <e>{{ i }}</e>\n  {% endfor %}\n</a>',
    );
  });

  it('does not touch elements that do not close', () => {
    expect(xml('<a><b></a>')).toBeNull();
  });
});
