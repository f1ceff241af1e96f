import { GeneralSettings } from '@/components/settings/general-settings';
import { ask } from '@/lib/next';

export const metadata = { title: 'General' };

export default async function GeneralPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return <GeneralSettings initial={await ask('project.get', project, {})} />;
}
