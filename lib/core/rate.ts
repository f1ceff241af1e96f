/** What a rate of requests means in time: evenly spread, with a burst after a pause (the generic cell rate algorithm). */

/** Seconds of the periods that a rate may have. */
export const PERIODS = { second: 1, minute: 60 } as const;

export interface PolicyRate {
  requests: number;
  per: keyof typeof PERIODS;
  /** Requests that may leave together after a pause. */
  burst: number;
}

/** The period that is so many seconds long; those of a rate that was never set count as one. */
export const perOf = (seconds: number | null): keyof typeof PERIODS =>
  seconds === PERIODS.minute ? 'minute' : 'second';

/** Time from one request to the next while many wait, in milliseconds. */
export const stepOf = ({ requests, per }: Pick<PolicyRate, 'requests' | 'per'>): number =>
  (PERIODS[per] * 1000) / requests;

/** When the first requests after a pause leave, in milliseconds from the first of them, up to the end of `steps` steps. */
export function departures(rate: PolicyRate, steps: number): number[] {
  const step = stepOf(rate);
  const together = Array.from({ length: rate.burst }, () => 0);
  return [...together, ...Array.from({ length: steps }, (_, i) => (i + 1) * step)];
}

/** A rate in sentences: how far apart requests leave, and what a burst adds. */
export function sayRate(rate: PolicyRate): string {
  const apart = `One request every ${sayMs(stepOf(rate))}, however many wait.`;
  if (rate.burst === 1) return apart;
  const most = rate.requests + rate.burst - 1;
  return `${apart} After a pause ${rate.burst} may leave together, so no ${rate.per} has more than ${most}.`;
}

/** "200 ms", "1.5 s", "1 min". */
export function sayMs(ms: number): string {
  if (ms < 1) return `${trimmed(ms * 1000)} µs`;
  if (ms < 1000) return `${trimmed(ms)} ms`;
  return ms < 60_000 ? `${trimmed(ms / 1000)} s` : `${trimmed(ms / 60_000)} min`;
}

const trimmed = (value: number): string => String(Number(value.toPrecision(3)));
