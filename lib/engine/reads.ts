import type { Sql } from '../db/index.ts';
import type {
  CustomerJourney,
  JourneyView,
  NodeCounts,
  PeopleGroup,
  PersonAt,
  PolicyQueue,
  RequestDetail,
  RequestOutcome,
  RequestRow,
  RunProgress,
} from './views.ts';

/** Numbers of every node of a run, in the order of their numbers; one snapshot. */
export async function runCounts(sql: Sql, runId: string): Promise<NodeCounts[]> {
  void [sql, runId];
  return [];
}

/** The run as a whole. */
export async function runProgress(sql: Sql, runId: string): Promise<RunProgress> {
  void sql;
  return Promise.reject(new Error(`not built yet: ${runId}`));
}

/** Requests of a run, newest first. `node` is a node id; `before` is a `next` of an earlier page. */
export async function listRequests(
  sql: Sql,
  what: {
    runId: string;
    node?: string;
    outcome?: RequestOutcome;
    status?: number;
    text?: string;
    before?: string;
    limit?: number;
  },
): Promise<{ requests: RequestRow[]; next: string | null }> {
  void [sql, what];
  return { requests: [], next: null };
}

/** One request, whole; null when the run has none of that id. */
export async function requestDetail(sql: Sql, runId: string, requestId: string): Promise<RequestDetail | null> {
  void [sql, runId, requestId];
  return null;
}

/** The people behind a number of a node (a node id), newest first. */
export async function peopleAt(
  sql: Sql,
  what: { runId: string; node: string; group: PeopleGroup; before?: string; limit?: number },
): Promise<{ people: PersonAt[]; next: string | null }> {
  void [sql, what];
  return { people: [], next: null };
}

/** One journey, step by step; null when the run has none of that number. */
export async function journeyOf(sql: Sql, runId: string, journey: string): Promise<JourneyView | null> {
  void [sql, runId, journey];
  return null;
}

/** The journeys of a customer, newest first. */
export async function journeysOfCustomer(
  sql: Sql,
  what: { projectId: string; customerId: string; before?: string; limit?: number },
): Promise<{ journeys: CustomerJourney[]; next: string | null }> {
  void [sql, what];
  return { journeys: [], next: null };
}

/** Who waits at a policy of the project; null when it has none of that id. */
export async function policyQueue(sql: Sql, projectId: string, policyId: string): Promise<PolicyQueue | null> {
  void [sql, projectId, policyId];
  return null;
}
