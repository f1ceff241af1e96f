import { describe, expect, it } from 'vitest';
import {
  acceptedStep,
  base32,
  codeOf,
  newRecoveryCodes,
  newTotpSecret,
  recoveryHash,
  stepAt,
  totpUri,
} from '../../../lib/services/totp-code.ts';

const secret = Buffer.from('12345678901234567890');

describe('time-based codes', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %i s is %s, as in RFC 6238 appendix B', (seconds, code) => {
    expect(codeOf(secret, stepAt(seconds * 1000))).toBe(code);
  });

  it('are accepted one step early or late, because clocks differ, and no further', () => {
    const now = 1_700_000_000_000;
    const step = stepAt(now);
    for (const near of [-1, 0, 1]) expect(acceptedStep(secret, codeOf(secret, step + near), 0, now)).toBe(step + near);
    for (const far of [-2, 2]) expect(acceptedStep(secret, codeOf(secret, step + far), 0, now)).toBeNull();
  });

  it('are accepted once, and with blanks as apps show them', () => {
    const now = 1_700_000_000_000;
    const step = stepAt(now);
    const code = codeOf(secret, step);
    expect(acceptedStep(secret, `${code.slice(0, 3)} ${code.slice(3)}`, step - 1, now)).toBe(step);
    expect(acceptedStep(secret, code, step, now)).toBeNull();
  });

  it('that are no codes are refused, whatever they are', () => {
    for (const text of ['', '1', '12345', '1234567', 'abcdef', '      ', '٢٨٧٠٨٢', '0'.repeat(10_000)])
      expect(acceptedStep(secret, text, 0, 59_000), text.slice(0, 10)).toBeNull();
  });
});

describe('the secret', () => {
  it('is written in base32 (RFC 4648)', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(base32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(base32(newTotpSecret())).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('is handed to apps with the name of the account', () => {
    const uri = new URL(totpUri(secret, 'ann+test@example.com'));
    expect(uri.protocol).toBe('otpauth:');
    expect(decodeURIComponent(uri.pathname)).toContain('Hookline:ann+test@example.com');
    expect(Object.fromEntries(uri.searchParams)).toEqual({ secret: base32(secret), issuer: 'Hookline' });
  });
});

it('recovery codes are ten different ones, and read alike with or without dash and capitals', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^[a-z2-7]{5}-[a-z2-7]{5}$/);
  const [code] = codes;
  expect(recoveryHash(` ${code!.toUpperCase().replace('-', ' ')} `).equals(recoveryHash(code!))).toBe(true);
});
