import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationSettings } from '../../../lib/core/integration.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { pool, prisma } from '../../../lib/db/index.ts';
import { listRequests, startWorker, type Worker } from '../../../lib/engine/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { sealSecret } from '../../../lib/vault/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, draw, ended, projectWithCustomers, start } from '../../support/engine.ts';
import { storedIntegration } from '../../support/integrations.ts';
import { responsys } from '../../support/responsys.ts';
import { closeServersAfterEach, httpServer, type Seen } from '../../support/servers.ts';

process.env.EGRESS_ALLOW = '127.0.0.0/8';
freshDatabase();
closeServersAfterEach();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

const CANARY = 'canary/5f2c+77"é';
const FORMS = [
  CANARY,
  Buffer.from(CANARY).toString('base64'),
  Buffer.from(CANARY).toString('hex'),
  encodeURIComponent(CANARY),
  JSON.stringify(CANARY).slice(1, -1),
  'canary/5f2c',
  'canary%2F5f2c',
];

const integration = async (
  projectId: string,
  prefix: string,
  settings: IntegrationSettings,
  secrets: Record<string, string>,
): Promise<string> => (await storedIntegration(prefix, settings, secrets, projectId)).id;

const STOLEN = '{"a":"{{ webhook.given }}","b":"{{ webhook.password }}","c":"{{ webhook.percent }} {{ webhook.hex }}"}';

const basic: IntegrationSettings = { kind: 'http', scheme: 'basic', headers: [], test: null };

/** Everything in the database as text, bytes in hexadecimal. */
async function dump(): Promise<string> {
  const { rows: tables } = await pool().query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  let text = '';
  for (const { name } of tables) {
    const { rows } = await pool().query<{ text: string | null }>(
      `SELECT string_agg(t::text, E'\n') AS text FROM ${name} t`,
    );
    text += rows[0]!.text ?? '';
  }
  return text;
}

/** Repeats what it was sent in every form that a receiver might. */
const echo = (response: import('node:http').ServerResponse, { headers }: Seen) => {
  const given = String(headers.authorization ?? headers['x-key'] ?? '');
  const password = headers.authorization
    ? Buffer.from(given.slice(6), 'base64').toString().split(':').slice(1).join(':')
    : Buffer.from(given, 'latin1').toString();
  response.setHeader('X-Echo', encodeURIComponent(password));
  response.end(
    JSON.stringify({
      given,
      password,
      percent: encodeURIComponent(password),
      hex: Buffer.from(password).toString('hex'),
    }),
  );
};

describe('a secret that the receiver repeats', () => {
  it('is in no stored request, no answer, no later template, no event and no log of the run', async () => {
    const [api, other] = [await httpServer(echo), await httpServer()];
    const { projectId } = await projectWithCustomers(3);
    const integrationId = await integration(projectId, `${api.origin}/v1`, basic, {
      username: 'ann',
      password: CANARY,
    });
    const { add, document } = draw();
    const now = add('now');
    const first = add('webhook', { url: `${api.origin}/v1/send`, payload: '{"a":1}', integrationId }, [now, 'out']);
    add('webhook', { url: `${other.origin}/leak`, payload: STOLEN }, [first, 'sent']);
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    expect(addsUp(counts.values())).toBe(true);
    expect(api.seen).toHaveLength(3);
    expect(api.seen[0]!.headers.authorization).toBe(`Basic ${Buffer.from(`ann:${CANARY}`).toString('base64')}`);
    expect(other.seen).toHaveLength(3);
    const leaked = other.seen.map(({ body }) => body.toString()).join();
    expect(leaked).toContain('[secret]');
    const stored = await dump();
    expect(stored).toContain('[secret]');
    for (const form of FORMS) {
      expect(leaked, form).not.toContain(form);
      expect(stored, form).not.toContain(form);
    }
  });

  it('is not shown by a test either, nor by the preview or the curl command', async () => {
    const api = await httpServer(echo);
    const { projectId } = await projectWithCustomers(1);
    const user = await prisma().user.create({ data: { email: `${randomUUID()}@example.com`, name: 'Ann' } });
    const ctx = {
      projectId,
      actor: { kind: 'user' as const, id: user.id, name: 'Ann' },
      role: 'marketer' as const,
      requestId: 'r',
      address: null,
    };
    const integrationId = await integration(projectId, api.origin, basic, { username: 'ann', password: CANARY });
    const input = {
      settings: WebhookSettings.parse({ url: `${api.origin}/send`, payload: '{"a":1}', integrationId }),
      subject: { kind: 'none' as const },
    };
    const sent = await verbs['webhook.send'](ctx, input);
    expect(sent).toMatchObject({ ok: true, answer: { kind: 'answered', status: 200 } });
    const told = JSON.stringify([
      sent,
      await verbs['webhook.preview'](ctx, input),
      await verbs['webhook.curl'](ctx, input),
    ]);
    expect(told).toContain('[secret]');
    for (const form of FORMS) expect(told, form).not.toContain(form);
    expect(
      JSON.stringify(await prisma().auditEntry.findMany({ where: { projectId } }), (_, v) =>
        typeof v === 'bigint' ? String(v) : v,
      ),
    ).not.toContain('canary');
  });
});

describe('credentials', () => {
  it('leave only where the prefix covers what was rendered: data that leads out of it sends that customer nowhere', async () => {
    const api = await httpServer();
    const paths = ['fine', '../../v2/delete', 'a%2Fb', 'fine-too'];
    const { projectId } = await projectWithCustomers(4, (i) => ({ path: paths[i] }));
    const integrationId = await integration(projectId, `${api.origin}/api/v1`, basic, {
      username: 'ann',
      password: CANARY,
    });
    const { add, document } = draw();
    const now = add('now');
    add('webhook', { url: `${api.origin}/api/v1/{{ customer.path | safe }}`, payload: '{}', integrationId }, [
      now,
      'out',
    ]);
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    expect(api.seen.map(({ url }) => url).sort()).toEqual(['/api/v1/fine', '/api/v1/fine-too']);
    expect(counts.get(2)).toMatchObject({ delivered: 2, rejected: 2 });
    const stored = await dump();
    expect(stored).not.toContain(CANARY);
  });

  it('obey the prefix as it is when they are sent, not as it was when the run started', async () => {
    const api = await httpServer();
    const { projectId } = await projectWithCustomers(2);
    const integrationId = await integration(projectId, `${api.origin}/api/v1`, basic, {
      username: 'ann',
      password: CANARY,
    });
    const { add, document } = draw();
    const now = add('now');
    const wait = add('wait', { amount: 2, unit: 'seconds' }, [now, 'out']);
    add('webhook', { url: `${api.origin}/api/v1/x`, payload: '{}', integrationId }, [wait, 'out']);
    const run = await start(projectId, document());
    await prisma().integration.update({ where: { id: integrationId }, data: { prefix: `${api.origin}/api/v2` } });
    const counts = await ended(run.id);
    expect(api.seen).toEqual([]);
    expect(counts.get(3)).toMatchObject({ rejected: 2, delivered: 0 });
  });

  it('do not follow a redirect', async () => {
    const thief = await httpServer();
    const api = await httpServer((response) => response.writeHead(307, { location: `${thief.origin}/steal` }).end());
    const { projectId } = await projectWithCustomers(1);
    const headers = [{ name: 'X-Key', value: null }];
    const integrationId = await integration(
      projectId,
      api.origin,
      { kind: 'http', scheme: 'headers', headers, test: null },
      { 'header:x-key': 'canary-5f2c' },
    );
    const { add, document } = draw();
    const now = add('now');
    add('webhook', { url: `${api.origin}/send`, payload: '{}', integrationId }, [now, 'out']);
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ rejected: 1 });
    expect(thief.connections()).toBe(0);
    const { requests } = await listRequests(pool(), { runId: run.id });
    expect(JSON.stringify(requests)).not.toContain('canary');
  });

  it('of another project are not used, whatever a document says', async () => {
    const api = await httpServer();
    const theirs = await projectWithCustomers(1);
    const mine = await projectWithCustomers(1);
    const integrationId = await integration(theirs.projectId, api.origin, basic, { username: 'ann', password: CANARY });
    const secret = { id: randomUUID(), projectId: theirs.projectId, origin: api.origin };
    await prisma().secret.create({ data: { ...secret, sealed: sealSecret(secret, CANARY) } });
    for (const settings of [{ integrationId }, { headers: [{ name: 'X-Key', value: '', secretId: secret.id }] }]) {
      const { add, document } = draw();
      const now = add('now');
      add('webhook', { url: `${api.origin}/send`, payload: '{}', ...settings }, [now, 'out']);
      const counts = await ended((await start(mine.projectId, document())).id);
      expect(counts.get(2)).toMatchObject({ rejected: 1 });
    }
    expect(api.seen).toEqual([]);
  });

  it('that were stored without a host are sent nowhere, and the ledger says why', async () => {
    const api = await httpServer();
    const { projectId } = await projectWithCustomers(1, () => ({ host: api.host }));
    const secret = { id: randomUUID(), projectId, origin: null };
    await prisma().secret.create({ data: { ...secret, sealed: sealSecret(secret, CANARY) } });
    for (const url of [`${api.origin}/send`, 'http://{{ customer.host }}/send']) {
      const { add, document } = draw();
      add('webhook', { url, payload: '{}', headers: [{ name: 'X-Key', value: '', secretId: secret.id }] }, [
        add('now'),
        'out',
      ]);
      const run = await start(projectId, document());
      expect((await ended(run.id)).get(2)).toMatchObject({ rejected: 1 });
      const { requests } = await listRequests(pool(), { runId: run.id });
      expect(requests[0]!.message).toContain('the secret header X-Key was stored without a host and goes nowhere');
    }
    expect(api.seen).toEqual([]);
  });
});

describe('Responsys in a run', () => {
  it('logs in once for the audience, and once more when the token is refused in the middle', async () => {
    const server = await responsys();
    const { projectId } = await projectWithCustomers(40);
    const integrationId = await integration(
      projectId,
      server.login.origin,
      { kind: 'responsys', test: null },
      { username: 'hookline_api', password: 'Oracle&123=+' },
    );
    const { add, document } = draw();
    const now = add('now');
    const first = add('webhook', { url: '/rest/api/v1.3/campaigns/a/email', payload: '{}', integrationId }, [
      now,
      'out',
    ]);
    const wait = add('wait', { amount: 12, unit: 'seconds' }, [first, 'sent']);
    add('webhook', { url: '/rest/api/v1.3/campaigns/b/email', payload: '{}', integrationId }, [wait, 'out']);
    const run = await start(projectId, document());
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(server.logins).toEqual(['password']);
    server.revokeAll();
    const counts = await ended(run.id);
    expect(counts.get(2)).toMatchObject({ delivered: 40 });
    expect(counts.get(4)).toMatchObject({ delivered: 40 });
    expect(server.logins).toEqual(['password', 'password']);
    const stored = await dump();
    expect(stored).not.toContain('TOKEN-1-');
    expect(stored).not.toContain('Oracle&123');
  }, 60_000);
});
