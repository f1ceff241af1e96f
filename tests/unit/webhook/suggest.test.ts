import { describe, expect, it } from 'vitest';
import { explain } from '../../../components/monaco/hover.ts';
import { brief, fieldsOf, NO_SOURCES, type Sources } from '../../../components/monaco/sources.ts';
import { suggest } from '../../../components/monaco/suggest.ts';

const SOURCES: Sources = {
  customer: [
    { name: 'phone', type: 'string', share: 0.97, example: '+421 903', isOwn: true },
    { name: 'two words', type: 'number', share: 0.5, example: 7 },
    { name: 'address', type: 'object', example: { city: 'Bratislava' } },
  ],
  event: { type: 'purchase', properties: [{ name: 'total', type: 'number', example: 12.5 }] },
  webhooks: [
    { position: 1, number: 2, name: 'Voucher', fields: fieldsOf({ voucher: { code: 'SPRING10' } }) },
    { position: 2, number: 5, name: 'Check', fields: fieldsOf({ ok: true }) },
  ],
  parameters: [{ name: 'sender', type: 'string', value: 'Acme' }],
  trigger: { name: 'Storm', parameters: [{ name: 'city', type: 'string', example: 'Brno' }] },
  isRoot: false,
};
const labels = (before: string, after = '', sources = SOURCES) =>
  suggest(before, after, sources).map(({ label }) => label);

describe('completion', () => {
  it('offers properties of customers with the value of the chosen one', () => {
    const [first] = suggest('{{ customer.ph', ' }}', SOURCES);
    expect(first).toMatchObject({ label: 'phone', insert: 'phone', replace: 2, detail: '+421 903' });
    expect(first!.about).toContain('97 % of customers');
  });

  it('puts a name of two words in brackets and takes the dot away', () => {
    const found = suggest('{{ customer.', '', SOURCES).find(({ label }) => label === 'two words');
    expect(found).toMatchObject({ insert: '["two words"]', replace: 1 });
  });

  it('goes on into objects', () => {
    expect(labels('{{ customer.address.')).toEqual(['city']);
  });

  it('offers the event’s fields', () => {
    expect(labels('{{ event.')).toEqual(['total']);
  });

  it('offers what the call of an API trigger gives, to Customer and to Root', () => {
    expect(labels('{{ trigger.')).toEqual(['city']);
    expect(suggest('{{ trigger.ci', '', SOURCES)[0]).toMatchObject({ kind: 'trigger', insert: 'city', detail: 'Brno' });
    expect(labels('{{ tr', '', { ...SOURCES, customer: [], isRoot: true })).toContain('trigger.city');
    expect(labels('{{ trigger.', '', { ...SOURCES, trigger: null })).toEqual([]);
  });

  it('knows the webhooks of the path by number, by name, and the last one', () => {
    expect(labels('{{ webhook(1).')).toEqual(['voucher', 'status_code', 'success', 'data']);
    expect(labels('{{ webhook("Voucher").voucher.')).toEqual(['code']);
    expect(labels('{{ webhook.')).toEqual(['ok', 'status_code', 'success', 'data']);
    expect(labels('{{ webhook(3).')).toEqual([]);
  });

  it('offers filters and tests with their signatures', () => {
    const filter = suggest('{{ a | def', '', SOURCES).find(({ label }) => label === 'default');
    expect(filter).toMatchObject({ insert: `default('\${1:}')`, replace: 3 });
    expect(filter!.detail).toMatch(/^default\(/);
    expect(labels('{% if a is de')).toContain('defined');
  });

  it('keeps a space behind the bar', () => {
    expect(suggest('{{ a |', '', SOURCES)[0]!.insert).toMatch(/^ /);
  });

  it('offers whole expressions with braces in the payload', () => {
    expect(suggest('{ "to": "', '"', SOURCES)[0]!.insert).toBe('{{ customer.phone$0 }}');
  });

  it('keeps the braces that are there', () => {
    expect(suggest('{{', '}}', SOURCES).find(({ label }) => label === 'customer.phone')!.insert).toBe(
      ' customer.phone ',
    );
  });

  it('offers parameters and closes them once', () => {
    expect(suggest('"[[ se', '', SOURCES)[0]).toMatchObject({ label: 'sender', insert: ' sender ]]' });
    expect(suggest('"[[ se', ' ]]', SOURCES)[0]!.insert).toBe(' sender ');
  });

  it('offers customers and not customer in Root', () => {
    const offered = labels('{{ cus', '', { ...SOURCES, customer: [], isRoot: true });
    expect(offered).toContain('customers | length');
    expect(offered.filter((label) => label.startsWith('customer.'))).toEqual([]);
  });

  it('closes statements only where the end is not there yet', () => {
    const at = (after: string) => suggest('{% i', after, NO_SOURCES).find(({ label }) => label === 'if')!.insert;
    expect(at('')).toContain('endif');
    expect(at(' %}')).not.toContain('%}');
  });

  it('never takes a sign of a name for a tab stop', () => {
    const odd: Sources = { ...SOURCES, customer: [{ name: 'a$1}' }] };
    expect(suggest('{{ customer.', '', odd)[0]!.insert).toBe('["a\\$1\\}"]');
  });

  it('offers nothing inside a string', () => {
    expect(labels("{{ a | default('cus")).toEqual([]);
  });
});

describe('hover', () => {
  const at = (line: string, word: string) => explain(line, line.indexOf(word) + 1, SOURCES, 'Eva Nová');

  it('shows the chosen customer’s value', () => {
    expect(at('"{{ customer.phone | upper }}"', 'phone')!.text).toMatch(/for Eva Nová[\s\S]*\+421 903/);
  });

  it('says so when a value belongs to somebody else', () => {
    expect(at('{{ customer["two words"] }}', 'two')!.text).toContain('for example');
  });

  it('says when nobody has such a property', () => {
    expect(at('{{ customer.fone }}', 'fone')!.text).toContain('no recent customer has it');
  });

  it('explains filters, tests and parameters', () => {
    expect(at('{{ a | default("x") }}', 'default')!.text).toMatch(/default\([\s\S]*missing[\s\S]*gives/);
    expect(at('{% if a is defined %}', 'defined')!.text).toContain('Exists');
    expect(at('"[[ sender ]]"', 'sender')!.text).toContain('Acme');
  });

  it('is silent about plain text', () => {
    expect(at('"from": 12', 'from')).toBeNull();
  });
});

describe('fields of a value', () => {
  it('are named by dotted paths, and not looked for in lists', () => {
    expect(fieldsOf({ a: { b: 1 }, list: [{ c: 1 }] }).map(({ name }) => name)).toEqual(['a', 'a.b', 'list']);
  });

  it('stop at the limit', () => {
    expect(fieldsOf(Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, i])))).toHaveLength(100);
  });

  it('are shown in a few characters', () => {
    expect(brief({ a: 'x'.repeat(100) }, 10)).toBe('{"a":"xxx…');
    expect(brief(undefined)).toBe('');
    expect(brief(null)).toBe('null');
  });
});
