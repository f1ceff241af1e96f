'use client';

import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { Count } from '@/components/ui/count';
import { KeyValues } from '@/components/ui/key-values';
import type { Prepared } from './contract';

/** "71 kB", "412 bytes". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
}

/** "0.4 ms", "84 ms", "1.2 s". */
export function milliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

/** Method and address of a rendered request, the host standing out. */
export function RequestLine({ request, className }: { request: Prepared; className?: string }) {
  const { method, url, host } = request;
  const at = url.indexOf(host);
  return (
    <div className={className}>
      <Badge tone="action">{method}</Badge>{' '}
      <span className="font-mono text-sm [overflow-wrap:anywhere]">
        <span className="text-muted">{at < 0 ? '' : url.slice(0, at)}</span>
        <span className="font-medium">{at < 0 ? url : host}</span>
        <span className="text-muted">{at < 0 ? '' : url.slice(at + host.length)}</span>
      </span>
    </div>
  );
}

/** Names and values of headers; what is masked cannot be seen by anybody. */
export function HeaderList({ headers }: { headers: readonly (readonly [string, string, boolean?])[] }) {
  return (
    <KeyValues
      className="gap-x-4 gap-y-1 text-sm"
      items={headers.map(([name, value, masked]) => [
        <span key="name" className="font-mono text-xs">
          {name}
        </span>,
        <span key="value" className="font-mono text-xs">
          {masked ? <span title="Kept secret">{value || '••••••••'}</span> : value}
        </span>,
      ])}
    />
  );
}

/** The quiet line below a body: how many customers, how large, how long it took. */
export function RequestFacts({ request, children }: { request: Prepared; children?: ReactNode }) {
  const { customers, bytes, renderMs } = request;
  return (
    <p className="flex flex-wrap items-center gap-x-2 text-muted text-xs">
      {customers.length > 0 ? (
        <span>
          <Count value={customers.length} /> {customers.length === 1 ? 'customer' : 'customers'} ·
        </span>
      ) : null}
      <span>
        {size(bytes)} · rendered in {milliseconds(renderMs)}
      </span>
      {children}
    </p>
  );
}
