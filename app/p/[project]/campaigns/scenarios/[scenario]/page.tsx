import { Design } from '@/components/scenario/design';

export const metadata = { title: 'Design' };

export default function DesignPage() {
  return <Design />;
}
