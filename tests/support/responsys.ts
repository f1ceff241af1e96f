import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type HttpServer, httpServer, type Seen } from './servers.ts';

/**
 * A stand-in for Oracle Responsys as its REST API v1.3 documentation describes it: a login by form fields answers authToken,
 * issuedAt and endPoint; a token always lives three hours; `auth_type=token` refreshes one that is still valid; calls carry
 * the bare token and go to the endPoint. Tests move its clock.
 */
export interface Responsys {
  login: HttpServer;
  api: HttpServer;
  /** What the login answered, in order: "password" or "token". */
  logins: string[];
  /** Moves the server's clock: tokens grow older. */
  pass(ms: number): void;
  /** Refuses all tokens that it has given out, as after a change of the account. */
  revokeAll(): void;
  /** Answers every call with 401 from now on, whatever its token: the account lacks a role. */
  refuseCalls(): void;
  /** Where later logins send their callers. */
  moveTo(path: string): void;
  changePassword(password: string): void;
  /** Answers logins with this status from now on; null is normal. */
  fail(status: number | null): void;
}

const LIFE_MS = 3 * 3600_000;

export async function responsys(
  account = { user: 'hookline_api', password: 'Oracle&123=+' },
  ports = { login: 0, api: 0 },
): Promise<Responsys> {
  const tokens = new Map<string, number>();
  const logins: string[] = [];
  let { password } = account;
  let [offset, issued, path, failing, closed] = [0, 0, '', null as number | null, false];
  const now = () => Date.now() + offset;
  const isValid = (token: string | undefined) => {
    const at = token === undefined ? undefined : tokens.get(token);
    return at !== undefined && now() - at < LIFE_MS;
  };

  const api = await httpServer(
    (response, request) => {
      if (!request.url.startsWith(`${path}/rest/api/v1.3/`)) return json(response, 404, { title: 'Not found' });
      if (closed || !isValid(request.headers.authorization))
        return json(response, 401, { title: 'Authentication failed', errorCode: 'TOKEN_EXPIRED' });
      json(response, 200, { recordsProcessed: 1 });
    },
    undefined,
    ports.api,
  );

  const login = await httpServer(
    (response, request) => {
      if (failing !== null) return json(response, failing, { title: 'Try again later' });
      const kind = loginKind(request);
      if (kind === null) return json(response, 400, { title: 'Invalid request', errorCode: 'INVALID_PARAMETER' });
      const form = new URLSearchParams(request.body.toString());
      const isRight =
        kind === 'token'
          ? isValid(request.headers.authorization)
          : form.get('user_name') === account.user && form.get('password') === password;
      if (!isRight)
        return json(response, 401, {
          type: '',
          title: 'Authentication failed',
          errorCode: 'UNAUTHORIZED',
          detail: `Invalid user name or password ${form.get('password') ?? ''}`,
        });
      logins.push(kind);
      const token = `TOKEN-${++issued}-${'x'.repeat(20)}`;
      tokens.set(token, now());
      json(response, 200, { authToken: token, issuedAt: now(), endPoint: `${api.origin}${path}` });
    },
    undefined,
    ports.login,
  );

  return {
    login,
    api,
    logins,
    pass(ms) {
      offset += ms;
    },
    revokeAll: () => tokens.clear(),
    refuseCalls() {
      closed = true;
    },
    moveTo(next) {
      path = next;
    },
    changePassword(next) {
      password = next;
    },
    fail(status) {
      failing = status;
    },
  };
}

/** Which login a request is, or null when it breaks a rule of the API. */
function loginKind({ method, url, headers, body }: Seen): 'password' | 'token' | null {
  if (method !== 'POST' || url !== '/rest/api/v1.3/auth/token') return null;
  if (!isForm(headers)) return null;
  const kind = new URLSearchParams(body.toString()).get('auth_type');
  return kind === 'password' || kind === 'token' ? kind : null;
}

const isForm = (headers: IncomingHttpHeaders) => headers['content-type'] === 'application/x-www-form-urlencoded';

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
