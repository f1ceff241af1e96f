import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KEY_ID_BYTES, type KeyRing, ownKeys } from './keys.ts';

/**
 * Where a secret belongs. It is bound into the seal, so that a sealed value copied to another row, field or project does
 * not open there.
 */
export interface Place {
  projectId: string;
  objectId: string;
  field: string;
}

/**
 * A sealed value cannot be opened: it was changed, belongs elsewhere, or was sealed with a key that this process does not
 * have. The remedy is always to enter the secret again (or to bring back the key).
 */
export class UnreadableSecret extends Error {
  override name = 'UnreadableSecret';
}

// version 1 | key id 8 | iv 12, wrapped data key 32, tag 16 | iv 12, text, tag 16
const VERSION = 1;
const IV = 12;
const TAG = 16;
const DATA_KEY = 32;
const WRAP_AT = 1 + KEY_ID_BYTES;
const TEXT_AT = WRAP_AT + IV + DATA_KEY + TAG;

/** Seals a text: AES-256-GCM under a key of its own, which is wrapped by the current master key. */
export function seal(plain: string, place: Place, keys: KeyRing = ownKeys()): Uint8Array<ArrayBuffer> {
  const dataKey = randomBytes(DATA_KEY);
  return joined(
    Buffer.concat([Buffer.of(VERSION), keys.current.id]),
    encrypt(dataKey, keys.current.bytes, wrapContext(keys.current.id, place)),
    encrypt(Buffer.from(plain, 'utf8'), dataKey, textContext(place)),
  );
}

/**
 * Opens what `seal` made for the same place.
 * @throws UnreadableSecret
 */
export function open(sealed: Uint8Array, place: Place, keys: KeyRing = ownKeys()): string {
  const { dataKey, text } = unwrap(sealed, place, keys);
  return decrypt(text, dataKey, textContext(place)).toString('utf8');
}

/**
 * Wraps the data key anew under the current master key; the text stays as it is sealed.
 * @returns null when the current key wraps it already
 * @throws UnreadableSecret
 */
export function rewrap(sealed: Uint8Array, place: Place, keys: KeyRing = ownKeys()): Uint8Array<ArrayBuffer> | null {
  const { dataKey, text, keyId } = unwrap(sealed, place, keys);
  if (keyId.equals(keys.current.id)) return null;
  return joined(
    Buffer.concat([Buffer.of(VERSION), keys.current.id]),
    encrypt(dataKey, keys.current.bytes, wrapContext(keys.current.id, place)),
    text,
  );
}

/** Whether this process has the key of a sealed value; says nothing of whether the value was tampered with. */
export function hasKeyFor(sealed: Uint8Array, keys: KeyRing = ownKeys()): boolean {
  return keyOf(Buffer.from(sealed), keys) !== undefined;
}

function unwrap(sealed: Uint8Array, place: Place, keys: KeyRing) {
  const bytes = Buffer.from(sealed);
  if (bytes.length < TEXT_AT + IV + TAG || bytes[0] !== VERSION)
    throw new UnreadableSecret('The stored secret is damaged.');
  const key = keyOf(bytes, keys);
  if (!key) throw new UnreadableSecret('The stored secret was sealed with another encryption key.');
  const dataKey = decrypt(bytes.subarray(WRAP_AT, TEXT_AT), key.bytes, wrapContext(key.id, place));
  return { dataKey, text: bytes.subarray(TEXT_AT), keyId: key.id };
}

const keyOf = (bytes: Buffer, keys: KeyRing) => keys.all.find(({ id }) => bytes.subarray(1, WRAP_AT).equals(id));

const textContext = ({ projectId, objectId, field }: Place) =>
  Buffer.from(JSON.stringify(['hookline secret', projectId, objectId, field]));
const wrapContext = (keyId: Buffer, place: Place) => Buffer.concat([keyId, textContext(place)]);

function encrypt(plain: Buffer, key: Buffer, context: Buffer): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG }).setAAD(context);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(box: Buffer, key: Buffer, context: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, IV), { authTagLength: TAG })
    .setAAD(context)
    .setAuthTag(box.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(box.subarray(IV, -TAG)), decipher.final()]);
  } catch {
    // GCM says only that it does not fit; more is not known.
    throw new UnreadableSecret('The stored secret is damaged or belongs to another object.');
  }
}

/** Prisma wants plain Uint8Arrays of an ArrayBuffer of their own. */
function joined(...parts: Buffer[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts));
}
