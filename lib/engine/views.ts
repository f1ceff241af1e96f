import type { Kind } from '../core/node-kinds.ts';
import type { EarlierResponse } from '../core/response-view.ts';
import type { Verdict } from '../core/verdict.ts';
import type { Attempt } from '../transport/index.ts';

/** What the door gives to screens. Ids are digit strings, times ISO 8601; names of customers are added by the caller. */

/** A run of either kind as `startRuns` made it. */
export interface StartedRun {
  id: string;
  number: number;
  kind: RunKind;
}

/** What lets customers into a run: the audience at once, whoever an event brings, or a firing of a schedule or call. */
export type RunKind = 'now' | 'event' | 'date' | 'repeat' | 'api';

/**
 * The live numbers of one node of a run. For every node, at every moment:
 * entered = waiting + inFlight + delivered + rejected + unknown + skipped.
 */
export interface NodeCounts {
  node: string;
  number: number;
  name: string;
  kind: Kind;
  /** Deleted while the run was under way: the version that it goes by has it no more. */
  removed: boolean;
  entered: number;
  waiting: number;
  inFlight: number;
  delivered: number;
  rejected: number;
  unknown: number;
  skipped: number;
  /** Journeys that left by each port; those of a fork count once. */
  ports: Record<string, number>;
  /** Requests sent, tries after the first, and the mean time of an answer. */
  requests: number;
  retries: number;
  averageMs: number | null;
  /** Customers in one request, of batches only. */
  batchMin: number | null;
  batchMedian: number | null;
  batchMax: number | null;
  /** Why the webhook sends nothing more in this run until somebody resumes it. */
  stopped: { reason: string; at: string } | null;
}

/** Where a run stands as a whole. */
export interface RunProgress {
  state: 'running' | 'paused' | 'finishing' | 'stopping' | 'done' | 'stopped';
  entered: number;
  /** Customers who will have entered at the end; null while nobody can know (on event). */
  expected: number | null;
  /** Journeys that are somewhere in the run. */
  going: number;
  delivered: number;
  rejected: number;
  unknown: number;
  /** Outcomes of webhooks a second, over the last ten seconds. */
  perSecond: number;
  etaSeconds: number | null;
  policies: PolicyLoad[];
  replays: ReplayProgress[];
  asOf: string;
}

/** Requests that somebody sent again and that are not all done. */
export interface ReplayProgress {
  id: string;
  nodeNumber: number;
  /** With keys of their own, rendered anew. */
  asNew: boolean;
  requests: number;
  customers: number;
  /** Customers whose request has no outcome yet. */
  left: number;
  /** Requests in so many seconds, beside the limits of the policy; null is no such limit. */
  rate: { count: number; periodSeconds: number } | null;
  at: string;
}

/** How a throughput policy is used at this moment. */
export interface PolicyLoad {
  id: string;
  name: string;
  inFlight: number;
  limit: number;
  /** Requests that wait for a slot. */
  waiting: number;
  perSecond: number;
}

/** Who waits at a policy. */
export interface PolicyQueue extends PolicyLoad {
  rate: { count: number; periodSeconds: number; burst: number } | null;
  etaSeconds: number | null;
  campaigns: {
    runId: string;
    runNumber: number;
    scenarioId: string;
    scenarioName: string;
    /** On-event work goes first. */
    onEvent: boolean;
    /** Requests that it sends for each one of another campaign of weight 1. */
    weight: number;
    waiting: number;
    customers: number;
    inFlight: number;
  }[];
}

export type RequestOutcome = 'delivered' | 'rejected' | 'unknown' | 'retrying';

export interface RequestRow {
  id: string;
  node: string;
  nodeNumber: number;
  nodeName: string;
  outcome: RequestOutcome;
  /** Of the last answer; null when none came. */
  status: number | null;
  ms: number;
  attempts: number;
  customers: number;
  /** The first customer of it. */
  customerId: string | null;
  at: string;
  message: string;
}

export interface RequestDetail extends RequestRow {
  method: string;
  url: string;
  /** As sent, but without what the integration added. */
  headers: [name: string, value: string][];
  /** Null when it is past its retention. */
  body: string | null;
  key: string;
  response: { status: number; headers: Record<string, string>; body: string } | null;
  tries: { at: string; status: number | null; ms: number; message: string }[];
  /** The first hundred. */
  people: { customerId: string; journey: string }[];
}

/** A group of people at a node: a number of `NodeCounts`, or one of the node's ports. */
export type PeopleGroup =
  | 'entered'
  | 'waiting'
  | 'in-flight'
  | 'delivered'
  | 'rejected'
  | 'unknown'
  | 'skipped'
  | (string & {});

export interface PersonAt {
  journey: string;
  customerId: string;
  reason: string | null;
  at: string | null;
  requestId: string | null;
}

export interface JourneyStep {
  node: string;
  number: number;
  nodeName: string;
  kind: Kind;
  outcome: 'waiting' | 'in-flight' | 'delivered' | 'rejected' | 'unknown' | 'skipped';
  port: string | null;
  reason: string | null;
  at: string | null;
  requestId: string | null;
  status: number | null;
}

export interface JourneyView {
  customerId: string;
  steps: JourneyStep[];
}

export interface CustomerJourney {
  run: string;
  runNumber: number;
  scenarioId: string;
  scenarioName: string;
  journey: string;
  state: 'going' | 'done';
  /** The latest outcome that is worth telling. */
  outcome: string;
  at: string;
}

/** Somebody whom a request is about, as `prepareRequests` needs them; `id` null is nobody of the project. */
export interface Subject {
  id: string | null;
  name: string;
  properties: Record<string, unknown>;
  event?: Record<string, unknown> | null;
  responses?: readonly EarlierResponse[];
}

/** A rendered request as people see it: secrets masked. */
export interface Prepared {
  method: string;
  url: string;
  host: string;
  headers: [name: string, value: string, masked: boolean][];
  body: string | null;
  bytes: number;
  renderMs: number;
  /** Batches: whose part stands where, in characters of the body. */
  customers: { id: string | null; name: string; start: number; end: number }[];
  key: string;
  warnings: string[];
}

export interface PrepareFault {
  /** "URL", "Header X-Id", "Payload", "Root", "Customer", "Integration". */
  template: string;
  line: number | null;
  column: number | null;
  excerpt: string | null;
  message: string;
  customer: { id: string | null; name: string } | null;
}

/** What came back for a prepared request, and what a run would have done about it. */
export interface SendResult {
  answer: Attempt;
  verdict: Verdict;
  /** What later nodes would see as `webhook`. */
  view: EarlierResponse | null;
}
