import { notFound } from 'next/navigation';
import { RehearsalTargetPage } from '@/components/rehearsal/target-page';
import { ask } from '@/lib/next';

interface Props {
  params: Promise<{ project: string; target: string }>;
}

export async function generateMetadata({ params }: Props) {
  return { title: `${decodeURIComponent((await params).target)} · Rehearsal target` };
}

export default async function TargetPage({ params }: Props) {
  const { project, target } = await params;
  if (!/^[a-z0-9-]{1,40}$/.test(target)) notFound();
  return <RehearsalTargetPage initial={await ask('rehearsal.open', project, { target })} />;
}
