import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { prisma, type Tx } from '../db/index.ts';
import { hashPassword, NewPassword } from './password.ts';
import { Email, tokenHash } from './session.ts';
import { notFound, read, ServiceError, write } from './verb.ts';

export const RoleName = z.enum(['admin', 'developer', 'marketer', 'viewer']);

/** How long an invitation is good for. */
export const INVITATION_MS = 7 * 86_400_000;

/** The members of the project and, for admins, the invitations that are still open. */
export const listMembers = read({
  needs: 'look',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const [members, invitations] = await Promise.all([
      db.membership.findMany({
        where: { projectId: ctx.projectId },
        include: { user: true },
        orderBy: { user: { name: 'asc' } },
      }),
      ctx.role === 'admin'
        ? db.invitation.findMany({
            where: { projectId: ctx.projectId, acceptedAt: null, expiresAt: { gt: new Date() } },
            orderBy: { createdAt: 'desc' },
          })
        : [],
    ]);
    return {
      members: members.map(({ user, role, createdAt }) => ({
        userId: user.id,
        name: user.name,
        email: user.email,
        role,
        isMe: ctx.actor.kind === 'user' && ctx.actor.id === user.id,
        since: createdAt.toISOString(),
      })),
      invitations: invitations.map(({ id, email, role, createdAt, expiresAt }) => ({
        id,
        email,
        role,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      })),
    };
  },
});

/** Invites an e-mail address; the answer holds the token of the link, once. An earlier open invitation to it is replaced. */
export const inviteMember = write({
  needs: 'administer',
  input: z.strictObject({ email: Email, role: RoleName }),
  async run({ ctx, input, tx, note }) {
    const member = await tx.membership.findFirst({
      where: { projectId: ctx.projectId, user: { email: input.email } },
    });
    if (member) throw refusal('email', `${input.email} is a member already.`);
    await tx.invitation.deleteMany({ where: { projectId: ctx.projectId, email: input.email, acceptedAt: null } });
    const token = randomBytes(32).toString('base64url');
    const invitation = await tx.invitation.create({
      data: {
        projectId: ctx.projectId,
        email: input.email,
        role: input.role,
        tokenHash: tokenHash(token),
        invitedById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
        expiresAt: new Date(Date.now() + INVITATION_MS),
      },
    });
    await note({
      action: 'member.invite',
      objectType: 'invitation',
      objectId: invitation.id,
      objectName: input.email,
      after: { role: input.role },
    });
    return { id: invitation.id, token, expiresAt: invitation.expiresAt.toISOString() };
  },
});

/** Takes an open invitation back; its link stops working. */
export const revokeInvitation = write({
  needs: 'administer',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input, tx, note }) {
    const where = { id: input.id, projectId: ctx.projectId, acceptedAt: null };
    const invitation = await tx.invitation.findFirst({ where });
    if (!invitation) throw notFound('The invitation');
    await tx.invitation.delete({ where: { id: invitation.id } });
    await note({
      action: 'member.uninvite',
      objectType: 'invitation',
      objectId: input.id,
      objectName: invitation.email,
    });
    return {};
  },
});

/** Gives a member another role. */
export const setMemberRole = write({
  needs: 'administer',
  input: z.strictObject({ userId: z.uuid(), role: RoleName }),
  async run({ ctx, input, tx, note }) {
    const member = await memberOf(tx, ctx.projectId, input.userId);
    if (member.role === input.role) return {};
    if (member.role === 'admin') await keepOneAdmin(tx, ctx.projectId, input.userId);
    await tx.membership.update({
      where: { projectId_userId: { projectId: ctx.projectId, userId: input.userId } },
      data: { role: input.role },
    });
    await note({
      action: 'member.role',
      objectType: 'member',
      objectId: input.userId,
      objectName: member.user.name,
      before: { role: member.role },
      after: { role: input.role },
    });
    return {};
  },
});

/** Takes a member out of the project; the account stays. */
export const removeMember = write({
  needs: 'administer',
  input: z.strictObject({ userId: z.uuid() }),
  async run({ ctx, input, tx, note }) {
    const member = await memberOf(tx, ctx.projectId, input.userId);
    if (member.role === 'admin') await keepOneAdmin(tx, ctx.projectId, input.userId);
    await tx.membership.delete({
      where: { projectId_userId: { projectId: ctx.projectId, userId: input.userId } },
    });
    await note({
      action: 'member.remove',
      objectType: 'member',
      objectId: input.userId,
      objectName: member.user.name,
      before: { role: member.role },
    });
    return {};
  },
});

async function memberOf(tx: Tx, projectId: string, userId: string) {
  const member = await tx.membership.findUnique({
    where: { projectId_userId: { projectId, userId } },
    include: { user: true },
  });
  if (!member) throw notFound('The member');
  return member;
}

/** @throws ServiceError "conflict" when nobody else is an admin; locks the project so that two cannot leave at once */
async function keepOneAdmin(tx: Tx, projectId: string, leaving: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM project WHERE id = ${projectId}::uuid FOR UPDATE`;
  const others = await tx.membership.count({ where: { projectId, role: 'admin', userId: { not: leaving } } });
  if (others === 0) throw new ServiceError('conflict', 'A project needs an admin. Make somebody else an admin first.');
}

// ---- accepting, by somebody who is not a member yet

/** What an invitation's page shows; null when the link is unknown, used, taken back or too old. */
export async function invitationOf(
  token: string,
): Promise<{ email: string; role: z.infer<typeof RoleName>; projectName: string; hasAccount: boolean } | null> {
  const invitation = await openInvitation(prisma(), token);
  if (!invitation) return null;
  const account = await prisma().user.count({ where: { email: invitation.email } });
  return {
    email: invitation.email,
    role: invitation.role,
    projectName: invitation.project.name,
    hasAccount: account > 0,
  };
}

export const Acceptance = z.strictObject({
  token: z.string().max(200),
  /** For an address without an account: what the new one is to be. */
  account: z
    .strictObject({ name: z.string().trim().min(1, 'Give your name.').max(120), password: NewPassword })
    .optional(),
});

export type AcceptanceInput = z.input<typeof Acceptance>;

/**
 * Makes the invited person a member. An address that has an account must be signed in with it (`userId`); one without
 * gets its account here.
 * @throws ServiceError "invalid" by field; "not-found" for a link that is no longer good; "forbidden" for another's link
 */
export async function acceptInvitation(
  input: AcceptanceInput,
  userId: string | null,
): Promise<{ projectId: string; email: string }> {
  const parsed = Acceptance.safeParse(input);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    throw new ServiceError('invalid', fields[0]!.message, { fields });
  }
  const { token, account } = parsed.data;
  const passwordHash = account ? await hashPassword(account.password) : null;
  return prisma().$transaction(async (tx) => {
    const invitation = await openInvitation(tx, token);
    if (!invitation) throw new ServiceError('not-found', 'This invitation is no longer good. Ask for a new one.');
    const { email, projectId } = invitation;
    let user = await tx.user.findUnique({ where: { email } });
    if (user && user.id !== userId)
      throw new ServiceError('forbidden', `Sign in as ${email} first: this address has an account.`);
    if (!user) {
      if (!account) throw new ServiceError('invalid', 'Give your name and a password.');
      user = await tx.user.create({ data: { email, name: account.name, passwordHash } });
    }
    await joinProject(tx, invitation, user);
    return { projectId, email };
  });
}

/**
 * Uses up an invitation and makes a user a member by it, with an entry in the audit log.
 * @throws ServiceError "conflict" when it was used a moment ago
 */
export async function joinProject(
  tx: Tx,
  { id, projectId, role }: { id: string; projectId: string; role: z.infer<typeof RoleName> },
  user: { id: string; name: string },
): Promise<void> {
  const taken = await tx.invitation.updateMany({ where: { id, acceptedAt: null }, data: { acceptedAt: new Date() } });
  if (taken.count !== 1) throw new ServiceError('conflict', 'This invitation was just used.');
  await tx.membership.upsert({
    where: { projectId_userId: { projectId, userId: user.id } },
    create: { projectId, userId: user.id, role },
    update: {},
  });
  await tx.auditEntry.create({
    data: {
      projectId,
      actorKind: 'user',
      actorId: user.id,
      actorName: user.name,
      action: 'member.join',
      objectType: 'member',
      objectId: user.id,
      objectName: user.name,
      after: { role },
    },
  });
}

function openInvitation(db: Pick<Tx, 'invitation'>, token: string) {
  return db.invitation.findFirst({
    where: { tokenHash: tokenHash(token), acceptedAt: null, expiresAt: { gt: new Date() } },
    include: { project: { select: { name: true } } },
  });
}

const refusal = (path: string, message: string) =>
  new ServiceError('invalid', message, { fields: [{ path, message }] });
