import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { prisma } from '../db/index.ts';
import { type Actor, notFound, read, write } from './verb.ts';

/** What an API key may be allowed to do; a verb names its scope, a verb without one is closed to keys. */
export const SCOPES = {
  'customers:read': 'Read customers, their events and journeys',
  'customers:write': 'Create, change and import customers',
  'customers:delete': 'Delete customers for good',
  'events:write': 'Send events, which start on-event scenarios',
  'scenarios:read': 'Read scenarios and their versions',
  'scenarios:write': 'Create and change scenarios',
  'scenarios:run': 'Start, stop, pause and resume scenarios',
  'triggers:call': 'Start API triggers',
  'runs:read': 'Read runs, requests and outcomes',
  'settings:read': 'Read policies, presets and integrations (never their secrets)',
} as const;
export type Scope = keyof typeof SCOPES;
const Scopes = z
  .array(z.enum(Object.keys(SCOPES) as [Scope, ...Scope[]]))
  .min(1, 'Choose at least one scope.')
  .transform((scopes) => [...new Set(scopes)].sort());

const hashOf = (key: string) => createHash('sha256').update(key).digest();

/** The project's keys, revoked ones last; never the keys themselves. */
export const listApiKeys = read({
  needs: 'develop',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const keys = await db.apiKey.findMany({
      where: { projectId: ctx.projectId },
      orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }],
    });
    return keys.map((key) => ({
      id: key.id,
      name: key.name,
      prefix: key.prefix,
      scopes: key.scopes,
      createdAt: key.createdAt.toISOString(),
      lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
      revokedAt: key.revokedAt?.toISOString() ?? null,
    }));
  },
});

/** Makes a key. Only its hash is stored, so this answer is the one place where it can be read. */
export const createApiKey = write({
  needs: 'administer',
  input: z.strictObject({
    name: z.string().trim().min(1, 'Give the key a name, e.g. the system that will use it.').max(120),
    scopes: Scopes,
  }),
  async run({ ctx, input, tx, note }) {
    const prefix = `hl_${randomBytes(4).toString('hex')}`;
    const key = `${prefix}_${randomBytes(32).toString('base64url')}`;
    const row = await tx.apiKey.create({
      data: {
        projectId: ctx.projectId,
        name: input.name,
        prefix,
        hash: hashOf(key),
        scopes: input.scopes,
        createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      },
    });
    await note({
      action: 'api-key.create',
      objectType: 'api-key',
      objectId: row.id,
      objectName: input.name,
      after: { prefix, scopes: input.scopes },
    });
    return { id: row.id, key };
  },
});

/** Revokes a key at once and for good. */
export const revokeApiKey = write({
  needs: 'administer',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input, tx, note }) {
    const key = await tx.apiKey.findFirst({ where: { id: input.id, projectId: ctx.projectId } });
    if (!key) throw notFound('The API key');
    if (key.revokedAt) return {};
    await tx.apiKey.update({ where: { id: key.id }, data: { revokedAt: new Date() } });
    await note({ action: 'api-key.revoke', objectType: 'api-key', objectId: key.id, objectName: key.name });
    return {};
  },
});

/** The project and actor of a key as it came in a request; null for an unknown or revoked one. Notes its use once a minute. */
export async function authenticateApiKey(key: string): Promise<{ projectId: string; actor: Actor } | null> {
  if (!key.startsWith('hl_') || key.length > 200) return null;
  const row = await prisma().apiKey.findUnique({ where: { hash: hashOf(key) } });
  if (!row || row.revokedAt) return null;
  const now = new Date();
  if (!row.lastUsedAt || row.lastUsedAt.getTime() + 60_000 <= now.getTime())
    await prisma().apiKey.update({ where: { id: row.id }, data: { lastUsedAt: now } });
  return { projectId: row.projectId, actor: { kind: 'key', id: row.id, name: row.name, scopes: row.scopes } };
}
