'use client';

import { Download } from 'lucide-react';
import { useProject } from '@/components/shell/project-context';
import { buttonStyle } from '@/components/ui/button';

/** Downloads customers or events as CSV; the audit log tells of it. */
export function ExportLink({
  what,
  filter,
  children,
}: {
  what: 'customers' | 'events';
  filter: Record<string, string>;
  children: string;
}) {
  const project = useProject();
  const query = new URLSearchParams({ project: project.id, ...filter });
  return (
    <a href={`/api/export/${what}?${query}`} download className={buttonStyle()}>
      <Download aria-hidden />
      {children}
    </a>
  );
}
