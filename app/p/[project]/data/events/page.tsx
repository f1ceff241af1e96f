import { Events } from '@/components/events/events';
import { ask } from '@/lib/next';

export const metadata = { title: 'Events' };

export default async function EventsPage({ params }: { params: Promise<{ project: string }> }) {
  const { project } = await params;
  const [initial, types] = await Promise.all([ask('event.list', project, {}), ask('event.types', project, {})]);
  return <Events initial={initial} types={types} />;
}
