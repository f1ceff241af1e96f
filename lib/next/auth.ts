import { headers } from 'next/headers';
import type { NextAuthOptions } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { ServiceError } from '../services/index.ts';
import {
  endSession,
  type From,
  LIFETIME_MS,
  type SignedIn,
  signInWithIdentity,
  signInWithLink,
  signInWithPassword,
} from '../services/session.ts';

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
      clientId,
      clientSecret,
      profile: (profile: { sub: string; name?: string; email?: string }) => ({
        id: profile.sub,
        name: profile.name ?? null,
        email: profile.email ?? null,
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
        const { email, email_verified: verified } = (profile ?? {}) as { email?: string; email_verified?: boolean };
        const signedIn = await signInWithIdentity(email ?? '', verified === true, await fromOfThisRequest());
        if (signedIn) user.sessionId = signedIn.sessionId;
        return signedIn !== null;
      },
      jwt: ({ token, user }) => (user ? { ...token, sessionId: user.sessionId } : token),
      session: ({ session, token }) => ({ ...session, sessionId: token.sessionId }),
      // Only paths of our own: an address from elsewhere would make the sign-in page a springboard.
      redirect: ({ url, baseUrl }) => (url.startsWith('/') && !url.startsWith('//') ? `${baseUrl}${url}` : baseUrl),
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
