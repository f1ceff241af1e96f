import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Document, nodeOf, reachableFrom } from '../core/document.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import { type Db, pool, prisma, type Tx } from '../db/index.ts';
import type { AudienceReport } from '../engine/index.ts';
import { namesOf } from './customer-search.ts';
import { mayReveal } from './masking.ts';
import { ScenarioId } from './scenario.ts';
import { documentOf, scenarioOf } from './scenario-row.ts';
import { act, type Ctx, notFound, read, ServiceError, write } from './verb.ts';
import { fingerprintOf, INTERRUPTED_AFTER_MS, runCheck } from './webhook-check-job.ts';

/** "Check audience": every customer who would come is rendered and nothing is sent. */

const CheckId = z.strictObject({ check: z.uuid() });

export type CheckState = 'running' | 'interrupted' | 'done' | 'cancelled' | 'failed';

export interface CheckView {
  check: string;
  node: string;
  state: CheckState;
  /** Customers (or events) to look at, and looked at so far. */
  total: number;
  done: number;
  startedAt: string;
  endedAt: string | null;
  startedBy: string | null;
  /** Whether the scenario is still as it was checked. */
  isCurrent: boolean;
  message: string | null;
  report: (Omit<AudienceReport, 'faults'> & { faults: CheckFault[] }) | null;
}

export interface CheckFault extends Omit<AudienceReport['faults'][number], 'customers'> {
  /** The first customer of the group. */
  customer: { id: string; name: string } | null;
}

/** Starts a check of a webhook of the saved draft; an earlier one of the same webhook gives way. */
export const checkWebhook = act({
  needs: 'build',
  input: z.strictObject({ scenario: ScenarioId, node: z.string().min(1).max(40) }),
  async run({ ctx, input, db, note }): Promise<{ check: string }> {
    const scenario = await scenarioOf(db, ctx, input.scenario);
    const document = documentOf(scenario.draft);
    const node = nodeOf(document, input.node);
    if (node?.kind !== 'webhook') throw notFound('The webhook');
    const id = randomUUID();
    await db.$transaction([
      db.audienceCheck.deleteMany({ where: { scenarioId: scenario.id, nodeId: node.id } }),
      db.audienceCheck.create({
        data: {
          id,
          projectId: ctx.projectId,
          scenarioId: scenario.id,
          nodeId: node.id,
          fingerprint: fingerprintOf(document, node.id),
          createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
        },
      }),
    ]);
    await note({
      action: 'webhook.check',
      objectType: 'scenario',
      objectId: scenario.id,
      objectName: scenario.name,
      after: { node: node.number },
    });
    void runCheck({
      id,
      projectId: ctx.projectId,
      scenario: { id: scenario.id, name: scenario.name },
      document,
      node,
    });
    return { check: id };
  },
});

/** A check with its progress or its result. */
export const openCheck = read({
  needs: 'look',
  input: CheckId,
  async run({ ctx, input, db }): Promise<CheckView> {
    const row = await db.audienceCheck.findFirst({ where: { id: input.check, projectId: ctx.projectId } });
    if (!row) throw notFound('The check');
    const { draft } = await scenarioOf(db, ctx, row.scenarioId);
    return viewOf(ctx, row, documentOf(draft));
  },
});

/** The latest check of each webhook of a scenario. */
export const listChecks = read({
  needs: 'look',
  input: z.strictObject({ scenario: ScenarioId }),
  async run({ ctx, input, db }): Promise<{ checks: CheckView[]; required: boolean }> {
    const { draft } = await scenarioOf(db, ctx, input.scenario);
    const document = documentOf(draft);
    const [rows, required] = await Promise.all([
      db.audienceCheck.findMany({ where: { scenarioId: input.scenario }, orderBy: { createdAt: 'asc' } }),
      isCheckRequired(db, ctx.projectId),
    ]);
    return { checks: await Promise.all(rows.map((row) => viewOf(ctx, row, document))), required };
  },
});

type Row = Awaited<ReturnType<Db['audienceCheck']['findMany']>>[number];

async function viewOf(ctx: Ctx, row: Row, document: Document): Promise<CheckView> {
  const report = row.result as unknown as AudienceReport | null;
  const firsts = report?.faults.flatMap(({ customers }) => customers.slice(0, 1)) ?? [];
  const names = await namesOf(pool(), ctx.projectId, [...new Set(firsts)]);
  const user = row.createdById && (await prisma().user.findUnique({ where: { id: row.createdById } }));
  return {
    check: row.id,
    node: row.nodeId,
    state: stateOf(row),
    total: row.total,
    done: row.done,
    startedAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    startedBy: user ? user.name : null,
    isCurrent: row.fingerprint === fingerprintOf(document, row.nodeId),
    message: row.message,
    report: report && {
      ...report,
      faults: report.faults.map(({ customers: [first], ...fault }) => ({
        ...fault,
        example: mayReveal(ctx) ? fault.example : null,
        customer: first === undefined ? null : { id: String(first), name: names.get(first) ?? `Customer ${first}` },
      })),
    },
  };
}

const stateOf = ({ state, seenAt }: Row): CheckState =>
  state === 'running' && Date.now() - seenAt.getTime() > INTERRUPTED_AFTER_MS ? 'interrupted' : (state as CheckState);

/** The first hundred customers of one group of faults. */
export const listCheckPeople = read({
  needs: 'look',
  input: CheckId.extend({ fault: z.number().int().min(0).max(10_000) }),
  async run({ ctx, input, db }): Promise<{ people: { customerId: string; name: string }[]; count: number }> {
    const row = await db.audienceCheck.findFirst({ where: { id: input.check, projectId: ctx.projectId } });
    const fault = (row?.result as unknown as AudienceReport | null)?.faults[input.fault];
    if (!fault) throw notFound('The group');
    const names = await namesOf(pool(), ctx.projectId, fault.customers);
    return {
      people: fault.customers.map((id) => ({ customerId: String(id), name: names.get(id) ?? `Customer ${id}` })),
      count: fault.count,
    };
  },
});

/** Stops a check; what it found so far is dropped. */
export const cancelCheck = write({
  needs: 'build',
  input: CheckId,
  async run({ ctx, input, tx, note }) {
    const row = await tx.audienceCheck.findFirst({ where: { id: input.check, projectId: ctx.projectId } });
    if (!row) throw notFound('The check');
    const { count } = await tx.audienceCheck.updateMany({
      where: { id: row.id, state: 'running' },
      data: { state: 'cancelled', endedAt: new Date() },
    });
    if (count === 0) throw new ServiceError('conflict', 'This check has ended already.');
    await note({
      action: 'webhook.check-cancel',
      objectType: 'scenario',
      objectId: row.scenarioId,
      after: { node: row.nodeId },
    });
    return {};
  },
});

/** Whether scenarios of the project start only after a clean check of each webhook. */
export async function isCheckRequired(db: Db | Tx, projectId: string): Promise<boolean> {
  const project = await db.project.findUniqueOrThrow({ where: { id: projectId }, select: { settings: true } });
  return (project.settings as { requireCheck?: boolean }).requireCheck === true;
}

/** Says whether scenarios of the project start only after a clean check of each webhook. */
export const requireChecks = write({
  needs: 'administer',
  input: z.strictObject({ required: z.boolean() }),
  async run({ ctx, input, tx, note }) {
    await tx.$queryRaw`SELECT id FROM project WHERE id = ${ctx.projectId}::uuid FOR NO KEY UPDATE`;
    const before = await isCheckRequired(tx, ctx.projectId);
    await tx.$executeRaw`
      UPDATE project SET settings = settings || jsonb_build_object('requireCheck', ${input.required}::boolean)
       WHERE id = ${ctx.projectId}::uuid`;
    await note({
      action: 'project.require-checks',
      objectType: 'project',
      objectId: ctx.projectId,
      before: { required: before },
      after: input,
    });
    return {};
  },
});

/**
 * Refuses a start for want of a clean check, where the project requires one of each webhook that customers reach.
 * @throws ServiceError "invalid" naming the webhooks
 */
export async function refuseUnchecked(tx: Tx, ctx: Ctx, scenarioId: string, document: Document): Promise<void> {
  if (!(await isCheckRequired(tx, ctx.projectId))) return;
  const checks = await tx.audienceCheck.findMany({ where: { scenarioId, state: 'done' } });
  const clean = new Set(
    checks

      .filter(({ nodeId, fingerprint }) => fingerprint === fingerprintOf(document, nodeId))
      .filter(({ result }) => (result as unknown as AudienceReport).faults.every((f) => f.severity === 'warning'))
      .map(({ nodeId }) => nodeId),
  );
  const reached = new Set(
    document.nodes
      .filter(({ kind }) => NODE_KINDS[kind].family === 'trigger')
      .flatMap(({ id }) => [...reachableFrom(document, id)]),
  );
  const missing = document.nodes.filter(({ id, kind }) => kind === 'webhook' && reached.has(id) && !clean.has(id));
  if (missing.length === 0) return;
  const names = missing.map(({ name, number }) => `${name} (#${number})`).join(', ');
  throw new ServiceError(
    'invalid',
    `This project starts scenarios only after a clean check of their audience. Check ${names}.`,
    { details: { unchecked: missing.map(({ id }) => id) } },
  );
}
