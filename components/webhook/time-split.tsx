'use client';

import { cn } from '@/components/ui/cn';
import type { Timing } from './contract';
import { milliseconds } from './request-view';

/** The parts of an exchange one after the other; what did not happen (a connection that was open already) is left out. */
export function partsOf(timing: Timing): { name: string; ms: number }[] {
  const { totalMs, dnsMs = 0, connectMs = 0, tlsMs = 0, firstByteMs } = timing;
  const before = dnsMs + connectMs + tlsMs;
  // The first byte is counted from the beginning, the others are lengths.
  const wait = firstByteMs === undefined ? 0 : Math.max(0, firstByteMs - before);
  const rest = Math.max(0, totalMs - Math.max(before, firstByteMs ?? before));
  return [
    { name: 'DNS', ms: dnsMs },
    { name: 'Connect', ms: connectMs },
    { name: 'TLS', ms: tlsMs },
    { name: 'First byte', ms: wait },
    { name: 'Rest', ms: rest },
  ].filter(({ ms }) => ms > 0);
}

const COLOURS: Record<string, string> = {
  DNS: 'bg-operator',
  Connect: 'bg-info',
  TLS: 'bg-trigger',
  'First byte': 'bg-accent',
  Rest: 'bg-line-strong',
};

/** Where the time of an exchange went: a thin bar and its legend. */
export function TimeSplit({ timing }: { timing: Timing }) {
  const parts = partsOf(timing);
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  if (total === 0) return null;
  return (
    <div className="flex flex-col gap-1.5">
      <div aria-hidden className="flex h-1.5 overflow-hidden rounded-full bg-sunken">
        {parts.map(({ name, ms }) => (
          <span key={name} className={COLOURS[name]} style={{ width: `${(ms / total) * 100}%` }} />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-3 text-muted text-xs">
        {parts.map(({ name, ms }) => (
          <li key={name} className="flex items-center gap-1">
            <span aria-hidden className={cn('size-2 rounded-full', COLOURS[name])} />
            {name} {milliseconds(ms)}
          </li>
        ))}
      </ul>
    </div>
  );
}
