import type { WebhookSettings } from '../core/webhook.ts';
import type { Sql } from '../db/index.ts';
import type { Prepared, PrepareFault, SendResult, Subject } from './views.ts';

/** A request that is ready to go; `view` is what people may see of it. */
export interface PreparedRequest {
  view: Prepared;
}

/**
 * Renders one request for these subjects, exactly as a run would; touches no network.
 * @param what.subjects one for a single webhook; as many as the request has customers for a batch
 */
export async function prepareRequests(
  sql: Sql,
  what: {
    projectId: string;
    scenario: { id: string; name: string };
    node: { number: number; name: string };
    settings: WebhookSettings;
    subjects: readonly Subject[];
  },
): Promise<{ ok: true; request: PreparedRequest } | { ok: false; faults: PrepareFault[] }> {
  void [sql, what];
  return { ok: false, faults: [] };
}

/** Sends a prepared request under a slot of its policy; writes no statistics and no campaign event. */
export async function sendPrepared(request: PreparedRequest): Promise<SendResult> {
  return Promise.reject(new Error(`not built yet: ${request.view.host}`));
}
