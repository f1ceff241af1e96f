import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { DEFAULT_LIMITS } from '../../../lib/transport/index.ts';
import { type Credentials, mask, openIntegration } from '../../../lib/vault/index.ts';
import { forgetTokens } from '../../../lib/vault/token.ts';
import { freshDatabase } from '../../support/database.ts';
import { loopback, requestTo, storedIntegration } from '../../support/integrations.ts';
import { type Responsys, responsys } from '../../support/responsys.ts';
import { closeServersAfterEach } from '../../support/servers.ts';

freshDatabase();
closeServersAfterEach();

const HOUR = 3600_000;
const PATH = '/rest/api/v1.3/lists/CONTACTS_LIST/members';

async function setUp(account = { username: 'hookline_api', password: 'Oracle&123=+' }) {
  const server = await responsys();
  const row = await storedIntegration(server.login.origin, { kind: 'responsys', test: null }, account);
  const transport = loopback();
  /** As one request of a run: authorise, send, after a 401 renew once and send again. */
  const send = async (credentials?: Credentials, url = PATH) => {
    const opened = credentials ?? (await openIntegration(row, transport));
    const once = async () => {
      const authorised = await opened.authorise(requestTo(url));
      if (!authorised.ok) return authorised;
      const answer = await transport.send(authorised.request, DEFAULT_LIMITS);
      return { ok: true as const, status: answer.kind === 'answered' ? answer.status : answer.message };
    };
    const first = await once();
    return first.ok && first.status === 401 && (await opened.renew?.()) ? once() : first;
  };
  return { server, row, transport, send };
}

/** Lets both the stored token and the server's grow older. */
async function age(server: Responsys, ms: number): Promise<void> {
  server.pass(ms);
  const rows = await prisma().integrationToken.findMany();
  for (const { integrationId } of rows)
    await prisma().integrationToken.update({
      where: { integrationId },
      data: { obtainedAt: new Date(Date.now() - ms) },
    });
}

describe('Responsys', () => {
  it('logs in with form fields and no credentials in the URL, then sends the bare token to the endPoint', async () => {
    const { server, send } = await setUp();
    expect(await send()).toEqual({ ok: true, status: 200 });
    const [login] = server.login.seen;
    expect(login).toMatchObject({ method: 'POST', url: '/rest/api/v1.3/auth/token' });
    expect(login!.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(login!.body.toString()))).toEqual({
      user_name: 'hookline_api',
      password: 'Oracle&123=+',
      auth_type: 'password',
    });
    expect(server.api.seen[0]).toMatchObject({
      url: PATH,
      headers: { authorization: expect.stringMatching(/^TOKEN-1-/) },
    });
  });

  it('takes the login endpoint with or without the path of the API', async () => {
    const server = await responsys();
    for (const suffix of ['', '/', '/rest/api/v1.3', '/rest/api/v1.3/auth/token']) {
      const row = await storedIntegration(
        `${server.login.origin}${suffix}`,
        { kind: 'responsys', test: null },
        { username: 'hookline_api', password: 'Oracle&123=+' },
      );
      const credentials = await openIntegration(row, loopback());
      expect(await credentials.authorise(requestTo(PATH)), suffix).toMatchObject({ ok: true });
    }
  });

  it('logs in once for many requests, chunks and workers', async () => {
    const { server, row, transport, send } = await setUp();
    const credentials = await openIntegration(row, transport);
    await Promise.all(Array.from({ length: 50 }, () => send(credentials)));
    // Another chunk, and then a worker that starts with an empty memory.
    await send();
    forgetTokens();
    await send();
    expect(server.logins).toEqual(['password']);
    expect(server.api.seen).toHaveLength(52);
  });

  it('refreshes by auth_type=token before the three hours are over, without the password', async () => {
    const { server, row, send } = await setUp();
    await send();
    await expireIn(row.id, 4 * 60_000);
    forgetTokens();
    expect(await send()).toEqual({ ok: true, status: 200 });
    expect(server.logins).toEqual(['password', 'token']);
    const refresh = server.login.seen[1]!;
    expect(refresh.headers.authorization).toMatch(/^TOKEN-1-/);
    expect(refresh.body.toString()).toBe('auth_type=token');
    expect(server.api.seen[1]!.headers.authorization).toMatch(/^TOKEN-2-/);
  });

  it('keeps a token until five minutes before its end', async () => {
    const { row, send } = await setUp();
    const before = Date.now();
    await send();
    const { expiresAt, refreshAt } = await storedGrant(row);
    expect(expiresAt - before).toBeGreaterThan(3 * HOUR - 5000);
    expect(expiresAt - refreshAt).toBe(5 * 60_000);
  });

  it('logs in with the password when the token is too old to be refreshed', async () => {
    const { server, row, send } = await setUp();
    await send();
    server.pass(3 * HOUR + 1000);
    await expireIn(row.id, -1000);
    forgetTokens();
    expect(await send()).toEqual({ ok: true, status: 200 });
    expect(server.logins).toEqual(['password', 'password']);
  });

  it('logs in once anew after a 401, however many requests were refused', async () => {
    const { server, row, transport, send } = await setUp();
    const credentials = await openIntegration(row, transport);
    await send(credentials);
    server.revokeAll();
    await age(server, 60_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(credentials)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ ok: true, status: 200 })));
    expect(server.logins).toEqual(['password', 'password']);
  });

  it('does not log in again and again when 401 stays: the token is not the reason', async () => {
    const { server, row, transport, send } = await setUp();
    const credentials = await openIntegration(row, transport);
    await send(credentials);
    await age(server, 60_000);
    server.refuseCalls();
    for (let n = 0; n < 5; n++) expect(await send(credentials)).toEqual({ ok: true, status: 401 });
    expect(server.logins).toEqual(['password', 'password']);
  });

  it('follows an endPoint that changes', async () => {
    const { server, row, send } = await setUp();
    await send();
    server.moveTo('/pod7');
    await expireIn(row.id, -1000);
    forgetTokens();
    expect(await send()).toEqual({ ok: true, status: 200 });
    expect(server.api.seen.map(({ url }) => url)).toEqual([PATH, `/pod7${PATH}`]);
  });

  it('sends the token nowhere else: not to other hosts, not out of the endPoint by path', async () => {
    const { server, send } = await setUp();
    server.moveTo('/pod7');
    for (const url of [
      'https://evil.test/rest/api/v1.3/x',
      '//evil.test/x',
      'javascript:alert(1)',
      '/../other',
      '/%2e%2e/other',
      '\\evil.test',
      `${server.api.origin}/outside`,
    ])
      expect(await send(undefined, url), url).toMatchObject({ ok: false, temporary: false });
    expect(server.api.seen).toEqual([]);
    expect(await send(undefined, `${server.api.origin}/pod7${PATH}`)).toEqual({ ok: true, status: 200 });
  });

  it('does not believe an endPoint that is neither its own host nor Oracle’s', async () => {
    const { server, row, transport } = await setUp();
    server.moveTo('@evil.test');
    const result = await (await openIntegration(row, transport)).authorise(requestTo(PATH));
    expect(result).toMatchObject({
      ok: false,
      temporary: false,
      reason: expect.stringContaining('does not belong to it'),
    });
  });
});

describe('a login that fails', () => {
  it('with a wrong password is a reason without the password, and is not repeated for a minute', async () => {
    const { server, row, transport } = await setUp({ username: 'hookline_api', password: 'canary-wrong' });
    const credentials = await openIntegration(row, transport);
    const results = await Promise.all(Array.from({ length: 10 }, () => credentials.authorise(requestTo(PATH))));
    forgetTokens();
    results.push(await credentials.authorise(requestTo(PATH)));
    for (const result of results) {
      expect(result).toMatchObject({
        ok: false,
        temporary: false,
        reason: expect.stringContaining('refused the login with 401'),
      });
      expect(result.ok === false && result.reason).not.toContain('canary');
    }
    expect(server.login.seen).toHaveLength(1);
  });

  it('is tried at once when the credentials were changed', async () => {
    const { server, row, transport, send } = await setUp();
    server.changePassword('another-password');
    expect(await send()).toMatchObject({ ok: false });
    const { changeSecrets, settingsOf } = await import('../../../lib/vault/index.ts');
    const { sealed } = changeSecrets(row, settingsOf(row), { password: 'another-password' });
    const credentials = await openIntegration({ ...row, sealed }, transport);
    expect(await credentials.authorise(requestTo(PATH))).toMatchObject({ ok: true });
  });

  it('because the server is busy or gone is temporary', async () => {
    const { server, send } = await setUp();
    server.fail(503);
    expect(await send()).toMatchObject({ ok: false, temporary: true });
    server.fail(null);
    expect(await send()).toEqual({ ok: true, status: 200 });
  });

  it('while refreshing leaves a token in use that is still valid', async () => {
    const { server, row, send } = await setUp();
    await send();
    await expireIn(row.id, 60_000);
    forgetTokens();
    server.fail(503);
    expect(await send()).toEqual({ ok: true, status: 200 });
    expect(server.logins).toEqual(['password']);
  });

  it('is held to the address rules like any webhook', async () => {
    const { row } = await setUp();
    const { createTransport } = await import('../../../lib/transport/index.ts');
    const closed = createTransport({ rules: { allow: [] }, connections: 1 });
    const result = await (await openIntegration(row, closed)).authorise(requestTo(PATH));
    expect(result).toMatchObject({ ok: false, temporary: false, reason: expect.stringContaining('may not reach') });
  });
});

describe('a token', () => {
  it('is stored sealed, and is among the secrets to mask', async () => {
    const { row, transport } = await setUp();
    const credentials = await openIntegration(row, transport);
    await credentials.authorise(requestTo(PATH));
    const stored = await prisma().integrationToken.findUniqueOrThrow({ where: { integrationId: row.id } });
    expect(Buffer.from(stored.sealed!).includes('TOKEN')).toBe(false);
    expect(mask(`echo TOKEN-1-${'x'.repeat(20)}`, credentials.secrets)).toBe('echo [secret]');
  });

  it('that cannot be opened is fetched anew', async () => {
    const { server, row, send } = await setUp();
    await send();
    await prisma().integrationToken.update({ where: { integrationId: row.id }, data: { sealed: new Uint8Array(120) } });
    forgetTokens();
    expect(await send()).toEqual({ ok: true, status: 200 });
    expect(server.logins).toEqual(['password', 'password']);
  });

  it('of another integration’s row does not open here', async () => {
    const [one, two] = [await setUp(), await setUp()];
    await one.send();
    await two.send();
    const stolen = await prisma().integrationToken.findUniqueOrThrow({ where: { integrationId: one.row.id } });
    await prisma().integrationToken.update({ where: { integrationId: two.row.id }, data: { sealed: stolen.sealed } });
    forgetTokens();
    await two.send();
    expect(two.server.logins).toEqual(['password', 'password']);
  });
});

/** Seals the stored token anew as one that ends so soon. */
async function expireIn(integrationId: string, ms: number): Promise<void> {
  const { seal } = await import('../../../lib/vault/index.ts');
  const row = await prisma().integrationToken.findUniqueOrThrow({ where: { integrationId } });
  const place = { projectId: row.projectId, objectId: integrationId, field: 'token' };
  const grant = await storedGrant({ id: integrationId, projectId: row.projectId });
  const expiresAt = Date.now() + ms;
  const sealed = seal(JSON.stringify({ ...grant, expiresAt, refreshAt: expiresAt - 5 * 60_000 }), place);
  await prisma().integrationToken.update({ where: { integrationId }, data: { sealed } });
}

async function storedGrant({ id, projectId }: { id: string; projectId: string }) {
  const { open } = await import('../../../lib/vault/index.ts');
  const row = await prisma().integrationToken.findUniqueOrThrow({ where: { integrationId: id } });
  return JSON.parse(open(row.sealed!, { projectId, objectId: id, field: 'token' })) as {
    expiresAt: number;
    refreshAt: number;
  };
}
