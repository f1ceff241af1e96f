import { Imports } from '@/components/imports/imports';
import { ask } from '@/lib/next';

export const metadata = { title: 'Imports' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ create?: string }>;
}

export default async function ImportsPage({ params, searchParams }: Props) {
  const [{ project }, { create }] = await Promise.all([params, searchParams]);
  return <Imports initial={await ask('import.list', project, {})} creating={create === '1'} />;
}
