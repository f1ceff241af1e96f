import type { Attempt, Transport } from '../transport/index.ts';
import type { Grant, Login } from './token.ts';
import { tokenAnswer, tokenRequest } from './token-request.ts';

/** Oracle Responsys REST API v1.3, Authentication: a token is always good for three hours; it is refreshed a little earlier. */
const LIFE_MS = 3 * 3600_000;
const EARLY_MS = 5 * 60_000;
const PATH = '/rest/api/v1.3/auth/token';

/** Where to log in, given the login endpoint as somebody typed it (with or without the path of the API). */
export function responsysLoginUrl(loginEndpoint: string): string {
  return loginEndpoint.replace(/\/+$/, '').replace(/\/rest\/api\/v1\.3(\/auth\/token)?$/, '') + PATH;
}

/**
 * Logs in to Responsys: by user name and password as form fields, or, with a token that is still valid, by
 * `auth_type=token`. The answer names the token and the endPoint that all calls must go to; both may change each time.
 */
export async function logInToResponsys(
  transport: Transport,
  { loginEndpoint, username, password }: { loginEndpoint: string; username: string; password: string },
  valid: Grant | null,
): Promise<Login> {
  const url = responsysLoginUrl(loginEndpoint);
  if (valid) {
    const refreshed = grantOf(
      await tokenRequest(transport, url, { auth_type: 'token' }, [['Authorization', valid.token]]),
      url,
    );
    if (refreshed.ok || refreshed.temporary) return refreshed;
  }
  const form = { user_name: username, password, auth_type: 'password' };
  return grantOf(await tokenRequest(transport, url, form), url, [password, username]);
}

function grantOf(attempt: Attempt, loginUrl: string, secrets: readonly string[] = []): Login {
  const answer = tokenAnswer(attempt, 'Responsys', secrets);
  if (!answer.ok) return answer;
  const { authToken, endPoint, issuedAt } = answer.body;
  if (typeof authToken !== 'string' || authToken === '' || typeof endPoint !== 'string' || !URL.canParse(endPoint))
    return { ok: false, reason: 'Responsys answered the login without authToken and endPoint', temporary: false };
  if (!isTrusted(new URL(endPoint), new URL(loginUrl)))
    return {
      ok: false,
      reason: `Responsys named an endPoint that does not belong to it (${endPoint.slice(0, 200)}); the token is not sent there`,
      temporary: false,
    };
  const now = Date.now();
  // A clock that is ahead of ours must not make the token look younger than it is.
  const issued = typeof issuedAt === 'number' && issuedAt > now - LIFE_MS && issuedAt < now ? issuedAt : now;
  return {
    ok: true,
    grant: { token: authToken, endPoint, refreshAt: issued + LIFE_MS - EARLY_MS, expiresAt: issued + LIFE_MS },
  };
}

/** Oracle's hosts for Responsys: login2.responsys.net, api5-001.responsys.net, login.rsys8.net, …ocs.oraclecloud.com. */
const ORACLE = /(^|\.)(responsys\.net|rsys\d+\.net|oraclecloud\.com)$/;

/** A hijacked answer to a login must not collect tokens: the endPoint is the login's own host, or both are Oracle's. */
function isTrusted(endPoint: URL, login: URL): boolean {
  if (endPoint.protocol !== login.protocol && endPoint.protocol !== 'https:') return false;
  return endPoint.hostname === login.hostname || (ORACLE.test(endPoint.hostname) && ORACLE.test(login.hostname));
}

/**
 * The URL of a call: a path is resolved against the endPoint of the login, an absolute URL stays.
 * Only the path of the endPoint's own host can come of it: `//host` and the like are refused by the prefix check.
 */
export function atEndPoint(url: string, endPoint: string): string {
  const text = url.trim();
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('//')) return text;
  return `${endPoint.replace(/\/+$/, '')}/${text.replace(/^\//, '')}`;
}
