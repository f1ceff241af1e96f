import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/auth/sign-in-form';
import { env } from '@/lib/env';
import { currentUser, ownPath } from '@/lib/next';
import { isFirstRun } from '@/lib/services/project';

export const metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ then?: string }> }) {
  const { OIDC_ISSUER, OIDC_NAME } = env();
  const then = ownPath((await searchParams).then);
  if (await currentUser()) redirect(then);
  if (await isFirstRun()) redirect('/first-run');
  return <SignInForm then={then} identity={OIDC_ISSUER ? OIDC_NAME : null} />;
}
