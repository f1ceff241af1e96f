// A run under faults in numbers.
import { byKey, type Evidence, explains, isAccepted, type Violation } from './evidence.ts';
import { peakOf } from './timing.ts';

export interface ChaosReport {
  customers: number;
  faults: Record<string, number>;
  requests: number;
  lost: number;
  /** Requests that were accepted more than once. */
  duplicates: number;
  /** By the kind of fault after which work was given up. */
  inDoubt: Record<string, InDoubt>;
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

/** All faults of a kind together. */
export interface InDoubt {
  faults: number;
  /** What the receiver was serving at those instants … */
  inFlight: number;
  /** … what had been sent and had no outcome in the database, which is what may arrive twice … */
  sent: number;
  /** … and what was claimed and had no outcome, sent or not. */
  claimed: number;
  /** What was accepted once more because of them. */
  acceptedAgain: number;
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
  const reached = new Set(
    campaign.recorded.filter(({ node }) => node === campaign.webhooks[0]).map((one) => one.customer),
  );
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
    inDoubt: doubtsByKind(evidence),
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

function doubtsByKind({ received, faults }: Evidence): Record<string, InDoubt> {
  const requests = byKey(received);
  const found: Record<string, InDoubt> = {};
  const of = (kind: string) => (found[kind] ??= { faults: 0, inFlight: 0, sent: 0, claimed: 0, acceptedAgain: 0 });
  for (const { kind, until, inFlight, inHand, isGivenUp } of faults) {
    if (!isGivenUp) continue;
    const all = of(kind);
    all.faults++;
    all.inFlight += inFlight;
    all.claimed += inHand.size;
    for (const key of inHand) if (requests.get(key)?.some(({ start }) => start <= until)) all.sent++;
  }
  for (const [key, all] of requests) {
    const accepted = all.filter(isAccepted).sort((a, b) => a.start - b.start);
    for (let i = 1; i < accepted.length; i++) {
      const cause = faults.find((fault) => explains([fault], key, accepted[i - 1]!, accepted[i]!));
      if (cause) of(cause.kind).acceptedAgain++;
    }
  }
  return found;
}
