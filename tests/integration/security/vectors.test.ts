import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { prisma } from '../../../lib/db/index.ts';
import { csvLine } from '../../../lib/services/import-csv.ts';
import { type Ctx, type VerbName, verbs } from '../../../lib/services/index.ts';
import { acceptInvitation } from '../../../lib/services/member.ts';
import { hashPassword, isPassword, NewPassword } from '../../../lib/services/password.ts';
import { Email } from '../../../lib/services/session.ts';
import vectors from '../../fixtures/attack-vectors.json' with { type: 'json' };
import { serveRoutes } from '../../support/api-server.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject } from '../../support/members.ts';
import { addCustomers } from '../../support/scenarios.ts';

// The attack vectors that no room decides by itself; which test decides each of the others stands in ledger.test.ts.
process.env.EGRESS_ALLOW = '127.0.0.1:9';
freshDatabase();

const of = (surface: string) =>
  vectors.vectors.filter((vector) => vector.surface === surface) as { id: string; input: string; verdict: string }[];
const ROOT = path.join(import.meta.dirname, '../../..');
const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n');

describe('EX a cell of an export', () => {
  it.each(
    of('export')
      .filter(({ verdict }) => verdict === 'escape')
      .map(({ id, input }) => [id, input]),
  )('%s %j is written as text', (_, input) => {
    const decoded = input.startsWith('%') ? input.replace('%0A', '\n') : input;
    expect(csvLine([decoded])).toMatch(/^"'/);
  });
});

describe('AU accounts', () => {
  it('AU-007 two passwords that differ after 72 bytes are two passwords', async () => {
    const long = 'correct horse battery staple '.repeat(3);
    const kept = await hashPassword(`${long}A`);
    expect(await isPassword(`${long}A`, kept)).toBe(true);
    expect(await isPassword(`${long}B`, kept)).toBe(false);
  });

  it('AU-008 a password is the same in every way that Unicode writes it, and is not trimmed', async () => {
    const kept = await hashPassword('  caf\u00e9 \ufb01ne and more  ');
    expect(await isPassword('  cafe\u0301 fine and more  ', kept)).toBe(true);
    expect(await isPassword('caf\u00e9 \ufb01ne and more', kept)).toBe(false);
    expect(NewPassword.safeParse(' '.repeat(20)).success).toBe(false);
  });

  it('AU-010 an address that only looks like another one is refused, and capitals make no second account', () => {
    for (const text of [
      'ⓐdmin@x.test',
      '\u212Aelvin@x.test',
      'adm\u0131n@x.test',
      'ann@x.test\u200b',
      'a@b.test,c@d.test',
    ])
      expect(Email.safeParse(text).success, text).toBe(false);
    expect(Email.parse('Ann@X.Test')).toBe('ann@x.test');
  });

  it('AU-019 an invitation is used once, for its own address and its own role, whatever the body says', async () => {
    const project = await newProject();
    const admin = await project.as('admin');
    const made = await verbs['member.invite'](admin, { email: 'new@example.com', role: 'viewer' });
    const account = { token: made.token, account: { name: 'New', password: 'four words nobody guesses' } };
    const smuggled = { ...account, account: { ...account.account, role: 'admin', email: 'other@example.com' } };
    await expect(acceptInvitation(smuggled as never, null)).rejects.toMatchObject({ code: 'invalid' });
    await acceptInvitation(account, null);
    await expect(acceptInvitation(account, null)).rejects.toMatchObject({
      code: expect.stringMatching(/not-found|conflict/),
    });
    const { memberships } = await prisma().user.findUniqueOrThrow({
      where: { email: 'new@example.com' },
      include: { memberships: true },
    });
    expect(memberships).toMatchObject([{ projectId: project.id, role: 'viewer' }]);
  });
});

describe('TN people who leave', () => {
  it('TN-010 leave their scenarios behind, which go on as the project’s', async () => {
    const project = await newProject();
    const author = await project.as('marketer');
    const { id } = await verbs['scenario.create'](author, { name: 'Hers' });
    await verbs['member.remove'](await project.as('admin'), { userId: author.actor.id! });
    expect(await prisma().scenario.findUnique({ where: { id } })).toMatchObject({
      name: 'Hers',
      createdById: author.actor.id,
    });
    const entry = await prisma().auditEntry.findFirst({ where: { projectId: project.id, action: 'scenario.create' } });
    expect(entry).toMatchObject({ actorName: author.actor.name });
  });
});

describe('AP every verb', () => {
  const names = Object.keys(verbs) as VerbName[];

  it.each(names)('AP-002 %s refuses a field that it does not know', (name) => {
    const parsed = verbs[name].spec.input.safeParse({ __surprise: 1, projectId: 'another' });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toMatch(/unrecognized_keys|Invalid input/);
  });

  it('AP-003 AP-004 takes an object where a text belongs for what it is', async () => {
    const ctx = await (await newProject()).as('admin');
    for (const [name, input] of [
      ['policy.delete', { id: { not: '' } }],
      ['integration.get', { id: { startsWith: 'a' } }],
      ['session.revoke', { id: { not: 'x' } }],
      ['audit.list', { query: { contains: 'a' } }],
      ['customer.list', { query: ['a'] }],
    ] as [VerbName, object][])
      await expect(
        (verbs[name] as (ctx: Ctx, input: object) => Promise<unknown>)(ctx, input),
        name,
      ).rejects.toMatchObject({
        code: 'invalid',
      });
  });
});

describe('AP the API', () => {
  it('AP-022 lets no method through without a key', async () => {
    const api = await serveRoutes('api/v1');
    try {
      for (const route of ['events', 'customers', 'runs/1', 'system/time', 'scenarios/x/start'])
        for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST']) {
          const { status } = await fetch(`${api.url}/api/v1/${route}`, {
            method,
            ...(method === 'POST' ? { body: '{}' } : {}),
          });
          expect([401, 404, 405], `${method} ${route}`).toContain(status);
        }
    } finally {
      await api.stop();
    }
  });

  it('AU-025 takes no key from the address', async () => {
    const project = await newProject();
    const { key } = await verbs['api-key.create'](await project.as('admin'), { name: 'k', scopes: ['runs:read'] });
    const api = await serveRoutes('api/v1');
    try {
      for (const name of ['key', 'api_key', 'apikey', 'token', 'access_token'])
        expect((await fetch(`${api.url}/api/v1/runs/1?${name}=${key}`)).status, name).toBe(401);
    } finally {
      await api.stop();
    }
  });
});

describe('PJ PX PT a payload', () => {
  const rendered = async (settings: Partial<WebhookSettings>, customer: Record<string, unknown>) => {
    const project = await newProject();
    const [id = ''] = await addCustomers(project.id, [customer]);
    return verbs['webhook.preview'](await project.as('marketer'), {
      masked: false,
      settings: WebhookSettings.parse({ url: 'https://api.example.com/', ...settings }),
      subject: { kind: 'customer', id },
    });
  };
  const bodyOf = async (settings: Partial<WebhookSettings>, customer: Record<string, unknown>) => {
    const preview = await rendered(settings, customer);
    if (!preview.ok) throw new Error(preview.faults[0]?.message);
    return preview.request.body ?? '';
  };

  it.each([
    ['PJ-001 an injected field', 'x","vip":true,"y":"'],
    ['PJ-002 quotes and backslashes', 'O"Brien \\ "q"'],
    ['PJ-005 a line separator', 'a\u2028b'],
    ['a line break and a NUL-like escape', 'a\r\n\\u0000'],
  ])('%s stays one string of JSON', async (_, name) => {
    const body = await bodyOf({ payload: '{"name":"{{ customer.name }}"}' }, { name });
    expect(JSON.parse(body)).toEqual({ name });
  });

  it('PJ-007 a string outside quotes is written as a string', async () => {
    const body = await bodyOf({ payload: '{"n": {{ customer.n }} }' }, { n: '1, "admin": true' });
    expect(JSON.parse(body)).toEqual({ n: '1, "admin": true' });
  });

  it('PJ-008 what JSON has no number for is no number', async () => {
    for (const n of ['1e999', 'NaN', '0x10', 'Infinity']) {
      const preview = await rendered({ payload: '{"n": {{ customer.n }} }' }, { n });
      if (preview.ok) expect(JSON.parse(preview.request.body!), n).toEqual({ n });
    }
  });

  it('PJ-013 PJ-014 markup and long digits go through unchanged', async () => {
    expect(JSON.parse(await bodyOf({ payload: '{{ {"a": customer.a} | tojson }}' }, { a: '</script>' }))).toEqual({
      a: '</script>',
    });
    expect(await bodyOf({ payload: '{"id":"{{ customer.id_text }}"}' }, { id_text: '12345678901234567890' })).toBe(
      '{"id":"12345678901234567890"}',
    );
  });

  it('a payload that is not JSON in the end is not sent', async () => {
    expect(await rendered({ payload: '{"a": {{ customer.a | safe }} }' }, { a: '1, ' })).toMatchObject({ ok: false });
  });

  it.each([
    ['PX-002 a quoted attribute', '<n a="{{ customer.name }}"/>', '"><x a="'],
    ['PX-003 an attribute in apostrophes', "<n a='{{ customer.name }}'/>", "' b='1"],
    ['PX-006 characters that XML cannot hold', '<n>{{ customer.name }}</n>', 'a\u000bb\ufffe'],
    ['PX-007 half a character', '<n>{{ customer.name }}</n>', 'a\ud83d'],
  ])('%s cannot break the markup', async (_, payload, name) => {
    const project = await newProject();
    const preview = await verbs['webhook.preview'](await project.as('marketer'), {
      masked: false,
      settings: WebhookSettings.parse({ url: 'https://api.example.com/', format: 'xml', payload }),
      subject: { kind: 'custom', customer: { name } },
    });
    expect(preview.ok).toBe(true);
    const body = preview.ok ? preview.request.body! : '';
    expect(body.match(/</g)).toHaveLength(payload.match(/</g)!.length);
    expect(body).not.toMatch(/[\u000b\ufffe]|[\ud800-\udfff]| b='1'/);
  });

  it('PX-004 a value cannot end a CDATA section', async () => {
    const payload = '<a><![CDATA[{{ customer.name }}]]></a>';
    const body = await bodyOf({ format: 'xml', payload }, { name: ']]><b/>' });
    expect(body.match(/]]>/g)).toHaveLength(1);
    expect(body).not.toContain('<b/>');
  });

  it.each([
    ['PX-008', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>', 'DOCTYPE'],
    ['PX-010', '<a><b></a></b>', 'not well-formed'],
    ['PX-011', '<?xml version="1.0" encoding="UTF-16"?><a/>', 'UTF-16'],
  ])('%s %s is not sent', async (_, payload, words) => {
    expect(await rendered({ format: 'xml', payload }, {})).toMatchObject({
      ok: false,
      faults: [{ template: 'Payload', message: expect.stringContaining(words) }],
    });
  });

  it('PJ-009 PJ-012 PT-004 what the author wrote is sent as written, without a byte order mark', async () => {
    expect(await bodyOf({ payload: '{"a":1,"a":2}' }, {})).toBe('{"a":1,"a":2}');
    expect(await bodyOf({ payload: '\ufeff{"a":1}' }, {})).toBe('{"a":1}');
    const envelope = '<soap:Envelope>{{ customer.name }}</soap:Envelope>';
    expect(await bodyOf({ format: 'text', payload: envelope }, { name: 'Eva' })).toBe(
      '<soap:Envelope>Eva</soap:Envelope>',
    );
    expect(await bodyOf({ format: 'xml', payload: '<?xml version="1.0" encoding="utf-8"?><a/>' }, {})).toContain(
      '<a/>',
    );
  });

  it.each([
    [
      'BA-003 leaves customers out',
      '{"a":[{% if false %}{% output customers separated by "," %}{% endif %}]}',
      'nobody is missing',
    ],
    [
      'BA-004 writes them twice',
      '{"a":[{% output customers separated by "," %}],"b":[{% output customers separated by "," %}]}',
      'more than once',
    ],
  ])('%s: a preview of the batch warns', async (_, root, words) => {
    const preview = await rendered({ batch: true, root, customer: '{"x":"{{ customer.name }}"}' }, { name: 'Eva' });
    expect(preview).toMatchObject({ ok: true, request: { warnings: [expect.stringContaining(words)] } });
    const fine = await rendered(
      { batch: true, root: '{"a":[{% output customers separated by "," %}]}', customer: '{"x":1}' },
      {},
    );
    expect(fine).toMatchObject({ ok: true, request: { warnings: [] } });
  });

  it('PT-001 a content type cannot end its header', async () => {
    const preview = await rendered(
      {
        format: 'text',
        payload: 'x',
        headers: [{ name: 'Content-Type', value: 'text/plain\r\nX: 1', secretId: null }],
      },
      {},
    );
    expect(preview).toMatchObject({ ok: false });
  });
});

describe('FW the code', () => {
  const sources = tracked.filter(
    (file) =>
      /^(app|components|lib|tools|prisma)\/.*\.(ts|tsx|mjs)$/.test(file) && fs.existsSync(path.join(ROOT, file)),
  );
  const using = (pattern: RegExp) =>
    sources.filter((file) => pattern.test(fs.readFileSync(path.join(ROOT, file), 'utf8')));

  it('FW-004 has no server actions: nothing can be called by an id that a page gave out', () => {
    expect(using(/^\s*['"]use server['"]/m)).toEqual([]);
  });

  it('FW-010 hands text to the database in one place only', () => {
    expect(using(/\$(queryRaw|executeRaw)Unsafe|Prisma\.raw\(/)).toEqual(['lib/db/index.ts']);
  });

  it('renders no text as HTML and evaluates none', () => {
    expect(using(/dangerouslySetInnerHTML|\.innerHTML\s*=|\beval\(|new Function\(|node:vm/)).toEqual([]);
  });

  it('SE-020 holds no key, no environment file and no source map', () => {
    expect(tracked.filter((file) => /(^|\/)\.env|\.(pem|p12|key|map)$|keys\.json$/.test(file))).toEqual([]);
    const secret =
      /-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{60,}|whsec_[A-Za-z0-9+/]{40}|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}/;
    const texts = tracked.filter(
      (file) => /\.(ts|tsx|json|md|yaml|yml|sql|mjs)$/.test(file) && !/package-lock|fixtures/.test(file),
    );
    expect(
      texts.filter(
        (file) => fs.existsSync(path.join(ROOT, file)) && secret.test(fs.readFileSync(path.join(ROOT, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  it('SE-012 opens no inspector in production', () => {
    const manifest = fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8');
    const image =
      fs.readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8') + fs.readFileSync(path.join(ROOT, 'compose.yaml'), 'utf8');
    expect(manifest + image).not.toMatch(/--inspect/);
  });
});
