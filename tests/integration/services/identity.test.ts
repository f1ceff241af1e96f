import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { signInWithIdentity } from '../../../lib/services/identity.ts';
import { verbs } from '../../../lib/services/index.ts';
import { acceptInvitation, INVITATION_MS } from '../../../lib/services/member.ts';
import { liveSession } from '../../../lib/services/session.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, newUser } from '../../support/members.ts';

freshDatabase();

const from = { address: '192.0.2.7', agent: 'a browser' };
const signIn = (email: string, verified = true, name: string | null = 'Eva Novak') =>
  signInWithIdentity({ email, verified, name }, from);
const someAddress = () => `${randomUUID()}@example.com`;

/** A project with an open invitation to an address. */
async function invitation(email: string, role: 'marketer' | 'viewer' = 'marketer') {
  const project = await newProject();
  const admin = await project.as('admin');
  const { token } = await verbs['member.invite'](admin, { email, role });
  return { project, admin, token };
}

describe('signing in by an identity provider', () => {
  it('lets in who has an account, by a verified address in any case, and records it', async () => {
    const { email, id } = await newUser();
    const signedIn = await signIn(email.toUpperCase());
    expect(signedIn).toMatchObject({ user: { id, email } });
    expect(await liveSession(signedIn!.sessionId)).toMatchObject({ id });
    expect(await prisma().auditEntry.findFirst({ where: { actorId: id } })).toMatchObject({
      action: 'sign-in',
      address: from.address,
      after: { by: 'identity provider' },
    });
  });

  it('refuses everybody else in the same way: a stranger, an address not verified, none', async () => {
    const { email } = await newUser();
    for (const refused of [signIn(email, false), signIn(someAddress()), signIn(''), signIn('', false)])
      expect(await refused).toBeNull();
    const stranger = someAddress();
    await signIn(stranger);
    expect(await prisma().auditEntry.count({ where: { action: 'sign-in.refuse', actorName: stranger } })).toBe(1);
    expect(await prisma().user.count({ where: { email: stranger } })).toBe(0);
  });

  it('makes the account of somebody who is invited, a member of each project that asks for them', async () => {
    const email = someAddress();
    const [one, two] = [await invitation(email, 'marketer'), await invitation(email, 'viewer')];
    const signedIn = await signIn(email, true, '  Eva Novak ');
    const user = await prisma().user.findUniqueOrThrow({ where: { email }, include: { memberships: true } });
    expect(signedIn).toMatchObject({ user: { id: user.id, name: 'Eva Novak' } });
    expect(user.passwordHash).toBeNull();
    expect(user.memberships.map(({ projectId, role }) => [projectId, role]).sort()).toEqual(
      [
        [one.project.id, 'marketer'],
        [two.project.id, 'viewer'],
      ].sort(),
    );
    expect(await lastAudit(one.project.id)).toMatchObject({ action: 'member.join', actorId: user.id });
    await expect(acceptInvitation({ token: one.token }, user.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await signIn(email)).toMatchObject({ user: { id: user.id } });
  });

  it('does not take an invitation for an address that is not verified, nor one that is too old or taken back', async () => {
    const email = someAddress();
    const { admin, project } = await invitation(email);
    expect(await signIn(email, false)).toBeNull();
    await prisma().invitation.updateMany({
      where: { projectId: project.id },
      data: { expiresAt: new Date(Date.now() - INVITATION_MS) },
    });
    expect(await signIn(email)).toBeNull();
    const { id } = await verbs['member.invite'](admin, { email, role: 'viewer' });
    await verbs['member.uninvite'](admin, { id });
    expect(await signIn(email)).toBeNull();
    expect(await prisma().user.count({ where: { email } })).toBe(0);
  });

  it('leaves an open invitation of somebody with an account to them', async () => {
    const { email, id } = await newUser();
    const { project } = await invitation(email);
    expect(await signIn(email)).toMatchObject({ user: { id } });
    expect(await prisma().membership.count({ where: { projectId: project.id, userId: id } })).toBe(0);
  });

  it('names an account by its address where the provider gives no name', async () => {
    const email = someAddress();
    await invitation(email);
    expect(await signIn(email, true, ' ')).toMatchObject({ user: { name: email } });
  });

  it('makes one account when both of two browsers come first', async () => {
    const email = someAddress();
    await invitation(email);
    const both = await Promise.all([signIn(email), signIn(email)]);
    expect(new Set(both.map((signedIn) => signedIn?.user.email))).toEqual(new Set([email]));
    expect(await prisma().user.count({ where: { email } })).toBe(1);
  });
});
