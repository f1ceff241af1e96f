import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MASK, mask } from '../../../lib/vault/index.ts';

const secret = 'S3cr3t+/"k€y&=';

describe('masking', () => {
  it('hides a secret as it is', () => {
    expect(mask(`you sent ${secret}, twice ${secret}`, [secret])).toBe(`you sent ${MASK}, twice ${MASK}`);
  });

  it.each([
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON with escaped slashes', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['JSON of ASCII only', JSON.stringify(secret).slice(1, -1).replace('€', '\\u20ac')],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).replace(/%../g, (escape) => escape.toLowerCase())],
    ['form-encoded', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['HTML', 'S3cr3t+/&quot;k€y&amp;='],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ['hexadecimal in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
  ])('hides its %s form', (_, form) => {
    expect(mask(`before ${form} after`, [secret])).toBe(`before ${MASK} after`);
  });

  it('hides it inside base64 of a longer text, wherever it starts there', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'Basic user:']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const masked = mask(Buffer.from(`${before}${secret}, and more`).toString(encoding), [secret]);
        const decoded = Buffer.from(masked.replaceAll(MASK, ''), encoding).toString('latin1');
        expect(masked).toContain(MASK);
        expect(decoded).not.toContain('cr3t');
      }
    }
  });

  it('hides the longest first, so that no rest of it stays', () => {
    expect(mask('Bearer abcdef', ['abcdef', 'Bearer abcdef'])).toBe(MASK);
  });

  it('leaves texts without secrets alone, and does not take a few letters for a secret', () => {
    expect(mask('nothing here', [secret])).toBe('nothing here');
    expect(mask('an apple', ['a', '', 'app'])).toBe('an apple');
    expect(mask('anything', [])).toBe('anything');
  });

  it('never leaves any secret readable, in whatever text it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (hidden, before, after) => {
        fc.pre(!MASK.includes(hidden) && !before.includes(hidden) && !after.includes(hidden));
        const masked = mask(`${before}\n${hidden}\n${after}`, [hidden]);
        expect(masked).not.toContain(`\n${hidden}\n`);
      }),
    );
  });
});
