import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { prisma } from '../../../lib/db/index.ts';
import { signInWithIdentity } from '../../../lib/services/identity.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { hashPassword } from '../../../lib/services/password.ts';
import { SECOND_FACTOR, signInWithLink, signInWithPassword, tokenHash } from '../../../lib/services/session.ts';
import { codeOf, stepAt } from '../../../lib/services/totp-code.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';

freshDatabase();

const PASSWORD = 'four words that nobody guesses';
const from = () => ({ address: `2001:db8:${Math.floor(Math.random() * 65_000).toString(16)}::1`, agent: null });

function decode32(text: string): Buffer {
  const bits = [...text]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

async function someone() {
  const ctx = await (await newProject()).as('viewer');
  const user = await prisma().user.update({
    where: { id: ctx.actor.id! },
    data: { passwordHash: await hashPassword(PASSWORD) },
  });
  return { ctx, email: user.email };
}

async function withSecondFactor() {
  const { ctx, email } = await someone();
  const { secret } = await verbs['totp.begin'](ctx, { password: PASSWORD });
  const bytes = decode32(secret);
  const codeAt = (steps = 0) => codeOf(bytes, stepAt(Date.now()) + steps);
  const { recoveryCodes } = await verbs['totp.confirm'](ctx, { code: codeAt(-1) });
  return { ctx, email, codeAt, recoveryCodes };
}

describe('a second factor', () => {
  it('is set up by password, secret and a code, and is audited without either', async () => {
    const { ctx, recoveryCodes } = await withSecondFactor();
    expect(recoveryCodes).toHaveLength(10);
    expect(await verbs['totp.status'](ctx, {})).toMatchObject({ enabledAt: expect.any(String), recoveryCodes: 10 });
    expect(await lastAudit(ctx.projectId)).toMatchObject({
      action: 'user.second-factor-on',
      before: null,
      after: null,
    });
    const stored = await prisma().userTotp.findUniqueOrThrow({ where: { userId: ctx.actor.id! } });
    expect(stored.sealed.length).toBeGreaterThan(60);
    expect(await prisma().recoveryCode.count({ where: { userId: ctx.actor.id! } })).toBe(10);
  });

  it('needs the password to begin, and a right code to count', async () => {
    const { ctx, email } = await someone();
    await expect(verbs['totp.begin'](ctx, { password: 'wrong' })).rejects.toMatchObject({
      fields: [{ path: 'password' }],
    });
    await verbs['totp.begin'](ctx, { password: PASSWORD });
    await expect(verbs['totp.confirm'](ctx, { code: '000000' })).rejects.toMatchObject({ fields: [{ path: 'code' }] });
    expect(await verbs['totp.status'](ctx, {})).toEqual({ enabledAt: null, recoveryCodes: 0 });
    expect(await signInWithPassword(email, PASSWORD, from())).not.toBeNull();
  });

  it('cannot be replaced by somebody at an open browser', async () => {
    const { ctx } = await withSecondFactor();
    await expect(verbs['totp.begin'](ctx, { password: PASSWORD })).rejects.toMatchObject({ code: 'conflict' });
    await expect(verbs['totp.disable'](ctx, { code: '000000' })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is switched off by a code, and the recovery codes with it', async () => {
    const { ctx, email, codeAt } = await withSecondFactor();
    await verbs['totp.disable'](ctx, { code: codeAt() });
    expect(await verbs['totp.status'](ctx, {})).toEqual({ enabledAt: null, recoveryCodes: 0 });
    expect(await prisma().recoveryCode.count({ where: { userId: ctx.actor.id! } })).toBe(0);
    expect(await signInWithPassword(email, PASSWORD, from())).not.toBeNull();
    expect(await lastAudit(ctx.projectId)).toMatchObject({ action: 'user.second-factor-off' });
  });

  it('belongs to a person: a key has none', async () => {
    const { ctx } = await someone();
    const key: Ctx = { ...ctx, actor: { kind: 'key', id: randomUUID(), name: 'key', scopes: [] }, role: null };
    await expect(verbs['totp.status'](key, {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('signing in with a second factor', () => {
  it('needs the code, and says so only to whom knows the password', async () => {
    const { email, codeAt } = await withSecondFactor();
    expect(await signInWithPassword(email, 'wrong', from())).toBeNull();
    expect(await signInWithPassword(email, 'wrong', from(), codeAt())).toBeNull();
    await expect(signInWithPassword(email, PASSWORD, from())).rejects.toMatchObject({ message: SECOND_FACTOR });
    expect(await signInWithPassword(email, PASSWORD, from(), codeAt())).toMatchObject({ user: { email } });
  });

  it('is told by the audit log, and is not asked for by the console’s link nor beside an identity provider', async () => {
    const { ctx, email, codeAt } = await withSecondFactor();
    await signInWithPassword(email, PASSWORD, from(), codeAt());
    const token = randomUUID();
    const link = { tokenHash: tokenHash(token), userId: ctx.actor.id!, expiresAt: new Date(Date.now() + 60_000) };
    await prisma().signInLink.create({ data: link });
    expect(await signInWithLink(token, from())).not.toBeNull();
    expect(await signInWithIdentity({ email, verified: true, name: null }, from())).not.toBeNull();
    const entries = await prisma().auditEntry.findMany({
      where: { actorId: ctx.actor.id!, action: 'sign-in' },
      orderBy: { id: 'asc' },
    });
    expect(entries.map(({ after }) => after)).toEqual([
      { by: 'password and code' },
      { by: 'link' },
      { by: 'identity provider' },
    ]);
  });

  it('accepts no code twice, not even at the same moment', async () => {
    const { email, codeAt } = await withSecondFactor();
    const code = codeAt();
    const attempts = await Promise.allSettled(
      Array.from({ length: 4 }, () => signInWithPassword(email, PASSWORD, from(), code)),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(signInWithPassword(email, PASSWORD, from(), code)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('accepts each recovery code once', async () => {
    const { ctx, email, recoveryCodes } = await withSecondFactor();
    expect(await signInWithPassword(email, PASSWORD, from(), recoveryCodes[3]!.toUpperCase())).not.toBeNull();
    await expect(signInWithPassword(email, PASSWORD, from(), recoveryCodes[3]!)).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await verbs['totp.status'](ctx, {})).toMatchObject({ recoveryCodes: 9 });
  });

  it('does not accept the code of somebody else', async () => {
    const [ann, bob] = [await withSecondFactor(), await withSecondFactor()];
    await expect(signInWithPassword(ann.email, PASSWORD, from(), bob.codeAt())).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(signInWithPassword(ann.email, PASSWORD, from(), bob.recoveryCodes[0]!)).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('is held up after wrong codes as after wrong passwords', async () => {
    const { email } = await withSecondFactor();
    const there = from();
    for (let n = 0; n < 5; n++) await signInWithPassword(email, PASSWORD, there, '000000').catch(() => {});
    await expect(signInWithPassword(email, PASSWORD, there, '000000')).rejects.toMatchObject({ code: 'limited' });
  });

  it('works by recovery code when the encryption key is gone', async () => {
    const { ctx, email, codeAt, recoveryCodes } = await withSecondFactor();
    await prisma().userTotp.update({ where: { userId: ctx.actor.id! }, data: { sealed: new Uint8Array(120) } });
    await expect(signInWithPassword(email, PASSWORD, from(), codeAt())).rejects.toMatchObject({ code: 'invalid' });
    expect(await signInWithPassword(email, PASSWORD, from(), recoveryCodes[0]!)).not.toBeNull();
  });
});
