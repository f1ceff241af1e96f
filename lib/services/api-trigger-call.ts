import { z } from 'zod';
import { readCall, type TriggerParameter } from '../core/api-trigger.ts';
import { maskValues } from '../core/mask-values.ts';
import { type Db, type Prisma, sqlOf, type Tx } from '../db/index.ts';
import { acceptCall, type CalledRun, pausedListeners } from '../engine/index.ts';
import { triggerOf } from './api-trigger.ts';
import { callWindow } from './api-trigger-use.ts';
import { RowId } from './customer.ts';
import { mayReveal } from './masking.ts';
import { act, audit, type Ctx, notFound, read, ServiceError } from './verb.ts';

/** Calls of API triggers: accepted, refused or too soon, each with its entry in the trigger log. */

const TriggerId = z.uuid('This is not the id of an API trigger.');

export interface Accepted {
  /** How many scenarios the call set going. */
  scenarios: number;
  runs: CalledRun[];
}

type Outcome =
  | { kind: 'started'; runs: CalledRun[]; payload: Record<string, unknown> }
  | { kind: 'refused' | 'limited'; error: ServiceError };

/**
 * Lets the audience of the project into every active scenario that waits for the trigger, with the parameters of the call.
 * Accepted and logged in one transaction; a refusal is logged by itself.
 * @throws ServiceError "not-found" for a trigger that is not there, "invalid" naming the parameter, "conflict" while the
 * trigger is switched off or nobody waits for it, "limited" with details `{ seconds }` when the last call was too recent
 */
export const callApiTrigger = act({
  needs: 'build',
  scope: 'triggers:call',
  input: z.strictObject({
    id: TriggerId,
    parameters: z.record(z.string().max(64), z.unknown()).default({}),
  }),
  async run({ ctx, input, db }): Promise<Accepted> {
    const trigger = await triggerOf(db, ctx.projectId, input.id);
    const window = await callWindow(ctx.projectId);
    const outcome = await db
      .$transaction((tx) => accept(tx, ctx, trigger, input.parameters, window), { timeout: 30_000, maxWait: 10_000 })
      .catch((error: unknown): Outcome => {
        if (error instanceof ServiceError) return { kind: error.code === 'limited' ? 'limited' : 'refused', error };
        throw error;
      });
    if (outcome.kind === 'started') return { scenarios: scenariosOf(outcome.runs), runs: outcome.runs };
    await logRefusal(db, ctx, trigger.id, outcome.kind, outcome.error.message);
    throw outcome.error;
  },
});

const scenariosOf = (runs: readonly CalledRun[]) => new Set(runs.map(({ scenarioId }) => scenarioId)).size;

interface TriggerRow {
  id: string;
  name: string;
  enabled: boolean;
  parameters: unknown;
}

/** @throws ServiceError for whatever keeps the call from being accepted; then nothing has happened */
async function accept(
  tx: Tx,
  ctx: Ctx,
  trigger: TriggerRow,
  given: Record<string, unknown>,
  window: number,
): Promise<Outcome> {
  if (!trigger.enabled)
    throw new ServiceError('conflict', 'This API trigger is switched off. A developer switches it on in Hookline.', {
      details: { reason: 'disabled' },
    });
  const call = readCall(trigger.parameters as TriggerParameter[], given);
  if (!call.ok) throw new ServiceError('invalid', sentence(call.faults[0]!), { fields: call.faults });
  await takeTurn(tx, ctx.projectId, window);
  const sql = sqlOf(tx);
  const runs = await acceptCall(sql, { projectId: ctx.projectId, triggerId: trigger.id, values: call.values });
  if (runs.length === 0)
    throw (await pausedListeners(sql, trigger.id)) > 0
      ? new ServiceError('conflict', 'The scenarios that wait for this trigger are paused.', {
          details: { reason: 'paused' },
        })
      : new ServiceError('conflict', 'No active scenario waits for this trigger. Start one first.', {
          details: { reason: 'no-active-scenario' },
        });
  await tx.apiTriggerCall.create({
    data: {
      ...callerOf(ctx, trigger.id),
      keyPrefix: await keyPrefixOf(tx, ctx),
      outcome: 'started',
      payload: call.values as Prisma.InputJsonValue,
      runs: runs.map(({ id }) => BigInt(id)),
    },
  });
  await audit(tx, ctx, {
    action: 'api-trigger.call',
    objectType: 'api-trigger',
    objectId: trigger.id,
    objectName: trigger.name,
    after: { runs: runs.map(({ id, scenarioId }) => ({ id, scenarioId })) },
  });
  return { kind: 'started', runs, payload: call.values };
}

const sentence = ({ path, message }: { path: string; message: string }) => `${path}: ${message}`;

/**
 * Takes the project's turn for `window` seconds. Of calls that come at once the others wait for this row and then find the turn
 * taken; when the call is refused in the end, the turn is given back with the transaction.
 */
async function takeTurn(tx: Tx, projectId: string, window: number): Promise<void> {
  const taken = await tx.$queryRaw<unknown[]>`
    INSERT INTO api_trigger_pace AS p (project_id, next_at)
    VALUES (${projectId}::uuid, clock_timestamp() + make_interval(secs => ${window}))
    ON CONFLICT (project_id) DO UPDATE SET next_at = clock_timestamp() + make_interval(secs => ${window})
      WHERE p.next_at <= clock_timestamp()
    RETURNING p.project_id`;
  if (taken.length > 0) return;
  const [row] = await tx.$queryRaw<{ seconds: number }[]>`
    SELECT greatest(1, ceil(extract(epoch FROM next_at - clock_timestamp())))::int AS seconds
      FROM api_trigger_pace WHERE project_id = ${projectId}::uuid`;
  const seconds = row?.seconds ?? window;
  throw new ServiceError(
    'limited',
    `One call every ${window === 1 ? 'second' : `${window} seconds`} is accepted for all API triggers of this project. Try again in ${seconds} s.`,
    { details: { seconds } },
  );
}

const callerOf = (ctx: Ctx, triggerId: string) => ({
  projectId: ctx.projectId,
  triggerId,
  callerId: ctx.actor.id,
  callerName: ctx.actor.name,
  requestId: ctx.requestId,
});

async function keyPrefixOf(db: Db | Tx, ctx: Ctx): Promise<string | null> {
  if (ctx.actor.kind !== 'key') return null;
  const key = await db.apiKey.findFirst({
    where: { id: ctx.actor.id, projectId: ctx.projectId },
    select: { prefix: true },
  });
  return key?.prefix ?? null;
}

/** The same refusal of the same caller, one after the other, is one entry: a sender gone wild does not fill the log. */
async function logRefusal(
  db: Db,
  ctx: Ctx,
  triggerId: string,
  outcome: 'refused' | 'limited',
  reason: string,
): Promise<void> {
  const again = outcome === 'limited' ? null : reason;
  const counted = await db.$executeRaw`
    UPDATE api_trigger_call SET times = times + 1, last_at = now(), reason = ${reason}, request_id = ${ctx.requestId}
     WHERE id = (SELECT max(id) FROM api_trigger_call WHERE trigger_id = ${triggerId}::uuid)
       AND outcome = ${outcome} AND caller_id IS NOT DISTINCT FROM ${ctx.actor.id}
       AND (${again}::text IS NULL OR reason = ${again})`;
  if (counted > 0) return;
  const keyPrefix = await keyPrefixOf(db, ctx);
  await db.apiTriggerCall.create({ data: { ...callerOf(ctx, triggerId), keyPrefix, outcome, reason } });
}

export interface TriggerCallRow {
  id: string;
  outcome: 'started' | 'refused' | 'limited';
  reason: string | null;
  caller: string;
  keyPrefix: string | null;
  requestId: string;
  /** More than 1 for refusals of one kind that followed each other. */
  times: number;
  at: string;
  lastAt: string;
  /** Runs that it began; one that was deleted since is left out. */
  runs: { id: string; number: number; scenarioId: string; scenarioName: string }[];
}

/** The trigger log, newest first; `next` is the `before` of the next page. */
export const listTriggerCalls = read({
  needs: 'look',
  scope: 'runs:read',
  input: z.strictObject({
    id: TriggerId,
    before: RowId.nullable().default(null),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  async run({ ctx, input, db }): Promise<{ calls: TriggerCallRow[]; next: string | null }> {
    await triggerOf(db, ctx.projectId, input.id);
    const rows = await db.apiTriggerCall.findMany({
      where: { triggerId: input.id, ...(input.before === null ? {} : { id: { lt: BigInt(input.before) } }) },
      orderBy: { id: 'desc' },
      take: input.limit + 1,
      omit: { payload: true },
    });
    const page = rows.slice(0, input.limit);
    const runs = await runsOf(
      db,
      ctx.projectId,
      page.flatMap((row) => row.runs),
    );
    return {
      calls: page.map((row) => ({
        id: String(row.id),
        outcome: row.outcome as TriggerCallRow['outcome'],
        reason: row.reason,
        caller: row.callerName,
        keyPrefix: row.keyPrefix,
        requestId: row.requestId,
        times: row.times,
        at: row.at.toISOString(),
        lastAt: row.lastAt.toISOString(),
        runs: row.runs.flatMap((id) => runs.get(String(id)) ?? []),
      })),
      next: rows.length > input.limit ? String(page.at(-1)!.id) : null,
    };
  },
});

async function runsOf(db: Db, projectId: string, ids: readonly bigint[]) {
  const rows = await db.run.findMany({
    where: { projectId, id: { in: [...ids] } },
    select: { id: true, number: true, scenarioId: true, scenario: { select: { name: true } } },
  });
  return new Map(
    rows.map(({ id, number, scenarioId, scenario }) => [
      String(id),
      { id: String(id), number, scenarioId, scenarioName: scenario.name },
    ]),
  );
}

export interface CallPayload {
  /** Null when nothing was accepted, or when it is past the retention of bodies. */
  payload: string | null;
  isMasked: boolean;
  mayReveal: boolean;
}

/** What one call gave: the names, without the values. */
export const openTriggerCall = read({
  needs: 'look',
  scope: 'runs:read',
  input: z.strictObject({ id: TriggerId, call: RowId }),
  async run({ ctx, input, db }): Promise<CallPayload> {
    await triggerOf(db, ctx.projectId, input.id);
    const payload = await payloadOf(db, input);
    return { payload: payload && maskValues(payload), isMasked: payload !== null, mayReveal: mayReveal(ctx) };
  },
});

/** The same with its values; each look is told in the audit log. */
export const revealTriggerCall = act({
  needs: 'build',
  input: z.strictObject({ id: TriggerId, call: RowId }),
  async run({ ctx, input, db, note }): Promise<CallPayload> {
    const trigger = await triggerOf(db, ctx.projectId, input.id);
    const payload = await payloadOf(db, input);
    await note({
      action: 'api-trigger.reveal',
      objectType: 'api-trigger',
      objectId: trigger.id,
      objectName: trigger.name,
      after: { call: input.call },
    });
    return { payload, isMasked: false, mayReveal: true };
  },
});

async function payloadOf(db: Db, { id, call }: { id: string; call: string }): Promise<string | null> {
  const row = await db.apiTriggerCall.findFirst({
    where: { id: BigInt(call), triggerId: id },
    select: { payload: true },
  });
  if (!row) throw notFound('The call');
  return row.payload === null ? null : JSON.stringify(row.payload, null, 2);
}
