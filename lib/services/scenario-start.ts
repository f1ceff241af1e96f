import { z } from 'zod';
import { compile, type TemplateReads } from '../core/compile.ts';
import type { Document } from '../core/document.ts';
import type { Problem } from '../core/problems.ts';
import { type Prisma, sqlOf, type Tx } from '../db/index.ts';
import { type StartedRun, startRuns, stopRuns } from '../engine/index.ts';
import { compileTemplate } from '../template/index.ts';
import { privateNote } from './private-hosts.ts';
import { ScenarioId } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';
import { addVersion, documentOf, keepVersion, lockForChange, lockScenario } from './scenario-row.ts';
import { staticOrigin } from './secret.ts';
import { audit, type Ctx, ServiceError, write } from './verb.ts';
import { refuseUnchecked } from './webhook-check.ts';

/** Starting and stopping: from a draft to an immutable version, its program and its runs, and back to rest. */

/** What somebody was told before they pressed Start (scenario.forecast, summed up). */
export const ToldForecast = z.strictObject({
  customers: z.number().int().min(0),
  requests: z.number().int().min(0),
  /** Until the last request; null when that was not known. */
  seconds: z.number().min(0).nullable(),
});
export type ToldForecast = z.infer<typeof ToldForecast>;

/**
 * Starts the draft: keeps it as a version, compiles it and begins one run for each kind of trigger, in one transaction.
 * @throws ServiceError "invalid" with details `{ problems }` when the draft has errors; "conflict" while it runs already
 */
export const startScenario = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: z.strictObject({ id: ScenarioId, forecast: ToldForecast.optional() }),
  async run({ ctx, input, tx, note }): Promise<{ runs: StartedRun[] }> {
    const scenario = await lockForChange(tx, ctx, input.id);
    if ((await runningOf(tx, scenario.id)) > 0)
      throw new ServiceError('conflict', 'This scenario is running. Stop it before you start it again.');
    const document = documentOf(scenario.draft);
    refuseErrors(await scenarioProblems(tx, ctx.projectId, document));
    await refuseUnchecked(tx, ctx, scenario.id, document);
    const program = compile(document, templateReads);
    const version = await addVersion(tx, ctx, scenario.id, {
      document,
      reason: 'start',
      number: await nextVersion(tx, scenario.id),
      program: program as unknown as Prisma.InputJsonValue,
      forecast: input.forecast,
    });
    await tx.scenario.update({ where: { id: scenario.id }, data: { status: 'active', updatedAt: new Date() } });
    const runs = await startRuns(sqlOf(tx), {
      projectId: ctx.projectId,
      scenarioId: scenario.id,
      versionId: version.id,
      program,
      startedById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
    });
    if (runs.length === 0)
      throw new ServiceError(
        'invalid',
        'Nobody would ever enter: the date of the trigger has passed. Choose a later one.',
      );
    await note({
      action: 'scenario.start',
      objectType: 'scenario',
      objectId: scenario.id,
      objectName: scenario.name,
      after: {
        version: version.number,
        runs: runs.map(({ id, kind }) => ({ id, kind })),
        ...(await privateNote(originsOf(document))),
      },
    });
    return { runs };
  },
});

/** Where the webhooks of a document lead, as far as their URLs say for certain. */
export const originsOf = (document: Document): string[] =>
  document.nodes.flatMap((node) => (node.kind === 'webhook' ? (staticOrigin(node.settings.url) ?? []) : []));

/** The number of the next version of a scenario. */
export async function nextVersion(tx: Tx, scenarioId: string): Promise<number> {
  const { _max } = await tx.version.aggregate({ where: { scenarioId }, _max: { number: true } });
  return (_max.number ?? 0) + 1;
}

const runningOf = (tx: Tx, scenarioId: string) => tx.run.count({ where: { scenarioId, endedAt: null } });

/** @throws ServiceError "invalid" with details `{ problems }` when there is an error among them */
export function refuseErrors(problems: Problem[], refusal = 'cannot start'): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const others = errors.length > 1 ? ` And ${errors.length - 1} more.` : '';
  throw new ServiceError('invalid', `The scenario ${refusal} yet: ${errors[0]!.message}${others}`, {
    details: { problems },
  });
}

/** What a source reads of the things that journeys carry. */
export function templateReads(source: string): TemplateReads {
  const { reads } = compileTemplate(source, { name: 'Template', escape: 'raw' });
  return { event: reads.has('event'), webhook: reads.has('webhook') };
}

/**
 * Stops the runs of a scenario: "finish" lets everybody inside go on to the end, waits included, and nobody in; "now"
 * ends them where they stand, except for requests that are on their way.
 */
export const stopScenario = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: z.strictObject({ id: ScenarioId, mode: z.enum(['finish', 'now']) }),
  async run({ ctx, input, tx }) {
    const scenario = await lockScenario(tx, ctx, input.id);
    const running = await runningOf(tx, scenario.id);
    if (running === 0 && scenario.status !== 'active' && scenario.status !== 'finishing')
      throw new ServiceError('conflict', 'This scenario is not running.');
    await stopRunning(tx, ctx, scenario, running, input.mode);
    return {};
  },
});

/** Stops what runs of a scenario where it stands, within another change; the audit log tells of it. */
export async function stopAtOnce(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const scenario = await lockScenario(tx, ctx, id);
  await stopRunning(tx, ctx, scenario, await runningOf(tx, id), 'now');
}

async function stopRunning(
  tx: Tx,
  ctx: Ctx,
  scenario: Awaited<ReturnType<typeof lockScenario>>,
  running: number,
  mode: 'finish' | 'now',
): Promise<void> {
  if (running > 0) {
    await keepVersion(tx, ctx, scenario.id, documentOf(scenario.draft), 'stop');
    await stopRuns(sqlOf(tx), { scenarioId: scenario.id }, mode);
  }
  await settleStatus(tx, scenario.id);
  await audit(tx, ctx, {
    action: 'scenario.stop',
    objectType: 'scenario',
    objectId: scenario.id,
    objectName: scenario.name,
    before: { status: scenario.status, runs: running },
    after: { mode },
  });
}

/**
 * Sets the status of a scenario by the runs that it has: finishing while its last ones are being stopped, inactive when
 * none is left. The executor does the latter by itself when a run ends later.
 */
export async function settleStatus(tx: Tx, scenarioId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE scenario SET status = (
      SELECT CASE WHEN count(*) = 0 THEN 'inactive'
                  WHEN bool_and(r.state IN ('finishing', 'stopping')) THEN 'finishing'
                  ELSE 'active' END::scenario_status
        FROM run r WHERE r.scenario_id = scenario.id AND r.ended_at IS NULL)
     WHERE id = ${scenarioId}::uuid AND status <> 'draft'`;
}
