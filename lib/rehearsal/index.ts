/**
 * The rehearsal target: a third party of our own for demos and tests. Knows HTTP and how third parties misbehave; knows
 * nothing of the rest of the house. Invariants: it counts what it read before it answers; its memory is bounded; a webhook
 * can call a target, but never reads or changes what is kept about one.
 *
 *   ANY    /t/<target>/…            the target itself
 *   GET    /_books/<target>         what it saw;  DELETE forgets it
 *   GET    /_requests/<target>      the last requests, newest first (?limit=50; ?brief=1 without bodies; ?number=7 that one)
 *   GET    /_behaviour/<target>     how it answers;  PUT changes it (see Behaviour)
 *   GET    /_targets                names of the targets that were called or set, the latest called last
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Behaviour } from './behaviour.ts';
import { Books, type SeenRequest } from './books.ts';

export { Behaviour } from './behaviour.ts';
export type { SeenRequest, Totals } from './books.ts';

/** Beyond this many the one that was called longest ago is forgotten. */
const KEPT_TARGETS = 200;
const MAX_BODY_BYTES = 32 * 1024 * 1024;

interface Target {
  behaviour: Behaviour;
  books: Books;
  /** Token bucket of the rate limit. */
  tokens: number;
  filledAt: number;
}

export interface Rehearsal {
  url: string;
  close(): Promise<void>;
}

/** Starts the target on a port (0 takes a free one). Rejects when the port is in use. */
export async function startRehearsal({
  port,
  host = '127.0.0.1',
}: {
  port: number;
  host?: string;
}): Promise<Rehearsal> {
  const targets = new Targets();

  const server = http.createServer((request, response) => {
    const url = request.url ?? '/';
    const [, first = '', name = 'default'] = url.split(/[/?]/, 3);
    const serve =
      first === 't'
        ? answer(targets.called(name), request, response)
        : control(targets, first, name, request, response);
    serve.catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(error.message);
    });
  });
  server.on('connection', (socket) => socket.setNoDelay(true));
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 4096, resolve);
  });
  const address = server.address() as { port: number };
  return {
    url: `http://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Targets {
  private readonly byName = new Map<string, Target>();

  get names(): string[] {
    return [...this.byName.keys()];
  }

  /** The target as it stands; one that was never called or set is blank and not kept. */
  look(name: string): Target {
    return (
      this.byName.get(name) ?? { behaviour: Behaviour.parse({}), books: new Books(), tokens: 1, filledAt: Date.now() }
    );
  }

  called(name: string): Target {
    const target = this.look(name);
    this.byName.delete(name);
    this.byName.set(name, target);
    if (this.byName.size > KEPT_TARGETS) this.byName.delete(this.byName.keys().next().value!);
    return target;
  }
}

/** @throws when it is larger than MAX_BODY_BYTES */
async function bodyOf(request: http.IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > MAX_BODY_BYTES) throw new Error(`The rehearsal target reads at most ${MAX_BODY_BYTES} bytes.`);
    parts.push(part as Buffer);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

async function answer(target: Target, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { behaviour, books } = target;
  const started = performance.now();
  books.enter();
  let left = false;
  const leave = () => {
    if (!left) books.leave();
    left = true;
  };
  // A caller who hangs up is not being served any more.
  response.once('close', leave);
  const body = await bodyOf(request);
  const header = request.headers['idempotency-key'];
  const key = Array.isArray(header) ? header[0] : header;
  const number = books.read(body, key);
  const customers = customersIn(body);
  const wait = behaviour.latencyMs + Math.random() * behaviour.jitterMs;
  if (wait > 0) await sleep(wait);
  const given = decide(target, customers, number);
  books.answer(key, customers, given.status);
  books.keep({
    number,
    at: new Date().toISOString(),
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers as Record<string, string>,
    body: body.toString('utf8', 0, 65_536),
    bodyBytes: body.length,
    customers,
    status: given.status,
    ms: Math.round(performance.now() - started),
  });
  if (given.status === 'silence') return;
  leave();
  if (given.status === 'reset') {
    request.socket.destroy();
    return;
  }
  const text = JSON.stringify(given.body);
  response.writeHead(given.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...given.headers,
  });
  if (behaviour.dripMs === 0) {
    response.end(text);
    return;
  }
  for (const byte of Buffer.from(text)) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await sleep(behaviour.dripMs);
  }
  response.end();
}

interface Answer {
  status: number | 'reset' | 'silence';
  headers?: Record<string, string>;
  body?: unknown;
}

function decide(target: Target, customers: number, number: number): Answer {
  const { behaviour } = target;
  if (behaviour.ratePerSecond !== null && !takeToken(target, behaviour.ratePerSecond))
    return {
      status: 429,
      headers: { 'retry-after': String(behaviour.retryAfterSeconds) },
      body: failure(429, 'Too many requests'),
    };
  if (happens(behaviour.silenceRate)) return { status: 'silence' };
  if (happens(behaviour.resetRate)) return { status: 'reset' };
  if (happens(behaviour.errorRate))
    return {
      status: behaviour.errorStatus,
      body: failure(behaviour.errorStatus, 'The rehearsal target was told to fail'),
    };
  if (happens(behaviour.successFalseRate)) return { status: 200, body: failure(4102, 'The number is not reachable') };
  if (customers <= 1)
    return {
      status: 200,
      body: { success: true, result: { code: 1, status: 'sent', message: 'Accepted', id: `m-${number}` } },
    };
  const results = Array.from({ length: customers }, (_, index) =>
    happens(behaviour.itemFailureRate)
      ? { index, status: 'failed', error: 'The number is not reachable' }
      : { index, status: 'sent', id: `m-${number}-${index}` },
  );
  return {
    status: 200,
    body: { success: true, result: { code: 1, status: 'sent', message: 'Accepted', accepted: customers }, results },
  };
}

const failure = (code: number, description: string) => ({ success: false, errors: [{ code, description }] });
const happens = (rate: number) => rate > 0 && Math.random() < rate;

function takeToken(target: Target, rate: number): boolean {
  const now = Date.now();
  target.tokens = Math.min(Math.max(1, rate), target.tokens + ((now - target.filledAt) / 1000) * rate);
  target.filledAt = now;
  if (target.tokens < 1) return false;
  target.tokens--;
  return true;
}

/** How many customers a body speaks of: the length of the first list of objects in its JSON, otherwise one. */
function customersIn(body: Buffer): number {
  if (body.length === 0 || (body[0] !== 0x7b && body[0] !== 0x5b && body[0] !== 0x20 && body[0] !== 0x0a)) return 1;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return 1;
  }
  const find = (value: unknown, depth: number): number | null => {
    if (Array.isArray(value)) return value.length > 0 && typeof value[0] === 'object' ? value.length : null;
    if (typeof value !== 'object' || value === null || depth > 2) return null;
    for (const inner of Object.values(value)) {
      const found = find(inner, depth + 1);
      if (found !== null) return found;
    }
    return null;
  };
  return find(parsed, 0) ?? 1;
}

async function control(
  targets: Targets,
  what: string,
  name: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  // Every delivery carries these. What one project sent must not become the answer of another project's webhook.
  if (request.headers['idempotency-key'] !== undefined || request.headers['webhook-id'] !== undefined)
    return json(403, { error: 'A webhook calls targets only, at /t/<name>/…' });
  const body = await bodyOf(request);
  switch (`${request.method} ${what}`) {
    case 'GET _targets':
      return json(200, targets.names);
    case 'GET _books':
      return json(200, targets.look(name).books.totals());
    case 'DELETE _books':
      targets.look(name).books.clear();
      return json(200, {});
    case 'GET _requests':
      return json(200, asked(targets.look(name).books, new URL(request.url ?? '/', 'http://x').searchParams));
    case 'GET _behaviour':
      return json(200, targets.look(name).behaviour);
    case 'PUT _behaviour': {
      const parsed = parseBehaviour(body.toString('utf8'));
      if (!parsed.ok) return json(400, { error: parsed.error });
      targets.called(name).behaviour = parsed.behaviour;
      return json(200, parsed.behaviour);
    }
    default:
      return json(404, { error: 'Targets are called at /t/<name>/…; see the header of lib/rehearsal.' });
  }
}

function asked(books: Books, query: URLSearchParams): SeenRequest[] {
  const number = query.get('number');
  if (number !== null) return books.latest(Number.POSITIVE_INFINITY).filter((seen) => seen.number === Number(number));
  const latest = books.latest(Math.max(1, Number(query.get('limit')) || 50));
  return query.has('brief') ? latest.map((seen) => ({ ...seen, body: '' })) : latest;
}

function parseBehaviour(text: string): { ok: true; behaviour: Behaviour } | { ok: false; error: string } {
  let given: unknown;
  try {
    given = JSON.parse(text || '{}');
  } catch {
    return { ok: false, error: 'The body is not JSON.' };
  }
  const parsed = Behaviour.safeParse(given);
  if (parsed.success) return { ok: true, behaviour: parsed.data };
  return {
    ok: false,
    error: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  };
}
