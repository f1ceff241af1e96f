import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { SignOutButton } from '@/components/auth/sign-out-button';
import { EmptyState } from '@/components/ui/empty-state';
import { currentUser } from '@/lib/next';
import { isFirstRun, projectsOf } from '@/lib/services/project';

/** Where one lands: the project last looked at, or the sign-in page, or the first run. */
export default async function StartPage() {
  const user = await currentUser();
  if (!user) redirect((await isFirstRun()) ? '/first-run' : '/sign-in');
  const projects = await projectsOf(user.id);
  const last = (await cookies()).get('hookline-project')?.value;
  const project = projects.find(({ id }) => id === last) ?? projects[0];
  if (project) redirect(`/p/${project.id}/campaigns/scenarios`);
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState title="You are not a member of a project" action={<SignOutButton />}>
        Ask an admin to invite {user.email}.
      </EmptyState>
    </main>
  );
}
