import { z } from 'zod';
import type { Db, Tx } from '../db/index.ts';
import { open, placeOfTotp, seal, UnreadableSecret } from '../vault/index.ts';
import { isPassword } from './password.ts';
import { admitSignIn, countFailure } from './sign-in-limit.ts';
import { acceptedStep, base32, newRecoveryCodes, newTotpSecret, recoveryHash, totpUri } from './totp-code.ts';
import { type Ctx, read, ServiceError, write } from './verb.ts';

/**
 * The second factor of a user: codes of an authenticator app, and ten recovery codes. It is the user's own, not a
 * project's; from its confirmation on, a password alone starts no session.
 */

const Code = z.string().trim().min(6, 'Enter the six digits.').max(32, 'Enter the six digits.');

function userIdOf(ctx: Ctx): string {
  if (ctx.actor.kind === 'user') return ctx.actor.id;
  throw new ServiceError('forbidden', 'Only a signed-in user has a second factor.');
}

const wrongCode = () => {
  const message = 'This code is not right, or it was used already. Wait for the next one.';
  return new ServiceError('invalid', message, { fields: [{ path: 'code', message }] });
};

/** Whether the asker has a second factor, and how many recovery codes are left. */
export const totpStatus = read({
  needs: 'look',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const userId = userIdOf(ctx);
    const totp = await db.userTotp.findUnique({ where: { userId } });
    const codes = await db.recoveryCode.count({ where: { userId, usedAt: null } });
    return { enabledAt: totp?.confirmedAt?.toISOString() ?? null, recoveryCodes: totp?.confirmedAt ? codes : 0 };
  },
});

/**
 * Makes a secret for the authenticator app; it counts for nothing until a code of it confirms it. Asks for the password,
 * so that a browser left alone is not enough.
 * @returns the secret as text and as an address that apps open, this one time
 */
export const beginTotp = write({
  needs: 'look',
  input: z.strictObject({ password: z.string().max(1024).default('') }),
  async run({ ctx, input, tx }) {
    const user = await tx.user.findUniqueOrThrow({ where: { id: userIdOf(ctx) }, include: { totp: true } });
    if (user.totp?.confirmedAt)
      throw new ServiceError('conflict', 'You have a second factor already. Switch it off first.');
    await requirePassword(user, input.password, ctx);
    const secret = newTotpSecret();
    const sealed = seal(secret.toString('base64'), placeOfTotp(user.id));
    await tx.userTotp.upsert({
      where: { userId: user.id },
      create: { userId: user.id, sealed },
      update: { sealed, lastStep: 0 },
    });
    return { secret: base32(secret), uri: totpUri(secret, user.email) };
  },
});

/** Confirms the secret by a code of it. @returns the recovery codes, this one time */
export const confirmTotp = write({
  needs: 'look',
  input: z.strictObject({ code: Code }),
  async run({ ctx, input, tx, note }) {
    const userId = userIdOf(ctx);
    const totp = await tx.userTotp.findUnique({ where: { userId } });
    if (!totp || totp.confirmedAt) throw new ServiceError('conflict', 'There is nothing to confirm. Begin again.');
    if (!(await spendCode(tx, userId, input.code))) throw wrongCode();
    await tx.userTotp.update({ where: { userId }, data: { confirmedAt: new Date() } });
    const codes = newRecoveryCodes();
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.recoveryCode.createMany({ data: codes.map((code) => ({ userId, hash: recoveryHash(code) })) });
    await note({ action: 'user.second-factor-on', objectType: 'user', objectId: userId, objectName: ctx.actor.name });
    return { recoveryCodes: codes };
  },
});

/** Switches the second factor off, by one of its codes or a recovery code. */
export const disableTotp = write({
  needs: 'look',
  input: z.strictObject({ code: Code }),
  async run({ ctx, input, tx, note }) {
    const userId = userIdOf(ctx);
    await admitSignIn(`second factor ${userId}`, ctx.address);
    if (!(await passesSecondFactor(tx, userId, input.code))) {
      await countFailure(`second factor ${userId}`, ctx.address);
      throw wrongCode();
    }
    await tx.userTotp.deleteMany({ where: { userId } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await note({ action: 'user.second-factor-off', objectType: 'user', objectId: userId, objectName: ctx.actor.name });
    return {};
  },
});

/** Whether a user has a confirmed second factor. */
export async function hasSecondFactor(db: Db | Tx, userId: string): Promise<boolean> {
  return (await db.userTotp.count({ where: { userId, confirmedAt: { not: null } } })) > 0;
}

/** Whether a code of the app or an unused recovery code was given; either is used up by it. */
export async function passesSecondFactor(db: Db | Tx, userId: string, code: string): Promise<boolean> {
  if (await spendCode(db, userId, code)) return true;
  const used = await db.recoveryCode.updateMany({
    where: { userId, hash: recoveryHash(code), usedAt: null },
    data: { usedAt: new Date() },
  });
  return used.count === 1;
}

async function spendCode(db: Db | Tx, userId: string, code: string): Promise<boolean> {
  const totp = await db.userTotp.findUnique({ where: { userId } });
  if (!totp) return false;
  const secret = opened(totp.sealed, userId);
  const step = secret && acceptedStep(secret, code, Number(totp.lastStep), Date.now());
  if (!step) return false;
  // Of two that use the same code at once only one gets on.
  const used = await db.userTotp.updateMany({ where: { userId, lastStep: { lt: step } }, data: { lastStep: step } });
  return used.count === 1;
}

/** A secret that cannot be opened (its key is gone) accepts no code; recovery codes still work. */
function opened(sealed: Uint8Array, userId: string): Buffer | null {
  try {
    return Buffer.from(open(sealed, placeOfTotp(userId)), 'base64');
  } catch (error) {
    if (error instanceof UnreadableSecret) return null;
    throw error;
  }
}

async function requirePassword(user: { email: string; passwordHash: string | null }, given: string, ctx: Ctx) {
  if (!user.passwordHash) return;
  await admitSignIn(user.email, ctx.address);
  if (await isPassword(given, user.passwordHash)) return;
  await countFailure(user.email, ctx.address);
  const message = 'This is not your password.';
  throw new ServiceError('invalid', message, { fields: [{ path: 'password', message }] });
}
