import { ListLoading } from '@/components/customers/list-loading';

export default function Loading() {
  return <ListLoading title="API triggers" columns={5} />;
}
