import { describe, expect, it } from 'vitest';
import { maskHeaders, maskUrl, maskValues } from '../../../lib/core/mask-values.ts';

describe('a masked body', () => {
  it('keeps the shape and the names of JSON, and no value', () => {
    const body = JSON.stringify({ to: [{ number: '+421900', vip: true }], n: 12, none: null, deep: { a: ['x', []] } });
    expect(JSON.parse(maskValues(body))).toEqual({
      to: [{ number: '•••', vip: '•••' }],
      n: '•••',
      none: '•••',
      deep: { a: ['•••', []] },
    });
  });

  it.each([
    ['To=%2B421900&Body=Hi+Eva', '••• (24 characters)'],
    ['<name>Eva</name>', '••• (16 characters)'],
    ['"Eva"', '"•••"'],
    ['', ''],
  ])('of %s is %s', (body, masked) => {
    expect(maskValues(body)).toBe(masked);
  });
});

describe('a masked request', () => {
  it('shows the host of its URL', () => {
    expect(maskUrl('https://api.example.com:8443/v1/eva@example.com?x=1')).toBe('https://api.example.com:8443/•••');
    expect(maskUrl('https://api.example.com')).toBe('https://api.example.com/•••');
    expect(maskUrl('nonsense')).toBe('•••');
  });

  it('shows headers that never tell about whom', () => {
    expect(
      maskHeaders([
        ['Content-Type', 'application/json'],
        ['Idempotency-Key', 'k'],
        ['X-Name', 'Eva'],
      ]),
    ).toEqual([
      ['Content-Type', 'application/json'],
      ['Idempotency-Key', 'k'],
      ['X-Name', '•••'],
    ]);
  });
});
