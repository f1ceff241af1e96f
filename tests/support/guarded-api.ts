import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type HttpServer, httpServer, type Seen } from './servers.ts';

/** What a caller must show, by the first part of the path. */
export interface Guard {
  basic: { username: string; password: string };
  headers: Record<string, string>;
  oauth: { clientId: string; clientSecret: string; scope: string };
  key: { parameter: string; value: string };
  /** Secrets of Standard Webhooks: one must have signed, or two while they are changed over. */
  signed: string[];
}

export interface GuardedApi {
  server: HttpServer;
  /** What the caller must show; a test may fill it in later. */
  guard: Guard;
  /** Tokens that /oauth/token gave out. */
  tokens: string[];
}

/**
 * A third party that answers 200 only to whom shows the right credentials: by Basic below /basic/, by headers below
 * /headers/, by a token of /oauth/token below /oauth/api/, by a key in the query below /key/, by signatures below
 * /signed/. It repeats what it was shown, as careless receivers do.
 */
export async function guardedApi(guard: Guard, port: number): Promise<GuardedApi> {
  const tokens: string[] = [];
  const checks: Record<string, (request: Seen) => boolean> = {
    basic: ({ headers }) => headers.authorization === basicOf(guard.basic.username, guard.basic.password),
    headers: ({ headers }) =>
      Object.entries(guard.headers).every(([name, value]) => headers[name.toLowerCase()] === value),
    oauth: ({ headers }) => tokens.some((token) => headers.authorization === `Bearer ${token}`),
    key: ({ url }) => new URL(url, 'http://x').searchParams.get(guard.key.parameter) === guard.key.value,
    signed: (request) => isSignedBy(request, guard.signed),
  };
  const server = await httpServer(
    (response, request) => {
      if (request.url === '/oauth/token') return answerToken(response, request, guard, tokens);
      const check = checks[request.url.split(/[/?]/)[1]!];
      const isRight = check?.(request) ?? false;
      json(response, isRight ? 200 : 401, { shown: { url: request.url, headers: request.headers } });
    },
    undefined,
    port,
  );
  return { server, guard, tokens };
}

/** The client credentials grant of RFC 6749 §4.4, with the client's name and secret in the header. */
function answerToken(response: ServerResponse, { method, headers, body }: Seen, { oauth }: Guard, tokens: string[]) {
  const form = new URLSearchParams(body.toString());
  const isRight =
    method === 'POST' &&
    headers.authorization === basicOf(formEncoded(oauth.clientId), formEncoded(oauth.clientSecret)) &&
    form.get('grant_type') === 'client_credentials' &&
    form.get('scope') === oauth.scope;
  if (!isRight) return json(response, 401, { error: 'invalid_client' });
  const token = `canary-access-token-${tokens.length + 1}`;
  tokens.push(token);
  json(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
}

/** Whether each of these secrets, and no other, has signed id, time and body (Standard Webhooks), within five minutes. */
export function isSignedBy({ headers, body }: Seen, secrets: readonly string[]): boolean {
  const [id, time] = [headers['webhook-id'], headers['webhook-timestamp']];
  if (typeof id !== 'string' || Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const wanted = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64')}`;
  });
  const given = String(headers['webhook-signature'] ?? '').split(' ');
  return given.length === wanted.length && wanted.every((signature) => given.includes(signature));
}

/** As RFC 6749 §2.3.1 wants a client's name and secret before they are joined. */
const formEncoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);

const basicOf = (name: string, password: string) => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
