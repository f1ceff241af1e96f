import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { z } from 'zod';
import { toCurl } from '../core/curl.ts';
import { nodeOf } from '../core/document.ts';
import { speedLimitOf } from '../core/speed-limit.ts';
import { WebhookSettings } from '../core/webhook.ts';
import { type Db, pool } from '../db/index.ts';
import { type Prepared, type PrepareFault, prepareRequests, type SendResult, sendPrepared } from '../engine/index.ts';
import { triggerExamples } from './api-trigger-use.ts';
import { hidingOf, maskedFault, maskedPrepared, maskedResult, mayReveal, sealValues } from './masking.ts';
import { privateNote } from './private-hosts.ts';
import { ScenarioId } from './scenario.ts';
import { documentOf, scenarioOf } from './scenario-row.ts';
import { act, type Ctx, notFound, read, ServiceError } from './verb.ts';
import { EarlierResponseInput, SubjectChoice, subjectsOf } from './webhook-subject.ts';

/**
 * The webhook while it is being written: rendered for somebody, sent once as a test, written as curl. All go through the
 * executor's own `prepareRequests`, so that what is seen and tested is what a run sends.
 */

/** Customers of a batch that a preview shows without a word. */
const USUAL_CUSTOMERS = 3;

export const WebhookInput = z.strictObject({
  /** Null for a webhook outside a scenario: a preset. */
  scenario: ScenarioId.nullable().default(null),
  /** Id of the node; one that is not saved yet counts as the next. */
  node: z.string().max(40).nullable().default(null),
  settings: WebhookSettings,
  subject: SubjectChoice,
  /** How many customers a batch has. */
  customers: z.number().int().min(1).max(1000).optional(),
  event: z.record(z.string().max(256), z.unknown()).nullable().optional(),
  /** What stands for the call of an API trigger; without a word the examples of its parameters. */
  trigger: z.record(z.string().max(64), z.unknown()).optional(),
  responses: z.array(EarlierResponseInput).max(100).default([]),
  /** False asks for the values of customers too: for the preview of who writes the webhook, beside the profile itself. */
  masked: z.boolean().default(true),
});
type WebhookInput = z.infer<typeof WebhookInput>;

export type Preview =
  | {
      ok: true;
      request: Prepared;
      /** Whether values of customers are hidden in it. */
      isMasked: boolean;
      /** What `webhook.reveal` opens; null when nothing is hidden, when the asker may not see it, or when it is too much. */
      sealed: string | null;
    }
  | { ok: false; faults: PrepareFault[] };

/**
 * Renders a request as a run would; touches no network. What it says about customers is hidden from who may only look, and
 * from everybody unless they ask for it.
 */
export const previewWebhook = read({
  needs: 'look',
  input: WebhookInput,
  async run({ ctx, input, db }): Promise<Preview> {
    const prepared = await prepare(db, ctx, input);
    const { mask } = prepared;
    if (!prepared.ok)
      return { ok: false, faults: mask ? prepared.faults.map((one) => maskedFault(one, mask)) : prepared.faults };
    const { view } = prepared.request;
    if (!mask) return { ok: true, request: view, isMasked: false, sealed: null };
    return {
      ok: true,
      request: maskedPrepared(view, mask),
      isMasked: true,
      sealed: sealFor(ctx, prepared, { request: view }),
    };
  },
});

/** The rendered request as a curl command with secrets masked, and values of customers as in the preview. */
export const curlOfWebhook = read({
  needs: 'look',
  input: WebhookInput,
  async run({ ctx, input, db }): Promise<{ text: string }> {
    const prepared = await prepare(db, ctx, input);
    const { mask } = prepared;
    if (!prepared.ok) throw new ServiceError('invalid', (mask ?? String)(messageOf(prepared.faults[0])));
    const { view } = prepared.request;
    const { method, url, headers, body } = mask ? maskedPrepared(view, mask) : view;
    return { text: toCurl({ method, url, headers: headers.map(([name, value]) => [name, value]), body }) };
  },
});

export type TestResult =
  | ({ ok: true; request: Prepared; isMasked: boolean; sealed: string | null } & SendResult)
  | { ok: false; faults: PrepareFault[] };

/**
 * Sends the rendered request once: through the same guard, prefix, policy slot and redaction as a run, audited, and in
 * no statistics. Of a customer's request and its answer the values are hidden until they are revealed.
 * @throws ServiceError "limited" after ten tests a minute
 */
export const sendWebhook = act({
  needs: 'build',
  input: WebhookInput,
  async run({ ctx, input, db, note }): Promise<TestResult> {
    const policyId = await policyOf(db, ctx, input.settings.policyId);
    if (policyId === undefined) return { ok: false, faults: [NO_POLICY] };
    const prepared = await prepare(db, ctx, { ...input, masked: true, settings: { ...input.settings, policyId } });
    const { mask } = prepared;
    if (!prepared.ok)
      return { ok: false, faults: mask ? prepared.faults.map((one) => maskedFault(one, mask)) : prepared.faults };
    await admitTest(ctx);
    const { view } = prepared.request;
    const result = await sendPrepared(prepared.request);
    await note({
      action: 'webhook.test',
      objectType: 'scenario',
      ...(input.scenario ? { objectId: input.scenario } : {}),
      objectName: prepared.scenarioName,
      after: {
        node: prepared.nodeNumber,
        method: view.method,
        host: view.host,
        bytes: view.bytes,
        ...(await privateNote([view.url])),
        key: view.key,
        answer: result.answer.kind === 'answered' ? result.answer.status : result.answer.reason,
      },
    });
    if (!mask) return { ok: true, request: view, ...result, isMasked: false, sealed: null };
    const sealed = sealFor(ctx, prepared, { request: view, ...result });
    return { ok: true, request: maskedPrepared(view, mask), ...maskedResult(result, mask), isMasked: true, sealed };
  },
});

/** What a test hides, for its one reader. */
export interface Values extends Partial<SendResult> {
  request: Prepared;
}

export interface SealedValues extends Values {
  customers: string[];
  scenario: string | null;
}

function sealFor(ctx: Ctx, { scenario, customers }: { scenario: string | null; customers: string[] }, values: Values) {
  const sealed: SealedValues = { ...values, scenario, customers };
  return mayReveal(ctx) ? sealValues(ctx, sealed) : null;
}

async function prepare(db: Db, ctx: Ctx, input: WebhookInput) {
  const place = await placeOf(db, ctx, input);
  const { settings, subject, event, responses } = input;
  const count = settings.batch ? Math.min(input.customers ?? USUAL_CUSTOMERS, settings.batchSize) : 1;
  const subjects = await subjectsOf(ctx, {
    choice: subject,
    count,
    event,
    responses,
    document: place.document,
    nodeId: input.node,
  });
  const trigger = input.trigger ?? (await triggerExamples(db, ctx.projectId, place.document, input.node));
  const prepared = await prepareRequests(pool(), {
    projectId: ctx.projectId,
    scenario: place.scenario,
    node: place.node,
    settings,
    subjects,
    trigger,
    speedLimit: place.document && input.node ? speedLimitOf(place.document, input.node) : null,
  });
  const people = subjects.filter(({ id }) => id !== null);
  const mask = people.length > 0 && (input.masked || !mayReveal(ctx));
  return {
    ...prepared,
    scenarioName: place.scenario.name,
    nodeNumber: place.node.number,
    scenario: input.scenario,
    customers: people.map(({ id }) => id!),
    /** Hides what texts say of them; null when their values may be seen. */
    mask: mask
      ? hidingOf(people.flatMap(({ properties, event: own }) => (own ? [properties, own] : [properties])))
      : null,
  };
}

const NO_POLICY: PrepareFault = {
  template: 'Policy',
  line: null,
  column: null,
  excerpt: null,
  message: 'the throughput policy of this webhook does not exist any more; choose another one',
  customer: null,
};

/** The policy whose slot a test takes: the chosen one, else the project's default, else none; undefined when it is gone. */
async function policyOf(db: Db, ctx: Ctx, id: string | null): Promise<string | null | undefined> {
  const policies = await db.policy.findMany({
    where: { projectId: ctx.projectId },
    select: { id: true, isDefault: true },
  });
  if (id === null) return policies.find(({ isDefault }) => isDefault)?.id ?? null;
  return policies.find((policy) => policy.id === id)?.id;
}

/** Where the webhook stands: its scenario and the node in it, as far as they are there. */
async function placeOf(db: Db, ctx: Ctx, { scenario: id, node: nodeId }: WebhookInput) {
  if (id === null) return { scenario: { id: '', name: '' }, node: { number: 1, name: 'Webhook' }, document: null };
  const scenario = await scenarioOf(db, ctx, id);
  const document = documentOf(scenario.draft);
  const node = nodeId === null ? undefined : nodeOf(document, nodeId);
  if (node && node.kind !== 'webhook') throw notFound('The webhook');
  return {
    scenario: { id: scenario.id, name: scenario.name },
    node: node ? { number: node.number, name: node.name } : { number: document.nextNumber, name: 'Webhook' },
    document,
  };
}

function messageOf(fault: PrepareFault | undefined): string {
  if (!fault) return 'The request cannot be rendered.';
  return `${fault.template}${fault.line === null ? '' : `, line ${fault.line}`}: ${fault.message}`;
}

/** Counted in this process: n web processes allow n times as much, which is no harm. */
const tests = new RateLimiterMemory({ keyPrefix: 'webhook-test', points: 10, duration: 60 });

export async function admitTest(ctx: Ctx): Promise<void> {
  try {
    await tests.consume(`${ctx.actor.kind} ${ctx.actor.id}`);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const seconds = Math.ceil(refused.msBeforeNext / 1000);
    throw new ServiceError('limited', `Ten tests a minute are the limit. Try again in ${seconds} seconds.`, {
      details: { seconds },
    });
  }
}
