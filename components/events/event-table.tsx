'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { textOf } from '@/components/customers/property-value';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';

export interface ShownEvent {
  id: string;
  customerId: string;
  customerName?: string | null;
  type: string;
  at: string;
  properties: Record<string, unknown>;
}

/** Events, latest first; a click opens one. `withCustomer` shows whose they are. */
export function EventTable({
  events,
  active,
  onOpen,
  withCustomer,
  stale,
  empty,
}: {
  events: readonly ShownEvent[] | undefined;
  active: string | null;
  onOpen: (event: ShownEvent) => void;
  withCustomer?: boolean;
  /** Another page is on its way. */
  stale?: boolean;
  empty: ReactNode;
}) {
  const project = useProject();
  return (
    <DataTable
      label="Events"
      dense
      className={stale ? 'opacity-60' : undefined}
      columns={withCustomer ? [TIME, TYPE, customerColumn(project.id), WHAT] : [TIME, TYPE, WHAT]}
      rows={events}
      rowKey={(event) => event.id}
      activeKey={active}
      onRowClick={onOpen}
      empty={empty}
    />
  );
}

const TIME: Column<ShownEvent> = {
  id: 'at',
  header: 'Time',
  width: '112px',
  cell: (event) => <RelativeTime at={event.at} className="text-muted" />,
};

const TYPE: Column<ShownEvent> = {
  id: 'type',
  header: 'Type',
  width: '160px',
  className: 'max-w-48',
  cell: (event) => <EventType type={event.type} />,
};

/** What Hookline itself wrote (`campaign`) is told from what came in. */
export function EventType({ type }: { type: string }) {
  return (
    <Badge tone={type === 'campaign' ? 'action' : 'neutral'} className="max-w-full">
      <span className="truncate" title={type}>
        {type}
      </span>
    </Badge>
  );
}

const customerColumn = (project: string): Column<ShownEvent> => ({
  id: 'customer',
  header: 'Customer',
  width: '220px',
  className: 'max-w-56',
  cell: (event) =>
    event.customerName ? (
      <Link
        href={`/p/${project}/data/customers/${event.customerId}`}
        className="block truncate font-medium hover:underline"
      >
        {event.customerName}
      </Link>
    ) : (
      <span className="text-faint">deleted</span>
    ),
});

const WHAT: Column<ShownEvent> = {
  id: 'what',
  header: 'Properties',
  className: 'max-w-0 w-full',
  cell: ({ properties }) => (
    <span className="block truncate text-muted">
      {Object.entries(properties)
        .slice(0, 8)
        .map(([name, value], index) => (
          <span key={name}>
            {index > 0 ? <span className="text-faint"> · </span> : null}
            <span className="text-faint">{name}</span> <span className="text-ink">{textOf(value).slice(0, 80)}</span>
          </span>
        ))}
    </span>
  ),
};
