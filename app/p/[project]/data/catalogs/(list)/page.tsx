import { Catalogs } from '@/components/catalogs/catalogs';
import { ask } from '@/lib/next';

export const metadata = { title: 'Catalogs' };

export default async function CatalogsPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  return <Catalogs initial={await ask('catalog.list', project, {})} />;
}
