import { describe, expect, it, vi } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { openIntegration } from '../../../lib/vault/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { loopback, requestTo, storedIntegration } from '../../support/integrations.ts';
import { closeServersAfterEach, httpServer } from '../../support/servers.ts';

freshDatabase();
closeServersAfterEach();

const PREFIX = 'https://api.example.com/v1';
const CLIENT = { clientId: 'hook:line', clientSecret: 'canary+secret/=' };

interface Answer {
  status?: number;
  body?: unknown;
  delayMs?: number;
}

/** A token server that answers as told, and an integration that uses it. */
async function setUp(
  answers: Answer[] = [{}],
  more: { clientAuthentication?: 'header' | 'body'; scope?: string; audience?: string } = {},
) {
  let count = 0;
  const server = await httpServer((response) => {
    const { status = 200, body, delayMs = 0 } = answers[Math.min(count, answers.length - 1)]!;
    count++;
    const text =
      typeof body === 'string'
        ? body
        : JSON.stringify(body ?? { access_token: `at-${count}-abcdef`, token_type: 'Bearer', expires_in: 3600 });
    setTimeout(() => response.writeHead(status, { 'Content-Type': 'application/json' }).end(text), delayMs);
  });
  const settings = {
    kind: 'oauth2' as const,
    tokenUrl: `${server.origin}/oauth/token`,
    clientId: CLIENT.clientId,
    scope: more.scope ?? '',
    audience: more.audience ?? '',
    clientAuthentication: more.clientAuthentication ?? ('header' as const),
    test: null,
  };
  const row = await storedIntegration(PREFIX, settings, { clientSecret: CLIENT.clientSecret });
  return { server, row, credentials: await openIntegration(row, loopback()) };
}

const request = requestTo(`${PREFIX}/send`);

describe('client credentials', () => {
  it('are exchanged for a token that is sent as Bearer (RFC 6749 §4.4, RFC 6750)', async () => {
    const { server, credentials } = await setUp([{}], { scope: 'send read', audience: 'https://api.example.com' });
    const result = await credentials.authorise(request);
    expect(result.ok && result.request.headers).toContainEqual(['Authorization', 'Bearer at-1-abcdef']);
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: 'POST', url: '/oauth/token' });
    expect(Object.fromEntries(new URLSearchParams(seen!.body.toString()))).toEqual({
      grant_type: 'client_credentials',
      scope: 'send read',
      audience: 'https://api.example.com',
    });
    // Form-encoded before they are joined (§2.3.1), so a colon in the name is no separator.
    const decoded = Buffer.from(seen!.headers.authorization!.slice(6), 'base64').toString();
    expect(decoded).toBe('hook%3Aline:canary%2Bsecret%2F%3D');
  });

  it('stand in the form where the server wants them there', async () => {
    const { server, credentials } = await setUp([{}], { clientAuthentication: 'body' });
    await credentials.authorise(request);
    const [seen] = server.seen;
    expect(seen!.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(seen!.body.toString()))).toMatchObject({
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
    });
  });

  it('are not sent where the prefix does not allow it', async () => {
    const { credentials } = await setUp();
    expect(await credentials.authorise(requestTo('https://api.example.com/v2/send'))).toMatchObject({ ok: false });
  });
});

describe('a token', () => {
  it('is used until shortly before its end, then fetched anew', async () => {
    const { server, credentials } = await setUp([
      { body: { access_token: 'short-lived', expires_in: 1 } },
      { body: { access_token: 'next-token', expires_in: 3600 } },
    ]);
    await credentials.authorise(request);
    await credentials.authorise(request);
    expect(server.seen).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 900));
    const result = await credentials.authorise(request);
    expect(result.ok && result.request.headers).toContainEqual(['Authorization', 'Bearer next-token']);
    expect(server.seen).toHaveLength(2);
    expect(credentials.secrets).toEqual(expect.arrayContaining(['short-lived', 'next-token']));
  });

  it('is fetched by one of many workers while the others wait for it', async () => {
    const { server, row } = await setUp([{ delayMs: 200 }]);
    // Each copy of the module has a memory of its own, as processes have; what they share is the database.
    const workers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        vi.resetModules();
        return import('../../../lib/vault/index.ts');
      }),
    );
    const results = await Promise.all(
      workers.flatMap((vault) =>
        Array.from({ length: 5 }, async () => (await vault.openIntegration(row, loopback())).authorise(request)),
      ),
    );
    expect(results).toHaveLength(20);
    for (const result of results)
      expect(result.ok && result.request.headers).toContainEqual(['Authorization', 'Bearer at-1-abcdef']);
    expect(server.seen).toHaveLength(1);
  });

  it('is not asked for again by anyone while a refusal is fresh', async () => {
    const { server, row } = await setUp([{ status: 401, body: { error: 'invalid_client' }, delayMs: 100 }]);
    const workers = await Promise.all(
      Array.from({ length: 3 }, async () => {
        vi.resetModules();
        return import('../../../lib/vault/index.ts');
      }),
    );
    const results = await Promise.all(
      workers.map(async (vault) => (await vault.openIntegration(row, loopback())).authorise(request)),
    );
    for (const result of results)
      expect(result).toMatchObject({
        ok: false,
        reason: 'the token server refused the login with 401: invalid_client',
      });
    expect(server.seen).toHaveLength(1);
  });

  it('goes when its integration goes', async () => {
    const { row, credentials } = await setUp();
    await credentials.authorise(request);
    await prisma().integration.delete({ where: { id: row.id } });
    expect(await prisma().integrationToken.count({ where: { integrationId: row.id } })).toBe(0);
  });
});

describe('an answer of the token server', () => {
  it.each([
    ['without a token', { body: { token_type: 'Bearer' } }, 'without an access_token', false],
    ['with another type of token', { body: { access_token: 'x', token_type: 'mac' } }, 'type mac', false],
    ['that is not JSON', { body: '<html>' }, 'not JSON', false],
    ['that is a list', { body: [] }, 'not JSON', false],
    ['with a redirect', { status: 302, body: {} }, '302', false],
    ['that it is busy', { status: 429, body: {} }, '429', true],
    ['that it is broken', { status: 500, body: {} }, '500', true],
  ])('%s is a reason in words', async (_, answer, words, temporary) => {
    const { credentials } = await setUp([answer]);
    expect(await credentials.authorise(request)).toMatchObject({
      ok: false,
      temporary,
      reason: expect.stringContaining(words),
    });
  });

  it('that repeats the client secret shows it nowhere', async () => {
    for (const clientAuthentication of ['header', 'body'] as const) {
      const echo = {
        error: 'invalid_client',
        error_description: `unknown ${CLIENT.clientSecret} and canary%2Bsecret%2F%3D`,
      };
      const { credentials } = await setUp([{ status: 400, body: echo }], { clientAuthentication });
      const result = await credentials.authorise(request);
      expect(result.ok === false && result.reason).toContain('[secret]');
      expect(JSON.stringify(result)).not.toContain('canary');
    }
  });

  it('whose life is missing or absurd is taken to last an hour', async () => {
    for (const expires_in of [undefined, 0, -5, 'soon']) {
      const { server, credentials } = await setUp([{ body: { access_token: 'a-token', expires_in } }]);
      await credentials.authorise(request);
      await credentials.authorise(request);
      expect(server.seen).toHaveLength(1);
    }
  });
});
