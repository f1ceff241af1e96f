import { ScenarioList } from '@/components/scenario/scenario-list';
import { ask } from '@/lib/next';

export const metadata = { title: 'Scenarios' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ create?: string }>;
}

export default async function ScenariosPage({ params, searchParams }: Props) {
  const [{ project }, { create }] = await Promise.all([params, searchParams]);
  return <ScenarioList initial={await ask('scenario.list', project, {})} creating={create === '1'} />;
}
