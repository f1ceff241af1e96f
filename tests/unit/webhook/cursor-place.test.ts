import { describe, expect, it } from 'vitest';
import { cursorPlace, insertion, step } from '../../../components/monaco/cursor-place.ts';

describe('the place of a cursor', () => {
  it.each([
    ['{ "to": "', { kind: 'text' }],
    ['{{ customer.phone }} and', { kind: 'text' }],
    ['{% if a %}', { kind: 'text' }],
    ['{ "a": { "b', { kind: 'text' }],
    ['[[1, 2], [3', { kind: 'text' }],
  ])('is the payload after %s', (before, place) => {
    expect(cursorPlace(before)).toEqual(place);
  });

  it.each([
    ['{{', { kind: 'name', prefix: '' }],
    ['{{ cus', { kind: 'name', prefix: 'cus' }],
    ['{{- cus', { kind: 'name', prefix: 'cus' }],
    ['{{ a ~ ', { kind: 'name', prefix: '' }],
    ['{{ f(cus', { kind: 'name', prefix: 'cus' }],
    ['{% if cus', { kind: 'name', prefix: 'cus' }],
    ['{{ a }} {{ cus', { kind: 'name', prefix: 'cus' }],
  ])('is the beginning of an expression after %s', (before, place) => {
    expect(cursorPlace(before)).toEqual(place);
  });

  it.each([
    ['{{ customer.', { kind: 'attribute', path: 'customer', prefix: '' }],
    ['{{ customer.first_na', { kind: 'attribute', path: 'customer', prefix: 'first_na' }],
    ['{{ webhook(2).voucher.co', { kind: 'attribute', path: 'webhook(2).voucher', prefix: 'co' }],
    ['{{ customer["address"].ci', { kind: 'attribute', path: 'customer["address"]', prefix: 'ci' }],
    ['{% for x in customer.or', { kind: 'attribute', path: 'customer', prefix: 'or' }],
    ['{{ a | default(customer.na', { kind: 'attribute', path: 'customer', prefix: 'na' }],
  ])('is an attribute after %s', (before, place) => {
    expect(cursorPlace(before)).toEqual(place);
  });

  it.each([
    ['{{ customer["fav', { kind: 'key', path: 'customer', prefix: 'fav' }],
    ["{{ event['", { kind: 'key', path: 'event', prefix: '' }],
    ['{{ a |', { kind: 'filter', prefix: '' }],
    ['{{ a | up', { kind: 'filter', prefix: 'up' }],
    ["{{ a | default('|') | lo", { kind: 'filter', prefix: 'lo' }],
    ['{% if a is not def', { kind: 'test', prefix: 'def' }],
    ['{% if a is ', { kind: 'test', prefix: '' }],
    ['{% fo', { kind: 'statement', prefix: 'fo' }],
    ['{%- ', { kind: 'statement', prefix: '' }],
    ['"from": "[[ sen', { kind: 'parameter', prefix: 'sen' }],
    ['[[', { kind: 'parameter', prefix: '' }],
  ])('is told apart after %s', (before, place) => {
    expect(cursorPlace(before)).toEqual(place);
  });

  it.each(["{{ a | default('x", '{{ "customer.', '{# customer.', '{{ 12', '{{ 1.5'])(
    'offers nothing inside a string, a comment or a number: %s',
    (before) => {
      expect(cursorPlace(before)).toEqual({ kind: 'nothing' });
    },
  );

  it('is found in a template of any length by its last part', () => {
    expect(cursorPlace(`${'{{ a }} '.repeat(50_000)}{{ customer.ph`)).toEqual({
      kind: 'attribute',
      path: 'customer',
      prefix: 'ph',
    });
  });
});

describe('putting an expression at the cursor', () => {
  it('adds braces in the payload', () => {
    expect(insertion('{ "to": "', 'customer.phone')).toBe('{{ customer.phone }}');
  });

  it('adds none inside an expression, and a space behind a word', () => {
    expect(insertion('{{ ', 'customer.phone')).toBe('customer.phone');
    expect(insertion('{{ a', '| upper')).toBe(' | upper');
  });

  it('never puts a filter alone into the payload', () => {
    expect(insertion('Hi ', '| upper')).toBe('{{ value | upper }}');
  });

  it('leaves statements as they are', () => {
    expect(insertion('[', "{% output customers separated by ',' %}")).toBe("{% output customers separated by ',' %}");
  });

  it('writes names of several words in brackets', () => {
    expect(step('phone')).toBe('.phone');
    expect(step('two "words"')).toBe('["two \\"words\\""]');
  });
});
