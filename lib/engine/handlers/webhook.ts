import { effectiveBatchSize } from '../../core/webhook.ts';
import { CHUNK_SIZE } from '../chunks.ts';
import { pack } from '../contexts.ts';
import type { Handler } from '../step.ts';

/** People wait here for their request: queued under the policy that the webhook has at this moment. */
export const webhook: Handler<'webhook'> = {
  reads: () => false,
  arrive({ run, entry, node, travellers, into, now }) {
    const { settings } = node;
    const size = settings.batch ? effectiveBatchSize(settings, entry.onEvent) : CHUNK_SIZE;
    for (let i = 0; i < travellers.length; i += size) {
      const part = travellers.slice(i, i + size);
      // Few who came by an event wait a moment for company; a full batch goes at once (Bloomreach docs: batch webhooks).
      const lingers = entry.onEvent && settings.batch && part.length < size && settings.lingerSeconds > 0;
      into.chunks.push({
        runId: run.id,
        versionId: run.versionId,
        node: node.number,
        journeys: part.map((t) => t.journey),
        customers: part.map((t) => t.customer),
        contexts: pack(part, { event: true, responses: true }),
        policyId: settings.policyId ?? run.defaultPolicyId,
        onEvent: entry.onEvent,
        queue: 'send',
        profiles: into.readAt === null ? null : { at: into.readAt, list: part.map((t) => t.properties!) },
        dueAt: lingers ? new Date(now + settings.lingerSeconds * 1000) : null,
      });
    }
    return [];
  },
};
