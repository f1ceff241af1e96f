import { notFound } from 'next/navigation';
import { ImportPage } from '@/components/imports/import-page';
import { ask } from '@/lib/next';

export const metadata = { title: 'Import' };

export default async function OneImportPage({ params }: { params: Promise<{ project: string; import: string }> }) {
  const { project, import: id } = await params;
  if (!/^[0-9a-f-]{36}$/i.test(id)) notFound();
  return <ImportPage initial={await ask('import.get', project, { id })} />;
}
