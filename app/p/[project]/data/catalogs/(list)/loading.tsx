import { ListLoading } from '@/components/customers/list-loading';

export default function Loading() {
  return <ListLoading title="Catalogs" columns={3} />;
}
