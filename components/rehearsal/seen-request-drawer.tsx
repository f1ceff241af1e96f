'use client';

import { type OutputOf, useAsk, useDo } from '@/components/call';
import { BodyBlock } from '@/components/runs/body-block';
import { HeaderList } from '@/components/runs/header-list';
import { Badge } from '@/components/ui/badge';
import { Count } from '@/components/ui/count';
import { ErrorState } from '@/components/ui/error-state';
import { KeyValues } from '@/components/ui/key-values';
import { RelativeTime } from '@/components/ui/relative-time';
import { RevealBar } from '@/components/ui/reveal-bar';
import { Sheet } from '@/components/ui/sheet';
import { Skeleton } from '@/components/ui/skeleton';
import { statusTone } from './status-tone';

type Row = OutputOf<'rehearsal.open'>['requests'][number];

/** A request as the target received it; its values when they are asked for. */
export function SeenRequestDrawer({ target, row, onClose }: { target: string; row: Row; onClose: () => void }) {
  const { data: masked, error, refetch } = useAsk('rehearsal.request', { target, number: row.number });
  const reveal = useDo('rehearsal.reveal');
  const data = reveal.data ?? masked;
  return (
    <Sheet
      open
      modal={false}
      size="md"
      onOpenChange={(open) => !open && onClose()}
      title={`Request ${row.number}`}
      description={`${row.method} ${reveal.data?.path ?? row.path}`}
    >
      <div className="flex flex-col gap-5">
        <KeyValues
          items={[
            ['Received', <RelativeTime key="at" at={row.at} exact />],
            [
              'Answer',
              <Badge key="status" tone={statusTone(row.status)}>
                {row.status}
              </Badge>,
            ],
            ['After', `${row.ms} ms`],
            ['Customers', <Count key="customers" value={row.customers} exact />],
            ['Body', <Count key="bytes" value={row.bodyBytes} unit="bytes" exact />],
          ]}
        />
        {error ? (
          <ErrorState title="This request cannot be shown" onRetry={() => void refetch()}>
            {error.message}
          </ErrorState>
        ) : data ? (
          <>
            <RevealBar
              revealed={reveal.data !== undefined}
              loading={reveal.isPending}
              onReveal={data.mayReveal ? () => reveal.mutate({ target, number: row.number }) : null}
              onHide={reveal.reset}
            />
            <HeaderList headers={Object.entries(data.headers)} />
            <BodyBlock
              title="Body"
              body={data.body}
              note={data.bodyBytes > data.body.length && data.bodyBytes > 65_536 ? 'the first 64 kB' : undefined}
            />
          </>
        ) : (
          <Skeleton className="h-40" />
        )}
      </div>
    </Sheet>
  );
}
