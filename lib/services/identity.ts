import { prisma, type Tx } from '../db/index.ts';
import { joinProject } from './member.ts';
import { type From, recordSignIn, type SignedIn, startSession } from './session.ts';

/** What an identity provider says of somebody who has signed in there (OpenID Connect Core §5.1). */
export interface Identity {
  email: string;
  /** Whether the provider has verified the address; one that has not could be anybody's. */
  verified: boolean;
  name: string | null;
}

/**
 * Starts a session for somebody whom an identity provider vouches for. Whoever has an account is let in; an address without
 * one that is invited gets its account here and joins, because the provider has proven more than the invitation's link
 * would. Everybody else is refused in the same way (null), whatever the reason. The provider, not we, asks for a second
 * factor.
 */
export async function signInWithIdentity({ email, verified, name }: Identity, from: From): Promise<SignedIn | null> {
  const account = email.trim().toLowerCase();
  const signedIn = verified
    ? await prisma().$transaction(async (tx) => {
        const user = await tx.user.findUnique({ where: { email: account } });
        const known = user ?? (await accountOfInvited(tx, account, name));
        return known && startSession(tx, known, from, 'identity provider');
      })
    : null;
  if (!signedIn) await recordSignIn(prisma(), 'sign-in.refuse', null, account, from, 'identity provider');
  return signedIn;
}

/** The new account of an address without one, a member of every project that it is invited to; null where it is not. */
async function accountOfInvited(tx: Tx, email: string, name: string | null) {
  // Two browsers of one person come one after the other, and the second finds the account of the first.
  await tx.$queryRaw`SELECT id FROM invitation WHERE email = ${email} FOR UPDATE`;
  const made = await tx.user.findUnique({ where: { email } });
  if (made) return made;
  const invitations = await tx.invitation.findMany({
    where: { email, acceptedAt: null, expiresAt: { gt: new Date() } },
  });
  if (invitations.length === 0) return null;
  const user = await tx.user.create({ data: { email, name: name?.trim().slice(0, 120) || email } });
  for (const invitation of invitations) await joinProject(tx, invitation, user);
  return user;
}
