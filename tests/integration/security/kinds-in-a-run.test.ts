import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { IntegrationSettings } from '../../../lib/core/integration.ts';
import { startWorker, type Worker } from '../../../lib/engine/index.ts';
import { newSigningSecret } from '../../../lib/vault/index.ts';
import { newAuthority } from '../../support/certificates.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, draw, ended, projectWithCustomers, start } from '../../support/engine.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { guardedApi, isSignedBy } from '../../support/guarded-api.ts';
import { storedIntegration } from '../../support/integrations.ts';
import { responsys } from '../../support/responsys.ts';
import { closeServersAfterEach, httpServer } from '../../support/servers.ts';

const authority = newAuthority();
const folder = temporaryFolder();
fs.writeFileSync(path.join(folder, 'authority.pem'), authority.cert);
process.env.EGRESS_ALLOW = '127.0.0.0/8';
process.env.EGRESS_CA_FILE = path.join(folder, 'authority.pem');
freshDatabase();
closeServersAfterEach();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(async () => {
  await worker.stop();
  fs.rmSync(folder, { recursive: true });
});

const CUSTOMERS = 5;

it('every kind of integration reaches its receiver in a run, a request a customer', async () => {
  const secrets = [newSigningSecret(), newSigningSecret()] as const;
  const api = await guardedApi(
    {
      basic: { username: 'ann', password: 'a long password' },
      headers: { Authorization: 'Bearer a-long-token', 'X-Source': 'hookline' },
      oauth: { clientId: 'hookline', clientSecret: 'a client secret', scope: 'messages:write' },
      key: { parameter: 'api_key', value: 'a key for the query' },
      signed: [...secrets],
    },
    0,
  );
  const clients = newAuthority('Clients');
  const bank = await httpServer(undefined, {
    ...authority.issue({ name: 'bank', hosts: ['127.0.0.1'] }),
    ca: clients.cert,
    requestCert: true,
    rejectUnauthorized: true,
  });
  const pair = clients.issue({ name: 'hookline' });
  const oracle = await responsys();

  const { origin } = api.server;
  const { projectId } = await projectWithCustomers(CUSTOMERS);
  const { add, document } = draw();
  const nodes: number[] = [];
  let last: [string, string] = [add('now'), 'out'];
  const send = async (
    prefix: string,
    url: string,
    settings: IntegrationSettings,
    given: Record<string, string>,
  ): Promise<void> => {
    const { id } = await storedIntegration(prefix, settings, given, projectId);
    const node = add('webhook', { url, payload: '{"to":"{{ customer.email }}"}', integrationId: id }, last);
    nodes.push(Number(node.slice(1)));
    last = [node, 'sent'];
  };
  const test = null;
  const basic = { username: 'ann', password: 'a long password' };
  await send(`${origin}/basic`, `${origin}/basic/x`, { kind: 'http', scheme: 'basic', headers: [], test }, basic);
  const headers = [
    { name: 'Authorization', value: null },
    { name: 'X-Source', value: 'hookline' },
  ];
  const bearer = { 'header:authorization': 'Bearer a-long-token' };
  await send(`${origin}/headers`, `${origin}/headers/x`, { kind: 'http', scheme: 'headers', headers, test }, bearer);
  const oauth = {
    kind: 'oauth2' as const,
    tokenUrl: `${origin}/oauth/token`,
    clientId: 'hookline',
    scope: 'messages:write',
    audience: '',
    clientAuthentication: 'header' as const,
    test,
  };
  await send(`${origin}/oauth/api`, `${origin}/oauth/api/x`, oauth, { clientSecret: 'a client secret' });
  const key = { value: 'a key for the query' };
  await send(`${origin}/key`, `${origin}/key/x?a=1`, { kind: 'api-key', parameter: 'api_key', test }, key);
  const previousUntil = new Date(Date.now() + 3_600_000).toISOString();
  const both = { secret: secrets[1], previous: secrets[0] };
  await send(`${origin}/signed`, `${origin}/signed/x`, { kind: 'signature', previousUntil, test }, both);
  const certificate = { kind: 'certificate' as const, subject: null, expiresAt: null, test };
  await send(bank.origin, `${bank.origin}/x`, certificate, { certificate: pair.cert, key: pair.key });
  const account = { username: 'hookline_api', password: 'Oracle&123=+' };
  await send(oracle.login.origin, '/rest/api/v1.3/campaigns/a/email', { kind: 'responsys', test }, account);

  const counts = await ended((await start(projectId, document())).id);
  expect(addsUp(counts.values())).toBe(true);
  for (const node of nodes) expect(counts.get(node), `#${node}`).toMatchObject({ delivered: CUSTOMERS, rejected: 0 });
  expect(api.tokens).toHaveLength(1);
  expect(oracle.logins).toEqual(['password']);
  expect(bank.seen).toHaveLength(CUSTOMERS);
  const signed = api.server.seen.filter(({ url }) => url.startsWith('/signed'));
  expect(signed).toHaveLength(CUSTOMERS);
  for (const request of signed) {
    expect(isSignedBy(request, secrets)).toBe(true);
    expect(isSignedBy({ ...request, body: Buffer.from('{}') }, secrets)).toBe(false);
    expect(request.headers['webhook-id']).toBe(request.headers['idempotency-key']);
  }
});
