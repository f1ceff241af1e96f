import { describe, expect, it } from 'vitest';
import { customerAt, templateLine } from '../../../components/webhook/x-ray.ts';

const span = (start: number, end: number) => ({ id: null, name: '', start, end });

describe('whose fragment stands at a place', () => {
  const three = [span(10, 20), span(22, 30), span(30, 31)];

  it('is found with the border belonging to the next', () => {
    expect([10, 19, 22, 29, 30].map((offset) => customerAt(three, offset))).toEqual([0, 0, 1, 1, 2]);
  });

  it('is nobody’s before, between and behind', () => {
    expect([0, 9, 20, 21, 31, 999].map((offset) => customerAt(three, offset))).toEqual(Array(6).fill(null));
    expect(customerAt([], 5)).toBeNull();
  });

  it('is found among a thousand', () => {
    const many = Array.from({ length: 1000 }, (_, i) => span(i * 10, i * 10 + 9));
    expect(customerAt(many, 9994)).toBe(999);
    expect(customerAt(many, 9999)).toBeNull();
  });
});

describe('the template line of a fragment', () => {
  const template =
    '{\n{% for p in customer.phones %}\n  "phone": "{{ p }}",\n{% endfor %}\n  "name": "{{ customer.name }}"\n}';

  it('is the same line where nothing moves', () => {
    expect(templateLine('{\n  "a": "{{ a }}"\n}', '{\n  "a": "x"\n}', 6)).toBe(2);
  });

  it('is found by its plain text behind a loop that made lines', () => {
    const fragment = '{\n\n  "phone": "1",\n\n  "phone": "2",\n\n  "name": "Eva"\n}';
    expect(templateLine(template, fragment, fragment.indexOf('Eva'))).toBe(5);
    expect(templateLine(template, fragment, fragment.indexOf('"2"'))).toBe(3);
  });

  it('is the nearest line when nothing fits', () => {
    expect(templateLine('{{ a }}', 'x\ny\nz', 4)).toBe(1);
  });
});
