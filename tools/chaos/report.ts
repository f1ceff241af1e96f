// A run under faults in numbers.
import { byKey, type Evidence, isAccepted, type Violation } from './evidence.ts';
import { peakOf } from './timing.ts';

export interface ChaosReport {
  customers: number;
  faults: Record<string, number>;
  requests: number;
  lost: number;
  /** Requests that were accepted more than once. */
  duplicates: number;
  /** All faults together after which work was given up: what the receiver was serving at those instants … */
  inFlightAtFaults: number;
  /** … what had been sent and had no outcome in the database, which is what may be sent again … */
  sentInDoubtAtFaults: number;
  /** … and what was claimed and had no outcome, sent or not. */
  claimedAtFaults: number;
  /** The most that one worker had claimed at a fault, and what is promised. */
  mostClaimed: number;
  mostClaimedAllowed: number;
  unknown: number;
  /** From a fault to the next request that a worker sent, in milliseconds, where requests were due. */
  recoveryMs: { median: number; worst: number; worstAfter: string };
  peakConcurrency: number;
  limit: number;
  peakWorkerMb: number;
  seconds: number;
  violations: Violation[];
}

export function summarise({
  evidence,
  seconds,
  violations,
}: {
  evidence: Evidence;
  seconds: number;
  violations: Violation[];
}): ChaosReport {
  const { received, faults, limits, runs } = evidence;
  const campaign = runs[0]!;
  const starts = received.map(({ start }) => start).sort((a, b) => a - b);
  const recovery = faults
    .filter(({ hadWork }) => hadWork)
    .map(({ at, kind }) => ({ kind, ms: (starts.find((start) => start > at + 1) ?? at) - at }))
    .sort((a, b) => a.ms - b.ms);
  const firstStart = new Map<string, number>();
  for (const { key, start } of received) firstStart.set(key, Math.min(start, firstStart.get(key) ?? start));
  const sentAmong = (keys: ReadonlySet<string>, by: number) =>
    [...keys].filter((key) => (firstStart.get(key) ?? Number.POSITIVE_INFINITY) <= by).length;
  const reached = new Set(
    campaign.recorded.filter(({ node }) => node === campaign.webhooks[0]).map((one) => one.customer),
  );
  const givenUp = faults.filter(({ isGivenUp }) => isGivenUp);
  const { paths, most: limit } = limits[0]!;
  return {
    customers: campaign.audience.length,
    faults: Object.fromEntries(
      Map.groupBy(faults, ({ kind }) => kind)
        .entries()
        .map(([kind, all]) => [kind, all.length]),
    ),
    requests: received.length,
    lost: campaign.audience.filter((customer) => !reached.has(customer)).length,
    duplicates: [...byKey(received).values()].reduce(
      (sum, all) => sum + Math.max(0, all.filter(isAccepted).length - 1),
      0,
    ),
    inFlightAtFaults: givenUp.reduce((sum, { inFlight }) => sum + inFlight, 0),
    sentInDoubtAtFaults: givenUp.reduce((sum, { inHand, until }) => sum + sentAmong(inHand, until), 0),
    claimedAtFaults: givenUp.reduce((sum, { inHand }) => sum + inHand.size, 0),
    mostClaimed: Math.max(0, ...faults.map(({ mostInHand }) => mostInHand)),
    mostClaimedAllowed: evidence.mostInHand,
    unknown: campaign.recorded.filter(({ outcome }) => outcome === 'unknown').length,
    recoveryMs: {
      median: Math.round(recovery[recovery.length >> 1]?.ms ?? 0),
      worst: Math.round(recovery.at(-1)?.ms ?? 0),
      worstAfter: recovery.at(-1)?.kind ?? 'none',
    },
    peakConcurrency: peakOf(received.filter(({ path }) => paths.includes(path))).most,
    limit,
    peakWorkerMb: Math.round(evidence.peakWorkerMb),
    seconds: Math.round(seconds * 10) / 10,
    violations,
  };
}
