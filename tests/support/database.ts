import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, inject } from 'vitest';
import { closeDb, prisma } from '../../lib/db/index.ts';
import type { Ctx, Role } from '../../lib/services/verb.ts';
import { migrate } from '../../tools/migrate.ts';

/** Gives the tests of this file a database of their own with the schema up to date; `prisma()` and `pool()` use it. */
export function freshDatabase(): void {
  beforeAll(async () => {
    const url = new URL(inject('postgres'));
    url.pathname = `/test_${randomBytes(6).toString('hex')}`;
    process.env.DATABASE_URL = url.toString();
    process.env.ENCRYPTION_KEY ??= randomBytes(32).toString('base64');
    await migrate(url.toString());
  });
  afterAll(closeDb);
}

/** A new project with one member of that role, and the context in which this member asks. */
export async function projectWith(role: Role = 'admin', name = 'Test'): Promise<Ctx & { projectId: string }> {
  const user = await prisma().user.create({ data: { email: `${randomUUID()}@example.com`, name: `Test ${role}` } });
  const project = await prisma().project.create({
    data: { name, memberships: { create: { userId: user.id, role } } },
  });
  return {
    projectId: project.id,
    actor: { kind: 'user', id: user.id, name: user.name },
    role,
    requestId: randomUUID(),
    address: null,
  };
}
