import zlib from 'node:zlib';

/**
 * Requests as they are stored before they leave: everything but secrets, byte for byte. A window's requests stand one
 * after the other in one compressed block: length of the head, head (JSON), bodies.
 */

/** One request of a window. */
export interface FrozenRequest {
  url: string;
  /** Null when they are those of the window. */
  headers: [name: string, value: string][] | null;
  key: string;
  /** Null when there is none. */
  body: Buffer | null;
  /** Batches: positions in the window of the customers in it, and the keys of their results. */
  members: number[] | null;
  resultKeys: string[] | null;
  /** Properties for the `campaign` events: one for each customer of it, or none. */
  tracked: Record<string, unknown>[] | null;
}

export interface FrozenWindow {
  method: string;
  headers: [name: string, value: string][];
  /** By position; null for those whose request could not be made. A batch has one. */
  requests: (FrozenRequest | null)[];
}

interface Head extends Omit<FrozenWindow, 'requests'> {
  requests: (Omit<FrozenRequest, 'body'> & { length: number | null })[];
}

/** Fast, and much smaller: a thousand bodies of one template shrink about twentyfold. */
const LEVEL = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } };
const HEAD_LENGTH = 4;
/** Nothing that we froze is larger. */
const MAX_BYTES = 256 * 1024 * 1024;

/** @param bodies all bodies one after the other, in the order of the requests, if they already stand like that */
export function freeze(window: FrozenWindow, bodies?: Buffer): Buffer {
  const head: Head = {
    method: window.method,
    headers: window.headers,
    requests: window.requests.map(
      (request) => request && { ...request, body: undefined, length: request.body?.length ?? null },
    ) as Head['requests'],
  };
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.allocUnsafe(HEAD_LENGTH);
  length.writeUInt32LE(text.length);
  const parts = bodies ? [bodies] : window.requests.flatMap((request) => request?.body ?? []);
  return zlib.zstdCompressSync(Buffer.concat([length, text, ...parts]), LEVEL);
}

export function thaw(stored: Uint8Array): FrozenWindow {
  const all = zlib.zstdDecompressSync(stored, { maxOutputLength: MAX_BYTES });
  const bodiesAt = HEAD_LENGTH + all.readUInt32LE(0);
  const head = JSON.parse(all.toString('utf8', HEAD_LENGTH, bodiesAt)) as Head;
  let at = bodiesAt;
  const requests = head.requests.map((request): FrozenRequest | null => {
    if (!request) return null;
    const { length, ...rest } = request;
    const body = length === null ? null : all.subarray(at, at + length);
    at += length ?? 0;
    return { ...rest, body };
  });
  return { method: head.method, headers: head.headers, requests };
}
