import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/auth/sign-in-form';
import { currentUser, identityName, ownPath } from '@/lib/next';
import { isFirstRun } from '@/lib/services/project';

export const metadata = { title: 'Sign in' };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ then?: string; error?: string | string[]; callbackUrl?: string }>;
}) {
  // next-auth names where somebody was going as a whole address when their sign-in elsewhere did not succeed.
  const { then: given, error, callbackUrl } = await searchParams;
  const then = ownPath(given ?? callbackUrl?.replace(/^https?:\/\/[^/]*/, ''));
  if (await currentUser()) redirect(then);
  if (await isFirstRun()) redirect('/first-run');
  return <SignInForm then={then} identity={identityName()} refusal={error ? String(error) : null} />;
}
