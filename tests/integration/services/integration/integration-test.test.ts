import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verbs } from '../../../../lib/services/index.ts';
import { newAuthority } from '../../../support/certificates.ts';
import { freshDatabase } from '../../../support/database.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { lastAudit, newProject } from '../../../support/members.ts';
import { responsys } from '../../../support/responsys.ts';
import { closeServersAfterEach, httpServer } from '../../../support/servers.ts';

freshDatabase();
closeServersAfterEach();

const CANARY = 'canary-5f2c77';

const authority = newAuthority();
const folder = temporaryFolder();

beforeAll(() => {
  process.env.EGRESS_ALLOW = '127.0.0.0/8';
  process.env.EGRESS_CA_FILE = path.join(folder, 'authority.pem');
  fs.writeFileSync(process.env.EGRESS_CA_FILE, authority.cert);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

type Input = Parameters<(typeof verbs)['integration.create']>[1];

async function tested(input: Omit<Input, 'name'>) {
  const project = await newProject();
  const ctx = await project.as('developer');
  const { id } = await verbs['integration.create'](ctx, { name: 'Tested', ...input });
  const result = await verbs['integration.test'](ctx, { id });
  return { project, ctx, id, result };
}

const basic = (prefix: string, test: { method: 'GET' | 'POST'; path: string } | null): Omit<Input, 'name'> => ({
  prefix,
  settings: { kind: 'http', scheme: 'basic', test },
  secrets: { username: 'ann', password: CANARY },
});

describe('testing an integration', () => {
  it('sends method and path with an empty body; 200 is success and is kept with its time', async () => {
    const server = await httpServer();
    const { project, ctx, id, result } = await tested(
      basic(`${server.origin}/api`, { method: 'POST', path: '/check?x=1' }),
    );
    expect(result).toMatchObject({ ok: true, status: 200, message: 'The endpoint answered 200.' });
    expect(server.seen).toMatchObject([{ method: 'POST', url: '/api/check?x=1', body: Buffer.alloc(0) }]);
    expect(server.seen[0]!.headers.authorization).toBe(`Basic ${Buffer.from(`ann:${CANARY}`).toString('base64')}`);
    const [kept] = await verbs['integration.list'](ctx, {});
    expect(kept!.test).toEqual(result);
    expect(Date.now() - Date.parse(kept!.test!.at)).toBeLessThan(5000);
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'integration.test',
      objectId: id,
      after: { ok: true, status: 200 },
    });
  });

  it.each([201, 204, 302, 400, 404, 500])('%i is no success', async (status) => {
    const server = await httpServer((response) => response.writeHead(status, { location: '/x' }).end());
    const { result } = await tested(basic(server.origin, { method: 'GET', path: '' }));
    expect(result).toMatchObject({ ok: false, status, message: expect.stringContaining(String(status)) });
    expect(server.seen).toHaveLength(1);
  });

  it('says that the credentials were refused, and hides them where the endpoint repeats them', async () => {
    const server = await httpServer((response, request) =>
      response.writeHead(401).end(`bad credentials: ${request.headers.authorization} ${CANARY}`),
    );
    const { project, result } = await tested(basic(server.origin, { method: 'GET', path: '/me' }));
    expect(result.message).toMatch(/^The endpoint refused the credentials with 401: bad credentials: Basic \[secret\]/);
    expect(
      JSON.stringify([result, await lastAudit(project.id)].map((part) => JSON.stringify(part, bigints))),
    ).not.toContain(CANARY);
  });

  it('that cannot reach the host says so', async () => {
    const { result } = await tested(basic('https://10.9.9.9/api', { method: 'GET', path: '/' }));
    expect(result).toMatchObject({ ok: false, status: null, message: expect.stringContaining('may not reach') });
  });

  it('needs a method and a path where there is no login', async () => {
    await expect(tested(basic('https://api.example.com/', null))).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is possible ten times a minute', async () => {
    const server = await httpServer();
    const { ctx, id } = await tested(basic(server.origin, { method: 'GET', path: '/' }));
    for (let n = 1; n < 10; n++) await verbs['integration.test'](ctx, { id });
    await expect(verbs['integration.test'](ctx, { id })).rejects.toMatchObject({ code: 'limited' });
    expect(server.seen).toHaveLength(10);
  });
});

describe('the kinds', () => {
  it('Responsys: the login alone, or a call at the endPoint', async () => {
    const server = await responsys();
    const secrets = { username: 'hookline_api', password: 'Oracle&123=+' };
    const alone = await tested({ prefix: server.login.origin, settings: { kind: 'responsys' }, secrets });
    expect(alone.result).toMatchObject({ ok: true, status: null, message: 'The login succeeded.' });
    const test = { method: 'GET' as const, path: '/rest/api/v1.3/campaigns' };
    const call = await tested({ prefix: server.login.origin, settings: { kind: 'responsys', test }, secrets });
    expect(call.result).toMatchObject({ ok: true, status: 200 });
    const wrong = await tested({
      prefix: server.login.origin,
      settings: { kind: 'responsys' },
      secrets: { ...secrets, password: CANARY },
    });
    expect(wrong.result).toMatchObject({ ok: false, message: expect.stringContaining('refused the login with 401') });
    expect(JSON.stringify(wrong.result)).not.toContain(CANARY);
  });

  it('OAuth 2.0: the token is fetched and sent', async () => {
    const server = await httpServer((response, { url, headers }) => {
      if (url === '/token') return response.end('{"access_token":"tok-123456","expires_in":60}');
      response.writeHead(headers.authorization === 'Bearer tok-123456' ? 200 : 401).end();
    });
    const { result } = await tested({
      prefix: `${server.origin}/api`,
      settings: {
        kind: 'oauth2',
        tokenUrl: `${server.origin}/token`,
        clientId: 'c',
        test: { method: 'GET', path: '/me' },
      },
      secrets: { clientSecret: CANARY },
    });
    expect(result).toMatchObject({ ok: true, status: 200 });
  });

  it('custom headers, an API key in the query, a signature: each arrives', async () => {
    const server = await httpServer((response, { url, headers }) => {
      const signature = String(headers['webhook-signature']);
      const isFine = headers['x-key'] === CANARY || url.includes(`key=${CANARY}`) || signature.startsWith('v1,');
      response.writeHead(isFine ? 200 : 401).end();
    });
    const prefix = server.origin;
    const test = { method: 'GET' as const, path: '/me' };
    const headers = [{ name: 'X-Key', value: null }];
    const inputs: Omit<Input, 'name'>[] = [
      { prefix, settings: { kind: 'http', scheme: 'headers', headers, test }, secrets: { 'header:x-key': CANARY } },
      { prefix, settings: { kind: 'api-key', parameter: 'key', test }, secrets: { value: CANARY } },
      { prefix, settings: { kind: 'signature', test } },
    ];
    for (const input of inputs) expect((await tested(input)).result, input.settings.kind).toMatchObject({ ok: true });
  });

  it('a client certificate is shown to the endpoint', async () => {
    const server = await httpServer(undefined, {
      ...authority.issue({ name: 'server', hosts: ['127.0.0.1'] }),
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const { cert, key } = authority.issue({ name: 'client' });
    const settings: Input['settings'] = { kind: 'certificate', test: { method: 'GET', path: '/' } };
    const { result } = await tested({ prefix: server.origin, settings, secrets: { certificate: cert, key } });
    expect(result).toMatchObject({ ok: true, status: 200 });
  });
});

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
