import { signOut } from 'next-auth/react';

/** Ends this session and goes to the sign-in page of the host that one is on. */
export async function leave(): Promise<void> {
  await signOut({ redirect: false }).catch(() => undefined);
  window.location.assign('/sign-in');
}
