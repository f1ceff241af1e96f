import { describe, expect, it } from 'vitest';
import { maskHeaders, maskPath, maskUrl, maskValues } from '../../../lib/core/mask-values.ts';

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

  it('hides names that are somebody’s address or number', () => {
    expect(
      JSON.parse(maskValues('{"eva@example.com": {"first name": "Eva"}, "+421900123456": 1, "c12345678": 2}')),
    ).toEqual({
      '•••': { 'first name': '•••' },
      '••• 2': '•••',
      '••• 3': '•••',
    });
  });

  it('tells nothing of how long a value was', () => {
    for (const body of ['{"a": "x"}', `{"a": "${'x'.repeat(5000)}"}`])
      expect(maskValues(body)).toBe('{\n  "a": "•••"\n}');
    expect(maskValues('Hi')).toBe(maskValues(`Dear ${'x'.repeat(5000)}`));
  });

  it.each([
    ['To=%2B421900&Body=Hi+Eva', 'To=•••&Body=•••'],
    ['eva%40example.com=1&b=2', '•••=•••&b=•••'],
    ['<name>Eva</name>', '<name>•••</name>'],
    [
      '<?xml version="1.0"?>\n<sms to="+421" from=\'x\'><b/>Hi <i>Eva</i><!-- Eva --></sms>',
      '<?xml version="•••"?>\n<sms to="•••" from="•••"><b/>•••<i>•••</i>•••</sms>',
    ],
    ['<a><![CDATA[<Eva>]]></a>', '<a>•••</a>'],
    ['<not closed Eva', '•••'],
    ['Dear Eva, = your code', '•••'],
    ['"Eva"', '"•••"'],
    ['12', '"•••"'],
    ['', ''],
    [' \n', ''],
  ])('of %j is %j', (body, masked) => {
    expect(maskValues(body)).toBe(masked);
  });

  it('has no value of any body in it, however it is cut', () => {
    const body = '<sms to="canary1">canary2 <![CDATA[canary3]]> <x y=\'canary4\' z="canary5>canary6"/></sms>';
    for (let end = 1; end <= body.length; end++) expect(maskValues(body.slice(0, end))).not.toContain('canary');
  });
});

describe('a masked request', () => {
  it('shows the host of its URL and the names of its query', () => {
    expect(maskUrl('https://api.example.com:8443/v1/eva@example.com')).toBe('https://api.example.com:8443/•••');
    expect(maskUrl('https://api.example.com/v1?to=%2B421&eva%40x&b=#Eva')).toBe(
      'https://api.example.com/•••?to=•••&••• 2=•••&b=•••',
    );
    expect(maskUrl('https://eva:secret@api.example.com/')).toBe('•••');
    expect(maskUrl('https://api.example.com?to=Eva')).toBe('https://api.example.com/•••?to=•••');
    expect(maskUrl('https://api.example.com')).toBe('https://api.example.com/•••');
    expect(maskUrl('nonsense')).toBe('•••');
  });

  it('shows the words of a path', () => {
    expect(maskPath('/v1/messages/eva@example.com/12?to=Eva')).toBe('/v1/messages/•••/•••?to=•••');
    expect(maskPath('/')).toBe('/');
  });

  it('shows headers that never tell about whom', () => {
    expect(
      maskHeaders([
        ['Content-Type', 'application/json'],
        ['Idempotency-Key', 'k'],
        ['Content-Length', '20'],
        ['X-Name', 'Eva'],
      ]),
    ).toEqual([
      ['Content-Type', 'application/json'],
      ['Idempotency-Key', 'k'],
      ['Content-Length', '•••'],
      ['X-Name', '•••'],
    ]);
  });
});
