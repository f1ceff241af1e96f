import { AuditLog } from '@/components/settings/audit-log';
import { ask } from '@/lib/next';

export const metadata = { title: 'Audit log' };

interface Props {
  params: Promise<{ project: string }>;
}

export default async function AuditPage({ params }: Props) {
  const { project } = await params;
  return <AuditLog initial={await ask('audit.list', project, {})} />;
}
