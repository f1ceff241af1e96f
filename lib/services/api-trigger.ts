import { z } from 'zod';
import { type TriggerParameter, TriggerParameters } from '../core/api-trigger.ts';
import type { Db, Prisma, Tx } from '../db/index.ts';
import { callWindow, unlinkTrigger, usesOfTriggers } from './api-trigger-use.ts';
import { notFound, read, ServiceError, write } from './verb.ts';

/** API triggers: what another system may call, with which parameters (Bloomreach docs: API trigger for scenarios). */

const Settings = z.strictObject({
  name: z.string().trim().min(1, 'Give the trigger a name.').max(120, 'Use at most 120 characters.'),
  /** Calls of one that is switched off are refused. */
  enabled: z.boolean().default(true),
  parameters: TriggerParameters.default([]),
});
const One = z.strictObject({ id: z.uuid('This is not the id of an API trigger.') });

/** The triggers by name, with the scenarios that use each and the last accepted call. */
export const listApiTriggers = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const [triggers, uses] = await Promise.all([
      db.apiTrigger.findMany({
        where: { projectId: ctx.projectId },
        orderBy: { name: 'asc' },
        include: { calls: { where: { outcome: 'started' }, orderBy: { id: 'desc' }, take: 1, select: { at: true } } },
      }),
      usesOfTriggers(db, ctx.projectId),
    ]);
    return triggers.map(({ calls, ...row }) => ({
      ...told(row),
      uses: uses.get(row.id) ?? [],
      lastCallAt: calls[0]?.at.toISOString() ?? null,
    }));
  },
});

/** One trigger, with how often it may be called. */
export const getApiTrigger = read({
  needs: 'look',
  scope: 'settings:read',
  input: One,
  async run({ ctx, input, db }) {
    const row = await triggerOf(db, ctx.projectId, input.id);
    const [uses, window] = await Promise.all([usesOfTriggers(db, ctx.projectId), callWindow(ctx.projectId)]);
    return { ...told(row), uses: uses.get(row.id) ?? [], secondsBetweenCalls: window };
  },
});

interface Row {
  id: string;
  name: string;
  enabled: boolean;
  parameters: unknown;
  updatedAt: Date;
}

const told = ({ id, name, enabled, parameters, updatedAt }: Row) => ({
  id,
  name,
  enabled,
  parameters: parameters as TriggerParameter[],
  updatedAt: updatedAt.toISOString(),
});

/** The trigger of the project. @throws ServiceError "not-found" */
export async function triggerOf(db: Db | Tx, projectId: string, id: string) {
  const trigger = await db.apiTrigger.findFirst({ where: { id, projectId } });
  if (!trigger) throw notFound('The API trigger');
  return trigger;
}

export const createApiTrigger = write({
  needs: 'develop',
  input: Settings,
  async run({ ctx, input, tx, note }) {
    await refuseTakenName(tx, ctx.projectId, input.name);
    const { id } = await tx.apiTrigger.create({ data: { projectId: ctx.projectId, ...columnsOf(input) } });
    await note({
      action: 'api-trigger.create',
      objectType: 'api-trigger',
      objectId: id,
      objectName: input.name,
      after: outlineOf(input),
    });
    return { id };
  },
});

/** Changes a trigger; its next call is checked by the new parameters, runs that have begun keep what they were given. */
export const updateApiTrigger = write({
  needs: 'develop',
  input: Settings.extend({ id: One.shape.id }),
  async run({ ctx, input: { id, ...settings }, tx, note }) {
    const before = await triggerOf(tx, ctx.projectId, id);
    await refuseTakenName(tx, ctx.projectId, settings.name, id);
    await tx.apiTrigger.update({ where: { id }, data: { ...columnsOf(settings), updatedAt: new Date() } });
    await note({
      action: 'api-trigger.update',
      objectType: 'api-trigger',
      objectId: id,
      objectName: settings.name,
      before: outlineOf(told(before)),
      after: outlineOf(settings),
    });
    return {};
  },
});

/**
 * Deletes a trigger with its log. Scenarios that wait for its calls must be stopped first; in drafts that select it the
 * node is left without a trigger, once the asker has seen which.
 */
export const deleteApiTrigger = write({
  needs: 'develop',
  input: One.extend({
    /** Takes the trigger off the drafts that select it; needed when there are any. */
    unlink: z.boolean().default(false),
  }),
  async run({ ctx, input: { id, unlink }, tx, note }) {
    const trigger = await triggerOf(tx, ctx.projectId, id);
    const uses = (await usesOfTriggers(tx, ctx.projectId)).get(id) ?? [];
    const running = uses.filter((use) => use.isRunning);
    if (running.length > 0)
      throw new ServiceError(
        'conflict',
        `${running.map((use) => use.name).join(', ')} waits for calls of this trigger. Stop it first.`,
        { details: { uses } },
      );
    if (uses.length > 0 && !unlink)
      throw new ServiceError(
        'conflict',
        `Scenarios select this trigger: ${uses.map((use) => use.name).join(', ')}. Confirm that it is taken off them.`,
        { details: { uses } },
      );
    for (const use of uses) await unlinkTrigger(tx, use.scenarioId, id);
    await tx.apiTrigger.delete({ where: { id } });
    await note({
      action: 'api-trigger.delete',
      objectType: 'api-trigger',
      objectId: id,
      objectName: trigger.name,
      before: { ...outlineOf(told(trigger)), unlinked: uses.map((use) => use.scenarioId) },
    });
    return { unlinked: uses.length };
  },
});

const columnsOf = ({ name, enabled, parameters }: z.output<typeof Settings>) => ({
  name,
  enabled,
  parameters: parameters as Prisma.InputJsonValue,
});

/** For the audit log: examples and defaults may be of somebody, names and types are not. */
const outlineOf = ({ name, enabled, parameters }: z.output<typeof Settings>) => ({
  name,
  enabled,
  parameters: parameters.map((parameter) => ({
    name: parameter.name,
    type: parameter.type,
    required: parameter.required,
  })),
});

async function refuseTakenName(tx: Tx, projectId: string, name: string, except?: string): Promise<void> {
  const other = await tx.apiTrigger.findFirst({
    where: { projectId, name, ...(except ? { id: { not: except } } : {}) },
  });
  if (!other) return;
  const message = 'Another API trigger has this name.';
  throw new ServiceError('invalid', message, { fields: [{ path: 'name', message }] });
}
