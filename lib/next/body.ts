/** The bytes of a request, or null as soon as they are more than `limit`. */
export async function bytesOf(request: Request, limit: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether the request says that it carries this media type, whatever its parameters. */
export function carries(request: Request, type: string): boolean {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === type;
}

/** The JSON object in a text, or null when it is anything else. */
export function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    // Not JSON at all: told like JSON that is no object.
    return null;
  }
}
