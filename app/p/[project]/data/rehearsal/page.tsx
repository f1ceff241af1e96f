import { RehearsalTargets } from '@/components/rehearsal/targets';
import { ask } from '@/lib/next';

export const metadata = { title: 'Rehearsal target' };

export default async function RehearsalPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return <RehearsalTargets initial={await ask('rehearsal.list', project, {})} />;
}
