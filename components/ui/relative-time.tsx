'use client';

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { cn } from './cn';

const ZoneContext = createContext('UTC');

/** The zone in which everything below shows its times: the project's. */
export function TimeZoneProvider({ zone, children }: { zone: string; children: ReactNode }) {
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

export function useTimeZone(): string {
  return useContext(ZoneContext);
}

// One clock for all of them; ticks every ten seconds while one is on the page.
const listeners = new Set<() => void>();
let now = 0;
let timer: ReturnType<typeof setInterval> | undefined;
function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!timer)
    timer = setInterval(() => {
      now = Date.now();
      for (const each of listeners) each();
    }, 10_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
      now = 0;
    }
  };
}
const current = () => (now ||= Date.now());

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
  ['week', 4.35],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
];
const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

/** "2 min. ago", "in 3 hr.", "just now". */
export function relative(at: Date, from: number): string {
  let amount = (at.getTime() - from) / 1000;
  if (Math.abs(amount) < 10) return 'just now';
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return words.format(Math.round(amount), unit);
    amount /= size;
  }
  return '';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const clocks = new Map<string, Intl.DateTimeFormat>();

/** "24 Nov 2026, 12:30:05" in a zone. Put together by hand: servers and browsers abbreviate months differently. */
export function exactTime(at: Date, zone: string): string {
  let clock = clocks.get(zone);
  if (!clock) {
    const numeric = 'numeric';
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    clock = new Intl.DateTimeFormat('en', { timeZone: zone, day: numeric, month: numeric, year: numeric, ...time });
    clocks.set(zone, clock);
  }
  const part = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.day} ${MONTHS[Number(part.month) - 1]} ${part.year}, ${part.hour}:${part.minute}:${part.second}`;
}

/** When something was or will be, in words; the exact time with its zone on hover. `exact` turns the two round. */
export function RelativeTime({
  at,
  exact = false,
  className,
}: {
  at: string | Date | null | undefined;
  exact?: boolean;
  className?: string;
}) {
  const zone = useTimeZone();
  const from = useSyncExternalStore(subscribe, current, () => 0);
  if (!at) return <span className={cn('text-faint', className)}>never</span>;
  const date = new Date(at);
  const full = exactTime(date, zone);
  // On the server there is no "now" that the browser would agree with: the exact time stands there until it takes over.
  const inWords = from ? relative(date, from) : full;
  return (
    <time
      dateTime={date.toISOString()}
      title={exact ? `${inWords} (${zone})` : `${full} (${zone})`}
      className={cn('whitespace-nowrap', className)}
    >
      {exact ? full : inWords}
    </time>
  );
}
