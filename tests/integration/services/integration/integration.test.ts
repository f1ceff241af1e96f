import { describe, expect, it } from 'vitest';
import { emptyDocument, newNode } from '../../../../lib/core/document.ts';
import { prisma } from '../../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../../lib/services/index.ts';
import { openIntegration } from '../../../../lib/vault/index.ts';
import { newAuthority } from '../../../support/certificates.ts';
import { freshDatabase } from '../../../support/database.ts';
import { requestTo } from '../../../support/integrations.ts';
import { lastAudit, newProject } from '../../../support/members.ts';

freshDatabase();

const PREFIX = 'https://secure.example.com/api/v1';
const CANARY = 'canary-5f2c77';

const basic = (more: object = {}) => ({
  name: 'CM.com',
  prefix: PREFIX,
  settings: { kind: 'http' as const, scheme: 'basic' as const, test: null },
  secrets: { username: 'ann', password: CANARY },
  ...more,
});
const headers = (
  rows: { name: string; value: string | null }[],
  secrets: Record<string, string> = {},
  more: object = {},
) => ({
  name: 'Headers',
  prefix: PREFIX,
  settings: { kind: 'http' as const, scheme: 'headers' as const, headers: rows, test: null },
  secrets,
  ...more,
});

/** What would be sent with a stored integration. */
async function sentWith(id: string) {
  const row = await prisma().integration.findUniqueOrThrow({ where: { id } });
  return (await openIntegration(row)).authorise(requestTo(`${row.prefix}/send`));
}

const fieldsOf = async (attempt: Promise<unknown>) => {
  const error = await attempt.then(
    () => {
      throw new Error('it was accepted');
    },
    (refusal: { fields?: { path: string }[] }) => refusal,
  );
  return error.fields?.map(({ path }) => path);
};

/** A scenario whose one webhook uses an integration; with `running`, also a run of it that has not ended. */
async function scenarioWith(projectId: string, integrationId: string, running = false) {
  const node = newNode(emptyDocument(), 'webhook', 'send', { x: 0, y: 0 });
  const document = {
    ...emptyDocument(),
    nextNumber: 2,
    nodes: [{ ...node, settings: { ...node.settings, integrationId } }],
  };
  const scenario = await prisma().scenario.create({ data: { projectId, name: 'Spring SMS', draft: document } });
  if (!running) return scenario;
  const version = await prisma().version.create({
    data: { scenarioId: scenario.id, number: 1, document, reason: 'start' },
  });
  await prisma().run.create({
    data: { projectId, scenarioId: scenario.id, versionId: version.id, number: 1, kind: 'event' },
  });
  return scenario;
}

describe('an integration', () => {
  it('keeps its secrets sealed: nothing of them comes back, is audited or stands in the database', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id, shown } = await verbs['integration.create'](ctx, basic());
    expect(shown).toBeNull();
    expect(await sentWith(id)).toMatchObject({ ok: true });
    const answers = [await verbs['integration.get'](ctx, { id }), await verbs['integration.list'](ctx, {})];
    expect(JSON.stringify(answers)).not.toMatch(new RegExp(`${CANARY}|"ann"`));
    expect(answers[0]).toMatchObject({
      name: 'CM.com',
      prefix: PREFIX,
      stored: ['username', 'password'],
      state: 'ready',
    });
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({ action: 'integration.create', objectId: id, actorId: ctx.actor.id });
    expect(entry!.after).toMatchObject({ secrets: ['username', 'password'] });
    const [dump] = await prisma().$queryRaw<{ text: string }[]>`
      SELECT string_agg(i::text, '') || (SELECT string_agg(a::text, '') FROM audit_entry a) AS text FROM integration i`;
    expect(dump!.text).not.toContain(CANARY);
    expect(dump!.text).not.toContain(Buffer.from(CANARY).toString('hex'));
  });

  it('shows a marketer its name, kind and prefix, and a developer its settings', async () => {
    const project = await newProject();
    const developer = await project.as('developer');
    const rows = [
      { name: 'X-Tenant', value: 'acme' },
      { name: 'X-Key', value: null },
    ];
    const { id } = await verbs['integration.create'](developer, headers(rows, { 'header:x-key': CANARY }));
    for (const role of ['viewer', 'marketer'] as const) {
      const ctx = await project.as(role);
      const [seen] = await verbs['integration.list'](ctx, {});
      expect(seen).toMatchObject({
        id,
        name: 'Headers',
        kind: 'http',
        prefix: PREFIX,
        state: 'ready',
        test: null,
        uses: [],
      });
      expect(JSON.stringify(seen)).not.toContain('acme');
      await expect(verbs['integration.get'](ctx, { id })).rejects.toMatchObject({ code: 'forbidden' });
      for (const change of [
        () => verbs['integration.create'](ctx, basic()),
        () => verbs['integration.update'](ctx, { ...basic(), id }),
        () => verbs['integration.delete'](ctx, { id }),
        () => verbs['integration.test'](ctx, { id }),
      ])
        await expect(change()).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect((await verbs['integration.get'](developer, { id })).settings).toMatchObject({ headers: rows });
    await expect(verbs['integration.list'](await project.as(null), {})).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is not there for another project, not even as a replacement', async () => {
    const { id } = await verbs['integration.create'](await (await newProject()).as('developer'), basic());
    const ctx = await (await newProject()).as('admin');
    const mine = await verbs['integration.create'](ctx, basic());
    for (const attempt of [
      () => verbs['integration.get'](ctx, { id }),
      () => verbs['integration.update'](ctx, { ...basic({ name: 'Mine' }), id }),
      () => verbs['integration.delete'](ctx, { id }),
      () => verbs['integration.delete'](ctx, { id: mine.id, replacementId: id }),
      () => verbs['integration.test'](ctx, { id }),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not-found' });
    expect(await verbs['integration.list'](ctx, {})).toHaveLength(1);
    expect(await prisma().integration.count({ where: { id } })).toBe(1);
  });

  it('has a name of its own within its project', async () => {
    const ctx = await (await newProject()).as('developer');
    const { id } = await verbs['integration.create'](ctx, basic());
    expect(await fieldsOf(verbs['integration.create'](ctx, basic()))).toEqual(['name']);
    await verbs['integration.update'](ctx, { ...basic(), id });
  });
});

describe('what cannot be saved', () => {
  const create = async (input: Parameters<(typeof verbs)['integration.create']>[1]) =>
    verbs['integration.create'](await (await newProject()).as('developer'), input);

  it.each([
    '',
    'secure.example.com/api',
    'ftp://secure.example.com',
    'https://user:pass@secure.example.com/',
    'https://secure.example.com/api?x=1',
    'https://secure.example.com/api#x',
    'https://secure.example.com/a/../b',
    'https://secure.example.com/{{ x }}',
    'https://*.example.com/',
  ])('the prefix %j', async (prefix) => {
    expect(await fieldsOf(create(basic({ prefix })))).toContain('prefix');
  });

  it.each(['Host', 'X Y', 'Content-Length', 'Idempotency-Key', '__proto__'])('the header %s', async (name) => {
    expect(await fieldsOf(create(headers([{ name, value: 'v' }])))).toEqual(['settings.headers.0.name']);
  });

  it('headers twice, empty ones, ones with line breaks, or none', async () => {
    const twice = [
      { name: 'X-A', value: '1' },
      { name: 'x-a', value: null },
    ];
    expect(await fieldsOf(create(headers(twice, { 'header:x-a': CANARY })))).toEqual(['settings.headers.1.name']);
    expect(await fieldsOf(create(headers([{ name: 'X-A', value: '' }])))).toEqual(['settings.headers.0.value']);
    expect(await fieldsOf(create(headers([{ name: 'X-A', value: null }], { 'header:x-a': 'a\r\nX-B: 1' })))).toEqual([
      'secrets.header:x-a',
    ]);
    expect(await fieldsOf(create(headers([])))).toEqual(['settings.headers']);
  });

  it('a secret that is missing, too short to be masked, unknown, or only a placeholder', async () => {
    expect(await fieldsOf(create(basic({ secrets: {} })))).toEqual(['secrets.username']);
    expect(await fieldsOf(create(basic({ secrets: { username: 'ann', password: 'abc' } })))).toEqual([
      'secrets.password',
    ]);
    expect(await fieldsOf(create(basic({ secrets: { username: 'a:b', password: CANARY } })))).toEqual([
      'secrets.username',
    ]);
    expect(await fieldsOf(create(basic({ secrets: { username: 'ann', token: CANARY } })))).toEqual(['secrets.token']);
    expect(await fieldsOf(create(headers([{ name: 'X-A', value: null }], { 'header:x-a': '••••••••' })))).toEqual([
      'secrets.header:x-a',
    ]);
  });

  it('a refusal never repeats the value', async () => {
    const attempt = create(headers([{ name: 'X-A', value: null }], { 'header:x-a': `${CANARY}\r\nX-B: 1` }));
    await expect(attempt).rejects.not.toMatchObject({ message: expect.stringContaining(CANARY) });
  });

  it('a test request that leaves the prefix', async () => {
    for (const path of ['/../v2/x', '/%2e%2e/v2', '/a\\..\\b', '/x#y'])
      expect(
        await fieldsOf(create(basic({ settings: { kind: 'http', scheme: 'basic', test: { method: 'GET', path } } }))),
      ).toEqual(['settings.test.path']);
  });

  it('a token address with credentials, of another scheme, or none', async () => {
    for (const tokenUrl of [
      '',
      'id.example.com/token',
      'https://u:p@id.example.com/',
      'ftp://id.example.com',
      'https://id.example.com/#x',
    ])
      expect(
        await fieldsOf(
          create({
            name: 'OAuth',
            prefix: PREFIX,
            settings: { kind: 'oauth2', tokenUrl, clientId: 'c' },
            secrets: { clientSecret: CANARY },
          }),
        ),
        tokenUrl,
      ).toEqual(['settings.tokenUrl']);
  });
});

describe('changing an integration', () => {
  const setUp = async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    return { project, ctx, ...(await verbs['integration.create'](ctx, basic())) };
  };

  it('keeps secrets that are not entered, and the placeholder means the same', async () => {
    const { project, ctx, id } = await setUp();
    for (const secrets of [{}, { password: '********' }, { password: '••••••••', username: '' }])
      expect(await verbs['integration.update'](ctx, { ...basic({ name: 'Renamed', secrets }), id })).toMatchObject({
        cleared: false,
        missing: [],
      });
    const expected = `Basic ${Buffer.from(`ann:${CANARY}`).toString('base64')}`;
    expect(await sentWith(id)).toMatchObject({
      request: { headers: expect.arrayContaining([['Authorization', expected]]) },
    });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'integration.update',
      before: { name: 'Renamed' },
      after: { name: 'Renamed', secrets: [], cleared: false },
    });
  });

  it('replaces one secret and keeps the other', async () => {
    const { ctx, id } = await setUp();
    await verbs['integration.update'](ctx, { ...basic({ secrets: { password: 'changed' } }), id });
    const expected = `Basic ${Buffer.from('ann:changed').toString('base64')}`;
    expect(await sentWith(id)).toMatchObject({
      request: { headers: expect.arrayContaining([['Authorization', expected]]) },
    });
  });

  it.each([
    ['another host', 'https://evil.test/api/v1'],
    ['another path', 'https://secure.example.com/api/v2'],
    ['a wider path', 'https://secure.example.com/'],
    ['another scheme', 'http://secure.example.com/api/v1'],
    ['another port', 'https://secure.example.com:8443/api/v1'],
  ])('to %s forgets the secrets and says so', async (_, prefix) => {
    const { project, ctx, id } = await setUp();
    expect(await verbs['integration.update'](ctx, { ...basic({ prefix, secrets: {} }), id })).toMatchObject({
      cleared: true,
      missing: ['username'],
    });
    expect(await verbs['integration.get'](ctx, { id })).toMatchObject({ state: 'needs-secrets', stored: [] });
    expect(await sentWith(id)).toMatchObject({ ok: false });
    expect(await lastAudit(project.id)).toMatchObject({ after: { cleared: true } });
    await verbs['integration.update'](ctx, { ...basic({ prefix }), id });
    expect(await verbs['integration.get'](ctx, { id })).toMatchObject({ state: 'ready' });
  });

  it('to a prefix that only looks different forgets nothing', async () => {
    const { ctx, id } = await setUp();
    const prefix = 'HTTPS://Secure.Example.com:443/api/v1';
    expect(await verbs['integration.update'](ctx, { ...basic({ prefix, secrets: {} }), id })).toMatchObject({
      cleared: false,
    });
  });

  it('to another token address forgets the client secret', async () => {
    const ctx = await (await newProject()).as('developer');
    const oauth = (tokenUrl: string, secrets: Record<string, string>) => ({
      name: 'OAuth',
      prefix: PREFIX,
      settings: { kind: 'oauth2' as const, tokenUrl, clientId: 'c' },
      secrets,
    });
    const { id } = await verbs['integration.create'](
      ctx,
      oauth('https://id.example.com/token', { clientSecret: CANARY }),
    );
    expect(await verbs['integration.update'](ctx, { ...oauth('https://evil.test/token', {}), id })).toMatchObject({
      cleared: true,
      missing: ['clientSecret'],
    });
  });

  it('to another scheme forgets the secrets of the first, and its kind never changes', async () => {
    const { ctx, id } = await setUp();
    const change = headers([{ name: 'X-Username', value: null }], { 'header:x-username': 'another' }, { id });
    expect(await verbs['integration.update'](ctx, { ...change, id })).toMatchObject({ cleared: true, missing: [] });
    expect((await verbs['integration.get'](ctx, { id })).stored).toEqual(['header:x-username']);
    const other = {
      name: 'x',
      prefix: PREFIX,
      settings: { kind: 'api-key' as const, parameter: 'key' },
      secrets: { value: CANARY },
    };
    await expect(verbs['integration.update'](ctx, { ...other, id })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('asks for the value of a secret header that is added', async () => {
    const ctx = await (await newProject()).as('developer');
    const { id } = await verbs['integration.create'](
      ctx,
      headers([{ name: 'X-A', value: null }], { 'header:x-a': CANARY }),
    );
    const rows = [
      { name: 'X-A', value: null },
      { name: 'X-B', value: null },
    ];
    expect(await fieldsOf(verbs['integration.update'](ctx, { ...headers(rows), id }))).toEqual(['secrets.header:x-b']);
  });

  it('forgets the result of the last test', async () => {
    const { ctx, id } = await setUp();
    await prisma().integration.update({
      where: { id },
      data: { testedAt: new Date(), testResult: { ok: true, status: 200, ms: 1, message: '' } },
    });
    expect((await verbs['integration.get'](ctx, { id })).test).toMatchObject({ ok: true });
    await verbs['integration.update'](ctx, { ...basic({ secrets: {} }), id });
    expect((await verbs['integration.get'](ctx, { id })).test).toBeNull();
  });

  it('whose secrets were sealed with a key that is gone asks for them again, and the list still works', async () => {
    const { ctx, id } = await setUp();
    const { sealed } = await prisma().integration.findUniqueOrThrow({ where: { id } });
    const foreign = Uint8Array.from(sealed!);
    foreign.fill(7, 1, 9);
    await prisma().integration.update({ where: { id }, data: { sealed: foreign } });
    expect(await verbs['integration.list'](ctx, {})).toMatchObject([{ state: 'unreadable' }]);
    expect(await fieldsOf(verbs['integration.update'](ctx, { ...basic({ secrets: {} }), id }))).toEqual([
      'secrets.username',
    ]);
    await verbs['integration.update'](ctx, { ...basic(), id });
    expect(await verbs['integration.list'](ctx, {})).toMatchObject([{ state: 'ready' }]);
  });
});

describe('a signing secret', () => {
  const signature = { name: 'Signed', prefix: PREFIX, settings: { kind: 'signature' as const }, secrets: {} };
  const signaturesOf = async (id: string) => {
    const result = await sentWith(id);
    return result.ok ? result.request.headers.find(([name]) => name === 'webhook-signature')![1].split(' ') : [];
  };

  it('is made here and shown once; after a rotation both sign for a day', async () => {
    const ctx = await (await newProject()).as('developer');
    const { id, shown } = await verbs['integration.create'](ctx, signature);
    expect(shown).toMatch(/^whsec_/);
    expect(JSON.stringify(await verbs['integration.get'](ctx, { id }))).not.toContain(shown!.slice(6));
    expect(await signaturesOf(id)).toHaveLength(1);

    const next = await verbs['integration.update'](ctx, { ...signature, id, rotate: true });
    expect(next.shown).toMatch(/^whsec_/);
    expect(next.shown).not.toBe(shown);
    expect(await signaturesOf(id)).toHaveLength(2);
    const { settings } = await verbs['integration.get'](ctx, { id });
    const until = settings.kind === 'signature' && Date.parse(settings.previousUntil!);
    expect(Number(until) - Date.now()).toBeGreaterThan(23 * 3600_000);

    // Another change keeps both; the end of the day ends the first.
    await verbs['integration.update'](ctx, { ...signature, id, name: 'Renamed' });
    expect(await signaturesOf(id)).toHaveLength(2);
    await prisma().integration.update({
      where: { id },
      data: { public: { previousUntil: new Date(0).toISOString() } },
    });
    expect(await signaturesOf(id)).toHaveLength(1);
  });

  it('of the receiver’s can be entered, and cannot be anything', async () => {
    const ctx = await (await newProject()).as('developer');
    expect(await fieldsOf(verbs['integration.create'](ctx, { ...signature, secrets: { secret: 'password' } }))).toEqual(
      ['secrets.secret'],
    );
    const given = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(await verbs['integration.create'](ctx, { ...signature, secrets: { secret: given } })).toMatchObject({
      shown: null,
    });
  });
});

describe('a client certificate', () => {
  const authority = newAuthority();
  const input = (secrets: Record<string, string>) => ({
    name: 'mTLS',
    prefix: PREFIX,
    settings: { kind: 'certificate' as const },
    secrets,
  });

  it('shows its subject and its end, never itself', async () => {
    const ctx = await (await newProject()).as('developer');
    const { cert, key } = authority.issue({ name: 'hookline-client' });
    const { id } = await verbs['integration.create'](ctx, input({ certificate: cert, key }));
    const seen = await verbs['integration.get'](ctx, { id });
    expect(seen.settings).toMatchObject({ subject: 'CN=hookline-client', expiresAt: expect.stringContaining('T') });
    expect(JSON.stringify(seen)).not.toContain('BEGIN');
    await verbs['integration.update'](ctx, { ...input({}), id, name: 'Renamed' });
    expect((await verbs['integration.get'](ctx, { id })).settings).toMatchObject({ subject: 'CN=hookline-client' });
  });

  it('must be readable, belong to its key, be valid, and come with the key', async () => {
    const ctx = await (await newProject()).as('developer');
    const [one, two] = [authority.issue({ name: 'one' }), authority.issue({ name: 'two' })];
    const old = authority.issue({ name: 'old', notBefore: new Date(0), notAfter: new Date(86_400_000) });
    const create = (secrets: Record<string, string>) => fieldsOf(verbs['integration.create'](ctx, input(secrets)));
    expect(await create({ certificate: 'no certificate', key: one.key })).toEqual(['secrets.certificate']);
    expect(await create({ certificate: one.cert, key: 'no key at all' })).toEqual(['secrets.key']);
    expect(await create({ certificate: one.cert, key: two.key })).toEqual(['secrets.key']);
    expect(await create({ certificate: old.cert, key: old.key })).toEqual(['secrets.certificate']);
    expect(await create({ certificate: one.cert })).toEqual(['secrets.key']);
  });
});

describe('deleting an integration', () => {
  const create = (ctx: Ctx, name: string) => verbs['integration.create'](ctx, basic({ name }));

  it('that nothing uses is done at once', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx, 'Old');
    expect(await verbs['integration.delete'](ctx, { id })).toEqual({ switched: 0 });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'integration.delete', objectName: 'Old' });
    expect(await verbs['integration.list'](ctx, {})).toEqual([]);
  });

  it('that scenarios and presets use needs a replacement, which they then use', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const [old, next] = [await create(ctx, 'Old'), await create(ctx, 'Next')];
    const scenario = await scenarioWith(project.id, old.id);
    const preset = await prisma().preset.create({
      data: { projectId: project.id, name: 'SMS', webhook: { integrationId: old.id } },
    });
    expect((await verbs['integration.list'](ctx, {})).find(({ id }) => id === old.id)?.uses).toEqual([
      { kind: 'scenario', id: scenario.id, name: 'Spring SMS', status: 'draft', isRunning: false },
      { kind: 'preset', id: preset.id, name: 'SMS', status: null, isRunning: false },
    ]);
    await expect(verbs['integration.delete'](ctx, { id: old.id })).rejects.toMatchObject({
      code: 'conflict',
      details: { uses: [{ name: 'Spring SMS' }, { name: 'SMS' }] },
    });
    await expect(verbs['integration.delete'](ctx, { id: old.id, replacementId: old.id })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await verbs['integration.delete'](ctx, { id: old.id, replacementId: next.id })).toEqual({ switched: 2 });
    const { draft, revision } = await prisma().scenario.findUniqueOrThrow({ where: { id: scenario.id } });
    expect([draft, revision]).toMatchObject([{ nodes: [{ settings: { integrationId: next.id } }] }, 1]);
    const after = await prisma().preset.findUniqueOrThrow({ where: { id: preset.id } });
    expect(after).toMatchObject({ webhook: { integrationId: next.id }, version: 2 });
    expect(await verbs['integration.delete'](ctx, { id: next.id, replacementId: null })).toEqual({ switched: 2 });
    expect((await prisma().preset.findUniqueOrThrow({ where: { id: preset.id } })).webhook).toEqual({
      integrationId: null,
    });
  });

  it('that a run was started with waits for its end', async () => {
    const project = await newProject();
    const ctx = await project.as('developer');
    const { id } = await create(ctx, 'Old');
    await scenarioWith(project.id, id, true);
    await expect(verbs['integration.delete'](ctx, { id, replacementId: null })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Spring SMS'),
    });
    await prisma().run.updateMany({ where: { projectId: project.id }, data: { endedAt: new Date(), state: 'done' } });
    await verbs['integration.delete'](ctx, { id, replacementId: null });
  });
});
