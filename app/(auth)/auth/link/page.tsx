import { LinkSignIn } from '@/components/auth/link-sign-in';

export const metadata = { title: 'Sign in', referrer: 'no-referrer' as const };

/** A one-time link: opening it changes nothing (mail scanners open links too), its button signs in. */
export default async function LinkPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  return <LinkSignIn token={typeof token === 'string' ? token : ''} />;
}
