import { z } from 'zod';
import { type AnyNode, type Document, type Node, reachableFrom } from '../core/document.ts';
import { describeRepeat, hostOf, NODE_KINDS } from '../core/node-kinds.ts';
import type { Problem } from '../core/problems.ts';
import { perOf } from '../core/rate.ts';
import { speedLimitOf } from '../core/speed-limit.ts';
import { effectiveBatchSize } from '../core/webhook.ts';
import { type Db, pool } from '../db/index.ts';
import { answerTimes } from './answer-times.ts';
import { knownTriggers } from './api-trigger-use.ts';
import {
  audienceSample,
  audienceSize,
  audienceWalkNow,
  bringsAudience,
  comesAtOnce,
  isOpenQuestion,
} from './audience.ts';
import { privateHosts } from './private-hosts.ts';
import { ScenarioId } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';
import { documentOf, scenarioOf } from './scenario-row.ts';
import { staticOrigin } from './secret.ts';
import { read } from './verb.ts';

/** What Start tells before it starts: who comes, how many requests that makes, and how long they take. */

export interface RequestForecast {
  nodeId: string;
  number: number;
  name: string;
  host: string;
  /** Reached only because the operator opened it: a private address, or a port that is not the web's. */
  isPrivate: boolean;
  /** Who is expected to come; 0 behind On event triggers, where nobody can know. */
  customers: number;
  batchSize: number;
  requests: number;
  policy: {
    id: string;
    name: string;
    concurrency: number;
    rate: { requests: number; per: 'second' | 'minute' } | null;
  } | null;
  /** Null while nothing is known that would bind. */
  seconds: number | null;
  /** What sets the time: the policy's rate, the webhook's legacy speed limit, or the time of an answer with all slots busy. */
  boundBy: 'policy' | 'speed-limit' | 'latency' | null;
  /** Mean time of an answer in earlier runs to the same host, which the forecast rests on. */
  averageMs: number | null;
}

export interface Forecast {
  /** Customers who enter at Start, or at each date of a schedule as of today. */
  customers: number;
  /** Customers × actions, for each trigger (Bloomreach docs: starting a scenario). */
  interactions: number;
  /** False when the numbers were taken from a sample, or a condition could not be judged beforehand. */
  exact: boolean;
  requests: RequestForecast[];
  problems: Problem[];
  triggers: string[];
  warnings: string[];
}

/** As many customers are looked at to tell how conditions divide all of them. */
const SAMPLE = 2000;
/** Usage warnings (Bloomreach docs: saving of scenarios). */
const MANY_JINJA = 100_000;
const MANY_ATTRIBUTES = 1_000_000;

export const forecastScenario = read({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({ id: ScenarioId }),
  async run({ ctx, input, db }): Promise<Forecast> {
    const scenario = await scenarioOf(db, ctx, input.id);
    const document = documentOf(scenario.draft);
    const entries = document.nodes.filter(bringsAudience);
    const [size, problems, policies, averages] = await Promise.all([
      audienceSize(pool(), ctx.projectId),
      scenarioProblems(db, ctx.projectId, document),
      db.policy.findMany({ where: { projectId: ctx.projectId } }),
      answerTimes(db, ctx.projectId, scenario.id, document),
    ]);
    const customers = entries.length > 0 ? size : 0;
    const arriving = customers > 0 ? await expectedArrivals(ctx.projectId, document, size) : new Map<string, number>();
    const requests = await Promise.all(
      byNumber(document)
        .filter((node) => node.kind === 'webhook')
        .map(async (node): Promise<RequestForecast> => {
          const batchSize = effectiveBatchSize(node.settings, !comesAtOnce(document, node.id));
          const speedLimit = speedLimitOf(document, node.id);
          const customersHere = arriving.get(node.id) ?? 0;
          const origin = staticOrigin(node.settings.url);
          return {
            ...forecastOf({ ...node, batchSize, speedLimit }, customersHere, policies, averages.get(node.id) ?? null),
            isPrivate: origin !== null && (await privateHosts([origin])).length > 0,
          };
        }),
    );
    return {
      customers,
      interactions: interactionsOf(document, customers),
      exact: size <= SAMPLE && !document.nodes.some(isOpenQuestion),
      requests,
      problems,
      triggers: await triggerTexts(db, ctx.projectId, document, size),
      warnings: warningsOf(document, arriving, requests),
    };
  },
});

const byNumber = (document: Document): AnyNode[] => document.nodes.toSorted((a, b) => a.number - b.number);

/** How many will arrive at each node, from a sample when there are many. */
async function expectedArrivals(projectId: string, document: Document, size: number): Promise<Map<string, number>> {
  const sample = await audienceSample(pool(), projectId, SAMPLE);
  const arrivals = await audienceWalkNow(document)(sample);
  const scale = sample.length === 0 ? 0 : size / sample.length;
  return new Map([...arrivals].map(([id, people]) => [id, Math.round(people.length * scale)]));
}

function interactionsOf(document: Document, customers: number): number {
  const actions = new Set(document.nodes.filter((n) => NODE_KINDS[n.kind].family === 'action').map((n) => n.id));
  return document.nodes
    .filter(bringsAudience)
    .reduce(
      (sum, node) => sum + customers * [...reachableFrom(document, node.id)].filter((id) => actions.has(id)).length,
      0,
    );
}

/** A sentence for each trigger. */
async function triggerTexts(db: Db, projectId: string, document: Document, size: number): Promise<string[]> {
  const triggers = byNumber(document).filter((node) => NODE_KINDS[node.kind].family === 'trigger');
  return Promise.all(
    triggers.map(async (node) => {
      const today = `${size.toLocaleString('en')} customers`;
      if (node.kind === 'on-date')
        return `On ${NODE_KINDS['on-date'].summary(node.settings)} everybody enters, ${today} today.`;
      if (node.kind === 'repeat') return `Everybody enters ${describeRepeat(node.settings)}, ${today} today.`;
      if (node.kind === 'api-trigger')
        return `At each call of the API trigger ${await triggerName(db, projectId, node.settings.triggerId)} everybody enters, ${today} today.`;
      if (node.kind !== 'on-event') return `${today} enter at once.`;
      const { event } = node.settings;
      const since = new Date(Date.now() - 7 * 86_400_000);
      const week = event ? await db.event.count({ where: { projectId, type: event, at: { gte: since } } }) : 0;
      return `Customers enter at each ${event || 'event'}, from Start until Stop; it happened ${week.toLocaleString('en')} times in the last 7 days.`;
    }),
  );
}

async function triggerName(db: Db, projectId: string, id: string | null): Promise<string> {
  return (id && (await knownTriggers(db, projectId, [id])).get(id)?.name) || '(none chosen)';
}

interface PolicyRow {
  id: string;
  name: string;
  concurrency: number;
  rate: number | null;
  ratePeriodSeconds: number | null;
  isDefault: boolean;
}

function forecastOf(
  node: Node<'webhook'> & { batchSize: number; speedLimit: number | null },
  customers: number,
  policies: PolicyRow[],
  averageMs: number | null,
): Omit<RequestForecast, 'isPrivate'> {
  const { batchSize } = node;
  const requests = Math.ceil(customers / batchSize);
  const { policyId } = node.settings;
  const policy = policies.find((row) => (policyId === null ? row.isDefault : row.id === policyId)) ?? null;
  return {
    nodeId: node.id,
    number: node.number,
    name: node.name,
    host: hostOf(node.settings.url),
    customers,
    batchSize,
    requests,
    policy: policy && {
      id: policy.id,
      name: policy.name,
      concurrency: policy.concurrency,
      rate: policy.rate === null ? null : { requests: policy.rate, per: perOf(policy.ratePeriodSeconds) },
    },
    averageMs,
    ...timeOf(requests, policy, averageMs, node.speedLimit),
  };
}

/** The slowest of what the policy's rate, a legacy speed limit and what its slots with the measured answer time allow. */
function timeOf(
  requests: number,
  policy: PolicyRow | null,
  averageMs: number | null,
  perMinute: number | null,
): Pick<RequestForecast, 'seconds' | 'boundBy'> {
  const byPolicy = policy?.rate ? (requests * (policy.ratePeriodSeconds ?? 1)) / policy.rate : null;
  const byLimit = perMinute === null ? null : (requests * 60) / perMinute;
  const byRate = byPolicy === null ? byLimit : Math.max(byPolicy, byLimit ?? 0);
  const bySlots = policy && averageMs !== null ? (requests * averageMs) / 1000 / policy.concurrency : null;
  if (byRate === null && bySlots === null) return { seconds: null, boundBy: null };
  const seconds = Math.max(byRate ?? 0, bySlots ?? 0);
  return {
    seconds: Math.round(seconds * 10) / 10,
    boundBy:
      (byRate ?? -1) < (bySlots ?? -1) ? 'latency' : (byLimit ?? -1) > (byPolicy ?? -1) ? 'speed-limit' : 'policy',
  };
}

function warningsOf(document: Document, arriving: Map<string, number>, requests: RequestForecast[]): string[] {
  const warnings: string[] = [];
  for (const node of byNumber(document)) {
    const count = arriving.get(node.id) ?? 0;
    if (node.kind === 'condition' && node.settings.mode === 'jinja' && count > MANY_JINJA)
      warnings.push(
        `${labelOf(node)} evaluates Jinja for ${count.toLocaleString('en')} customers; a filter is faster.`,
      );
    if (node.kind === 'set-attribute' && count > MANY_ATTRIBUTES)
      warnings.push(`${labelOf(node)} changes ${count.toLocaleString('en')} profiles.`);
    if (node.kind === 'webhook' && /^http:\/\//i.test(node.settings.url.trim()))
      warnings.push(`${labelOf(node)} sends to http:// without encryption.`);
  }
  for (const { number, name, policy, host } of requests)
    if (!policy)
      warnings.push(
        `${name} (#${number}) has no throughput policy: ${host || 'the receiver'} gets requests as fast as it answers.`,
      );
  return warnings;
}

const labelOf = (node: AnyNode): string => `${node.name} (#${node.number})`;
