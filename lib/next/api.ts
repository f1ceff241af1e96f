import { createHash, randomUUID } from 'node:crypto';
import { log } from '../log.ts';
import { authenticateApiKey } from '../services/api-key.ts';
import { claimKey, keepAnswer, releaseKey } from '../services/idempotency.ts';
import { type Ctx, ServiceError } from '../services/index.ts';
import { countNetwork, countRun } from './api-limit.ts';
import { addressOf } from './auth.ts';
import { bytesOf, carries, objectIn } from './body.ts';

/** The most that one request of the API may carry: 1000 events of 5 kB. */
const BODY_LIMIT = 5 * 1024 * 1024;

const STATUS: Record<ServiceError['code'], number> = {
  invalid: 400,
  'signed-out': 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  limited: 429,
};

/** A refusal of the API before a verb was asked, or by one. */
export interface ApiRefusal {
  status: number;
  code: string;
  message: string;
  fields?: { path: string; message: string }[];
  details?: unknown;
  /** Of a fault of ours: stands in the log. */
  reference?: string;
  headers?: Record<string, string>;
}

class Refused extends Error {
  readonly refusal: ApiRefusal;
  constructor(refusal: ApiRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export interface ApiSpec {
  /** Asks the verb. `body` is the JSON object of a POST, `{}` of a GET. */
  work: (ctx: Ctx, body: object) => Promise<object>;
  /** How an answer of `work` and a refusal look; by default the answer itself and `{ error: { code, message, … } }`. */
  refusalBody?: (refusal: ApiRefusal) => object;
  /** The project that the address names; a key of another one does not find it. */
  project?: string;
  /** Starts or stops something: counted more strictly, by key. */
  isRun?: boolean;
  /** Of an answer that is no refusal; 200 without a word. */
  status?: number;
  /** Bytes that the body may have; 5 MB without a word. */
  bodyLimit?: number;
}

/**
 * Answers a request of a system: rate limit → API key → body → verb. Every answer carries `X-Request-Id`, which the audit
 * log and our own log name too.
 */
export async function answerApi(request: Request, spec: ApiSpec): Promise<Response> {
  const requestId = randomUUID();
  const headers: Record<string, string> = { 'Cache-Control': 'no-store', 'X-Request-Id': requestId };
  try {
    const address = addressOf((name) => request.headers.get(name));
    refuseIfOver(await countNetwork(address), 'This address sends too many requests; what it sent was not stored.');
    const { projectId, actor } = await authenticate(request);
    if (spec.project !== undefined && spec.project !== projectId)
      throw new ServiceError('not-found', 'There is no such project for this API key.');
    if (spec.isRun && actor.id)
      refuseIfOver(await countRun(actor.id), 'This key starts and stops scenarios too often.');
    const ctx: Ctx = { projectId, actor, role: null, requestId, address };
    if (request.method !== 'POST')
      return Response.json(await spec.work(ctx, {}), { status: spec.status ?? 200, headers });
    const { body, bytes } = await readBody(request, spec.bodyLimit ?? BODY_LIMIT);
    const { answer, isRepeated } = await once(request, ctx, bytes, () => spec.work(ctx, body));
    return Response.json(answer, {
      status: spec.status ?? 200,
      headers: isRepeated ? { ...headers, 'Idempotency-Replayed': 'true' } : headers,
    });
  } catch (error) {
    const refusal = refusalOf(error, request, requestId);
    const told = spec.refusalBody?.(refusal) ?? { error: withoutHeaders(refusal) };
    return Response.json(told, { status: refusal.status, headers: { ...headers, ...refusal.headers } });
  }
}

function refuseIfOver(seconds: number | null, what: string): void {
  if (seconds === null) return;
  throw new Refused({
    status: 429,
    code: 'limited',
    message: `${what} Try again in ${seconds} s.`,
    headers: { 'Retry-After': String(seconds) },
  });
}

async function authenticate(request: Request) {
  const key = keyOf(request.headers.get('authorization') ?? '');
  const known = key === null ? null : await authenticateApiKey(key);
  if (known) return known;
  throw new Refused({
    status: 401,
    code: 'unauthenticated',
    message:
      key === null
        ? 'Send an API key of the project: Authorization: Bearer hl_… (Project settings → Access management).'
        : 'This API key is unknown or revoked.',
    headers: { 'WWW-Authenticate': 'Bearer realm="Hookline", Basic realm="Hookline"' },
  });
}

/** The key of `Bearer <key>`, or of `Basic` with the key as the password or, without a password, as the name. */
function keyOf(authorization: string): string | null {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)$/.exec(authorization.trim()) ?? [];
  if (/^bearer$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? pair : pair.slice(colon + 1) || pair.slice(0, colon);
}

/**
 * Does the work once for each `Idempotency-Key` of an API key; whoever sends the same again gets the first answer. A request
 * that was refused did nothing and may be sent again under its key.
 */
async function once(
  request: Request,
  { actor }: Ctx,
  bytes: Buffer,
  work: () => Promise<object>,
): Promise<{ answer: object; isRepeated: boolean }> {
  const key = request.headers.get('idempotency-key');
  if (key === null || actor.id === null) return { answer: await work(), isRepeated: false };
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw new ServiceError('invalid', 'Idempotency-Key: 1 to 255 characters of ASCII.');
  const { pathname } = new URL(request.url);
  const claim = await claimKey(actor.id, key, createHash('sha256').update(`${pathname}\n`).update(bytes).digest());
  if (claim.kind === 'done') return { answer: claim.answer, isRepeated: true };
  if (claim.kind === 'running')
    throw new ServiceError('conflict', 'A request with this Idempotency-Key is being worked on. Wait for its answer.');
  if (claim.kind === 'other')
    throw new Refused({
      status: 422,
      code: 'other-request',
      message: 'This Idempotency-Key stands for another request. Use a new one.',
    });
  try {
    const answer = await work();
    await keepAnswer(actor.id, key, answer);
    return { answer, isRepeated: false };
  } catch (error) {
    await releaseKey(actor.id, key);
    throw error;
  }
}

async function readBody(request: Request, limit: number): Promise<{ body: object; bytes: Buffer }> {
  if (!carries(request, 'application/json'))
    throw new Refused({ status: 415, code: 'unsupported-type', message: 'Send Content-Type: application/json.' });
  const encoding = request.headers.get('content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity')
    throw new Refused({ status: 415, code: 'unsupported-type', message: 'Send the body without Content-Encoding.' });
  const bytes = await bytesOf(request, limit);
  if (!bytes)
    throw new Refused({
      status: 413,
      code: 'too-large',
      message:
        limit === BODY_LIMIT
          ? 'The body is larger than 5 MB. Split it.'
          : `The body is larger than ${limit / 1024} kB. Make it smaller.`,
    });
  const body = objectIn(bytes.toString('utf8'));
  if (!body) throw new ServiceError('invalid', 'The body is not a JSON object.');
  return { body, bytes };
}

function refusalOf(error: unknown, request: Request, requestId: string): ApiRefusal {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof ServiceError) {
    const { code, message, fields, details } = error;
    return {
      status: STATUS[code],
      code,
      message,
      ...(fields.length > 0 ? { fields } : {}),
      ...(details === undefined ? {} : { details }),
      ...(code === 'limited' ? { headers: retryAfter(details) } : {}),
    };
  }
  log.error({ err: error, requestId, path: new URL(request.url).pathname }, 'a request of the API failed');
  return { status: 500, code: 'failed', message: 'Something went wrong on our side. Try again.', reference: requestId };
}

/** The seconds that a refusal of the kind "limited" tells in its details. */
function retryAfter(details: unknown): Record<string, string> {
  const seconds = (details as { seconds?: unknown } | undefined)?.seconds;
  return typeof seconds === 'number' ? { 'Retry-After': String(seconds) } : {};
}

function withoutHeaders({ headers: _headers, status: _status, ...told }: ApiRefusal) {
  return told;
}
