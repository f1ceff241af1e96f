// What must hold after any faults, judged from the receiver's own record and the database alone. The numbers are those of
// the list in docs/operations.md; those that are about time and faults stand in timing.ts.
import { type Books, byKey, type Evidence, fail, isAccepted, type Recorded, type Violation } from './evidence.ts';
import {
  duplicatesAreExplained,
  limitHolds,
  nothingStartsAfterAStop,
  oneSenderAtATime,
  retriesKeepTheirDistance,
  sendingGoesOn,
} from './timing.ts';

/** Checks everything; an empty list is what is wanted. */
export function violations(evidence: Evidence): Violation[] {
  const { runs } = evidence;
  return [
    runs.flatMap(entryIsExactlyOnce),
    runs.flatMap(outcomesAreExactlyOne),
    deliveredWasAnswered(evidence),
    receivedWasPlanned(evidence),
    bodiesNeverChange(evidence),
    duplicatesAreExplained(evidence),
    oneSenderAtATime(evidence),
    retriesKeepTheirDistance(evidence),
    limitHolds(evidence),
    nothingStartsAfterAStop(evidence),
    runs.flatMap((books) => nodesFollowEachOther(evidence, books)),
    batchesKeepTheirMembers(evidence),
    runs.flatMap(numbersAddUp),
    sendingGoesOn(evidence),
    secretsStayInside(evidence),
    stoppingLeavesNoDoubt(evidence),
    replayAddsNoOutcome(evidence),
    memoryIsBounded(evidence),
  ].flat();
}

const recordedOf = ({ runs }: Evidence): Recorded[] => runs.flatMap(({ recorded }) => recorded);

/** Everybody of the audience enters once, and nobody else. */
function entryIsExactlyOnce({ audience, recorded, trigger }: Books): Violation[] {
  const entered = recorded.filter(({ node }) => node === trigger).map(({ customer }) => customer);
  const once = new Set(entered);
  const missing = audience.filter((customer) => !once.has(customer));
  if (missing.length > 0) return fail('I1 entry', `${missing.length} never entered, e.g. customer ${missing[0]}`);
  return entered.length === audience.length && once.size === audience.length
    ? []
    : fail('I1 entry', `${entered.length} entries for ${audience.length} customers`);
}

/** Each journey has one outcome at each node that it came to. */
function outcomesAreExactlyOne({ recorded, trigger, webhooks }: Books): Violation[] {
  const seen = new Set<string>();
  for (const { node, journey } of recorded) {
    const visit = `${node}:${journey}`;
    if (seen.has(visit)) return fail('I2 outcomes', `journey ${journey} has two outcomes at node ${node}`);
    seen.add(visit);
  }
  const path = [trigger, ...webhooks];
  for (const { node, journey, outcome } of recorded) {
    const next = path[path.indexOf(node) + 1];
    if (outcome === 'delivered' && path.includes(node) && next !== undefined && !seen.has(`${next}:${journey}`))
      return fail('I2 outcomes', `journey ${journey} left node ${node} and has no outcome at node ${next}`);
  }
  return [];
}

/** What is recorded as delivered was received and answered 2xx. */
function deliveredWasAnswered(evidence: Evidence): Violation[] {
  const accepted = new Set(evidence.received.filter(isAccepted).map(({ key }) => key));
  const lost = recordedOf(evidence).filter(
    ({ outcome, key }) => outcome === 'delivered' && key !== null && !accepted.has(key),
  );
  return lost.length === 0
    ? []
    : fail('I3 delivered', `${lost.length} recorded as delivered were never accepted, e.g. ${lost[0]!.key}`);
}

/** Whatever was received belongs to a journey that has an outcome. */
function receivedWasPlanned(evidence: Evidence): Violation[] {
  const planned = new Set(recordedOf(evidence).flatMap(({ key }) => key ?? []));
  const stray = evidence.received.find(({ key }) => !planned.has(key));
  return stray ? fail('I4 planned', `${stray.key} was received and has no outcome`) : [];
}

function bodiesNeverChange({ received }: Evidence): Violation[] {
  for (const [key, all] of byKey(received))
    if (new Set(all.map(({ hash }) => hash)).size > 1) return fail('I5 bytes', `${key} was sent with different bytes`);
  return [];
}

/** A customer's next webhook is called after the one before had its answer. */
function nodesFollowEachOther({ received }: Evidence, { paths }: Books): Violation[] {
  for (const [i, path] of paths.entries()) {
    const before = paths[i - 1];
    if (before === undefined) continue;
    const answeredAt = new Map<number, number>();
    for (const one of received)
      if (one.path === before && isAccepted(one))
        for (const customer of one.customers)
          answeredAt.set(customer, Math.min(one.end, answeredAt.get(customer) ?? Number.POSITIVE_INFINITY));
    for (const one of received) {
      if (one.path !== path) continue;
      const early = one.customers.find(
        (customer) => one.start < (answeredAt.get(customer) ?? Number.POSITIVE_INFINITY),
      );
      if (early !== undefined) return fail('I11 order', `customer ${early} was at ${path} before ${before} was done`);
    }
  }
  return [];
}

function batchesKeepTheirMembers({ received }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    const members = new Set(all.map(({ customers }) => customers.join(',')));
    if (members.size > 1) return fail('I12 batch', `${key} was sent for different customers`);
  }
  return [];
}

/** At rest, each node's live numbers are those of the ledger, and nobody stands anywhere. */
function numbersAddUp({ recorded, counts }: Books): Violation[] {
  for (const [node, live] of counts) {
    const of = (outcome: Recorded['outcome']) =>
      recorded.filter((one) => one.node === node && one.outcome === outcome).length;
    for (const outcome of ['delivered', 'rejected', 'unknown', 'skipped'] as const)
      if (live[outcome] !== of(outcome))
        return fail('I13 numbers', `node ${node} shows ${live[outcome]} ${outcome}, the ledger has ${of(outcome)}`);
    const sum = live.delivered + live.rejected + live.unknown + live.skipped + live.standing;
    if (live.entered !== sum || live.standing !== 0)
      return fail(
        'I13 numbers',
        `node ${node}: ${live.entered} entered, ${sum} accounted for, ${live.standing} standing`,
      );
  }
  return [];
}

/** The secret of the integration reaches the receiver and stands nowhere else. */
function secretsStayInside({ received, leaks, secretPaths }: Evidence): Violation[] {
  const without = received.find(({ path, hasSecret }) => secretPaths.includes(path) && !hasSecret);
  if (without) return fail('I15 secrets', `${without.key} came without the secret, so that nothing is proven`);
  return leaks.length === 0 ? [] : fail('I15 secrets', `the secret stands in ${leaks.join(', ')}`);
}

/** A worker that is asked to stop settles what it has in flight and gives back the rest. */
function stoppingLeavesNoDoubt({ ends }: Evidence): Violation[] {
  const bad = ends.find(({ inDoubt, code }) => inDoubt > 0 || code !== 0);
  return bad ? fail('I16 stop', `a worker that was asked to stop ended with ${bad.code}, ${bad.inDoubt} in doubt`) : [];
}

/** Sending again adds requests, and no outcome. */
function replayAddsNoOutcome({ replays }: Evidence): Violation[] {
  for (const { asked, outcomes, requests } of replays) {
    if (outcomes[0] !== outcomes[1])
      return fail('I17 replay', `${outcomes[0]} outcomes became ${outcomes[1]} when ${asked} were sent again`);
    if (requests[1] - requests[0] < asked)
      return fail('I17 replay', `${asked} were to be sent again, ${requests[1] - requests[0]} came`);
  }
  return [];
}

function memoryIsBounded({ peakWorkerMb, limitWorkerMb }: Evidence): Violation[] {
  return peakWorkerMb <= limitWorkerMb
    ? []
    : fail('I18 memory', `a worker used ${Math.round(peakWorkerMb)} MB, at most ${limitWorkerMb} are allowed`);
}
