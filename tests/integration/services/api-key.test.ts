import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { authenticateApiKey, SCOPES } from '../../../lib/services/api-key.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const input = { name: 'Web shop', scopes: ['events:write', 'customers:read', 'events:write'] as const };

describe('an API key', () => {
  it('is shown once, works for its project and scopes, and is audited without itself', async () => {
    const project = await newProject();
    const ctx = await project.as('admin');
    const { id, key } = await verbs['api-key.create'](ctx, { ...input, scopes: [...input.scopes] });
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({ action: 'api-key.create', objectId: id });
    expect(
      JSON.stringify([entry, await verbs['api-key.list'](ctx, {})], (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).not.toContain(key);
    expect(await authenticateApiKey(key)).toEqual({
      projectId: project.id,
      actor: { kind: 'key', id, name: 'Web shop', scopes: ['customers:read', 'events:write'] },
    });
    const [listed] = await verbs['api-key.list'](ctx, {});
    expect(key.startsWith(listed!.prefix)).toBe(true);
    expect(listed!.lastUsedAt).not.toBeNull();
  });

  it('is refused when it is unknown, changed or revoked', async () => {
    const project = await newProject();
    const ctx = await project.as('admin');
    const { id, key } = await verbs['api-key.create'](ctx, { name: 'CRM', scopes: ['events:write'] });
    expect(await authenticateApiKey('hl_00000000_nothing')).toBeNull();
    expect(await authenticateApiKey(`${key}x`)).toBeNull();
    await verbs['api-key.revoke'](ctx, { id });
    expect(await authenticateApiKey(key)).toBeNull();
    expect(await lastAudit(project.id)).toMatchObject({ action: 'api-key.revoke', objectId: id });
  });

  it('does what its scopes say and nothing else', async () => {
    const project = await newProject();
    const admin = await project.as('admin');
    const { key } = await verbs['api-key.create'](admin, { name: 'Reader', scopes: ['settings:read'] });
    const { projectId, actor } = (await authenticateApiKey(key))!;
    const ctx = { projectId, actor, role: null, requestId: 'test', address: null };
    expect(await verbs['policy.list'](ctx, {})).toEqual([]);
    await expect(verbs['member.list'](ctx, {})).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is made and revoked by admins only, and not from another project', async () => {
    const project = await newProject();
    const developer = await project.as('developer');
    await expect(verbs['api-key.create'](developer, { name: 'X', scopes: ['events:write'] })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(verbs['api-key.list'](await project.as('viewer'), {})).rejects.toMatchObject({ code: 'forbidden' });
    const { id } = await verbs['api-key.create'](await project.as('admin'), { name: 'Y', scopes: ['events:write'] });
    const stranger = await (await newProject()).as('admin');
    await expect(verbs['api-key.revoke'](stranger, { id })).rejects.toMatchObject({ code: 'not-found' });
    expect((await prisma().apiKey.findUniqueOrThrow({ where: { id } })).revokedAt).toBeNull();
  });

  it('can have every scope that a verb names', () => {
    const named = Object.values(verbs).flatMap((verb) => (verb.spec.scope ? [verb.spec.scope] : []));
    expect(named.filter((scope) => !Object.hasOwn(SCOPES, scope))).toEqual([]);
  });
});
