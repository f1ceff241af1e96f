import { notFound } from 'next/navigation';
import { Catalog } from '@/components/catalogs/catalog';
import { ask } from '@/lib/next';

export const metadata = { title: 'Catalog' };

export default async function CatalogPage({ params }: { params: Promise<{ project: string; catalog: string }> }) {
  const { project, catalog: id } = await params;
  if (!/^[0-9a-f-]{36}$/i.test(id)) notFound();
  return <Catalog initial={await ask('catalog.get', project, { id })} />;
}
