import { randomUUID } from 'node:crypto';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { ServiceError, type VerbName, verbs } from '../services/index.ts';
import { bytesOf, carries, objectIn } from './body.ts';
import { requireCaller } from './caller.ts';

/** The most that a browser may send in one call. */
const BODY_LIMIT = 1024 * 1024;

const STATUS: Record<ServiceError['code'] | 'failed', number> = {
  invalid: 400,
  'signed-out': 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limited: 429,
  failed: 500,
};

/** What the browser learns of a refusal. `failed` is a fault of ours: one generic sentence and a reference into the log. */
export interface Refusal {
  code: keyof typeof STATUS;
  message: string;
  fields?: { path: string; message: string }[];
  details?: unknown;
  reference?: string;
}

/** The answer of /api/call/[verb]: `{ ok: true, value }` or `{ ok: false, error: Refusal }`. */
export function answerCall(request: Request, name: string): Promise<Response> {
  return answerJson(request, async (body) => {
    const { project, input } = body as { project?: unknown; input?: unknown };
    if (!Object.hasOwn(verbs, name)) throw new ServiceError('not-found', `There is no call named ${name}.`);
    const verb = verbs[name as VerbName] as unknown as (ctx: unknown, input: unknown) => Promise<unknown>;
    return verb(await requireCaller(typeof project === 'string' ? project : ''), input ?? {});
  });
}

/**
 * Answers a POST of our own pages: same origin only, strictly JSON, at most 1 MB. A ServiceError becomes its message;
 * anything else one generic sentence with a reference that stands in the log beside the reason.
 */
export function answerJson(request: Request, work: (body: object) => Promise<unknown>): Promise<Response> {
  return answerOwn(request, async () => work(await readJson(request)));
}

/**
 * Answers the upload of a file from our own pages: the body is the file itself, and nothing else is taken for one (a
 * multipart or JSON body could name files of the server). `work` reads it as it arrives and limits its size.
 */
export async function answerUpload(
  request: Request,
  work: (file: { bytes: AsyncIterable<Uint8Array>; name: string; size: number | null }) => Promise<unknown>,
): Promise<Response> {
  if (!carries(request, 'application/octet-stream') || !request.body)
    return refuse({ code: 'invalid', message: 'Send the file itself, as application/octet-stream.' }, 415);
  const bytes = request.body as unknown as AsyncIterable<Uint8Array>;
  const size = Number(request.headers.get('x-file-size') || Number.NaN);
  return answerOwn(request, () =>
    work({
      bytes,
      name: decodedName(request.headers.get('x-file-name') ?? ''),
      size: Number.isSafeInteger(size) ? size : null,
    }),
  );
}

/** Headers carry Latin letters only, so the page sends the name percent-encoded; it is shown and never used as a path. */
function decodedName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * Answers a download of our own pages: an attachment that is written piece by piece.
 * @param work gives the name of the file and its text
 */
export async function answerDownload(
  request: Request,
  work: () => Promise<{ fileName: string; lines: AsyncGenerator<string> }>,
): Promise<Response> {
  try {
    refuseForeign(request);
    const { fileName, lines } = await work();
    return new Response(streamOf(lines), {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="${fileName.replace(/[^\w.-]+/g, '-')}"`,
        'Cache-Control': 'no-store',
      },
    });
  } catch (error) {
    return refuse(refusalOf(error, request));
  }
}

function streamOf(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

async function answerOwn(request: Request, work: () => Promise<unknown>): Promise<Response> {
  try {
    refuseForeign(request);
    const value = await work();
    return Response.json({ ok: true, value: value ?? null }, { headers: { 'Cache-Control': 'no-store' } });
  } catch (error) {
    return refuse(refusalOf(error, request));
  }
}

function refuse(error: Refusal, status = STATUS[error.code]): Response {
  return Response.json({ ok: false, error }, { status, headers: { 'Cache-Control': 'no-store' } });
}

/**
 * Next.js lets a request without Origin through; we do not. The browser's own word (Sec-Fetch-Site) decides; one too old
 * to give it must show our Origin.
 */
function refuseForeign(request: Request): void {
  const site = request.headers.get('sec-fetch-site');
  const { NEXTAUTH_URL } = env();
  const isOurs = site
    ? site === 'same-origin'
    : NEXTAUTH_URL !== undefined && request.headers.get('origin') === new URL(NEXTAUTH_URL).origin;
  if (!isOurs) throw new ServiceError('forbidden', 'This request did not come from a page of Hookline.');
}

async function readJson(request: Request): Promise<object> {
  if (!carries(request, 'application/json')) throw new ServiceError('invalid', 'Send application/json.');
  const bytes = await bytesOf(request, BODY_LIMIT);
  if (!bytes) throw new ServiceError('invalid', 'This is more than 1 MB, which is the most that one call may carry.');
  const body = objectIn(bytes.toString('utf8'));
  if (!body) throw new ServiceError('invalid', 'The body is not a JSON object.');
  return body;
}

function refusalOf(error: unknown, request: Request): Refusal {
  if (error instanceof ServiceError) {
    const { code, message, fields, details } = error;
    return { code, message, ...(fields.length > 0 ? { fields } : {}), ...(details === undefined ? {} : { details }) };
  }
  const reference = randomUUID().slice(0, 8);
  log.error({ err: error, reference, path: new URL(request.url).pathname }, 'a call failed');
  return { code: 'failed', message: 'Something went wrong on our side. Try again.', reference };
}
