import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverUrl } from '../../../lib/core/prefix-cover.ts';
import { createTransport } from '../../../lib/transport/index.ts';
import { atEndPoint, logInToResponsys, responsysLoginUrl } from '../../../lib/vault/responsys.ts';
import { closeServersAfterEach, httpServer } from '../../support/servers.ts';

closeServersAfterEach();

describe('the address of the login', () => {
  it.each([
    'https://login2.responsys.net',
    'https://login2.responsys.net/',
    'https://login2.responsys.net/rest/api/v1.3',
    'https://login2.responsys.net/rest/api/v1.3/',
    'https://login2.responsys.net/rest/api/v1.3/auth/token',
  ])('is the same for %s', (endpoint) => {
    expect(responsysLoginUrl(endpoint)).toBe('https://login2.responsys.net/rest/api/v1.3/auth/token');
  });
});

describe('a path of a webhook', () => {
  const endPoint = 'https://api5-001.responsys.net';

  it('goes to the endPoint, whether it begins with a slash or not', () => {
    for (const path of ['/rest/api/v1.3/lists', 'rest/api/v1.3/lists', ' /rest/api/v1.3/lists '])
      expect(atEndPoint(path, endPoint)).toBe(`${endPoint}/rest/api/v1.3/lists`);
    expect(atEndPoint('/a', `${endPoint}/pod7/`)).toBe(`${endPoint}/pod7/a`);
  });

  it('that is an address of its own stays one, and is then judged as one', () => {
    for (const url of ['https://evil.test/x', 'HTTPS://evil.test', 'javascript:alert(1)', '//evil.test/x'])
      expect(atEndPoint(url, endPoint)).toBe(url);
  });

  it('never leads away from the endPoint once the prefix is checked, whatever it is', () => {
    const part = fc.constantFrom(
      '/',
      '//',
      '\\',
      '..',
      '.',
      '%2e',
      '%2f',
      '@',
      ':',
      '?',
      '#',
      'evil.test',
      'a',
      ' ',
      '\t',
      'https:',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const covered = coverUrl(atEndPoint(parts.join(''), `${endPoint}/pod7`), `${endPoint}/pod7`);
        if (!covered.ok) return;
        const { origin, pathname } = new URL(covered.url);
        expect(origin).toBe(endPoint);
        expect(pathname === '/pod7' || pathname.startsWith('/pod7/')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the answer to a login', () => {
  const answered = async (body: unknown, loginHost = '127.0.0.1') => {
    const server = await httpServer((response) => response.end(JSON.stringify(body)));
    const transport = createTransport({
      rules: { allow: ['127.0.0.0/8', `${loginHost}:${server.port}`] },
      connections: 1,
      lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const loginEndpoint = `http://${loginHost}:${server.port}`;
    const login = await logInToResponsys(transport, { loginEndpoint, username: 'u', password: 'password' }, null);
    await transport.close();
    return login;
  };

  it('names the endPoint: the login’s own host, or another of Oracle’s', async () => {
    expect(await answered({ authToken: 't', endPoint: 'https://127.0.0.1' })).toMatchObject({ ok: true });
    for (const endPoint of [
      'https://api5-001.responsys.net',
      'https://acme-api.responsys.ocs.oraclecloud.com',
      'https://api.rsys9.net',
    ])
      expect(await answered({ authToken: 't', endPoint }, 'login2.responsys.net'), endPoint).toMatchObject({
        ok: true,
        grant: { endPoint },
      });
  });

  it.each([
    'https://evil.test',
    'https://responsys.net.evil.test',
    'https://evilresponsys.net',
    'https://api5.responsys.net@evil.test',
    'ftp://api5.responsys.net',
    'not an address',
  ])('that names %s is not believed', async (endPoint) => {
    expect(await answered({ authToken: 't', endPoint }, 'login2.responsys.net')).toMatchObject({
      ok: false,
      temporary: false,
    });
  });

  it('without token or endPoint is refused', async () => {
    for (const body of [{}, { authToken: '' }, { authToken: 5, endPoint: 'https://x' }, { authToken: 't' }])
      expect(await answered(body)).toMatchObject({
        ok: false,
        reason: expect.stringContaining('without authToken and endPoint'),
      });
  });

  it('with a clock that is wrong makes the token neither younger nor older than it is', async () => {
    const now = Date.now();
    for (const issuedAt of [now + 86_400_000, 0, -1, 'yesterday', undefined]) {
      const login = await answered({ authToken: 't', endPoint: 'https://127.0.0.1', issuedAt });
      expect(login.ok && Math.abs(login.grant.expiresAt - now - 3 * 3600_000), String(issuedAt)).toBeLessThan(5000);
    }
    const old = await answered({ authToken: 't', endPoint: 'https://127.0.0.1', issuedAt: now - 3600_000 });
    expect(old.ok && Math.abs(old.grant.expiresAt - now - 2 * 3600_000)).toBeLessThan(5000);
  });
});
