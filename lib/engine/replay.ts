import type { Sql } from '../db/index.ts';
import type { RequestOutcome } from './views.ts';

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
