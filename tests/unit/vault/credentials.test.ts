import { createHmac, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationSettings } from '../../../lib/core/integration.ts';
import type { OutgoingRequest } from '../../../lib/transport/index.ts';
import {
  changeSecrets,
  HIDDEN,
  newSigningSecret,
  openIntegration,
  previewIntegration,
  refuseSigningSecret,
  type StoredIntegration,
  storedFields,
} from '../../../lib/vault/index.ts';

beforeAll(() => {
  process.env.ENCRYPTION_KEY ??= randomBytes(32).toString('base64');
  process.env.DATABASE_URL ??= 'postgresql://nowhere';
});

const PREFIX = 'https://secure.example.com/api/v1';

function stored(settings: IntegrationSettings, secrets: Record<string, string>, prefix = PREFIX): StoredIntegration {
  const { kind, ...shown } = settings;
  const row = { id: 'i1', projectId: 'p1', kind, prefix, public: shown, sealed: null };
  return { ...row, sealed: changeSecrets(row, settings, secrets).sealed };
}

const request = (more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url: `${PREFIX}/send`,
  headers: [['Content-Type', 'application/json']],
  body: '{"a":1}',
  ...more,
});

const basic = () =>
  stored({ kind: 'http', scheme: 'basic', headers: [], test: null }, { username: 'ann', password: 'pa:ss wörd' });
const headers = (...rows: { name: string; value: string | null }[]): IntegrationSettings => ({
  kind: 'http',
  scheme: 'headers',
  headers: rows,
  test: null,
});

async function authorised(row: StoredIntegration, given = request()) {
  const result = await (await openIntegration(row)).authorise(given);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

describe('Basic', () => {
  it('sends user name and password in base64 of UTF-8 (RFC 7617)', async () => {
    const { request: sent } = await authorised(basic());
    const value = `Basic ${Buffer.from('ann:pa:ss wörd').toString('base64')}`;
    expect(sent.headers).toEqual([
      ['Content-Type', 'application/json'],
      ['Authorization', value],
    ]);
    expect(sent).toMatchObject({ method: 'POST', url: `${PREFIX}/send`, body: '{"a":1}' });
  });

  it('takes the place of an Authorization that the webhook sets, in any case', async () => {
    const given = request({
      headers: [
        ['AUTHORIZATION', 'Bearer mine'],
        ['X-A', '1'],
      ],
    });
    const { request: sent } = await authorised(basic(), given);
    expect(sent.headers.filter(([name]) => name.toLowerCase() === 'authorization')).toHaveLength(1);
    expect(sent.headers.flat()).not.toContain('Bearer mine');
  });

  it('works without a password, and then the user name is the secret', async () => {
    const row = stored({ kind: 'http', scheme: 'basic', headers: [], test: null }, { username: 'sk_live_123' });
    const credentials = await openIntegration(row);
    expect((await authorised(row)).request.headers[1]![1]).toBe(
      `Basic ${Buffer.from('sk_live_123:').toString('base64')}`,
    );
    expect(credentials.secrets).toContain('sk_live_123');
    expect((await openIntegration(basic())).secrets).not.toContain('ann');
  });
});

describe('custom headers', () => {
  it('are sent, secret and public ones, in their order', async () => {
    const row = stored(headers({ name: 'Authorization', value: null }, { name: 'X-Tenant', value: 'acme' }), {
      'header:authorization': 'Bearer abc.def',
    });
    const { request: sent } = await authorised(row);
    expect(sent.headers.slice(1)).toEqual([
      ['Authorization', 'Bearer abc.def'],
      ['X-Tenant', 'acme'],
    ]);
  });

  it('are masked with and without their scheme', async () => {
    const row = stored(headers({ name: 'Authorization', value: null }), { 'header:authorization': 'Bearer abc.def' });
    expect((await openIntegration(row)).secrets).toEqual(['Bearer abc.def', 'abc.def']);
  });

  it('that cannot be sent refuse the request without repeating the value', async () => {
    const row = stored(headers({ name: 'X-Key', value: null }), { 'header:x-key': 'canary\nX-Admin: 1' });
    const result = await (await openIntegration(row)).authorise(request());
    expect(result).toMatchObject({ ok: false, temporary: false });
    expect(result.ok === false && result.reason).not.toContain('canary');
  });
});

describe('an API key in the query', () => {
  const key = stored.bind(null, { kind: 'api-key', parameter: 'api_key', test: null });

  it('is added encoded, and the rest of the URL stays as it was written', async () => {
    const { request: sent } = await authorised(
      key({ value: 'a&b=c d' }),
      request({ url: `${PREFIX}/send?q=%7Ex+y&z` }),
    );
    expect(sent.url).toBe(`${PREFIX}/send?q=%7Ex+y&z&api_key=a%26b%3Dc%20d`);
  });

  it('takes the place of a parameter of the same name, however it is written', async () => {
    for (const query of ['api_key=x', 'a=1&api_key=x&b=2', '%61pi_key=x', 'api%5Fkey=x&api_key=y']) {
      const { request: sent } = await authorised(key({ value: 'real' }), request({ url: `${PREFIX}/send?${query}` }));
      expect(new URL(sent.url).searchParams.getAll('api_key'), query).toEqual(['real']);
    }
  });

  it('is not added outside the prefix', async () => {
    const result = await (await openIntegration(key({ value: 'real' }))).authorise(
      request({ url: 'https://secure.example.com/api/v2/send' }),
    );
    expect(result.ok).toBe(false);
  });
});

describe('a Standard Webhooks signature', () => {
  const settings = (previousUntil: string | null): IntegrationSettings => ({
    kind: 'signature',
    previousUntil,
    test: null,
  });
  const secret = newSigningSecret();

  const verify = (sent: OutgoingRequest, key: string, body: string) => {
    const value = (name: string) => sent.headers.find(([known]) => known === name)![1];
    const content = `${value('webhook-id')}.${value('webhook-timestamp')}.${body}`;
    const expected = createHmac('sha256', Buffer.from(key.slice(6), 'base64'))
      .update(content)
      .digest('base64');
    return value('webhook-signature').split(' ').includes(`v1,${expected}`);
  };

  it('signs id, time and the very bytes of the body, in whatever form they are', async () => {
    const row = stored(settings(null), { secret });
    for (const [body, text] of [
      ['{"ž":1}', '{"ž":1}'],
      [Buffer.from('{"ž":1}'), '{"ž":1}'],
      [[Buffer.from('{"a"'), Buffer.from(':1}')], '{"a":1}'],
      [null, ''],
    ] as [OutgoingRequest['body'], string][]) {
      const { request: sent } = await authorised(row, request({ body, headers: [['webhook-id', 'run-1']] }));
      expect(verify(sent, secret, text), text).toBe(true);
      expect(verify(sent, secret, `${text} `)).toBe(false);
      expect(sent.headers.find(([name]) => name === 'webhook-id')).toEqual(['webhook-id', 'run-1']);
    }
  });

  it('has the time of sending, in seconds, and an id even where the request has none', async () => {
    const { request: sent } = await authorised(stored(settings(null), { secret }));
    const at = Number(sent.headers.find(([name]) => name === 'webhook-timestamp')![1]);
    expect(Math.abs(at - Date.now() / 1000)).toBeLessThan(3);
    expect(sent.headers.find(([name]) => name === 'webhook-id')![1]).toMatch(/^msg_/);
  });

  it('is made with both secrets during a rotation, and with the new one alone after it', async () => {
    const fresh = newSigningSecret();
    const rotating = (until: number) => {
      const row = stored(settings(null), { secret });
      const next = settings(new Date(Date.now() + until).toISOString());
      const { kind: _, ...shown } = next;
      return { ...row, public: shown, sealed: changeSecrets(row, next, { secret: fresh }).sealed };
    };
    const { request: during } = await authorised(rotating(60_000));
    expect([verify(during, secret, '{"a":1}'), verify(during, fresh, '{"a":1}')]).toEqual([true, true]);
    const { request: after } = await authorised(rotating(-1));
    expect([verify(after, secret, '{"a":1}'), verify(after, fresh, '{"a":1}')]).toEqual([false, true]);
  });

  it('needs a secret of 24 to 64 bytes', () => {
    expect(refuseSigningSecret(newSigningSecret())).toBeNull();
    expect(refuseSigningSecret(randomBytes(24).toString('base64'))).toBeNull();
    for (const text of [
      '',
      'whsec_',
      `whsec_${randomBytes(23).toString('base64')}`,
      `whsec_${randomBytes(65).toString('base64')}`,
      'plain text',
    ])
      expect(refuseSigningSecret(text), text).toMatch(/24 to 64 bytes/);
  });
});

describe('a client certificate', () => {
  it('comes along for the connection; the request itself stays as it is', async () => {
    const row = stored(
      { kind: 'certificate', subject: null, expiresAt: null, test: null },
      { certificate: 'CERT', key: '-----BEGIN KEY-----\nabcdefgh\nijkl\n-----END KEY-----' },
    );
    const result = await authorised(row);
    expect(result.certificate).toMatchObject({ cert: 'CERT' });
    expect(result.request.headers).toEqual(request().headers);
    expect((await openIntegration(row)).secrets).toContain('abcdefghijkl');
  });
});

describe('the prefix', () => {
  it.each([
    'https://secure.example.com/api/v2/send',
    'https://secure.example.com/api/v10/send',
    'https://secure.example.com/api/v1/../v2/send',
    'https://secure.example.com/api/v1/%2e%2e/v2/send',
    'http://secure.example.com/api/v1/send',
    'https://secure.example.com:8443/api/v1/send',
    'https://secure.example.com.evil.test/api/v1/send',
    'https://secure.example.com@evil.test/api/v1/send',
    'https://evil.test/?https://secure.example.com/api/v1',
    '/api/v1/send',
    '',
  ])('is not left by %s: the request goes nowhere and no secret stands in the reason', async (url) => {
    const result = await (await openIntegration(basic())).authorise(request({ url }));
    expect(result).toMatchObject({ ok: false, temporary: false, reason: expect.stringContaining(PREFIX) });
    expect(result.ok === false && result.reason).not.toMatch(/wörd|ann:/);
  });

  it('makes the URL that leaves the one that was checked', async () => {
    const { request: sent } = await authorised(
      basic(),
      request({ url: ` HTTPS://Secure.Example.COM:443/api/v1/send \n` }),
    );
    expect(sent.url).toBe(`${PREFIX}/send`);
  });
});

describe('secrets that are not there', () => {
  it('refuse every request with what to enter', async () => {
    const row = stored(
      {
        kind: 'oauth2',
        tokenUrl: 'https://id.example.com',
        clientId: 'c',
        scope: '',
        audience: '',
        clientAuthentication: 'header',
        test: null,
      },
      {},
    );
    const result = await (await openIntegration(row)).authorise(request());
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('Client secret') });
  });

  it('refuse every request when they were tampered with, moved, or sealed with another key', async () => {
    const row = basic();
    const flipped = Uint8Array.from(row.sealed!);
    flipped[flipped.length - 1]! ^= 1;
    for (const broken of [
      { ...row, sealed: flipped },
      { ...row, id: 'i2' },
      { ...row, projectId: 'p2' },
      { ...row, sealed: new Uint8Array(3) },
    ]) {
      const credentials = await openIntegration(broken);
      expect(await credentials.authorise(request())).toMatchObject({
        ok: false,
        reason: expect.stringContaining('again'),
      });
      expect(storedFields(broken)).toEqual([]);
    }
  });
});

describe('changing secrets', () => {
  const two = headers({ name: 'X-One', value: null }, { name: 'X-Two', value: null });
  const row = () => stored(two, { 'header:x-one': 'first', 'header:x-two': 'second' });

  it('replaces what is given and keeps the rest', async () => {
    const { sealed, missing } = changeSecrets(row(), two, { 'header:x-two': 'changed' });
    expect(missing).toEqual([]);
    const { request: sent } = await authorised({ ...row(), sealed });
    expect(sent.headers.slice(1)).toEqual([
      ['X-One', 'first'],
      ['X-Two', 'changed'],
    ]);
  });

  it('forgets fields that the settings no longer have, and names those without a value', () => {
    const next = headers({ name: 'X-Two', value: null }, { name: 'X-Three', value: null });
    const { sealed, missing } = changeSecrets(row(), next, {});
    expect(missing).toEqual(['header:x-three']);
    expect(storedFields({ ...row(), sealed })).toEqual(['header:x-two']);
  });

  it('leaves no seal when nothing is left', () => {
    expect(changeSecrets(row(), headers({ name: 'X-A', value: 'public' }), {}).sealed).toBeNull();
  });
});

describe('a preview', () => {
  it('checks the prefix and hides secret values without opening anything', () => {
    const closed = { ...basic(), sealed: null };
    expect(previewIntegration(closed, request())).toMatchObject({
      ok: true,
      hidden: ['authorization'],
      request: {
        headers: [
          ['Content-Type', 'application/json'],
          ['Authorization', HIDDEN],
        ],
      },
    });
    expect(previewIntegration(closed, request({ url: 'https://evil.test/' }))).toMatchObject({ ok: false });
  });

  it('shows public headers, and hides a key in the query', () => {
    const mixed = stored(headers({ name: 'X-Tenant', value: 'acme' }, { name: 'X-Key', value: null }), {
      'header:x-key': 'canary',
    });
    const shown = previewIntegration(mixed, request());
    expect(shown).toMatchObject({ hidden: ['x-key'] });
    expect(shown.ok && shown.request.headers.slice(1)).toEqual([
      ['X-Tenant', 'acme'],
      ['X-Key', HIDDEN],
    ]);
    const inQuery = stored({ kind: 'api-key', parameter: 'key', test: null }, { value: 'canary' });
    expect(JSON.stringify(previewIntegration(inQuery, request()))).not.toContain('canary');
    expect(previewIntegration(inQuery, request())).toMatchObject({ request: { url: `${PREFIX}/send?key=${HIDDEN}` } });
  });

  it('leaves a path of Responsys a path', () => {
    const row = stored(
      { kind: 'responsys', test: null },
      { username: 'u', password: 'password' },
      'https://login2.responsys.net',
    );
    expect(previewIntegration(row, request({ url: '/rest/api/v1.3/lists' }))).toMatchObject({
      ok: true,
      request: { url: '/rest/api/v1.3/lists' },
      hidden: ['authorization'],
    });
  });
});
