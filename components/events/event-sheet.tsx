'use client';

import Link from 'next/link';
import { useProject } from '@/components/shell/project-context';
import { CodeBlock } from '@/components/ui/code-block';
import { KeyValues } from '@/components/ui/key-values';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import type { ShownEvent } from './event-table';

/** One event beside the table: when, whose, and its properties as JSON. */
export function EventSheet({ event, onClose }: { event: ShownEvent; onClose: () => void }) {
  const project = useProject();
  return (
    <Sheet open onOpenChange={onClose} modal={false} size="sm" title={event.type}>
      <div className="flex flex-col gap-4">
        <KeyValues
          items={[
            ['Time', <RelativeTime key="at" at={event.at} exact />],
            ...(event.customerName
              ? [
                  [
                    'Customer',
                    <Link
                      key="customer"
                      href={`/p/${project.id}/data/customers/${event.customerId}`}
                      className="text-accent hover:underline"
                    >
                      {event.customerName}
                    </Link>,
                  ] as const,
                ]
              : []),
            [
              'Event id',
              <span key="id" className="font-mono text-sm">
                {event.id}
              </span>,
            ],
          ]}
        />
        <CodeBlock title="Properties" code={JSON.stringify(event.properties, null, 2)} maxHeight="60vh" wrap />
      </div>
    </Sheet>
  );
}
