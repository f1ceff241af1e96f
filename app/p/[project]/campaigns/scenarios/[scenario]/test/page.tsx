import { TestTab } from '@/components/scenario/test-tab';

export const metadata = { title: 'Test' };

export default function TestPage() {
  return <TestTab />;
}
