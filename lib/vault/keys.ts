import { createHash } from 'node:crypto';
import { env } from '../env.ts';

/** A key that wraps data keys; its id is stored with everything that it wrapped. */
interface MasterKey {
  id: Buffer;
  bytes: Buffer;
}

/** The key that seals, and every key that still opens. */
export interface KeyRing {
  current: MasterKey;
  all: readonly MasterKey[];
}

export const KEY_ID_BYTES = 8;

/**
 * Makes a key ring of keys as they stand in the environment.
 * @throws Error when one of them is not 32 bytes in hex or base64
 */
export function keyRing(current: string, previous?: string): KeyRing {
  const keys = [masterKey(current), ...(previous ? [masterKey(previous)] : [])];
  return { current: keys[0]!, all: keys };
}

function masterKey(text: string): MasterKey {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (bytes.length !== 32) throw new Error('An encryption key is 32 bytes in hex or base64.');
  const id = createHash('sha256').update('hookline key id').update(bytes).digest().subarray(0, KEY_ID_BYTES);
  return { id, bytes };
}

let held: { current: string; previous: string | undefined; ring: KeyRing } | undefined;

/** The key ring of this process. */
export function ownKeys(): KeyRing {
  const { ENCRYPTION_KEY: current, ENCRYPTION_KEY_PREVIOUS: previous } = env();
  if (held?.current !== current || held.previous !== previous)
    held = { current, previous, ring: keyRing(current, previous) };
  return held.ring;
}
