import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPrefix, coverUrl } from '../../../lib/core/prefix-cover.ts';

interface Vector {
  id: string;
  surface: string;
  input: string;
  verdict: 'allow' | 'reject_request' | 'reject_config';
  why: string;
  normalised?: string;
  context?: { prefix?: string; field?: string };
}
const { vectors } = JSON.parse(
  readFileSync(new URL('../../fixtures/attack-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] };
const all = vectors.filter((vector) => vector.surface === 'url_prefix');
const urls = all.filter((vector) => vector.context?.prefix !== undefined);
const prefixes = all.filter((vector) => vector.context?.field === 'endpoint_prefix');

const PREFIX = 'https://secure.example.com/api/v1';
const refusal = (url: string, prefix = PREFIX) => {
  const cover = coverUrl(url, prefix);
  return cover.ok ? `allowed: ${cover.url}` : cover.reason;
};

describe('the vectors', () => {
  it('are all there', () => {
    expect(urls.length).toBeGreaterThanOrEqual(45);
    expect(prefixes).toHaveLength(7);
  });

  it.each(urls.map((v) => [v.id, v.why, v] as const))('%s: %s', (_id, _why, vector) => {
    const cover = coverUrl(vector.input, vector.context!.prefix!);
    if (vector.verdict === 'allow') expect(cover).toEqual({ ok: true, url: vector.normalised });
    else expect(cover).toEqual({ ok: false, reason: expect.any(String) });
  });

  it.each(prefixes.map((v) => [v.id, v.why, v] as const))('%s: %s', (_id, _why, vector) => {
    expect(checkPrefix(vector.input)).toEqual({ ok: false, reason: expect.any(String) });
  });

  it('UP-093, UP-094: a value of a customer brings no dots, slash, query or fragment into the path', () => {
    expect(refusal(`${PREFIX}/x/../../v2/delete`)).toBe('its path contains a dot segment');
    expect(refusal(`${PREFIX}/u/${encodeURIComponent('a/b?c#d')}`)).toBe(
      'its path contains an encoded slash, dot, percent or control character',
    );
    expect(refusal(`${PREFIX}/u/a/b?c#d`)).toBe('it has a fragment (#)');
  });
});

describe('a URL below the prefix', () => {
  it.each([
    [`${PREFIX}`, PREFIX],
    [`${PREFIX}/`, `${PREFIX}/`],
    [`  ${PREFIX}/send\n`, `${PREFIX}/send`],
    [`${PREFIX}/a%20b`, `${PREFIX}/a%20b`],
    [`${PREFIX}/x?next=https://evil.test/%2f..#`.replace('#', ''), `${PREFIX}/x?next=https://evil.test/%2f..`],
    ['https://secure.example.com:443/api/v1/x', `${PREFIX}/x`],
    ['HTTPS://secure.example.com/api/v1/x', `${PREFIX}/x`],
    [`${PREFIX}/.well-known`, `${PREFIX}/.well-known`],
    [`${PREFIX}/a;v=1`, `${PREFIX}/a;v=1`],
  ])('%j is sent as %s', (url, sent) => expect(coverUrl(url, PREFIX)).toEqual({ ok: true, url: sent }));

  it('may be anywhere on the host when the prefix is the bare host', () => {
    for (const prefix of ['https://a.example', 'https://a.example/'])
      for (const path of ['', '/', '/x/y'])
        expect(coverUrl(`https://a.example${path}`, prefix)).toMatchObject({ ok: true });
  });

  it('is compared by whole segments and by case', () => {
    expect(refusal('https://secure.example.com/api/v10')).toBe('the path /api/v10 is not below /api/v1');
    expect(refusal('https://secure.example.com/api/V1/x')).toBe('the path /api/V1/x is not below /api/v1');
    expect(refusal('https://secure.example.com/')).toBe('the path / is not below /api/v1');
  });

  it('is refused with the origin it would have gone to', () => {
    expect(refusal('https://secure.example.org/api/v1')).toBe(
      'it goes to https://secure.example.org, the prefix allows https://secure.example.com',
    );
  });

  it('is refused when the prefix itself is not usable, whatever it says', () => {
    expect(refusal(PREFIX, '')).toBe(
      'the endpoint prefix itself is not usable: it is not an absolute http:// or https:// URL',
    );
    expect(refusal(PREFIX, 'https://secure.example.com/api/../')).toMatch(/^the endpoint prefix itself is not usable/);
  });
});

describe('a prefix', () => {
  it('is stored in its normal form', () => {
    expect(checkPrefix(' HTTPS://Secure.Example.com:443/api/v1 ')).toEqual({ ok: true, url: PREFIX });
    expect(checkPrefix('http://127.0.0.1:3001/t/sms/')).toEqual({ ok: true, url: 'http://127.0.0.1:3001/t/sms/' });
    expect(checkPrefix('http://[::1]:8080/x')).toEqual({ ok: true, url: 'http://[::1]:8080/x' });
  });

  it.each([
    ['https://a.example/x?', 'a prefix has no query'],
    ['https://a.example/{{ customer.path }}', 'a prefix is a fixed address: it holds no template and no wildcard'],
    ['https://a.example/[[ path ]]', 'a prefix is a fixed address: it holds no template and no wildcard'],
    ['https://{{ host }}/x', 'a prefix is a fixed address: it holds no template and no wildcard'],
    ['https://*.example.com/', 'a prefix is a fixed address: it holds no template and no wildcard'],
    ['https://a.example/*', 'a prefix is a fixed address: it holds no template and no wildcard'],
    ['ftp://a.example/', 'it is not an absolute http:// or https:// URL'],
    ['https://user@a.example/', 'its host part contains @ or %'],
  ])('%s is refused: %s', (prefix, reason) => expect(checkPrefix(prefix)).toEqual({ ok: false, reason }));
});

describe('whatever is thrown at it', () => {
  const piece = fc.constantFrom(
    ...[
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '/',
      '//',
      '\\',
      '%2f',
      '%5c',
      '%25',
      ';',
      '..;',
      '?',
      '#',
      '@',
      ':',
      'a',
      'v1',
      'v2',
    ],
    ...['\u2025', '\uff0e', '\u2215', '%c0%af', '%00', '\t', '\n', ' ', 'é', '%e2%80%a5'],
  );
  const tail = fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 8 }).map((parts) => parts.join(''));

  it('what is allowed stays below the prefix after any decoding, and is a fixed point', () => {
    fc.assert(
      fc.property(fc.constantFrom('', '/', '.'), tail, (glue, rest) => {
        const cover = coverUrl(`${PREFIX}${glue}${rest}`, PREFIX);
        if (!cover.ok) return;
        const { origin, pathname } = new URL(cover.url);
        expect(origin).toBe('https://secure.example.com');
        const path = decodeURIComponent(pathname).normalize('NFKC');
        expect(`${path}/`.startsWith('/api/v1/')).toBe(true);
        expect(path.split(/[/\\]/)).not.toContain('..');
        expect(coverUrl(cover.url, PREFIX)).toEqual(cover);
      }),
      { numRuns: 3000 },
    );
  });

  it('ordinary paths are allowed', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_~-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        const url = `${PREFIX}/${segments.join('/')}`;
        expect(coverUrl(url, PREFIX)).toEqual({ ok: true, url });
      }),
    );
  });
});
