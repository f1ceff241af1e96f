// What must hold after any faults, judged from the receiver's own record and the ledger alone.

/** One request as the receiver saw it; times in milliseconds of its own clock. */
export interface Received {
  key: string;
  hash: string;
  start: number;
  /** When it answered, or saw the connection close. */
  end: number;
  /** 0: the connection was closed without an answer. */
  status: number;
  customers: number[];
}

/** One journey's outcome at one node, out of the ledger. */
export interface Recorded {
  node: number;
  journey: number;
  customer: number;
  outcome: 'delivered' | 'rejected' | 'unknown' | 'skipped';
  /** The key of its request; null where none was sent. */
  key: string | null;
}

export interface Evidence {
  /** Customers of the audience. */
  audience: number[];
  /** Node numbers: the trigger, and webhooks in the order of the path. */
  trigger: number;
  webhooks: number[];
  received: Received[];
  recorded: Recorded[];
  /** Moments at which a worker, its connections or the database was taken away. */
  faults: number[];
  /** Requests in flight and claimed at one worker at most. */
  inDoubtPerFault: number;
  limit: number;
  mostTries: number;
  /** Live numbers of the run, by node. */
  counts: Map<
    number,
    { entered: number; delivered: number; rejected: number; unknown: number; skipped: number; standing: number }
  >;
}

/** An invariant that does not hold, with an example. */
export interface Violation {
  invariant: string;
  what: string;
}

const SHORTEST_RETRY_MS = 8000;

/** Checks everything; an empty list is what is wanted. */
export function violations(evidence: Evidence): Violation[] {
  return [
    entryIsExactlyOnce(evidence),
    outcomesAreExactlyOne(evidence),
    deliveredWasAnswered(evidence),
    receivedWasPlanned(evidence),
    bodiesNeverChange(evidence),
    duplicatesAreBounded(evidence),
    oneSenderAtATime(evidence),
    retriesKeepTheirDistance(evidence),
    limitHolds(evidence),
    nodesFollowEachOther(evidence),
    batchesKeepTheirMembers(evidence),
    numbersAddUp(evidence),
  ].flat();
}

const fail = (invariant: string, what: string): Violation[] => [{ invariant, what }];
const byKey = (received: readonly Received[]) => Map.groupBy(received, ({ key }) => key);
const isAccepted = ({ status }: Received) => status >= 200 && status < 300;

/** Everybody of the audience enters once, and nobody else. */
export function entryIsExactlyOnce({ audience, recorded, trigger }: Evidence): Violation[] {
  const entered = recorded.filter(({ node }) => node === trigger).map(({ customer }) => customer);
  const once = new Set(entered);
  const missing = audience.filter((customer) => !once.has(customer));
  if (missing.length > 0) return fail('I1 entry', `${missing.length} never entered, e.g. customer ${missing[0]}`);
  return entered.length === audience.length && once.size === audience.length
    ? []
    : fail('I1 entry', `${entered.length} entries for ${audience.length} customers`);
}

/** Each journey has one outcome at each node that it came to. */
export function outcomesAreExactlyOne({ recorded, trigger, webhooks }: Evidence): Violation[] {
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
export function deliveredWasAnswered({ received, recorded }: Evidence): Violation[] {
  const accepted = new Set(received.filter(isAccepted).map(({ key }) => key));
  const lost = recorded.filter(({ outcome, key }) => outcome === 'delivered' && key !== null && !accepted.has(key));
  return lost.length === 0
    ? []
    : fail('I3 delivered', `${lost.length} recorded as delivered were never accepted, e.g. ${lost[0]!.key}`);
}

/** Whatever was received belongs to a journey that has an outcome. */
export function receivedWasPlanned({ received, recorded }: Evidence): Violation[] {
  const planned = new Set(recorded.flatMap(({ key }) => key ?? []));
  const stray = received.find(({ key }) => !planned.has(key));
  return stray ? fail('I4 planned', `${stray.key} was received and has no outcome`) : [];
}

export function bodiesNeverChange({ received }: Evidence): Violation[] {
  for (const [key, all] of byKey(received))
    if (new Set(all.map(({ hash }) => hash)).size > 1) return fail('I5 bytes', `${key} was sent with different bytes`);
  return [];
}

/** Accepted twice only what a fault left in doubt, or a connection that was lost after it was read. */
export function duplicatesAreBounded({ received, faults, inDoubtPerFault }: Evidence): Violation[] {
  let duplicates = 0;
  let ambiguous = 0;
  for (const all of byKey(received).values()) {
    duplicates += Math.max(0, all.filter(isAccepted).length - 1);
    ambiguous += all.filter(({ status }) => status === 0).length;
  }
  const allowed = faults.length * inDoubtPerFault + ambiguous;
  return duplicates <= allowed
    ? []
    : fail('I6 duplicates', `${duplicates} duplicates, at most ${allowed} are explained`);
}

/** Nobody sends a request that another one is sending, unless a fault lies between. */
export function oneSenderAtATime({ received, faults }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    const inOrder = all.toSorted((a, b) => a.start - b.start);
    for (let i = 1; i < inOrder.length; i++) {
      const [one, next] = [inOrder[i - 1]!, inOrder[i]!];
      const explained = faults.some((at) => at >= one.start - 1000 && at <= next.start);
      if (next.start < one.end && !explained) return fail('I7 overlap', `${key} was being received twice at once`);
    }
  }
  return [];
}

/** After an answer that asks for another try, the try comes no sooner than its delay, and not too often. */
export function retriesKeepTheirDistance({ received, faults, mostTries }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    if (all.length > mostTries + faults.length) return fail('I8 tries', `${key} was tried ${all.length} times`);
    const inOrder = all.toSorted((a, b) => a.start - b.start);
    for (let i = 1; i < inOrder.length; i++) {
      const gap = inOrder[i]!.start - inOrder[i - 1]!.end;
      const explained = faults.some((at) => at >= inOrder[i - 1]!.start - 1000 && at <= inOrder[i]!.start);
      if (inOrder[i - 1]!.status >= 429 && gap < SHORTEST_RETRY_MS && !explained)
        return fail('I8 tries', `${key} was tried again after ${Math.round(gap)} ms`);
    }
  }
  return [];
}

/** Never more at once than the policy allows, at any instant. */
export function limitHolds({ received, limit, faults }: Evidence): Violation[] {
  const moments = received
    .flatMap(({ start, end }) => [
      { at: start, change: 1 },
      { at: end, change: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.change - b.change);
  let now = 0;
  let most = 0;
  let mostAt = 0;
  for (const { at, change } of moments) {
    now += change;
    if (now > most) {
      most = now;
      mostAt = at;
    }
  }
  if (most <= limit) return [];
  const before = faults.filter((at) => at <= mostAt).at(-1);
  const since =
    before === undefined ? '' : `, ${Math.round(mostAt - before)} ms after fault ${faults.indexOf(before) + 1}`;
  return fail('I9 limit', `${most} at once, the limit is ${limit}${since}`);
}

/** The next webhook of a journey is called after the one before had its answer. */
export function nodesFollowEachOther({ received, recorded, webhooks }: Evidence): Violation[] {
  const [first, second] = webhooks;
  if (second === undefined) return [];
  const requests = byKey(received);
  const answeredAt = new Map<number, number>();
  for (const { node, journey, key } of recorded) {
    const accepted = node === first && key ? requests.get(key)?.filter(isAccepted) : undefined;
    if (accepted?.length) answeredAt.set(journey, Math.min(...accepted.map(({ end }) => end)));
  }
  for (const { node, journey, key } of recorded) {
    if (node !== second || !key || !answeredAt.has(journey)) continue;
    const began = Math.min(...(requests.get(key) ?? []).map(({ start }) => start));
    if (began < answeredAt.get(journey)!)
      return fail('I11 order', `journey ${journey} was at node ${second} before node ${first} was done`);
  }
  return [];
}

export function batchesKeepTheirMembers({ received }: Evidence): Violation[] {
  for (const [key, all] of byKey(received)) {
    const members = new Set(all.map(({ customers }) => customers.join(',')));
    if (members.size > 1) return fail('I12 batch', `${key} was sent for different customers`);
  }
  return [];
}

/** At rest, each node's live numbers are those of the ledger, and nobody stands anywhere. */
export function numbersAddUp({ recorded, counts }: Evidence): Violation[] {
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
