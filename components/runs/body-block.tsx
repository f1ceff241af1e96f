'use client';

import { useMemo, useState } from 'react';
import { CodeBlock } from '@/components/ui/code-block';
import { Segmented } from '@/components/ui/segmented';

/** A body that was sent or received: pretty when it is JSON, or byte for byte. */
export function BodyBlock({
  title,
  body,
  note,
  maxHeight = '420px',
}: {
  title: string;
  body: string | null;
  /** A quiet remark, e.g. that it is cut. */
  note?: string;
  maxHeight?: string;
}) {
  const [view, setView] = useState<'pretty' | 'raw'>('pretty');
  const pretty = useMemo(() => (body === null ? null : prettyJson(body)), [body]);
  return (
    <section aria-label={title}>
      <div className="mb-2 flex min-h-6 items-center justify-between gap-2">
        <h3 className="font-medium text-sm">
          {title}
          {note ? <span className="ml-2 font-normal text-faint text-xs">{note}</span> : null}
        </h3>
        {pretty !== null && body !== null ? (
          <Segmented
            label={`View of ${title.toLowerCase()}`}
            size="sm"
            value={view}
            onChange={setView}
            options={[
              { value: 'pretty', label: 'Pretty' },
              { value: 'raw', label: 'Raw' },
            ]}
          />
        ) : null}
      </div>
      {body === null || body === '' ? (
        <p className="text-faint text-sm">{body === null ? 'Past its retention.' : 'Empty.'}</p>
      ) : (
        <CodeBlock code={view === 'pretty' && pretty !== null ? pretty : body} wrap maxHeight={maxHeight} />
      )}
    </section>
  );
}

/** JSON on many lines; null when it is none. */
function prettyJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}
