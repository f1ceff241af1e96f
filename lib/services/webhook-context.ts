import { z } from 'zod';
import { nodeOf, webhooksBefore } from '../core/document.ts';
import { maskData } from '../core/mask-values.ts';
import { templatesOf } from '../core/node-templates.ts';
import { type EarlierResponse, viewOf } from '../core/response-view.ts';
import type { WebhookSettings } from '../core/webhook.ts';
import { type Db, pool } from '../db/index.ts';
import { listRequests, requestDetail } from '../engine/index.ts';
import { findParameters, type ParameterDeclaration } from '../template/index.ts';
import { listCustomerProperties } from './customer.ts';
import { listEventTypes } from './event.ts';
import { mayReveal } from './masking.ts';
import { ScenarioId } from './scenario.ts';
import { documentOf, scenarioOf } from './scenario-row.ts';
import { notFound, read } from './verb.ts';
import { eventFields, triggerOf } from './webhook-subject.ts';

export interface WebhookContext {
  properties: { name: string; type: string; share: number; example: unknown }[];
  eventTypes: string[];
  /** The event that lets customers in on a path to this node. */
  event: { type: string; properties: { name: string; type: string; example: unknown }[] } | null;
  /** Webhooks on a path before this node; `position` is the n of `webhook(n)`. */
  webhooks: {
    node: string;
    number: number;
    name: string;
    position: number;
    /** What it would give later templates, from its latest delivered request; null when it was never sent. */
    sample: EarlierResponse | null;
  }[];
  /** Declared by the node's saved templates, with the values that they have. */
  parameters: (ParameterDeclaration & { value: string })[];
}

/** What the templates of a webhook may read, for completion, hover and the context column. */
export const contextOfWebhook = read({
  needs: 'look',
  input: z.strictObject({ scenario: ScenarioId, node: z.string().min(1).max(40) }),
  async run({ ctx, input, db }): Promise<WebhookContext> {
    const scenario = await scenarioOf(db, ctx, input.scenario);
    const document = documentOf(scenario.draft);
    const node = nodeOf(document, input.node);
    if (node?.kind !== 'webhook') throw notFound('The webhook');
    const trigger = triggerOf(document, node.id);
    const earlier = webhooksBefore(document, node.id);
    const [properties, { types }, fields, samples] = await Promise.all([
      listCustomerProperties(ctx, {}),
      listEventTypes(ctx, {}),
      trigger ? eventFields(ctx.projectId, trigger) : [],
      Promise.all(earlier.map((webhook) => sampleResponse(db, scenario.id, webhook))),
    ]);
    const { parameters } = node.settings;
    const shown = (sample: EarlierResponse | null) =>
      sample && !mayReveal(ctx) ? { ...sample, data: maskData(sample.data) } : sample;
    return {
      properties,
      eventTypes: types.map(({ type }) => type),
      event: trigger ? { type: trigger, properties: fields } : null,
      webhooks: earlier.map(({ id, number, name }, i) => ({
        node: id,
        number,
        name,
        position: i + 1,
        sample: shown(samples[i] ?? null),
      })),
      parameters: findParameters(...templatesOf(node).map(({ source }) => source)).map((declaration) => ({
        ...declaration,
        value: (Object.hasOwn(parameters, declaration.name) ? parameters[declaration.name] : undefined) ?? '',
      })),
    };
  },
});

/** What a webhook would give later templates, from its latest delivered request in the last three runs. */
export async function sampleResponse(
  db: Db,
  scenarioId: string,
  webhook: { id: string; name: string; settings: WebhookSettings },
): Promise<EarlierResponse | null> {
  const runs = await db.run.findMany({
    where: { scenarioId },
    orderBy: { number: 'desc' },
    take: 3,
    select: { id: true },
  });
  for (const run of runs) {
    const runId = String(run.id);
    const { requests } = await listRequests(pool(), { runId, node: webhook.id, outcome: 'delivered', limit: 1 });
    const detail = requests[0] && (await requestDetail(pool(), runId, requests[0].id));
    if (detail?.response)
      return viewOf(webhook.settings.response, webhook.name, detail.response.status, detail.response.body, true);
  }
  return null;
}
