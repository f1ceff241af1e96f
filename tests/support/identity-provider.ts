import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type HttpServer, httpServer, type Seen } from './servers.ts';

/** What the provider knows of somebody (OpenID Connect Core §5.1). */
export interface Person {
  sub: string;
  email: string;
  email_verified?: unknown;
  name?: string;
}

/** What a hostile or broken provider does to an ID token. */
export interface Tampering {
  claims?(claims: Record<string, unknown>): Record<string, unknown>;
  header?(header: Record<string, unknown>): Record<string, unknown>;
  /** Signs with a key that it does not publish. */
  foreignKey?: boolean;
  /** Changes the signature, or takes it away. */
  signature?(signature: string): string;
  /** What /userinfo says instead. */
  userinfo?(claims: Record<string, unknown>): Record<string, unknown>;
  /** Adds to the address that the browser is sent back to, or changes it. */
  redirect?(address: URL): void;
}

export interface IdentityProvider {
  server: HttpServer;
  /** Who may sign in, by e-mail address. */
  people: Map<string, Person>;
  /** Whether address and name stand in the ID token too, or only in what /userinfo tells (§5.4). */
  tellsInToken: boolean;
  tampering: Tampering;
}

interface Client {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The one address that browsers are sent back to. */
  redirectUri: string;
}

interface Asked {
  nonce: string | null;
  challenge: string;
  redirectUri: string;
  person: Person;
}

const hidden = (text: string) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * An identity provider as OpenID Connect Core and Discovery describe it: discovery, authorisation code with PKCE (S256
 * only), client_secret_basic, ID tokens by RS256, a published key set, userinfo. Codes work once. Its sign-in page asks for
 * an address and no password.
 */
export async function identityProvider(client: Client, port: number): Promise<IdentityProvider> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const codes = new Map<string, Asked>();
  const tokens = new Map<string, Person>();
  const provider: Omit<IdentityProvider, 'server'> = { people: new Map(), tellsInToken: true, tampering: {} };

  const routes: Record<string, (response: ServerResponse, request: Seen, url: URL) => void> = {
    '/.well-known/openid-configuration': (response) => json(response, 200, discoveryOf(client.issuer)),
    '/jwks': (response) => json(response, 200, { keys: [publicKeyOf(keys.publicKey)] }),
    '/authorize': (response, request, url) => authorise(response, request, url, client, provider, codes),
    '/token': (response, request) => {
      const asked = redeemed(request, client, codes);
      if (!asked) return json(response, 400, { error: 'invalid_grant' });
      const accessToken = randomBytes(24).toString('base64url');
      tokens.set(accessToken, asked.person);
      const key = provider.tampering.foreignKey ? foreign : keys.privateKey;
      const idToken = idTokenOf(asked, client, provider, key);
      json(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken });
    },
    '/userinfo': (response, { headers }) => {
      const person = tokens.get(String(headers.authorization).replace(/^Bearer /, ''));
      if (!person) return json(response, 401, { error: 'invalid_token' });
      json(response, 200, provider.tampering.userinfo?.({ ...person }) ?? person);
    },
  };
  const server = await httpServer(
    (response, request) => {
      const url = new URL(request.url, client.issuer);
      const route = routes[url.pathname];
      if (!route) return json(response, 404, { error: 'not_found' });
      route(response, request, url);
    },
    undefined,
    port,
  );
  return Object.assign(provider, { server });
}

const discoveryOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['client_secret_basic'],
});

const publicKeyOf = (key: KeyObject) => ({
  ...createPublicKey(key.export({ type: 'spki', format: 'pem' })).export({ format: 'jwk' }),
  kid: 'k1',
  alg: 'RS256',
  use: 'sig',
});

/** The sign-in page, and what pressing its button leads to. */
function authorise(
  response: ServerResponse,
  { method, body }: Seen,
  url: URL,
  client: Client,
  { people, tampering }: Omit<IdentityProvider, 'server'>,
  codes: Map<string, Asked>,
): void {
  const given = url.searchParams;
  const fault = faultOf(given, client);
  if (fault) return json(response, 400, { error: 'invalid_request', error_description: fault });
  const back = new URL(client.redirectUri);
  back.searchParams.set('state', given.get('state')!);
  const answer = new URLSearchParams(body.toString());
  const person = people.get(answer.get('email') ?? '');
  if (method === 'POST' && answer.has('cancel')) back.searchParams.set('error', 'access_denied');
  else if (method === 'POST' && person) {
    const code = randomBytes(24).toString('base64url');
    const [nonce, challenge] = [given.get('nonce'), given.get('code_challenge')!];
    codes.set(code, { nonce, challenge, redirectUri: client.redirectUri, person });
    back.searchParams.set('code', code);
    tampering.redirect?.(back);
  } else {
    const words = method === 'POST' ? '<p>Nobody here has this address.</p>' : '';
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><html lang="en"><title>Acme ID</title><h1>Acme ID</h1>${words}
      <form method="post" action="${hidden(url.pathname + url.search)}">
        <label>Address <input name="email" type="email"></label>
        <button>Continue</button><button name="cancel" value="1">Cancel</button>
      </form></html>`);
    return;
  }
  response.writeHead(303, { Location: back.href }).end();
}

/** Which rule a request to sign somebody in breaks; null when none. */
function faultOf(given: URLSearchParams, { clientId, redirectUri }: Client): string | null {
  if (given.get('client_id') !== clientId) return 'unknown client';
  if (given.get('redirect_uri') !== redirectUri) return 'unregistered redirect address';
  if (given.get('response_type') !== 'code') return 'response type';
  if (!given.get('scope')?.split(' ').includes('openid')) return 'scope';
  if (given.get('code_challenge_method') !== 'S256' || !given.get('code_challenge')) return 'PKCE';
  return given.get('state') && given.get('nonce') ? null : 'state and nonce';
}

/** What a code was given for, once, to the client that can prove that it asked (RFC 6749 §4.1.3, RFC 7636 §4.6). */
function redeemed({ method, headers, body }: Seen, client: Client, codes: Map<string, Asked>): Asked | null {
  const form = new URLSearchParams(body.toString());
  const asked = codes.get(form.get('code') ?? '');
  codes.delete(form.get('code') ?? '');
  const [id, secret] = Buffer.from(String(headers.authorization).replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
    .map(decodeURIComponent);
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const isRight =
    method === 'POST' &&
    form.get('grant_type') === 'authorization_code' &&
    id === client.clientId &&
    secret === client.clientSecret &&
    form.get('redirect_uri') === asked?.redirectUri &&
    challenge === asked?.challenge;
  return isRight && asked ? asked : null;
}

function idTokenOf(
  { nonce, person }: Asked,
  { issuer, clientId }: Client,
  { tellsInToken, tampering }: Omit<IdentityProvider, 'server'>,
  key: KeyObject,
): string {
  const now = Math.floor(Date.now() / 1000);
  const told = tellsInToken ? person : { sub: person.sub };
  const claims = { iss: issuer, aud: clientId, iat: now, exp: now + 300, nonce, ...told };
  const header = { alg: 'RS256', typ: 'JWT', kid: 'k1' };
  const signed = [
    base64url(tampering.header?.(header) ?? header),
    base64url(tampering.claims?.(claims) ?? claims),
  ].join('.');
  const signature = sign('sha256', Buffer.from(signed), key).toString('base64url');
  return `${signed}.${tampering.signature?.(signature) ?? signature}`;
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
