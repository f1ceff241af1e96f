import { randomBytes, randomUUID } from 'node:crypto';
import { prisma } from '../../lib/db/index.ts';
import type { Ctx, Role } from '../../lib/services/index.ts';

export interface TestProject {
  id: string;
  /** A call by a new member of that role; null is a stranger. */
  as(role: Role | null): Promise<Ctx>;
}

/** A new project, for tests in which several people ask. */
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
