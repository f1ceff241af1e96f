import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostOf } from '../core/node-kinds.ts';
import { viewOf } from '../core/response-view.ts';
import { verdictOf } from '../core/verdict.ts';
import type { WebhookSettings } from '../core/webhook.ts';
import { pool, type Sql } from '../db/index.ts';
import { env } from '../env.ts';
import {
  type Attempt,
  createTransport,
  egressRules,
  type OutgoingRequest,
  type Transport,
} from '../transport/index.ts';
import { HIDDEN, previewIntegration } from '../vault/index.ts';
import { contextFor, type Frame, rootContext } from './contexts.ts';
import { integrationRow, openKeys, withoutSecrets } from './credentials.ts';
import type { FrozenRequest } from './frozen.ts';
import { PlanFault, planOf, type WebhookPlan } from './plan.ts';
import {
  faultOf,
  isFault,
  type RenderedBatch,
  type RenderFault,
  renderBatch,
  renderOne,
  sentenceOf,
} from './render.ts';
import { exchange, outgoing } from './send.ts';
import { claimSlots, releaseSlots, takeLimitedPermits, takePermits, type WebhookLimit } from './slots.ts';
import type { Prepared, PrepareFault, SendResult, Subject } from './views.ts';

/** Preview and Test: one request, rendered and sent by the very code that a run uses. */

/** A request that is ready to go; `view` is what people may see of it. */
export interface PreparedRequest {
  view: Prepared;
  /** @internal */ readonly projectId: string;
  /** @internal */ readonly settings: WebhookSettings;
  /** @internal */ readonly nodeName: string;
  /** @internal */ readonly customers: number;
  /** @internal */ readonly limit: WebhookLimit | null;
  /** Without what the credentials will add. @internal */ readonly outgoing: OutgoingRequest;
}

interface What {
  projectId: string;
  scenario: { id: string; name: string };
  node: { number: number; name: string };
  settings: WebhookSettings;
  subjects: readonly Subject[];
  /** What stands for the call of an API trigger; null or absent where none lets customers in. */
  trigger?: Record<string, unknown> | null;
  /** Requests per minute of a webhook with a legacy speed limit: a test takes its turn like any other request. */
  speedLimit?: number | null;
}

type Result = { ok: true; request: PreparedRequest } | { ok: false; faults: PrepareFault[] };

/**
 * Renders one request for these subjects, exactly as a run would; touches no network.
 * @param what.subjects one for a single webhook; as many as the request has customers for a batch
 */
export async function prepareRequests(sql: Sql, what: What): Promise<Result> {
  const started = performance.now();
  const made = render(await planAndFrame(sql, what), what.subjects);
  if ('faults' in made) return { ok: false, faults: made.faults };
  const message = outgoing(what.settings.method, made.headers, made.request);
  const shown = await asSeen(sql, what, message);
  if ('message' in shown) return { ok: false, faults: [shown] };
  const { body } = made.request;
  const text = body?.toString('utf8') ?? null;
  return {
    ok: true,
    request: {
      projectId: what.projectId,
      settings: what.settings,
      nodeName: what.node.name,
      customers: made.members.length,
      limit: what.speedLimit
        ? { scenarioId: what.scenario.id, node: what.node.number, perMinute: what.speedLimit }
        : null,
      outgoing: message,
      view: {
        method: message.method,
        url: shown.url,
        host: hostOf(shown.url),
        headers: shown.headers,
        body: text,
        bytes: body?.length ?? 0,
        renderMs: Math.round((performance.now() - started) * 100) / 100,
        customers: spansOf(made, what.subjects),
        key: made.request.key,
        warnings: made.warnings,
      },
    },
  };
}

type Planned = { plan: WebhookPlan; frame: Frame } | { faults: PrepareFault[] };

async function planAndFrame(sql: Sql, { projectId, scenario, node, settings, trigger = null }: What): Promise<Planned> {
  const { rows } = await sql.query<{ name: string }>('SELECT name FROM project WHERE id = $1::uuid', [projectId]);
  const frame: Frame = {
    project: { id: projectId, name: rows[0]?.name ?? '' },
    scenario,
    action: { id: node.number, name: node.name },
    trigger,
  };
  try {
    return { plan: planOf(settings), frame };
  } catch (error) {
    if (!(error instanceof PlanFault)) throw error;
    return { faults: [{ ...faultOf(error.fault), template: error.template, customer: null }] };
  }
}

interface Made {
  request: FrozenRequest;
  headers: [name: string, value: string][];
  /** Positions of the subjects in it, and where their parts stand in the body (bytes), when that is known. */
  members: number[];
  spans: [start: number, end: number][] | null;
  warnings: string[];
}

function render(planned: Planned, subjects: readonly Subject[]): Made | { faults: PrepareFault[] } {
  if ('faults' in planned) return planned;
  const { plan, frame } = planned;
  const now = Date.now();
  const contexts = subjects.map(({ properties, event = null, responses = [] }) =>
    contextFor(frame, { properties, event, responses }, now),
  );
  const base = { key: `test-${randomUUID()}`, headers: null, members: null, resultKeys: null, tracked: null };
  if (!plan.settings.batch) {
    const made = renderOne(plan, contexts[0]!);
    if (isFault(made)) return { faults: [about(made, subjects[0]!)] };
    return {
      request: { ...base, url: made.url, body: made.body },
      headers: made.headers,
      members: [0],
      spans: null,
      warnings: [],
    };
  }
  const made = renderBatch(plan, contexts, rootContext(frame, now));
  const faults = [...made.faults].map(([position, fault]) => about(fault, subjects[position]!));
  if ('batch' in made) return { faults: made.batch ? [{ ...made.batch, customer: null }, ...faults] : faults };
  return {
    request: { ...base, url: made.url, body: made.body },
    headers: made.headers,
    members: made.members,
    spans: made.spans,
    warnings: [
      ...faults.map((fault) => `${fault.customer?.name ?? 'A customer'} would be left out: ${sentenceOf(fault)}`),
      ...misplaced(made),
    ],
  };
}

/** Whether Root leaves customers out, or writes them more than once: either is rarely meant, and nobody would see it later. */
function misplaced({ body, spans, members }: RenderedBatch): string[] {
  if (!spans)
    return [
      `Root does not write each of the ${members.length} customers as Customer renders them: check that nobody is missing.`,
    ];
  const texts = spans.map(([start, end]) => body.toString('utf8', start, end));
  const first = texts[0] ?? '';
  const written = first === '' ? 0 : body.toString('utf8').split(first).length - 1;
  const wanted = texts.filter((text) => text.includes(first)).length;
  return written > wanted ? ['Root writes customers more than once: each would be in the request twice.'] : [];
}

const about = (fault: RenderFault, { id, name }: Subject): PrepareFault => ({ ...fault, customer: { id, name } });

/** Whose part stands where, in characters of the body. */
function spansOf({ request, members, spans }: Made, subjects: readonly Subject[]): Prepared['customers'] {
  if (!spans || !request.body) return [];
  let bytes = 0;
  let characters = 0;
  const to = (at: number) => {
    characters += request.body!.toString('utf8', bytes, at).length;
    bytes = at;
    return characters;
  };
  return members.map((position, i) => {
    const { id, name } = subjects[position]!;
    return { id, name, start: to(spans[i]![0]), end: to(spans[i]![1]) };
  });
}

/** The request with secret headers and credentials as people may see them; or why the credentials may not go there. */
async function asSeen(
  sql: Sql,
  { projectId, settings }: What,
  message: OutgoingRequest,
): Promise<{ url: string; headers: Prepared['headers'] } | PrepareFault> {
  const secret = settings.headers.filter(({ secretId }) => secretId !== null).map(({ name }) => name);
  const own = new Set(secret.map((name) => name.toLowerCase()));
  let request: OutgoingRequest = {
    ...message,
    headers: [
      ...message.headers.filter(([name]) => !own.has(name.toLowerCase())),
      ...secret.map((name): [string, string] => [name, HIDDEN]),
    ],
  };
  if (settings.integrationId !== null) {
    const row = await integrationRow(sql, projectId, settings.integrationId);
    const preview = row
      ? previewIntegration(row, request)
      : { ok: false as const, reason: 'the integration of this webhook does not exist any more; choose another one' };
    if (!preview.ok)
      return {
        template: 'Integration',
        line: null,
        column: null,
        excerpt: null,
        message: preview.reason,
        customer: null,
      };
    request = preview.request;
    for (const name of preview.hidden) own.add(name);
  }
  return {
    url: request.url,
    headers: request.headers.map(([name, value]) => [name, value, own.has(name.toLowerCase())]),
  };
}

let transport: Transport | undefined;

/** The web process's own way out; a test uses a connection of its own, so few are kept. */
function wayOut(): Transport {
  transport ??= createTransport({ rules: egressRules(env()), connections: 10 });
  return transport;
}

/** Sends a prepared request under a slot of its policy; writes no statistics and no campaign event. */
export async function sendPrepared(request: PreparedRequest): Promise<SendResult> {
  const { settings, projectId } = request;
  const keys = await openKeys(pool(), projectId, settings);
  const deadlineMs = settings.timeoutSeconds * 1000;
  const attempt =
    (await tooSoon(request.limit)) ??
    (await underSlot(settings.policyId, deadlineMs, () =>
      exchange(wayOut(), keys, request.outgoing, deadlineMs, true),
    ));
  const answer = withoutSecrets(attempt, keys.secrets());
  const now = Date.now();
  const verdict = verdictOf(answer, {
    attempt: 1,
    customers: request.customers,
    successFalseFails: settings.successFalseFails,
    now,
    expiresAt: now + settings.expiryMinutes * 60_000,
    jitter: 0.5,
  });
  const view =
    answer.kind === 'answered'
      ? viewOf(settings.response, request.nodeName, answer.status, answer.body, verdict.kind === 'delivered')
      : null;
  return { answer, verdict, view };
}

const SLOT_WAIT_MS = 10_000;
const SLOT_LOOK_MS = 100;

/** Waits for the turn that a speed limit gives, but not for long; what is said when there is none. */
async function tooSoon(limit: WebhookLimit | null): Promise<Attempt | null> {
  if (!limit) return null;
  const { times } = await takeLimitedPermits(limit, null, 1, SLOT_WAIT_MS);
  if (times.length > 0) {
    await sleep(times[0]);
    return null;
  }
  return {
    kind: 'failed',
    reason: 'aborted',
    written: 'no',
    message: `the legacy speed limit of ${limit.perMinute} a minute leaves no request within 10 s; try again later`,
    timing: { totalMs: 0 },
  };
}

/** Waits its turn like any request of a run, but not for long: somebody is looking at the screen. */
async function underSlot(policyId: string | null, deadlineMs: number, send: () => Promise<Attempt>): Promise<Attempt> {
  if (policyId === null) return send();
  const { rows } = await pool().query<{ holder: number }>(
    "SELECT nextval(pg_get_serial_sequence('worker', 'id')) AS holder",
  );
  const { holder } = rows[0]!;
  const wants = { wanted: 1, busy: 0, leaseMs: deadlineMs + 3000, perSecond: 0, slowestMs: 0 };
  const giveUp = performance.now() + SLOT_WAIT_MS;
  try {
    for (;;) {
      const slots = await claimSlots(policyId, holder, wants);
      const permits =
        slots?.rate == null ? [0] : slots.granted > 0 ? (await takePermits(policyId, 1, SLOT_WAIT_MS)).times : [];
      if (!slots || (slots.granted > 0 && permits.length > 0)) {
        await sleep(permits[0] ?? 0);
        return await send();
      }
      if (performance.now() > giveUp)
        return {
          kind: 'failed',
          reason: 'aborted',
          written: 'no',
          message:
            'all slots of the throughput policy were taken for 10 s; try again when the running campaigns leave one free',
          timing: { totalMs: SLOT_WAIT_MS },
        };
      await sleep(SLOT_LOOK_MS);
    }
  } finally {
    await releaseSlots(holder, policyId);
  }
}
