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
        credentials: { email: {}, password: {} },
        authorize: (given, request) =>
          signIn(() => signInWithPassword(given?.email ?? '', given?.password ?? '', fromOf(request))),
      }),
      Credentials({
        id: 'link',
        credentials: { token: {} },
        authorize: (given, request) => signIn(() => signInWithLink(given?.token ?? '', fromOf(request))),
      }),
    ],
    callbacks: {
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
