import type { Program } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import type { RequestOutcome, StartedRun } from './views.ts';

/**
 * Starts a version: one run for each trigger kind of the program, in the caller's transaction; nothing runs before it
 * commits. The scenario's status is the caller's to set; the executor sets it to inactive when its last run has ended.
 */
export async function startRuns(
  sql: Sql,
  start: { projectId: string; scenarioId: string; versionId: string; program: Program; startedById: string | null },
): Promise<StartedRun[]> {
  void sql;
  return Promise.reject(new Error(`not built yet: ${start.scenarioId}`));
}

/** Ends runs: "finish" lets everybody inside go on and nobody in; "now" skips whoever is not in flight. */
export async function stopRuns(
  sql: Sql,
  target: { scenarioId: string } | { runId: string },
  mode: 'finish' | 'now',
): Promise<void> {
  void [sql, target, mode];
}

/** Nothing new is sent and nobody moves on until `resumeRun`; what is in flight is settled. */
export async function pauseRun(sql: Sql, runId: string): Promise<void> {
  void [sql, runId];
}

export async function resumeRun(sql: Sql, runId: string): Promise<void> {
  void [sql, runId];
}

/** Closes the breaker of a stopped webhook and sends the rest. */
export async function resumeWebhook(sql: Sql, runId: string, nodeNumber: number): Promise<void> {
  void [sql, runId, nodeNumber];
}

/**
 * Sends finished requests again: all that match, not just what a page shows.
 * @param what.as "same": same key, for receivers that remember it; "new": as if it had never been sent
 * @returns how many requests will be sent
 */
export async function replay(
  sql: Sql,
  what: {
    runId: string;
    nodeNumber: number;
    outcome?: RequestOutcome;
    status?: number;
    text?: string;
    since?: string;
    until?: string;
    as: 'same' | 'new';
  },
): Promise<{ requests: number; customers: number }> {
  void [sql, what];
  return { requests: 0, customers: 0 };
}
