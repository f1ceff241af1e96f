import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Db, prisma, type Tx } from '../db/index.ts';
import { hashPassword, isPassword, NewPassword } from './password.ts';
import { admitSignIn, countFailure, forgetFailures } from './sign-in-limit.ts';
import { hasSecondFactor, passesSecondFactor } from './totp.ts';
import { type Ctx, notFound, read, ServiceError, write } from './verb.ts';

/** Sign-in and sessions. A session is a row that can be revoked at once; the browser's cookie only names it. */

const HOUR = 3600_000;
/** A session ends after twelve hours without use, and after seven days in any case (OWASP Session Management). */
export const IDLE_MS = 12 * HOUR;
export const LIFETIME_MS = 7 * 24 * HOUR;

/** Where a request came from, as far as it can be told. */
export interface From {
  address: string | null;
  agent: string | null;
}

/** How somebody proved who they are, as the audit log tells it. */
export type Way = 'password' | 'password and code' | 'link' | 'identity provider';

export interface SignedIn {
  sessionId: string;
  user: { id: string; name: string; email: string };
}

export const Email = z
  .email('This is not an e-mail address.')
  .max(254)
  .transform((text) => text.trim().toLowerCase());

export const tokenHash = (token: string): Buffer<ArrayBuffer> => createHash('sha256').update(token).digest();

/** What a sign-in with the right password but without the code of the second factor is refused with. */
export const SECOND_FACTOR = 'second-factor';

/**
 * Starts a session for an e-mail address and a password, and the code of a second factor where the user has one. An unknown
 * address, a user without a password and a wrong password are told apart neither by the answer (null) nor by its time.
 * @throws ServiceError "limited" after too many failures; "invalid" with the message SECOND_FACTOR when only the code is
 *   missing, and with a sentence when it is wrong
 */
export async function signInWithPassword(
  email: string,
  password: string,
  from: From,
  code = '',
): Promise<SignedIn | null> {
  const account = email.trim().toLowerCase();
  await admitSignIn(account, from.address);
  const user = await prisma().user.findUnique({ where: { email: account } });
  if (!(await isPassword(password.slice(0, 1024), user?.passwordHash)) || !user) {
    await countFailure(account, from.address);
    await recordSignIn(prisma(), 'sign-in.refuse', user, account, from, 'password');
    return null;
  }
  const isTwofold = await hasSecondFactor(prisma(), user.id);
  if (isTwofold) {
    if (!code) throw new ServiceError('invalid', SECOND_FACTOR);
    if (!(await passesSecondFactor(prisma(), user.id, code))) {
      await countFailure(account, from.address);
      await recordSignIn(prisma(), 'sign-in.refuse', user, account, from, 'password and code');
      throw new ServiceError('invalid', 'This code is not right, or it was used already. Wait for the next one.');
    }
  }
  await forgetFailures(account, from.address);
  const by = isTwofold ? 'password and code' : 'password';
  return prisma().$transaction((tx) => startSession(tx, user, from, by));
}

/** Starts a session for a one-time link; null when the token is unknown, used or too old. */
export async function signInWithLink(token: string, from: From): Promise<SignedIn | null> {
  await admitSignIn('link', from.address);
  const signedIn = await prisma().$transaction(async (tx) => {
    const where = { tokenHash: tokenHash(token), usedAt: null, expiresAt: { gt: new Date() } };
    const used = await tx.signInLink.updateMany({ where, data: { usedAt: new Date() } });
    if (used.count !== 1) return null;
    const link = await tx.signInLink.findUniqueOrThrow({
      where: { tokenHash: where.tokenHash },
      include: { user: true },
    });
    return startSession(tx, link.user, from, 'link');
  });
  if (!signedIn) await countFailure('link', from.address);
  return signedIn;
}

/** Starts a session and records the sign-in; whoever calls has made sure who it is. */
export async function startSession(tx: Tx, user: SignedIn['user'], from: From, by: Way): Promise<SignedIn> {
  const session = await tx.session.create({
    data: {
      userId: user.id,
      expiresAt: new Date(Date.now() + LIFETIME_MS),
      address: from.address,
      agent: from.agent?.slice(0, 400) ?? null,
    },
  });
  await recordSignIn(tx, 'sign-in', user, user.email, from, by);
  return { sessionId: session.id, user: { id: user.id, name: user.name, email: user.email } };
}

/** Sign-ins belong to no project: their entries have none. */
export async function recordSignIn(
  db: Db | Tx,
  action: string,
  user: { id: string; name: string } | null,
  account: string,
  from: From,
  by: Way,
): Promise<void> {
  await db.auditEntry.create({
    data: {
      actorKind: 'user',
      actorId: user?.id ?? null,
      actorName: user?.name ?? account.slice(0, 254),
      action,
      objectType: 'session',
      after: { by },
      address: from.address,
    },
  });
}

/** The user of a session that still lives, and notes (once a minute) that it was used; null when it has ended. */
export async function liveSession(sessionId: string): Promise<SignedIn['user'] | null> {
  const session = await prisma().session.findUnique({ where: { id: sessionId }, include: { user: true } });
  if (!session || session.revokedAt) return null;
  const now = Date.now();
  if (session.expiresAt.getTime() <= now || session.lastSeenAt.getTime() + IDLE_MS <= now) return null;
  if (session.lastSeenAt.getTime() + 60_000 <= now)
    await prisma().session.updateMany({ where: { id: sessionId }, data: { lastSeenAt: new Date(now) } });
  const { id, name, email } = session.user;
  return { id, name, email };
}

/** Ends a session; ending it again does nothing. */
export async function endSession(sessionId: string): Promise<void> {
  await prisma().session.updateMany({ where: { id: sessionId, revokedAt: null }, data: { revokedAt: new Date() } });
}

/** The signed-in user of a call. Keys and the system have no sessions. */
function userOf(ctx: Ctx): { id: string; name: string; sessionId?: string } {
  if (ctx.actor.kind === 'user') return ctx.actor;
  throw new ServiceError('forbidden', 'Only a signed-in user has sessions and a password.');
}

/** The asker's own sessions that still live, the latest first. */
export const listSessions = read({
  needs: 'look',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const user = userOf(ctx);
    const now = Date.now();
    const sessions = await db.session.findMany({
      where: {
        userId: user.id,
        revokedAt: null,
        expiresAt: { gt: new Date(now) },
        lastSeenAt: { gt: new Date(now - IDLE_MS) },
      },
      orderBy: { lastSeenAt: 'desc' },
    });
    return sessions.map((session) => ({
      id: session.id,
      isCurrent: session.id === user.sessionId,
      createdAt: session.createdAt.toISOString(),
      lastSeenAt: session.lastSeenAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      address: session.address,
      agent: session.agent,
    }));
  },
});

/** Ends one of the asker's own sessions. */
export const revokeSession = write({
  needs: 'look',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input, tx, note }) {
    const user = userOf(ctx);
    const ended = await tx.session.updateMany({
      where: { id: input.id, userId: user.id, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (ended.count === 0) throw notFound('The session');
    await note({ action: 'session.revoke', objectType: 'session', objectId: input.id });
    return {};
  },
});

/** Sets a new password and ends all of the asker's sessions, this one too. */
export const changePassword = write({
  needs: 'look',
  input: z.strictObject({ current: z.string().max(1024), next: NewPassword }),
  async run({ ctx, input, tx, note }) {
    const me = await tx.user.findUniqueOrThrow({ where: { id: userOf(ctx).id } });
    await admitSignIn(me.email, ctx.address);
    // An account that was made for a sign-in link has no password yet: its session is proof enough for the first one.
    if (me.passwordHash && !(await isPassword(input.current, me.passwordHash))) {
      await countFailure(me.email, ctx.address);
      const message = 'This is not your current password.';
      throw new ServiceError('invalid', message, { fields: [{ path: 'current', message }] });
    }
    await tx.user.update({ where: { id: me.id }, data: { passwordHash: await hashPassword(input.next) } });
    await tx.session.updateMany({ where: { userId: me.id, revokedAt: null }, data: { revokedAt: new Date() } });
    await note({ action: 'user.password', objectType: 'user', objectId: me.id, objectName: me.name });
    return {};
  },
});
