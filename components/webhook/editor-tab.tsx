'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Authentication, Endpoint } from './endpoint';
import { HeadersTable } from './headers-table';
import { Payload, type PayloadProps } from './payload';
import type { Locks } from './use-locks';

export interface EditorTabProps extends Omit<PayloadProps, 'readOnly'> {
  locks: Locks;
  /** A cURL command, HAR entry or JSON sample pasted over the URL; true when it was taken. */
  onPasteAll: (text: string) => boolean;
}

/** Endpoint, credentials, headers and payload. */
export function EditorTab(props: EditorTabProps) {
  const { settings, analysis, sources, locks } = props;
  const count = settings.headers.length;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const showsHeaders = chosen ?? count > 0;
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 p-4">
      <Endpoint {...props} readOnly={locks.has('url')} sources={sources.customer} analysis={analysis.URL} />
      <div className="flex items-center justify-between gap-2">
        <Authentication {...props} readOnly={locks.has('authentication')} />
        <Button variant="ghost" aria-expanded={showsHeaders} onClick={() => setChosen(!showsHeaders)}>
          Headers <span className="text-faint tabular-nums">{count}</span>
        </Button>
      </div>
      {showsHeaders ? (
        <div className="scroll-thin max-h-48 shrink-0 overflow-y-auto">
          <HeadersTable {...props} readOnly={locks.has('headers')} sources={sources.customer} />
        </div>
      ) : null}
      {settings.method === 'GET' && !settings.batch && settings.payload.trim() ? (
        <p className="text-warning text-xs">Many servers ignore the body of a GET request.</p>
      ) : null}
      <Payload {...props} readOnly={locks.has('payload')} />
    </div>
  );
}
