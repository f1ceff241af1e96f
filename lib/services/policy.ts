import { z } from 'zod';
import type { Document } from '../core/document.ts';
import { apply } from '../core/operations.ts';
import { PERIODS, perOf } from '../core/rate.ts';
import { type Db, type Prisma, sqlOf, type Tx } from '../db/index.ts';
import { replacePolicy } from '../engine/index.ts';
import { stopAtOnce } from './scenario-start.ts';
import { notFound, read, ServiceError, write } from './verb.ts';

/** Throughput policies: limits that webhooks share (Bloomreach docs: throughput policy). */

/** Requests a second or a minute, evenly spread. */
export const Rate = z.strictObject({
  requests: z.number().int('Use a whole number.').min(1, 'At least 1.').max(1_000_000, 'At most 1,000,000.'),
  per: z.enum(['second', 'minute']),
});

/** The rate as requests in so many seconds. */
export const secondsOf = ({ per }: z.infer<typeof Rate>): number => PERIODS[per];

const Settings = z.strictObject({
  name: z.string().trim().min(1, 'Give the policy a name.').max(120, 'Use at most 120 characters.'),
  /** Simultaneous requests over all webhooks that select the policy. */
  concurrency: z.number().int('Use a whole number.').min(1, 'At least 1.').max(1000, 'At most 1000.'),
  /** Null is no such limit. `burst` requests may leave together after a pause. */
  rate: Rate.extend({
    burst: z.number().int('Use a whole number.').min(1, 'At least 1.').max(1000, 'At most 1000.').default(1),
  }).nullable(),
  /** For webhooks that choose none. */
  isDefault: z.boolean(),
});
type Settings = z.infer<typeof Settings>;

const columnsOf = ({ name, concurrency, rate, isDefault }: Settings) => ({
  name,
  concurrency,
  rate: rate?.requests ?? null,
  ratePeriodSeconds: rate && secondsOf(rate),
  burst: rate?.burst ?? 1,
  isDefault,
});

interface Row {
  name: string;
  concurrency: number;
  rate: number | null;
  ratePeriodSeconds: number | null;
  burst: number;
  isDefault: boolean;
}

const settingsOf = ({ name, concurrency, rate, ratePeriodSeconds, burst, isDefault }: Row): Settings => ({
  name,
  concurrency,
  rate: rate === null ? null : { requests: rate, per: perOf(ratePeriodSeconds), burst },
  isDefault,
});

/** A scenario whose document or running version selects a policy. */
export interface PolicyUse {
  scenarioId: string;
  name: string;
  status: string;
  /** A run that has not ended goes by it: what a webhook was started with stays until it is restarted. */
  isRunning: boolean;
}

/** The policies by name, each with the scenarios that use it. */
export const listPolicies = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const [policies, uses] = await Promise.all([
      db.policy.findMany({ where: { projectId: ctx.projectId }, orderBy: { name: 'asc' } }),
      usesOf(db, ctx.projectId),
    ]);
    return policies.map((policy) => ({
      id: policy.id,
      ...settingsOf(policy),
      updatedAt: policy.updatedAt.toISOString(),
      uses: uses.get(policy.id) ?? [],
    }));
  },
});

export const createPolicy = write({
  needs: 'develop',
  input: Settings,
  async run({ ctx, input, tx, note }) {
    await refuseTakenName(tx, ctx.projectId, input.name);
    if (input.isDefault) await dropDefault(tx, ctx.projectId);
    const policy = await tx.policy.create({ data: { projectId: ctx.projectId, ...columnsOf(input) } });
    await note({
      action: 'policy.create',
      objectType: 'policy',
      objectId: policy.id,
      objectName: policy.name,
      after: input,
    });
    return { id: policy.id };
  },
});

/** Changes a policy; a changed limit acts at once, also on what is queued. */
export const updatePolicy = write({
  needs: 'develop',
  input: Settings.extend({ id: z.uuid() }),
  async run({ ctx, input: { id, ...settings }, tx, note }) {
    const before = await policyOf(tx, ctx.projectId, id);
    await refuseTakenName(tx, ctx.projectId, settings.name, id);
    if (settings.isDefault && !before.isDefault) await dropDefault(tx, ctx.projectId);
    await tx.policy.update({ where: { id }, data: { ...columnsOf(settings), updatedAt: new Date() } });
    await note({
      action: 'policy.update',
      objectType: 'policy',
      objectId: id,
      objectName: settings.name,
      before: settingsOf(before),
      after: settings,
    });
    return {};
  },
});

/** What becomes of a scenario whose policy is deleted: another policy, the project's default, or the end of its runs. */
const Answer = z.union([z.uuid(), z.null(), z.literal('stop')]);

/**
 * Deletes a policy. Each scenario that selects it has another one from then on, also what is running and queued; what is in
 * flight ends as it was sent. Or its runs are stopped at once.
 * @throws ServiceError "conflict" with details `{ uses }` when a scenario has no answer
 */
export const deletePolicy = write({
  needs: 'develop',
  input: z.strictObject({
    id: z.uuid(),
    /** By the id of each scenario that selects the policy: what takes its place, null for the project's default. */
    answers: z.record(z.uuid(), Answer).default({}),
  }),
  async run({ ctx, input: { id, answers }, tx, note }) {
    const policy = await policyOf(tx, ctx.projectId, id);
    const others = new Set(Object.values(answers).flatMap((answer) => (answer && answer !== 'stop' ? [answer] : [])));
    if (others.has(id)) throw new ServiceError('invalid', 'Choose another policy as the replacement.');
    for (const other of others) await policyOf(tx, ctx.projectId, other);
    const uses = (await usesOf(tx, ctx.projectId)).get(id) ?? [];
    refuseUnanswered(uses, answers);
    for (const { scenarioId, isRunning } of uses) {
      const answer = answers[scenarioId]!;
      const instead = answer === 'stop' ? null : answer;
      await switchPolicy(tx, scenarioId, id, instead);
      if (isRunning) await replacePolicy(sqlOf(tx), scenarioId, id, instead);
      if (answer === 'stop') await stopAtOnce(tx, ctx, scenarioId);
    }
    await tx.policy.delete({ where: { id } });
    await note({
      action: 'policy.delete',
      objectType: 'policy',
      objectId: id,
      objectName: policy.name,
      before: {
        ...settingsOf(policy),
        answers: Object.fromEntries(uses.map(({ scenarioId }) => [scenarioId, answers[scenarioId]])),
      },
    });
    return { switched: uses.length };
  },
});

function refuseUnanswered(uses: readonly PolicyUse[], answers: Record<string, z.infer<typeof Answer>>): void {
  const open = uses.filter(({ scenarioId }) => answers[scenarioId] === undefined);
  if (open.length > 0)
    throw new ServiceError(
      'conflict',
      `Choose what ${namesOf(open)} ${open.length === 1 ? 'uses' : 'use'} instead of this policy.`,
      { details: { uses } },
    );
  const idle = uses.filter(({ scenarioId, isRunning }) => answers[scenarioId] === 'stop' && !isRunning);
  if (idle.length > 0)
    throw new ServiceError('invalid', `${namesOf(idle)} does not run any more. Choose what it uses instead.`);
}

const namesOf = (uses: readonly PolicyUse[]): string => uses.map(({ name }) => name).join(', ');

async function policyOf(tx: Tx, projectId: string, id: string) {
  const policy = await tx.policy.findFirst({ where: { id, projectId } });
  if (!policy) throw notFound('The throughput policy');
  return policy;
}

async function refuseTakenName(tx: Tx, projectId: string, name: string, except?: string): Promise<void> {
  const other = await tx.policy.findFirst({ where: { projectId, name, ...(except ? { id: { not: except } } : {}) } });
  if (!other) return;
  const message = 'Another policy has this name.';
  throw new ServiceError('invalid', message, { fields: [{ path: 'name', message }] });
}

async function dropDefault(tx: Tx, projectId: string): Promise<void> {
  await tx.policy.updateMany({ where: { projectId, isDefault: true }, data: { isDefault: false } });
}

/** Sets the replacement on every webhook of a draft, by the same operation that the editor would send. */
async function switchPolicy(tx: Tx, scenarioId: string, from: string, to: string | null): Promise<void> {
  await tx.$queryRaw`SELECT id FROM scenario WHERE id = ${scenarioId}::uuid FOR UPDATE`;
  const scenario = await tx.scenario.findUniqueOrThrow({ where: { id: scenarioId } });
  let draft = scenario.draft as unknown as Document;
  const affected = draft.nodes.filter((node) => node.kind === 'webhook' && node.settings.policyId === from);
  if (affected.length === 0) return;
  for (const node of affected)
    draft = apply(draft, { type: 'set', node: node.id, settings: { policyId: to } }).document;
  await tx.scenario.update({
    where: { id: scenarioId },
    data: { draft: draft as unknown as Prisma.InputJsonValue, revision: { increment: 1 }, updatedAt: new Date() },
  });
}

/**
 * Uses by policy id: documents of scenarios that are not archived, versions of runs that have not ended, those under which
 * people stand in them, and what takes the place of policies that are gone.
 */
async function usesOf(db: Db | Tx, projectId: string): Promise<Map<string, PolicyUse[]>> {
  const rows = await db.$queryRaw<(PolicyUse & { policyId: string })[]>`
    WITH used AS (
      SELECT s.id, p.id AS policy, false AS running
        FROM scenario s, jsonb_path_query(s.draft, '$.nodes[*].settings.policyId') AS p(id)
       WHERE s.project_id = ${projectId}::uuid AND s.archived_at IS NULL AND jsonb_typeof(p.id) = 'string'
      UNION ALL
      SELECT r.scenario_id, p.id, true
        FROM run r
        CROSS JOIN LATERAL (SELECT r.version_id AS id UNION SELECT c.version_id FROM chunk c WHERE c.run_id = r.id) walked
        JOIN version v ON v.id = walked.id,
             jsonb_path_query(v.document, '$.nodes[*].settings.policyId') AS p(id)
       WHERE r.project_id = ${projectId}::uuid AND r.ended_at IS NULL AND jsonb_typeof(p.id) = 'string'
      UNION ALL
      SELECT r.scenario_id, to_jsonb(p.value), true
        FROM run r JOIN scenario s ON s.id = r.scenario_id, jsonb_each_text(s.replaced_policies) AS p
       WHERE r.project_id = ${projectId}::uuid AND r.ended_at IS NULL AND p.value IS NOT NULL
    )
    SELECT used.policy #>> '{}' AS "policyId", s.id AS "scenarioId", s.name, s.status::text, bool_or(used.running) AS "isRunning"
      FROM used JOIN scenario s ON s.id = used.id
     GROUP BY 1, s.id ORDER BY s.name`;
  return Map.groupBy(rows, (row) => row.policyId) as Map<string, PolicyUse[]>;
}
