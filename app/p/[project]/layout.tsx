import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { Shell } from '@/components/shell/shell';
import { ask, currentUser, signInPath } from '@/lib/next';
import { may } from '@/lib/services';
import { projectsOf } from '@/lib/services/project';

export default async function ProjectLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ project: string }>;
}) {
  const { project: id } = await params;
  const user = await currentUser();
  if (!user) redirect(await signInPath());
  const [{ name, timeZone }, projects, jar] = await Promise.all([
    ask('project.get', id, {}),
    projectsOf(user.id),
    cookies(),
  ]);
  const role = projects.find((project) => project.id === id)?.role ?? 'viewer';
  const can = {
    look: may(role, 'look'),
    build: may(role, 'build'),
    develop: may(role, 'develop'),
    administer: may(role, 'administer'),
  };
  return (
    <Shell
      project={{ id, name, timeZone, role, can }}
      projects={projects.map((project) => ({ id: project.id, name: project.name }))}
      user={{ name: user.name, email: user.email }}
      collapsed={jar.get('hookline-navigation')?.value === 'narrow'}
    >
      {children}
    </Shell>
  );
}
