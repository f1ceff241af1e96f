import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasKeyFor, keyRing, open, rewrap, seal, UnreadableSecret } from '../../../lib/vault/index.ts';

const newKey = () => randomBytes(32).toString('base64');
const keys = keyRing(newKey());
const place = { projectId: 'p1', objectId: 'o1', field: 'credentials' };

describe('a sealed secret', () => {
  it('opens for the place that it was sealed for', () => {
    for (const text of ['secret', '', 'žluťoučký 🐎', 'x'.repeat(100_000)])
      expect(open(seal(text, place, keys), place, keys)).toBe(text);
  });

  it('shows nothing of the text, and no two seals are alike', () => {
    const [one, two] = [seal('canary-5f2c', place, keys), seal('canary-5f2c', place, keys)];
    expect(Buffer.from(one).includes('canary')).toBe(false);
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false);
    // Each has a data key of its own: nothing after the key's id is shared.
    const shared = [...one].filter((byte, at) => at > 8 && byte === two[at]).length;
    expect(shared).toBeLessThan(10);
  });

  it.each([
    ['another project', { ...place, projectId: 'p2' }],
    ['another object', { ...place, objectId: 'o2' }],
    ['another field', { ...place, field: 'token' }],
    ['a place whose names only read alike', { projectId: 'p1","o1', objectId: '', field: 'credentials' }],
  ])('does not open for %s', (_, elsewhere) => {
    expect(() => open(seal('secret', place, keys), elsewhere, keys)).toThrow(UnreadableSecret);
  });

  it('does not open once any bit of it was changed', () => {
    const sealed = seal('secret', place, keys);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 1;
      expect(() => open(changed, place, keys), `byte ${at}`).toThrow(UnreadableSecret);
    }
  });

  it('does not open once it was cut short or prolonged', () => {
    const sealed = seal('secret', place, keys);
    for (const length of [0, 1, 9, 40, sealed.length - 17, sealed.length - 1])
      expect(() => open(sealed.subarray(0, length), place, keys), `${length} bytes`).toThrow(UnreadableSecret);
    expect(() => open(Uint8Array.from([...sealed, 0]), place, keys)).toThrow(UnreadableSecret);
  });

  it('says that the key is missing, not the text, when another key sealed it', () => {
    const sealed = seal('secret', place, keys);
    const others = keyRing(newKey());
    expect(hasKeyFor(sealed, others)).toBe(false);
    expect(() => open(sealed, place, others)).toThrow('another encryption key');
  });
});

describe('a rotation of the master key', () => {
  const [old, next] = [newKey(), newKey()];
  const sealed = seal('secret', place, keyRing(old));

  it('can be under way: both keys open, the new one seals', () => {
    const both = keyRing(next, old);
    expect(open(sealed, place, both)).toBe('secret');
    expect(() => open(seal('fresh', place, both), place, keyRing(old))).toThrow(UnreadableSecret);
  });

  it('wraps the data key anew and leaves the sealed text as it is', () => {
    const rewrapped = rewrap(sealed, place, keyRing(next, old))!;
    expect(open(rewrapped, place, keyRing(next))).toBe('secret');
    expect(() => open(rewrapped, place, keyRing(old))).toThrow(UnreadableSecret);
    expect(Buffer.from(rewrapped.subarray(-34)).equals(Buffer.from(sealed.subarray(-34)))).toBe(true);
  });

  it('finds nothing to do where the current key wraps already', () => {
    expect(rewrap(sealed, place, keyRing(old))).toBeNull();
  });

  it('does not wrap what it cannot open', () => {
    expect(() => rewrap(sealed, { ...place, objectId: 'o2' }, keyRing(next, old))).toThrow(UnreadableSecret);
    expect(() => rewrap(sealed, place, keyRing(next))).toThrow(UnreadableSecret);
  });
});

describe('an encryption key', () => {
  it('is the same in hex and in base64', () => {
    const bytes = randomBytes(32);
    const sealed = seal('secret', place, keyRing(bytes.toString('hex')));
    expect(open(sealed, place, keyRing(bytes.toString('base64')))).toBe('secret');
  });

  it('of another length is refused', () => {
    for (const text of ['', 'short', randomBytes(16).toString('hex'), randomBytes(33).toString('base64')])
      expect(() => keyRing(text)).toThrow('32 bytes');
  });
});
