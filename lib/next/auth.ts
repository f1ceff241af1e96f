import { headers } from 'next/headers';
import type { NextAuthOptions, Profile } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { signInWithIdentity } from '../services/identity.ts';
import { ServiceError } from '../services/index.ts';
import {
  endSession,
  type From,
  LIFETIME_MS,
  type SignedIn,
  signInWithLink,
  signInWithPassword,
} from '../services/session.ts';
import { ownAddress } from './paths.ts';

declare module 'next-auth' {
  interface User {
    sessionId: string;
  }
  interface Session {
    sessionId?: string;
  }
}
declare module 'next-auth/jwt' {
  interface JWT {
    sessionId?: string;
  }
}

/**
 * The address that a request came from. tools/start-web.ts writes the peer of the socket into `x-hookline-peer`,
 * because a forwarded address can be written by anybody.
 */
export function addressOf(header: (name: string) => string | null | undefined): string | null {
  return header('x-hookline-peer') ?? header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? null;
}

const fromOf = (request: { headers?: Record<string, unknown> }): From => {
  const header = (name: string) => {
    const value = request.headers?.[name];
    return typeof value === 'string' ? value : null;
  };
  return { address: addressOf(header), agent: header('user-agent') };
};

/** What next-auth tells the browser of a refusal: the message of a ServiceError; anything else is ours and goes to the log. */
async function signIn(attempt: () => Promise<SignedIn | null>) {
  try {
    const signedIn = await attempt();
    return (
      signedIn && {
        id: signedIn.user.id,
        name: signedIn.user.name,
        email: signedIn.user.email,
        sessionId: signedIn.sessionId,
      }
    );
  } catch (error) {
    if (error instanceof ServiceError) throw new Error(error.message);
    log.error({ err: error }, 'sign-in failed');
    throw new Error('Signing in failed on our side. The log has the reason.');
  }
}

const IDENTITY = 'identity';

/** What an identity provider may say of somebody, as far as we read it. */
interface Claims {
  sub: string;
  name?: unknown;
  email?: unknown;
  email_verified?: unknown;
}

const textOf = (claim: unknown): string | null => (typeof claim === 'string' ? claim : null);

/** What the organisation's own sign-in is called; null where the operator has set none up. */
export function identityName(): string | null {
  const { OIDC_ISSUER, OIDC_NAME } = env();
  return OIDC_ISSUER ? OIDC_NAME : null;
}

/** The organisation's own sign-in by OpenID Connect, where the operator has set one up (lib/env.ts: OIDC_*). */
function identityProviders(): NextAuthOptions['providers'] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, OIDC_NAME: name } = env();
  if (!issuer || !clientId || !clientSecret) return [];
  return [
    {
      id: IDENTITY,
      name,
      type: 'oauth',
      wellKnown: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      authorization: { params: { scope: 'openid email profile' } },
      checks: ['pkce', 'state', 'nonce'],
      idToken: true,
      // A provider may keep address and name out of the ID token (OpenID Connect Core §5.4): then it is asked for them, and
      // an answer about another subject is refused.
      userinfo: {
        async request({ client, tokens }) {
          // The method of openid-client, which next-auth's type of the same name leaves out.
          const claims = (tokens as unknown as { claims(): Profile & Claims }).claims();
          const isComplete = claims.email !== undefined && claims.email_verified !== undefined;
          return isComplete ? claims : client.userinfo(tokens as Parameters<typeof client.userinfo>[0]);
        },
      },
      clientId,
      clientSecret,
      profile: (profile: Claims) => ({
        id: profile.sub,
        name: textOf(profile.name),
        email: textOf(profile.email),
        // Set once the account was found: see the callback signIn.
        sessionId: '',
      }),
    },
  ];
}

async function fromOfThisRequest(): Promise<From> {
  const list = await headers();
  return { address: addressOf((name) => list.get(name)), agent: list.get('user-agent') };
}

/** next-auth's part: the sealed cookie that names a session, and its protection against forged requests. */
export function authOptions(): NextAuthOptions {
  const { NEXTAUTH_URL, NEXTAUTH_SECRET } = env();
  if (!NEXTAUTH_SECRET) throw new Error('NEXTAUTH_SECRET is not set: the start-up scripts in tools/ set it.');
  const secure = NEXTAUTH_URL?.startsWith('https:') ?? false;
  return {
    secret: NEXTAUTH_SECRET,
    useSecureCookies: secure,
    pages: { signIn: '/sign-in', error: '/sign-in' },
    session: { strategy: 'jwt', maxAge: LIFETIME_MS / 1000 },
    cookies: {
      sessionToken: {
        name: secure ? '__Host-hookline-session' : 'hookline-session',
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      },
    },
    providers: [
      Credentials({
        id: 'password',
        credentials: { email: {}, password: {}, code: {} },
        authorize: (given, request) =>
          signIn(() =>
            signInWithPassword(given?.email ?? '', given?.password ?? '', fromOf(request), given?.code ?? ''),
          ),
      }),
      Credentials({
        id: 'link',
        credentials: { token: {} },
        authorize: (given, request) => signIn(() => signInWithLink(given?.token ?? '', fromOf(request))),
      }),
      ...identityProviders(),
    ],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== IDENTITY) return true;
        const { name, email, email_verified: verified } = (profile ?? {}) as Partial<Claims>;
        const identity = { name: textOf(name), email: textOf(email) ?? '', verified: verified === true };
        const signedIn = await signInWithIdentity(identity, await fromOfThisRequest());
        if (signedIn) user.sessionId = signedIn.sessionId;
        return signedIn !== null;
      },
      jwt: ({ token, user }) => (user ? { ...token, sessionId: user.sessionId } : token),
      session: ({ session, token }) => ({ ...session, sessionId: token.sessionId }),
      redirect: ({ url, baseUrl }) => ownAddress(url, baseUrl),
    },
    events: {
      signOut: async ({ token }) => {
        if (token?.sessionId) await endSession(token.sessionId);
      },
    },
    logger: {
      error: (code, metadata) => log.error({ code, metadata }, 'next-auth'),
      warn: (code) => log.debug({ code }, 'next-auth'),
      debug: () => {},
    },
  };
}
