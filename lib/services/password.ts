import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';

/** How passwords are kept: Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet, the minimum). */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A new password. NIST SP 800-63B-4: at least 15 characters where a password is the only factor, no rules of composition. */
export const NewPassword = z
  .string()
  .min(15, 'Use at least 15 characters; a few words will do.')
  .max(128, 'Use at most 128 characters.')
  .refine((text) => new Set(text).size >= 5, 'Use more different characters.');

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST);
}

let stranger: Promise<string> | undefined;

/** Whether a password is right. Without a hash (no such user, or one without a password) it takes as long and is false. */
export async function isPassword(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  stranger ??= hashPassword('nobody has this password');
  const matches = await verify(passwordHash ?? (await stranger), password.normalize('NFKC'));
  return matches && Boolean(passwordHash);
}
