'use client';

import { CodeBlock } from '@/components/ui/code-block';
import { KeyValues } from '@/components/ui/key-values';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import type { AuditEntry } from './audit-log';
import { actionWords } from './audit-words';

/** One entry of the audit log, whole. */
export function AuditSheet({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  const { before, after } = entry;
  return (
    <Sheet open onOpenChange={onClose} title={actionWords(entry.action)} modal={false}>
      <div className="flex flex-col gap-5">
        <KeyValues
          items={[
            ['When', <RelativeTime key="at" at={entry.at} exact />],
            ['Who', entry.actorName],
            ['Which', entry.objectName ?? '–'],
            ['Id', <Mono key="id" text={entry.objectId} />],
            ['Action', <Mono key="action" text={entry.action} />],
            ['Address', <Mono key="address" text={entry.address} />],
            ['Request', <Mono key="request" text={entry.requestId} />],
          ]}
        />
        {before === null ? null : <CodeBlock wrap title="Before" code={JSON.stringify(before, null, 2)} />}
        {after === null ? null : <CodeBlock wrap title="After" code={JSON.stringify(after, null, 2)} />}
        {before === null && after === null ? <p className="text-faint text-sm">Nothing more was recorded.</p> : null}
      </div>
    </Sheet>
  );
}

const Mono = ({ text }: { text: string | null }) => <span className="break-all font-mono text-xs">{text ?? '–'}</span>;
