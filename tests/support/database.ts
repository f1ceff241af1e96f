import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { closeDb, prisma } from '../../lib/db/index.ts';
import type { Ctx, Role } from '../../lib/services/index.ts';

/** Gives the tests of a file an empty, migrated database of their own; `prisma()` and `pool()` lead to it. */
export function useDatabase(): void {
  beforeAll(async () => {
    const server = inject('postgresUrl');
    const name = `test_${randomBytes(6).toString('hex')}`;
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(`CREATE DATABASE ${name} TEMPLATE hookline_template`);
    await client.end();
    const url = new URL(server);
    url.pathname = `/${name}`;
    process.env.DATABASE_URL = url.toString();
  });
  afterAll(() => closeDb());
}

export interface TestProject {
  id: string;
  /** A call by a new member of that role; null is a stranger. */
  as(role: Role | null): Promise<Ctx>;
}

/** A new project. */
export async function newProject(name = `Project ${randomUUID().slice(0, 8)}`): Promise<TestProject> {
  const project = await prisma().project.create({ data: { name } });
  return {
    id: project.id,
    async as(role) {
      const user = await newUser();
      if (role) await prisma().membership.create({ data: { projectId: project.id, userId: user.id, role } });
      return {
        projectId: project.id,
        actor: { kind: 'user', id: user.id, name: user.name },
        role,
        requestId: randomUUID(),
        address: '192.0.2.1',
      };
    },
  };
}

/** A new user without a password. */
export function newUser() {
  const tag = randomBytes(6).toString('hex');
  return prisma().user.create({ data: { email: `${tag}@example.com`, name: `User ${tag}` } });
}

/** The latest entry of the audit log of a project, or undefined. */
export async function lastAudit(projectId: string) {
  return (await prisma().auditEntry.findFirst({ where: { projectId }, orderBy: { id: 'desc' } })) ?? undefined;
}
