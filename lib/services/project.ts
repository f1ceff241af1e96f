import { z } from 'zod';
import { prisma, type Tx } from '../db/index.ts';
import { hashPassword, NewPassword } from './password.ts';
import { retentionOf } from './retention.ts';
import { Email } from './session.ts';
import { notFound, type Role, read, ServiceError, write } from './verb.ts';
import { isCheckRequired } from './webhook-check.ts';

export const ProjectName = z.string().trim().min(1, 'Give the project a name.').max(120, 'Use at most 120 characters.');

/** An IANA time zone that this system knows. */
export const TimeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone.length > 0;
  } catch {
    return false;
  }
}, 'This is not a time zone, e.g. Europe/Bratislava.');

export interface MyProject {
  id: string;
  name: string;
  role: Role;
}

/** The projects that a user is a member of, by name. */
export async function projectsOf(userId: string): Promise<MyProject[]> {
  const memberships = await prisma().membership.findMany({
    where: { userId },
    include: { project: { select: { id: true, name: true } } },
    orderBy: { project: { name: 'asc' } },
  });
  return memberships.map(({ project, role }) => ({ ...project, role }));
}

/** A user's role in a project; null when there is none, or no such project. */
export async function roleIn(projectId: string, userId: string): Promise<Role | null> {
  if (!z.uuid().safeParse(projectId).success) return null;
  const membership = await prisma().membership.findUnique({ where: { projectId_userId: { projectId, userId } } });
  return membership?.role ?? null;
}

export const FirstRun = z.strictObject({
  name: z.string().trim().min(1, 'Give your name.').max(120),
  email: Email,
  password: NewPassword,
  projectName: ProjectName,
  timeZone: TimeZone,
});

export type FirstRunInput = z.input<typeof FirstRun>;

/** Whether nobody has an account yet. */
export async function isFirstRun(): Promise<boolean> {
  return (await prisma().user.count({ take: 1 })) === 0;
}

/**
 * Makes the first account and its project.
 * @throws ServiceError "invalid" with faults by field; "conflict" as soon as there is any account
 */
export async function setUpFirstRun(input: FirstRunInput): Promise<{ projectId: string }> {
  const parsed = FirstRun.safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    throw new ServiceError('invalid', fields[0]!.message, { fields });
  }
  const { name, email, password, projectName, timeZone } = parsed.data;
  const passwordHash = await hashPassword(password);
  return prisma().$transaction(async (tx) => {
    // Two owners must not set up at the same time.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('hookline first run'))`;
    if ((await tx.user.count()) > 0) throw new ServiceError('conflict', 'Hookline is set up already. Sign in instead.');
    const user = await tx.user.create({ data: { name, email, passwordHash } });
    const project = await createProjectFor(tx, user.id, { name: projectName, timeZone });
    return { projectId: project.id };
  });
}

async function createProjectFor(tx: Tx, userId: string, data: { name: string; timeZone: string }) {
  const project = await tx.project.create({ data: { ...data, memberships: { create: { userId, role: 'admin' } } } });
  const actor = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  await tx.auditEntry.create({
    data: {
      projectId: project.id,
      actorKind: 'user',
      actorId: userId,
      actorName: actor.name,
      action: 'project.create',
      objectType: 'project',
      objectId: project.id,
      objectName: project.name,
      after: data,
    },
  });
  return project;
}

/** The project of the call. */
export const getProject = read({
  needs: 'look',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const project = await db.project.findUnique({ where: { id: ctx.projectId } });
    if (!project) throw notFound('The project');
    const { id, name, timeZone, isDemo, createdAt } = project;
    const [requiresChecks, retention] = await Promise.all([isCheckRequired(db, id), retentionOf(db, id)]);
    return { id, name, timeZone, isDemo, requiresChecks, retention, createdAt: createdAt.toISOString() };
  },
});

/** Renames the project or moves it to another time zone. */
export const updateProject = write({
  needs: 'administer',
  input: z.strictObject({ name: ProjectName, timeZone: TimeZone }),
  async run({ ctx, input, tx, note }) {
    const before = await tx.project.findUnique({ where: { id: ctx.projectId } });
    if (!before) throw notFound('The project');
    await tx.project.update({ where: { id: ctx.projectId }, data: input });
    await note({
      action: 'project.update',
      objectType: 'project',
      objectId: ctx.projectId,
      objectName: input.name,
      before: { name: before.name, timeZone: before.timeZone },
      after: input,
    });
    return {};
  },
});

/** Makes another project, of which the asker becomes the admin; only for an admin of the project that asks. */
export const createProject = write({
  needs: 'administer',
  input: z.strictObject({ name: ProjectName, timeZone: TimeZone }),
  async run({ ctx, input, tx }) {
    if (ctx.actor.kind !== 'user') throw new ServiceError('forbidden', 'Only a signed-in user can make a project.');
    const project = await createProjectFor(tx, ctx.actor.id, input);
    return { id: project.id };
  },
});
