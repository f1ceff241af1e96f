import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pool, prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { openSecretHeaders, sealSecret } from '../../../lib/vault/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { requestTo } from '../../support/integrations.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const CANARY = 'canary-5f2c77';
const HOME = 'https://api.example.com/';

describe('a secret header', () => {
  it('is stored sealed, named by an id, and never given out again', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const stored = await verbs['secret.store'](ctx, { value: `Bearer ${CANARY}`, url: HOME });
    expect(Object.keys(stored)).toEqual(['id', 'origin']);
    const row = await prisma().secret.findUniqueOrThrow({ where: { id: stored.id } });
    expect(Buffer.from(row.sealed).includes(CANARY)).toBe(false);
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({ action: 'secret.store', objectId: stored.id, actorId: ctx.actor.id });
    expect(JSON.stringify(entry!.after)).not.toContain(CANARY);
  });

  it('is attached to the request and known to masking, with and without its scheme', async () => {
    const project = await newProject();
    const { id } = await verbs['secret.store'](await project.as('marketer'), { value: `Bearer ${CANARY}`, url: HOME });
    const credentials = await openSecretHeaders(pool(), project.id, [{ name: 'Authorization', secretId: id }]);
    expect(await credentials.authorise(requestTo('https://api.example.com/x'))).toMatchObject({
      ok: true,
      request: {
        headers: [
          ['Content-Type', 'application/json'],
          ['Authorization', `Bearer ${CANARY}`],
        ],
      },
    });
    expect(credentials.secrets).toEqual([`Bearer ${CANARY}`, CANARY]);
  });

  it('is bound to the host that the URL names, and goes nowhere else', async () => {
    const project = await newProject();
    const ctx = await project.as('marketer');
    const { id, origin } = await verbs['secret.store'](ctx, {
      value: CANARY,
      url: 'https://api.example.com/{{ customer.id }}',
    });
    expect(origin).toBe('https://api.example.com');
    const credentials = await openSecretHeaders(pool(), project.id, [{ name: 'X-Key', secretId: id }]);
    expect(await credentials.authorise(requestTo('https://api.example.com/any'))).toMatchObject({ ok: true });
    for (const url of [
      'https://evil.test/',
      'http://api.example.com/',
      'https://api.example.com:8443/',
      'https://api.example.com.evil.test/',
    ]) {
      const result = await credentials.authorise(requestTo(url));
      expect(result, url).toMatchObject({ ok: false, reason: expect.stringContaining('https://api.example.com') });
      expect(JSON.stringify(result)).not.toContain(CANARY);
    }
  });

  it.each([
    '',
    '   ',
    '{{ host }}/x',
    'https://{{ host }}/',
    'https://{% if vip %}a{% endif %}.example.com/',
    'https://api.{{ zone }}.com/',
    'https://api.example.com{{ rest }}',
    'https://api.example.com:{{ port }}/',
    'https://[[ host ]]/',
    '{{ scheme }}://api.example.com/',
    'https://u@evil.test/',
    'api.example.com/x',
    'ftp://api.example.com/',
  ])('is refused where the URL %j names no host for certain, and nothing is stored', async (url) => {
    const project = await newProject();
    const storing = verbs['secret.store'](await project.as('marketer'), { value: CANARY, url });
    await expect(storing).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/Write the host into the URL.*authentication integration/),
      fields: [{ path: 'url' }],
    });
    expect(await prisma().secret.count({ where: { projectId: project.id } })).toBe(0);
  });

  it('is refused without a URL', async () => {
    const ctx = await (await newProject()).as('marketer');
    await expect(verbs['secret.store'](ctx, { value: CANARY })).rejects.toThrow(/has no URL yet/);
  });

  it('that stands in the database without a host is never attached, and the reason says what to do', async () => {
    const project = await newProject();
    const id = randomUUID();
    const place = { id, projectId: project.id, origin: null };
    await prisma().secret.create({ data: { ...place, sealed: sealSecret(place, CANARY) } });
    const credentials = await openSecretHeaders(pool(), project.id, [{ name: 'X-Key', secretId: id }]);
    expect(credentials.secrets).toEqual([]);
    for (const url of [HOME, 'https://evil.test/']) {
      const result = await credentials.authorise(requestTo(url));
      expect(result).toEqual({
        ok: false,
        temporary: false,
        reason:
          'the secret header X-Key was stored without a host and goes nowhere; write the host into the URL and enter it again',
      });
    }
  });

  it('cannot be bound to another host by a change in the database', async () => {
    const project = await newProject();
    const { id } = await verbs['secret.store'](await project.as('marketer'), {
      value: CANARY,
      url: 'https://api.example.com/',
    });
    await prisma().secret.update({ where: { id }, data: { origin: 'https://evil.test' } });
    const credentials = await openSecretHeaders(pool(), project.id, [{ name: 'X-Key', secretId: id }]);
    expect(await credentials.authorise(requestTo('https://evil.test/'))).toMatchObject({ ok: false });
  });

  it('of another project does not exist, nor does one with a made-up id', async () => {
    const theirs = await newProject();
    const { id } = await verbs['secret.store'](await theirs.as('marketer'), { value: CANARY, url: HOME });
    const mine = await newProject();
    for (const secretId of [id, 'no-uuid', '00000000-0000-7000-8000-000000000000']) {
      const credentials = await openSecretHeaders(pool(), mine.id, [{ name: 'X-Key', secretId }]);
      expect(await credentials.authorise(requestTo('https://api.example.com/'))).toMatchObject({
        ok: false,
        reason: expect.stringContaining('enter it again'),
      });
      expect(credentials.secrets).toEqual([]);
    }
  });

  it('has a value that can be sent and masked', async () => {
    const ctx = await (await newProject()).as('marketer');
    for (const value of ['abc', 'a\r\nX: 1', 'klíč-ž', '********', 'x'.repeat(8193)])
      await expect(verbs['secret.store'](ctx, { value, url: HOME }), value.slice(0, 10)).rejects.toMatchObject({
        code: 'invalid',
        fields: [{ path: 'value' }],
      });
  });

  it('is stored by those who build: not by viewers, not by strangers', async () => {
    const project = await newProject();
    await expect(verbs['secret.store'](await project.as('viewer'), { value: CANARY, url: HOME })).rejects.toMatchObject(
      {
        code: 'forbidden',
      },
    );
    await expect(verbs['secret.store'](await project.as(null), { value: CANARY, url: HOME })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await prisma().secret.count({ where: { projectId: project.id } })).toBe(0);
  });

  it('costs no look-up when there is none', async () => {
    const credentials = await openSecretHeaders({ query: () => Promise.reject(new Error('asked')) }, 'p', []);
    expect(await credentials.authorise(requestTo('https://api.example.com/'))).toMatchObject({ ok: true });
  });
});
