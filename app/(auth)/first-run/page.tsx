import { redirect } from 'next/navigation';
import { FirstRunForm } from '@/components/auth/first-run-form';
import { isFirstRun } from '@/lib/services/project';

export const metadata = { title: 'Set up' };

export default async function FirstRunPage() {
  if (!(await isFirstRun())) redirect('/sign-in');
  return <FirstRunForm />;
}
