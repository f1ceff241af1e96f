// What is known after a run under faults: the receiver's record, the ledger, the faults, and what was found on the way.

/** One request as the receiver saw it; times in milliseconds of its own clock. */
export interface Received {
  key: string;
  /** Which webhook it came from. */
  path: string;
  hash: string;
  start: number;
  /** When it answered, or saw the connection close. */
  end: number;
  /** 0: the connection was closed without an answer. */
  status: number;
  /** How long its answer asked to wait at least; 0 is not said. */
  retryAfterMs: number;
  hasSecret: boolean;
  /** Numbers of the customers in it. */
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

/** Live numbers of a node, and how many stand there. */
export interface Live {
  entered: number;
  delivered: number;
  rejected: number;
  unknown: number;
  skipped: number;
  standing: number;
}

/** One run: who should have entered, and what became of them. */
export interface Books {
  /** Customers of the audience. */
  audience: number[];
  /** Node numbers: the trigger, and webhooks in the order of the path. */
  trigger: number;
  webhooks: number[];
  /** Their addresses at the receiver. */
  paths: string[];
  recorded: Recorded[];
  counts: Map<number, Live>;
}

export type FaultKind = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'partition' | 'connections' | 'database';

/** Something that was taken away; times of the receiver's clock. */
export interface Fault {
  kind: FaultKind;
  at: number;
  /** Until when somebody who was halted or cut off may not have noticed yet what happened meanwhile. */
  until: number;
  /** When somebody was able to work again at the latest. */
  mendedAt: number;
  /** When nobody was left of the sessions that it ended; infinity: somebody was for very long. */
  takenOverAt: number;
  /** Requests that the receiver was serving. */
  inFlight: number;
  /** Keys that whoever was hit had claimed and that had no outcome in the database at that moment. */
  inHand: ReadonlySet<string>;
  /** The most of them that one worker had. */
  mostInHand: number;
  /** Whether they are given up, and so in doubt; who was only halted goes on with them. */
  isGivenUp: boolean;
  /** Whether requests were due that could be sent after it. */
  hadWork: boolean;
}

export interface Evidence {
  runs: Books[];
  received: Received[];
  faults: Fault[];
  /** The most at once at these addresses together. */
  limits: { paths: string[]; most: number }[];
  mostTries: number;
  /** What one worker may have claimed and not settled at most. */
  mostInHand: number;
  /** A webhook that was stopped: when the stop code was answered, and when somebody resumed it. */
  stops: { path: string; at: number; until: number }[];
  /** Workers that were asked to stop: what they left in doubt, and how they ended. */
  ends: { inDoubt: number; code: number | string }[];
  /** Where a secret was found that should be nowhere, and whether it was used at all. */
  leaks: string[];
  secretPaths: string[];
  /** Finished requests that were sent again by hand: outcomes of their node, and requests, before and after. */
  replays: { asked: number; outcomes: [before: number, after: number]; requests: [before: number, after: number] }[];
  recoverWithinMs: number;
  peakWorkerMb: number;
  limitWorkerMb: number;
}

/** An invariant that does not hold, with an example. */
export interface Violation {
  invariant: string;
  what: string;
}

export const fail = (invariant: string, what: string): Violation[] => [{ invariant, what }];
export const byKey = (received: readonly Received[]) => Map.groupBy(received, ({ key }) => key);
export const isAccepted = ({ status }: Received) => status >= 200 && status < 300;

/** A fault between the beginnings of two receptions of a key after which nobody could know what became of it. */
export const explains = (faults: readonly Fault[], key: string, one: Received, next: Received): boolean =>
  faults.some(
    ({ at, until, isGivenUp, inHand }) => isGivenUp && one.start <= until && at <= next.start && inHand.has(key),
  );
