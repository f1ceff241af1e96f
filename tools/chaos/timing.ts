// Invariants about when something was sent: repetitions and the faults that explain them, distances, limits, stops and
// recovery.
import { byKey, type Evidence, explains, fail, isAccepted, type Violation } from './evidence.ts';

/** The first delay of a retry is 10 s, and may be a fifth less. */
const SHORTEST_RETRY_MS = 8000;
/** How long after a stop code requests may still begin that were on their way. */
const STOP_MS = 1000;

/**
 * Accepted twice only what was in doubt, by its key, when something was taken away in between; and little is in doubt at a
 * time.
 */
export function duplicatesAreExplained({ received, faults, mostInHand }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    const accepted = all.filter(isAccepted).sort((a, b) => a.start - b.start);
    for (let i = 1; i < accepted.length; i++)
      if (!explains(faults, key, accepted[i - 1]!, accepted[i]!))
        return fail('I6 duplicates', `${key} was accepted twice, and no fault left it in doubt in between`);
  }
  const worst = Math.max(0, ...faults.map((fault) => fault.mostInHand));
  return worst <= mostInHand
    ? []
    : fail('I6 duplicates', `a worker had claimed ${worst} requests, at most ${mostInHand} may be in doubt`);
}

/** Nobody sends a request that another one is sending, unless the first was taken away. */
export function oneSenderAtATime({ received, faults }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    const inOrder = all.toSorted((a, b) => a.start - b.start);
    for (let i = 1; i < inOrder.length; i++) {
      const [one, next] = [inOrder[i - 1]!, inOrder[i]!];
      if (next.start < one.end && !explains(faults, key, one, next))
        return fail('I7 overlap', `${key} was being received twice at once`);
    }
  }
  return [];
}

/** After an answer that asks for another try, the try comes no sooner than its delay, and not too often. */
export function retriesKeepTheirDistance({ received, faults, mostTries }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    const doubts = faults.filter(({ isGivenUp, inHand }) => isGivenUp && inHand.has(key)).length;
    if (all.length > mostTries + doubts) return fail('I8 tries', `${key} was tried ${all.length} times`);
    const inOrder = all.toSorted((a, b) => a.start - b.start);
    for (let i = 1; i < inOrder.length; i++) {
      const [one, next] = [inOrder[i - 1]!, inOrder[i]!];
      const gap = next.start - one.end;
      if (one.status >= 429 && gap < Math.max(SHORTEST_RETRY_MS, one.retryAfterMs) && !explains(faults, key, one, next))
        return fail('I8 tries', `${key} was tried again after ${Math.round(gap)} ms`);
    }
  }
  return [];
}

/** Never more at once than a policy allows, at any instant. */
export function limitHolds({ received, limits, faults }: Evidence): Violation[] {
  for (const { paths, most: limit } of limits) {
    const { most, at } = peakOf(received.filter(({ path }) => paths.includes(path)));
    if (most <= limit) continue;
    const before = faults.findLastIndex((fault) => fault.at <= at);
    const since = before < 0 ? '' : `, ${Math.round(at - faults[before]!.at)} ms after fault ${before + 1}`;
    return fail('I9 limit', `${most} at once at ${paths.join(' and ')}, the limit is ${limit}${since}`);
  }
  return [];
}

/** The most that were served at once, and when. */
export function peakOf(received: readonly { start: number; end: number }[]): { most: number; at: number } {
  const moments = received
    .flatMap(({ start, end }) => [
      { at: start, change: 1 },
      { at: end, change: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.change - b.change);
  let now = 0;
  let peak = { most: 0, at: 0 };
  for (const { at, change } of moments) {
    now += change;
    if (now > peak.most) peak = { most: now, at };
  }
  return peak;
}

/** After a stop code nobody new is asked for, until somebody resumes the webhook; who was halted hears of it when it wakes up. */
export function nothingStartsAfterAStop({ received, stops, faults }: Evidence): Violation[] {
  const slept = (key: string, first: number) =>
    faults.some((fault) => fault.inHand.has(key) && fault.at <= first && first <= fault.until);
  for (const { path, at, until } of stops)
    for (const [key, all] of byKey(received.filter((one) => one.path === path))) {
      const first = Math.min(...all.map(({ start }) => start));
      if (first > at + STOP_MS && first < until && !slept(key, first))
        return fail('I10 stop', `${key} was sent for the first time ${Math.round(first - at)} ms after the stop code`);
    }
  return [];
}

/** So long after a fault what arrives may have been on its way. */
const ON_ITS_WAY_MS = 500;

/** Soon after somebody can work again, the dead are taken over from, and the next request leaves when there is one. */
export function sendingGoesOn({ received, faults, recoverWithinMs }: Evidence): Violation[] {
  const starts = received.map(({ start }) => start).sort((a, b) => a - b);
  for (const [index, { kind, at, hadWork, mendedAt, takenOverAt }] of faults.entries()) {
    if (takenOverAt - mendedAt > recoverWithinMs)
      return fail('I14 recovery', `nobody took over in time after fault ${index + 1} (${kind})`);
    if (!hadWork) continue;
    const next = starts.find((start) => start > at + ON_ITS_WAY_MS) ?? Number.POSITIVE_INFINITY;
    const mended = Math.max(...faults.filter((fault) => fault.at <= next).map(({ mendedAt }) => mendedAt));
    if (next - mended > recoverWithinMs)
      return fail(
        'I14 recovery',
        `after fault ${index + 1} (${kind}) ${Number.isFinite(next) ? `${Math.round(next - mended)} ms passed until the next request` : 'nothing was sent any more'}`,
      );
  }
  return [];
}
