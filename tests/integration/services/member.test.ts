import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { acceptInvitation, invitationOf } from '../../../lib/services/member.ts';
import { signInWithPassword } from '../../../lib/services/session.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, newUser } from '../../support/members.ts';

freshDatabase();

const account = { name: 'Eva Nová', password: 'three calm grey herons' };
const here = { address: '192.0.2.7', agent: null };

describe('members', () => {
  it('are listed for every member; invitations for admins only', async () => {
    const project = await newProject();
    const [admin, viewer] = [await project.as('admin'), await project.as('viewer')];
    await verbs['member.invite'](admin, { email: 'Eva@Example.com ', role: 'marketer' }).catch(() => undefined);
    await verbs['member.invite'](admin, { email: 'Eva@Example.com', role: 'marketer' });
    expect((await verbs['member.list'](admin, {})).invitations).toMatchObject([{ email: 'eva@example.com' }]);
    const seen = await verbs['member.list'](viewer, {});
    expect(seen.members).toHaveLength(2);
    expect(seen.invitations).toEqual([]);
  });

  it('are invited, given roles and removed by admins only', async () => {
    const project = await newProject();
    const [developer, viewer] = [await project.as('developer'), await project.as('viewer')];
    const userId = viewer.actor.id!;
    const forbidden = { code: 'forbidden' };
    await expect(verbs['member.invite'](developer, { email: 'a@b.sk', role: 'viewer' })).rejects.toMatchObject(
      forbidden,
    );
    await expect(verbs['member.set-role'](developer, { userId, role: 'admin' })).rejects.toMatchObject(forbidden);
    await expect(verbs['member.remove'](developer, { userId })).rejects.toMatchObject(forbidden);
  });

  it('get another role, which is audited with the old one', async () => {
    const project = await newProject();
    const [admin, viewer] = [await project.as('admin'), await project.as('viewer')];
    await verbs['member.set-role'](admin, { userId: viewer.actor.id!, role: 'marketer' });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'member.role',
      objectId: viewer.actor.id,
      before: { role: 'viewer' },
      after: { role: 'marketer' },
    });
  });

  it('of another project are not found', async () => {
    const theirs = await (await newProject()).as('viewer');
    const ctx = await (await newProject()).as('admin');
    const userId = theirs.actor.id!;
    await expect(verbs['member.set-role'](ctx, { userId, role: 'admin' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['member.remove'](ctx, { userId })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('include an admin always, even when two resign at the same time', async () => {
    const project = await newProject();
    const [one, two] = [await project.as('admin'), await project.as('admin')];
    const results = await Promise.allSettled([
      verbs['member.remove'](one, { userId: one.actor.id! }),
      verbs['member.set-role'](two, { userId: two.actor.id!, role: 'viewer' }),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await prisma().membership.count({ where: { projectId: project.id, role: 'admin' } })).toBe(1);
  });
});

describe('an invitation', () => {
  it('makes an account and a member, once', async () => {
    const project = await newProject();
    const admin = await project.as('admin');
    const { token } = await verbs['member.invite'](admin, { email: 'eva1@example.com', role: 'marketer' });
    expect(await invitationOf(token)).toMatchObject({ email: 'eva1@example.com', role: 'marketer', hasAccount: false });
    expect(await acceptInvitation({ token, account }, null)).toMatchObject({ projectId: project.id });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'member.join', after: { role: 'marketer' } });
    expect(await signInWithPassword('eva1@example.com', account.password, here)).toMatchObject({
      user: { name: 'Eva Nová' },
    });
    expect(await invitationOf(token)).toBeNull();
    await expect(acceptInvitation({ token, account }, null)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('for an address with an account needs that account to be signed in', async () => {
    const project = await newProject();
    const admin = await project.as('admin');
    const [owner, other] = [await newUser(), await newUser()];
    const { token } = await verbs['member.invite'](admin, { email: owner.email, role: 'viewer' });
    await expect(acceptInvitation({ token, account }, null)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(acceptInvitation({ token }, other.id)).rejects.toMatchObject({ code: 'forbidden' });
    await acceptInvitation({ token }, owner.id);
    expect(await prisma().membership.count({ where: { projectId: project.id, userId: owner.id } })).toBe(1);
  });

  it('stops working when it is taken back, replaced or older than seven days', async () => {
    const project = await newProject();
    const admin = await project.as('admin');
    const invite = () => verbs['member.invite'](admin, { email: 'jan@example.com', role: 'viewer' });
    const first = await invite();
    const second = await invite();
    expect(await invitationOf(first.token)).toBeNull();
    await verbs['member.uninvite'](admin, { id: second.id });
    expect(await invitationOf(second.token)).toBeNull();
    const third = await invite();
    expect(new Date(third.expiresAt).getTime() - Date.now()).toBeGreaterThan(6.99 * 86_400_000);
    await prisma().invitation.update({ where: { id: third.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await invitationOf(third.token)).toBeNull();
  });
});
