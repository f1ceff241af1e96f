import type { Transport } from '../transport/index.ts';
import type { Login } from './token.ts';
import { tokenAnswer, tokenRequest } from './token-request.ts';

export interface OAuthClient {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  audience: string;
  clientAuthentication: 'header' | 'body';
}

/** Where a server does not say how long its token lasts (RFC 6749 only recommends to). */
const USUAL_LIFE_S = 3600;

/** Fetches a token by the client credentials grant (RFC 6749 §4.4). There is no refresh token: each login is alike. */
export async function fetchClientToken(transport: Transport, client: OAuthClient): Promise<Login> {
  const { tokenUrl, clientId, clientSecret, scope, audience } = client;
  const form: Record<string, string> = { grant_type: 'client_credentials' };
  if (scope) form.scope = scope;
  if (audience) form.audience = audience;
  const headers: [string, string][] = [];
  if (client.clientAuthentication === 'body') Object.assign(form, { client_id: clientId, client_secret: clientSecret });
  else headers.push(['Authorization', `Basic ${clientAuthorisation(clientId, clientSecret)}`]);
  const attempt = await tokenRequest(transport, tokenUrl, form, headers);
  const answer = tokenAnswer(attempt, 'the token server', [clientSecret, clientAuthorisation(clientId, clientSecret)]);
  if (!answer.ok) return answer;
  const { access_token: token, token_type: type, expires_in: life } = answer.body;
  if (typeof token !== 'string' || token === '')
    return { ok: false, reason: 'the token server answered without an access_token', temporary: false };
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer')
    return {
      ok: false,
      reason: `the token server gave a token of the type ${type.slice(0, 40)}, not Bearer`,
      temporary: false,
    };
  const lifeMs = (Number(life) > 0 ? Number(life) : USUAL_LIFE_S) * 1000;
  const now = Date.now();
  // Early enough that a request which waits for its slot still arrives with a valid token.
  const early = Math.min(lifeMs * 0.2, 5 * 60_000);
  return { ok: true, grant: { token, endPoint: null, refreshAt: now + lifeMs - early, expiresAt: now + lifeMs } };
}

/** Client name and secret as RFC 6749 §2.3.1 wants them in the header: form-encoded, then joined, then base64. */
function clientAuthorisation(id: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64');
}
