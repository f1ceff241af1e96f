import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Time-based one-time passwords (RFC 6238 over RFC 4226) as authenticator apps make them: SHA-1, 30 seconds, six digits. */

const STEP_S = 30;
const DIGITS = 6;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 random bits, as RFC 4226 §4 recommends. */
export const newTotpSecret = (): Buffer => randomBytes(20);

/** The time step that a time falls into. */
export const stepAt = (ms: number): number => Math.floor(ms / 1000 / STEP_S);

/** The code of a time step. */
export function codeOf(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = digest[19]! & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0');
}

/**
 * The step whose code this is: the present one or one before or after it, because clocks differ; null when it is none of
 * them or was accepted before.
 * @param lastStep the step of the last accepted code
 */
export function acceptedStep(secret: Buffer, code: string, lastStep: number, now: number): number | null {
  const given = Buffer.from(code.replace(/\s/g, '').padStart(DIGITS, ' ').slice(0, 32));
  let accepted: number | null = null;
  for (const step of [stepAt(now) - 1, stepAt(now), stepAt(now) + 1]) {
    const expected = Buffer.from(codeOf(secret, step));
    // All three are compared, so that the time tells nothing.
    if (given.length === expected.length && timingSafeEqual(given, expected) && step > lastStep) accepted = step;
  }
  return accepted;
}

/** The secret as people type it and as apps read it (RFC 4648 base32). */
export function base32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** The address that an authenticator app opens (Key URI Format). */
export function totpUri(secret: Buffer, account: string): string {
  const label = encodeURIComponent(`Hookline:${account}`);
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=Hookline`;
}

/** Ten codes of 50 bits for the day when the device is lost, as "abcde-fghij". */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () => {
    const text = base32(randomBytes(7)).toLowerCase().slice(0, 10);
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
}

/** What is kept of a recovery code. It is random, so a plain hash is enough. */
export function recoveryHash(code: string): Buffer<ArrayBuffer> {
  return createHash('sha256').update(code.trim().toLowerCase().replace(/[\s-]/g, '')).digest();
}
