// Digests in plain TypeScript, because templates render synchronously in the browser too (previews), where only
// asynchronous digests are built in. FIPS 180-4 and RFC 1321; tested against Node's own.

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text.toWellFormed());
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const rotl = (x: number, n: number) => (x << n) | (x >>> (32 - n));

function padded(bytes: Uint8Array, block: 64 | 128, bigEndian: boolean): DataView {
  const lengthBytes = block === 64 ? 8 : 16;
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block;
  const out = new Uint8Array(size);
  out.set(bytes);
  out[bytes.length] = 0x80;
  const view = new DataView(out.buffer);
  const bits = BigInt(bytes.length) * 8n;
  view.setBigUint64(size - 8, bits, !bigEndian);
  return view;
}

function words(state: ArrayLike<number>, littleEndian = false): Uint8Array {
  const out = new DataView(new ArrayBuffer(state.length * 4));
  for (let i = 0; i < state.length; i++) out.setUint32(i * 4, state[i]! >>> 0, littleEndian);
  return new Uint8Array(out.buffer);
}

const MD5_SHIFT = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const MD5_K = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0);

function md5Bytes(bytes: Uint8Array): Uint8Array {
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  const view = padded(bytes, 64, false);
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a, b, c, d] = state as [number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const f =
        round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
      const g = round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16;
      const next = (f + a + MD5_K[i]! + view.getUint32(at + g * 4, true)) | 0;
      [a, d, c, b] = [d, c, b, (b + rotl(next, MD5_SHIFT[round * 4 + (i % 4)]!)) | 0];
    }
    state[0] = (state[0]! + a) | 0;
    state[1] = (state[1]! + b) | 0;
    state[2] = (state[2]! + c) | 0;
    state[3] = (state[3]! + d) | 0;
  }
  return words(state, true);
}

function sha1Bytes(bytes: Uint8Array): Uint8Array {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const view = padded(bytes, 64, true);
  const w = new Int32Array(80);
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 80; i++)
      w[i] = i < 16 ? view.getInt32(at + i * 4) : rotl(w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!, 1);
    let [a, b, c, d, e] = state as [number, number, number, number, number];
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      [e, d, c, b, a] = [d, c, rotl(b, 30), a, (rotl(a, 5) + f + e + k + w[i]!) | 0];
    }
    [a, b, c, d, e].forEach((value, i) => {
      state[i] = (state[i]! + value) | 0;
    });
  }
  return words(state);
}

/** The first `count` primes: the constants of SHA-2 are the fractional bits of their roots. */
const PRIMES = (() => {
  const found: number[] = [];
  for (let n = 2; found.length < 80; n++) if (found.every((p) => n % p !== 0)) found.push(n);
  return found;
})();

/** The first 64 fractional bits of the square (2) or cube (3) root of n. */
function rootBits(n: number, power: 2 | 3): bigint {
  const target = BigInt(n) << BigInt(64 * power);
  let low = 0n;
  let high = 1n << 69n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** BigInt(power) <= target) low = middle;
    else high = middle - 1n;
  }
  return low & ((1n << 64n) - 1n);
}

const K512 = PRIMES.map((p) => rootBits(p, 3));
const H512 = PRIMES.slice(0, 8).map((p) => rootBits(p, 2));
const K256 = K512.slice(0, 64).map((k) => Number(k >> 32n) | 0);
const H256 = H512.map((h) => Number(h >> 32n) | 0);

function sha256Bytes(bytes: Uint8Array): Uint8Array {
  const state = [...H256];
  const view = padded(bytes, 64, true);
  const w = new Int32Array(64);
  const rotr = (x: number, n: number) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = view.getInt32(at + i * 4);
      else {
        const x = w[i - 15]!;
        const y = w[i - 2]!;
        w[i] =
          w[i - 16]! + (rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)) + w[i - 7]! + (rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10));
      }
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + K256[i]! + w[i]!) | 0;
      const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      state[i] = (state[i]! + value) | 0;
    });
  }
  return words(state);
}

function sha512Bytes(bytes: Uint8Array): Uint8Array {
  const mask = (1n << 64n) - 1n;
  const rotr = (x: bigint, n: bigint) => ((x >> n) | (x << (64n - n))) & mask;
  const state = [...H512];
  const view = padded(bytes, 128, true);
  const w: bigint[] = [];
  for (let at = 0; at < view.byteLength; at += 128) {
    for (let i = 0; i < 80; i++) {
      if (i < 16) w[i] = view.getBigUint64(at + i * 8);
      else {
        const x = w[i - 15]!;
        const y = w[i - 2]!;
        w[i] =
          (w[i - 16]! +
            (rotr(x, 1n) ^ rotr(x, 8n) ^ (x >> 7n)) +
            w[i - 7]! +
            (rotr(y, 19n) ^ rotr(y, 61n) ^ (y >> 6n))) &
          mask;
      }
    }
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let i = 0; i < 80; i++) {
      const t1 =
        (h + (rotr(e, 14n) ^ rotr(e, 18n) ^ rotr(e, 41n)) + ((e & f) ^ (~e & mask & g)) + K512[i]! + w[i]!) & mask;
      const t2 = ((rotr(a, 28n) ^ rotr(a, 34n) ^ rotr(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c))) & mask;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & mask, c, b, a, (t1 + t2) & mask];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => {
      state[i] = (state[i]! + value) & mask;
    });
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((value, i) => {
    out.setBigUint64(i * 8, value);
  });
  return new Uint8Array(out.buffer);
}

function hmac(digest: (bytes: Uint8Array) => Uint8Array, block: number, key: string, message: string): Uint8Array {
  let secret = utf8(key);
  if (secret.length > block) secret = digest(secret);
  const pad = (byte: number, rest: Uint8Array) => {
    const out = new Uint8Array(block + rest.length).fill(byte, 0, block);
    secret.forEach((value, i) => {
      out[i] = value ^ byte;
    });
    out.set(rest, block);
    return digest(out);
  };
  return pad(0x5c, pad(0x36, utf8(message)));
}

/** Lower-case hexadecimal digests of the text's UTF-8 bytes. */
export const md5 = (text: string) => hex(md5Bytes(utf8(text)));
export const sha1 = (text: string) => hex(sha1Bytes(utf8(text)));
export const sha256 = (text: string) => hex(sha256Bytes(utf8(text)));
export const sha512 = (text: string) => hex(sha512Bytes(utf8(text)));
export const hmacSha1 = (key: string, text: string) => hex(hmac(sha1Bytes, 64, key, text));
export const hmacSha256 = (key: string, text: string) => hex(hmac(sha256Bytes, 64, key, text));
export const hmacSha512 = (key: string, text: string) => hex(hmac(sha512Bytes, 128, key, text));

/** Base64 of the text's UTF-8 bytes. */
export function b64encode(text: string): string {
  let binary = '';
  for (const byte of utf8(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text of a base64 form, with or without padding, standard or URL-safe alphabet; null when it is none. */
export function b64decode(text: string): string | null {
  const plain = text
    .replace(/\s/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) return null;
  return new TextDecoder().decode(Uint8Array.from(atob(plain), (char) => char.charCodeAt(0)));
}
