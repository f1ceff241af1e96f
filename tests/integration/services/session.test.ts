import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { hashPassword } from '../../../lib/services/password.ts';
import {
  endSession,
  IDLE_MS,
  LIFETIME_MS,
  liveSession,
  signInWithLink,
  signInWithPassword,
  tokenHash,
} from '../../../lib/services/session.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, newUser } from '../../support/members.ts';

freshDatabase();

const PASSWORD = 'three calm grey herons';
let network = 0;
/** A place that nobody signed in from before, so that the limits of one test are not another's. */
const somewhere = () => ({ address: `198.51.100.${++network}`, agent: 'Test' });

async function userWithPassword() {
  const user = await newUser();
  return prisma().user.update({ where: { id: user.id }, data: { passwordHash: await hashPassword(PASSWORD) } });
}

describe('signing in with a password', () => {
  it('starts a session that lives', async () => {
    const user = await userWithPassword();
    const signedIn = await signInWithPassword(` ${user.email.toUpperCase()} `, PASSWORD, somewhere());
    expect(await liveSession(signedIn!.sessionId)).toEqual({ id: user.id, name: user.name, email: user.email });
  });

  it('answers alike for a wrong password, an unknown address and an account without a password', async () => {
    const [user, without] = [await userWithPassword(), await newUser()];
    expect(await signInWithPassword(user.email, 'not the password', somewhere())).toBeNull();
    expect(await signInWithPassword('nobody@example.com', PASSWORD, somewhere())).toBeNull();
    expect(await signInWithPassword(without.email, 'nobody has this password', somewhere())).toBeNull();
  });

  it('takes about as long for an unknown address as for a wrong password', async () => {
    const user = await userWithPassword();
    const timed = async (email: string) => {
      const from = somewhere();
      const times: number[] = [];
      for (let attempt = 0; attempt < 4; attempt++) {
        const started = performance.now();
        await signInWithPassword(email, 'not the password', from);
        times.push(performance.now() - started);
      }
      return Math.min(...times);
    };
    await timed(user.email);
    const [known, unknown] = [await timed(user.email), await timed('nobody2@example.com')];
    // Without the hash that is computed for nobody the ratio would be near 0.02.
    expect(unknown / known).toBeGreaterThan(0.25);
    expect(unknown / known).toBeLessThan(4);
  });

  it('is held up after five failures from one place, and not from elsewhere', async () => {
    const user = await userWithPassword();
    const from = somewhere();
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await signInWithPassword(user.email, 'wrong', from)).toBeNull();
    await expect(signInWithPassword(user.email, PASSWORD, from)).rejects.toMatchObject({
      code: 'limited',
      message: expect.stringMatching(/^Too many attempts\. Try again in \d+ seconds\.$/),
    });
    expect(await signInWithPassword(user.email, PASSWORD, somewhere())).not.toBeNull();
  });

  it('holds up strangers like accounts', async () => {
    const from = somewhere();
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await signInWithPassword('ghost@example.com', 'wrong', from)).toBeNull();
    await expect(signInWithPassword('ghost@example.com', 'wrong', from)).rejects.toMatchObject({ code: 'limited' });
  });
});

describe('a one-time link', () => {
  const linkFor = async (userId: string, expiresAt = new Date(Date.now() + 60_000)) => {
    const token = randomBytes(32).toString('base64url');
    await prisma().signInLink.create({ data: { tokenHash: tokenHash(token), userId, expiresAt } });
    return token;
  };

  it('signs in once, also when it is used twice at the same time', async () => {
    const user = await newUser();
    const token = await linkFor(user.id);
    const results = await Promise.all([signInWithLink(token, somewhere()), signInWithLink(token, somewhere())]);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await signInWithLink(token, somewhere())).toBeNull();
  });

  it('is refused when it is unknown or too old', async () => {
    const user = await newUser();
    expect(await signInWithLink('made-up', somewhere())).toBeNull();
    expect(await signInWithLink(await linkFor(user.id, new Date(Date.now() - 1)), somewhere())).toBeNull();
  });
});

describe('the audit log', () => {
  it('tells by which way somebody signed in or was refused', async () => {
    const user = await userWithPassword();
    const from = somewhere();
    await signInWithPassword(user.email, 'wrong', from);
    await signInWithPassword(user.email, PASSWORD, from);
    const token = randomBytes(32).toString('base64url');
    const link = { tokenHash: tokenHash(token), userId: user.id, expiresAt: new Date(Date.now() + 60_000) };
    await prisma().signInLink.create({ data: link });
    await signInWithLink(token, from);
    const entries = await prisma().auditEntry.findMany({ where: { actorId: user.id }, orderBy: { id: 'asc' } });
    expect(entries.map(({ action, after, address }) => [action, after, address])).toEqual([
      ['sign-in.refuse', { by: 'password' }, from.address],
      ['sign-in', { by: 'password' }, from.address],
      ['sign-in', { by: 'link' }, from.address],
    ]);
  });
});

describe('a session', () => {
  const start = async () => {
    const user = await userWithPassword();
    const { sessionId } = (await signInWithPassword(user.email, PASSWORD, somewhere()))!;
    const project = await newProject();
    await prisma().membership.create({ data: { projectId: project.id, userId: user.id, role: 'viewer' } });
    const ctx: Ctx = {
      projectId: project.id,
      actor: { kind: 'user', id: user.id, name: user.name, sessionId },
      role: 'viewer',
      requestId: 'test',
      address: somewhere().address,
    };
    return { user, sessionId, ctx };
  };

  it('ends after twelve idle hours, after seven days, and when it is ended', async () => {
    const idle = await start();
    const past = (ms: number) => new Date(Date.now() - ms);
    await prisma().session.update({ where: { id: idle.sessionId }, data: { lastSeenAt: past(IDLE_MS + 1000) } });
    expect(await liveSession(idle.sessionId)).toBeNull();
    const old = await start();
    expect(
      (await prisma().session.findUniqueOrThrow({ where: { id: old.sessionId } })).expiresAt.getTime() - Date.now(),
    ).toBeLessThanOrEqual(LIFETIME_MS);
    await prisma().session.update({ where: { id: old.sessionId }, data: { expiresAt: past(1) } });
    expect(await liveSession(old.sessionId)).toBeNull();
    const ended = await start();
    await endSession(ended.sessionId);
    expect(await liveSession(ended.sessionId)).toBeNull();
  });

  it('is listed for its own user only, and marked when it is the one that asks', async () => {
    const [mine, other] = [await start(), await start()];
    const listed = await verbs['session.list'](mine.ctx, {});
    expect(listed.map(({ id, isCurrent }) => ({ id, isCurrent }))).toEqual([{ id: mine.sessionId, isCurrent: true }]);
    expect(listed.some(({ id }) => id === other.sessionId)).toBe(false);
  });

  it('is ended by its own user, which is audited; another user does not find it', async () => {
    const [mine, other] = [await start(), await start()];
    await expect(verbs['session.revoke'](mine.ctx, { id: other.sessionId })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await liveSession(other.sessionId)).not.toBeNull();
    await verbs['session.revoke'](mine.ctx, { id: mine.sessionId });
    expect(await liveSession(mine.sessionId)).toBeNull();
    expect(await lastAudit(mine.ctx.projectId)).toMatchObject({ action: 'session.revoke', objectId: mine.sessionId });
  });

  it('and all others of the user end with a new password', async () => {
    const { user, sessionId, ctx } = await start();
    const second = (await signInWithPassword(user.email, PASSWORD, somewhere()))!;
    const next = 'four tall white storks';
    await expect(verbs['session.change-password'](ctx, { current: 'wrong', next })).rejects.toMatchObject({
      fields: [{ path: 'current' }],
    });
    await expect(verbs['session.change-password'](ctx, { current: PASSWORD, next: 'short' })).rejects.toMatchObject({
      fields: [{ path: 'next' }],
    });
    await verbs['session.change-password'](ctx, { current: PASSWORD, next });
    expect(await liveSession(sessionId)).toBeNull();
    expect(await liveSession(second.sessionId)).toBeNull();
    expect(await lastAudit(ctx.projectId)).toMatchObject({ action: 'user.password', objectId: user.id, after: null });
    expect(await signInWithPassword(user.email, PASSWORD, somewhere())).toBeNull();
    expect(await signInWithPassword(user.email, next, somewhere())).not.toBeNull();
  });
});
